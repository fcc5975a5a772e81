/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsync - accesses to dma-bufs by CPU and devices */
#include "memory/gstdmaheapsync.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <poll.h>
#include <sys/ioctl.h>

gint
gst_dma_heap_sync_ioctl (gint fd, gulong request, gpointer arg)
{
  gint result;

  do
    result = ioctl (fd, request, arg);
  while (result < 0 && (errno == EINTR || errno == EAGAIN));
  return result < 0 ? -errno : 0;
}

gint
gst_dma_heap_sync_cpu (gint fd, guint64 flags)
{
  struct dma_buf_sync sync = { .flags = flags };

  return gst_dma_heap_sync_ioctl (fd, DMA_BUF_IOCTL_SYNC, &sync);
}

gint
gst_dma_heap_sync_wait (gint fd, gint wake_fd, gint timeout_ms)
{
  struct pollfd fds[] = { {fd, POLLOUT, 0}, {wake_fd, POLLIN, 0} };
  gint n;

  do
    n = poll (fds, 2, timeout_ms);
  while (n < 0 && (errno == EINTR || errno == EAGAIN));
  if (n < 0)
    return -errno;
  if (n == 0)
    return -ETIME;
  return fds[1].revents ? -ECANCELED : 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsync - accesses to dma-bufs by devices */
#include "memory/gstdmaheapsync.h"

#include <errno.h>
#include <poll.h>

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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapfence - fences in and out of dma-bufs */
#include "memory/gstdmaheapfence.h"
#include "memory/gstdmaheapsync.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <poll.h>

#define TIMEOUT_MS 2000

/* Waits until @fd, a dma-buf or a fence, can be read. 0, -ETIME, or -errno. */
static gint
wait_readable (gint fd, gint timeout_ms)
{
  struct pollfd wait = { fd, POLLIN, 0 };
  gint n;

  do
    n = poll (&wait, 1, timeout_ms);
  while (n < 0 && (errno == EINTR || errno == EAGAIN));
  if (n < 0)
    return -errno;
  if (n == 0)
    return -ETIME;
  return wait.revents & (POLLERR | POLLNVAL) ? -EINVAL : 0;
}

static gboolean
wait_or_tell (gint fd, const gchar * what, GError ** error)
{
  gint result = wait_readable (fd, TIMEOUT_MS);

  if (!result)
    return TRUE;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED,
      "%s has not ended in %d ms: %s; the device's driver may hang: see dmesg",
      what, TIMEOUT_MS, g_strerror (-result));
  return FALSE;
}

gboolean
gst_dma_heap_fence_take (struct zc_frame *frame, GError ** error)
{
  const struct zc_layout *layout = zc_frame_layout (frame);

  zc_frame_set_fence (frame, -1);
  for (gint i = 0; i < layout->n_buffers; i++) {
    struct dma_buf_export_sync_file pending = { DMA_BUF_SYNC_READ, -1 };
    gint fd = zc_frame_fd (frame, i);

    /* All but always nobody does, and this is all that it costs. */
    if (!wait_readable (fd, 0))
      continue;
    if (zc_frame_fence (frame) < 0
        && !gst_dma_heap_sync_ioctl (fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE,
            &pending))
      zc_frame_set_fence (frame, pending.fd);
    else if (!wait_or_tell (fd, "a device's writing to the dma-buf", error))
      return FALSE;
  }
  return TRUE;
}

/* Puts @fence into all dma-bufs of @frame. 0, or what the kernel answers. */
static gint
put (struct zc_frame *frame, guint32 access, gint fence)
{
  const struct zc_layout *layout = zc_frame_layout (frame);
  struct dma_buf_import_sync_file arg = { access, fence };
  gint result = 0;

  for (gint i = 0; i < layout->n_buffers && !result; i++)
    result = gst_dma_heap_sync_ioctl (zc_frame_fd (frame, i),
        DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &arg);
  return result;
}

gboolean
gst_dma_heap_fence_give (struct zc_frame *src, struct zc_frame *dst,
    GError ** error)
{
  gint fence = zc_frame_fence (dst);
  gboolean done = TRUE;

  zc_frame_set_fence (src, -1);
  /* One that has signalled already needs no bookkeeping. */
  if (fence >= 0 && wait_readable (fence, 0)) {
    if (put (dst, DMA_BUF_SYNC_WRITE, fence)
        || put (src, DMA_BUF_SYNC_READ, fence))
      done = wait_or_tell (fence, "the GPU's work", error);
  }
  zc_frame_set_fence (dst, -1);
  return done;
}

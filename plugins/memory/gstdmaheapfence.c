/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapfence - fences in and out of dma-bufs */
#include "memory/gstdmaheapfence.h"

#define TIMEOUT_MS 2000

static gboolean
wait_or_tell (gint fd, const gchar * what, GError ** error)
{
  gint result = zc_fence_wait (fd, TIMEOUT_MS);

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
    gint fd = zc_frame_fd (frame, i), pending;

    /* All but always nobody does, and this is all that it costs. */
    if (!zc_fence_wait (fd, 0))
      continue;
    if (zc_frame_fence (frame) < 0
        && !zc_dmabuf_get_fence (fd, FALSE, &pending))
      zc_frame_set_fence (frame, pending);
    else if (!wait_or_tell (fd, "a device's writing to the dma-buf", error))
      return FALSE;
  }
  return TRUE;
}

/* Puts @fence into all dma-bufs of @frame. 0, or what the kernel answers. */
static gint
put (struct zc_frame *frame, gboolean writes, gint fence)
{
  const struct zc_layout *layout = zc_frame_layout (frame);
  gint result = 0;

  for (gint i = 0; i < layout->n_buffers && !result; i++)
    result = zc_dmabuf_add_fence (zc_frame_fd (frame, i), writes, fence);
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
  if (fence >= 0 && zc_fence_wait (fence, 0)) {
    if (put (dst, TRUE, fence) || put (src, FALSE, fence))
      done = wait_or_tell (fence, "the GPU's work", error);
  }
  zc_frame_set_fence (dst, -1);
  return done;
}

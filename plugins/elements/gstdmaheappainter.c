/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheappainter - a GPU of libzerocopy, with errors as GStreamer has them */
#include "elements/gstdmaheappainter.h"
#include "memory/gstdmaheapfence.h"
#include "memory/gstdmaheaplog.h"
#include "elements/gstdmaheapshader.h"

struct _GstDmaHeapPainter
{
  struct zc_gpu *gpu;
  gboolean has_shader;
};

GstDmaHeapPainter *
gst_dma_heap_painter_open (const gchar * device, GError ** error)
{
  GstDmaHeapPainter *self;
  struct zc_gpu *gpu;
  gint result;

  gst_dma_heap_log_clear ();
  result = zc_gpu_open (&gpu, device && *device ? device : NULL);
  if (result) {
    gst_dma_heap_log_error (error, GST_RESOURCE_ERROR_OPEN_READ_WRITE, result);
    return NULL;
  }
  /* The next call may come on another thread. */
  zc_gpu_release (gpu);
  self = g_new0 (GstDmaHeapPainter, 1);
  self->gpu = gpu;
  return self;
}

void
gst_dma_heap_painter_close (GstDmaHeapPainter * self)
{
  if (self)
    zc_gpu_close (self->gpu);
  g_free (self);
}

const struct zc_gpu_info *
gst_dma_heap_painter_info (GstDmaHeapPainter * self)
{
  return zc_gpu_info (self->gpu);
}

gboolean
gst_dma_heap_painter_set_shader (GstDmaHeapPainter * self, const gchar * path,
    GError ** error)
{
  gchar *text = NULL;
  gint result;

  if (path && *path) {
    text = gst_dma_heap_shader_read (path, error);
    if (!text)
      return FALSE;
  }
  gst_dma_heap_log_clear ();
  result = zc_gpu_set_shader (self->gpu, text, path);
  zc_gpu_release (self->gpu);
  if (result)
    gst_dma_heap_log_error (error, GST_RESOURCE_ERROR_SETTINGS, result);
  else
    self->has_shader = text != NULL;
  g_free (text);
  return !result;
}

gboolean
gst_dma_heap_painter_has_shader (GstDmaHeapPainter * self)
{
  return self && self->has_shader;
}

gboolean
gst_dma_heap_painter_draw (GstDmaHeapPainter * self, struct zc_frame *src,
    struct zc_frame *dst, const struct gst_dma_heap_turn *turn,
    GError ** error)
{
  const struct zc_gpu_op op = {
    .rotate = turn->rotation,
    .flip_h = (turn->flip & GST_DMA_HEAP_FLIP_HORIZONTAL) != 0,
    .flip_v = (turn->flip & GST_DMA_HEAP_FLIP_VERTICAL) != 0,
  };
  gint result;

  if (!gst_dma_heap_fence_take (src, error))
    return FALSE;
  gst_dma_heap_log_clear ();
  result = zc_gpu_convert (self->gpu, src, dst, &op);
  zc_gpu_release (self->gpu);
  if (result) {
    gst_dma_heap_log_error (error, GST_RESOURCE_ERROR_FAILED, result);
    return FALSE;
  }
  return gst_dma_heap_fence_give (src, dst, error);
}

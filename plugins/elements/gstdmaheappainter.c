/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheappainter - a GPU of libzerocopy, with errors as GStreamer has them */
#include "elements/gstdmaheappainter.h"
#include "memory/gstdmaheapfence.h"
#include "memory/gstdmaheapformat.h"
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
gst_dma_heap_painter_takes (GstDmaHeapPainter * self,
    const GstVideoInfo * info, guint64 modifier, GError ** error)
{
  const struct zc_format *format = gst_dma_heap_format_zc (info, FALSE);
  const struct zc_gpu_info *gpu = zc_gpu_info (self->gpu);

  if (!modifier || (format && zc_gpu_has_format (self->gpu, format, modifier)))
    return TRUE;
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
      "%s (%s) cannot read %s that is not linear, but of modifier 0x%016"
      G_GINT64_MODIFIER "x: ask upstream for linear video, by a capsfilter with a "
      "drm-format that names no modifier", gpu->device, gpu->renderer,
      GST_VIDEO_INFO_NAME (info), modifier);
  return FALSE;
}

GPtrArray *
gst_dma_heap_painter_list_tiled (GstDmaHeapPainter * self)
{
  GPtrArray *list = g_ptr_array_new_with_free_func (g_free);
  const struct gst_dma_heap_format *row = gst_dma_heap_formats;

  for (; GST_CHECK_VERSION (1, 24, 0) && row->zc; row++) {
    const struct zc_format *format = zc_format_by_name (row->zc);
    uint64_t modifier;

    for (gint i = 0; gst_dma_heap_format_is_drawn (row->gst)
        && zc_gpu_modifier (self->gpu, format, i, &modifier); i++)
      g_ptr_array_add (list, gst_dma_heap_format_tiled_text (row, modifier));
  }
  return list;
}

struct zc_pool *
gst_dma_heap_painter_frames (GstDmaHeapPainter * self,
    const GstVideoInfo * info, guint64 modifier, guint n, GError ** error)
{
  struct zc_pool *pool = NULL;
  struct zc_layout layout;
  gint result;

  gst_dma_heap_log_clear ();
  result = zc_layout_solve (&layout, gst_dma_heap_format_zc (info, FALSE),
      GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info), NULL);
  if (!result)
    result = zc_gpu_pool (self->gpu, &layout, &modifier, 1, n, &pool);
  if (result)
    gst_dma_heap_log_error (error, GST_RESOURCE_ERROR_NO_SPACE_LEFT, result);
  return pool;
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

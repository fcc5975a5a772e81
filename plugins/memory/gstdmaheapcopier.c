/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapcopier - copies frames into buffers of a heap */
#include "memory/gstdmaheapcopier.h"
#include "memory/gstdmaheapbufferpool.h"

void
gst_dma_heap_copier_init (struct gst_dma_heap_copier *copier)
{
  g_mutex_init (&copier->lock);
  copier->pool = NULL;
}

void
gst_dma_heap_copier_clear (struct gst_dma_heap_copier *copier)
{
  gst_dma_heap_copier_stop (copier);
  g_mutex_clear (&copier->lock);
}

gboolean
gst_dma_heap_copier_start (struct gst_dma_heap_copier *copier,
    GstBufferPool * pool)
{
  if (!gst_buffer_pool_set_active (pool, TRUE)) {
    gst_object_unref (pool);
    return FALSE;
  }
  g_mutex_lock (&copier->lock);
  copier->pool = pool;
  g_mutex_unlock (&copier->lock);
  return TRUE;
}

void
gst_dma_heap_copier_stop (struct gst_dma_heap_copier *copier)
{
  GstBufferPool *pool;

  g_mutex_lock (&copier->lock);
  pool = copier->pool;
  copier->pool = NULL;
  g_mutex_unlock (&copier->lock);
  if (pool)
    gst_buffer_pool_set_active (pool, FALSE);
  gst_clear_object (&pool);
}

gboolean
gst_dma_heap_copier_is_started (const struct gst_dma_heap_copier *copier)
{
  return copier->pool != NULL;
}

void
gst_dma_heap_copier_set_flushing (struct gst_dma_heap_copier *copier,
    gboolean flushing)
{
  GstBufferPool *pool;

  g_mutex_lock (&copier->lock);
  pool = copier->pool ? gst_object_ref (copier->pool) : NULL;
  g_mutex_unlock (&copier->lock);
  if (pool)
    gst_buffer_pool_set_flushing (pool, flushing);
  gst_clear_object (&pool);
}

static gboolean
copy_pixels (const GstVideoInfo * info, GstBuffer * from, GstBuffer * to)
{
  GstVideoFrame source, target;
  gboolean done;

  if (!gst_video_frame_map (&source, info, from, GST_MAP_READ))
    return FALSE;
  if (!gst_video_frame_map (&target, info, to, GST_MAP_WRITE)) {
    gst_video_frame_unmap (&source);
    return FALSE;
  }
  done = gst_video_frame_copy (&target, &source);
  gst_video_frame_unmap (&target);
  gst_video_frame_unmap (&source);
  return done;
}

GstFlowReturn
gst_dma_heap_copier_copy (struct gst_dma_heap_copier *copier,
    const GstVideoInfo * info, GstBuffer * from, GstBuffer ** to,
    GError ** error)
{
  GstFlowReturn result = gst_buffer_pool_acquire_buffer (copier->pool, to, NULL);

  if (result != GST_FLOW_OK)
    return result;
  if (!copy_pixels (info, from, *to)) {
    gst_clear_buffer (to);
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED,
        "cannot copy a frame of %" G_GSIZE_FORMAT " bytes into the heap: it is no "
        "%s of %dx%d", gst_buffer_get_size (from), GST_VIDEO_INFO_NAME (info),
        GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info));
    return GST_FLOW_ERROR;
  }
  /* All but what is said of the memory, which is not that of the copy. */
  gst_buffer_copy_into (*to, from, GST_BUFFER_COPY_FLAGS |
      GST_BUFFER_COPY_TIMESTAMPS | GST_BUFFER_COPY_META | GST_BUFFER_COPY_DEEP,
      0, -1);
  gst_dma_heap_buffer_pool_passed (GST_DMA_HEAP_BUFFER_POOL (copier->pool), *to);
  return GST_FLOW_OK;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapallocation - ALLOCATION queries between the elements of both sides */
#include "memory/gstdmaheapallocation.h"
#include "memory/gstdmaheapformat.h"

static void
raise_padding (const GstStructure * params, GstVideoAlignment * padding)
{
  GstVideoAlignment asked;

  gst_video_alignment_reset (&asked);
  gst_structure_get (params, "padding-top", G_TYPE_UINT, &asked.padding_top,
      "padding-bottom", G_TYPE_UINT, &asked.padding_bottom,
      "padding-left", G_TYPE_UINT, &asked.padding_left,
      "padding-right", G_TYPE_UINT, &asked.padding_right, NULL);
  padding->padding_top = MAX (padding->padding_top, asked.padding_top);
  padding->padding_bottom = MAX (padding->padding_bottom, asked.padding_bottom);
  padding->padding_left = MAX (padding->padding_left, asked.padding_left);
  padding->padding_right = MAX (padding->padding_right, asked.padding_right);
}

/* How many buffers the one downstream wants; the first pool it names is its choice. */
static void
raise_buffers (GstQuery * answer, struct gst_dma_heap_needs *needs)
{
  guint min, max;

  if (!gst_query_get_n_allocation_pools (answer))
    return;
  gst_query_parse_nth_allocation_pool (answer, 0, NULL, NULL, &min, &max);
  needs->min_behind = min;
  needs->min_buffers = MAX (needs->min_buffers, min);
  if (max && max >= needs->min_buffers
      && (!needs->max_buffers || max < needs->max_buffers))
    needs->max_buffers = max;
}

gboolean
gst_dma_heap_allocation_ask (GstPad * pad, GstQuery * answer,
    struct gst_dma_heap_needs *needs)
{
  return gst_pad_peer_query (pad, answer)
      && gst_dma_heap_allocation_read (answer, needs);
}

gboolean
gst_dma_heap_allocation_read (GstQuery * answer,
    struct gst_dma_heap_needs *needs)
{
  const GstStructure *params = NULL;
  guint index;

  raise_buffers (answer, needs);
  if (!gst_query_find_allocation_meta (answer, GST_VIDEO_META_API_TYPE, &index))
    return FALSE;
  gst_query_parse_nth_allocation_meta (answer, index, &params);
  if (params)
    raise_padding (params, &needs->padding);
  return TRUE;
}

/* Which of the properties and neighbours stand against each other. */
static gboolean
check_numbers (const struct gst_dma_heap_needs *needs, GError ** error)
{
  gboolean is_own = needs->min_buffers > needs->min_behind;

  if (!needs->max_buffers || needs->min_buffers <= needs->max_buffers)
    return TRUE;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
      "max-buffers=%u allows fewer buffers than the %u that %s for: %s",
      needs->max_buffers, needs->min_buffers,
      is_own ? "min-buffers asks" : "the element downstream asks",
      is_own ? "set min-buffers lower, or max-buffers higher"
      : "set max-buffers higher");
  return FALSE;
}

static gboolean
configure (GstBufferPool * pool, GstCaps * caps, const GstVideoInfo * info,
    const struct gst_dma_heap_needs *needs, GError ** error)
{
  GstStructure *config = gst_buffer_pool_get_config (pool);
  GstVideoAlignment padding = needs->padding;

  gst_buffer_pool_config_set_params (config, caps, GST_VIDEO_INFO_SIZE (info),
      needs->min_buffers, needs->max_buffers);
  gst_buffer_pool_config_add_option (config, GST_BUFFER_POOL_OPTION_VIDEO_META);
  gst_buffer_pool_config_add_option (config,
      GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT);
  gst_buffer_pool_config_set_video_alignment (config, &padding);
  if (gst_buffer_pool_set_config (pool, config))
    return TRUE;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
      "no pool for %s %dx%d: at least %u buffers with strides of a multiple of "
      "%u bytes cannot be had within %" G_GUINT64_FORMAT " MiB",
      GST_VIDEO_INFO_NAME (info), GST_VIDEO_INFO_WIDTH (info),
      GST_VIDEO_INFO_HEIGHT (info), needs->min_buffers, needs->stride_align,
      GST_DMA_HEAP_BUFFER_POOL_MAX_BYTES >> 20);
  return FALSE;
}

GstBufferPool *
gst_dma_heap_allocation_pool (GstDmaHeapAllocator * allocator, GstCaps * caps,
    const struct gst_dma_heap_needs *needs, GError ** error)
{
  GstBufferPool *pool;
  GstVideoInfo info;
  guint64 modifier;

  if (!(needs->frames ? gst_dma_heap_format_parse_tiled (caps, &info, &modifier,
              error) : gst_dma_heap_format_parse (caps, &info, error))
      || !check_numbers (needs, error))
    return NULL;
  pool = gst_dma_heap_buffer_pool_new (allocator, needs->stride_align,
      needs->row_align, needs->separate);
  gst_dma_heap_buffer_pool_set_writer (GST_DMA_HEAP_BUFFER_POOL (pool),
      &needs->writer);
  if (needs->frames)
    gst_dma_heap_buffer_pool_set_frames (GST_DMA_HEAP_BUFFER_POOL (pool),
        needs->frames);
  if (configure (pool, caps, &info, needs, error))
    return pool;
  gst_object_unref (pool);
  return NULL;
}

GstBufferPool *
gst_dma_heap_allocation_offer (GstQuery * query,
    GstDmaHeapAllocator * allocator, const struct gst_dma_heap_needs *needs,
    GError ** error)
{
  guint size, min, max;
  GstStructure *config;
  GstBufferPool *pool;
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, NULL);
  if (!caps) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "an ALLOCATION query without caps");
    return NULL;
  }
  pool = gst_dma_heap_allocation_pool (allocator, caps, needs, error);
  if (!pool)
    return NULL;
  config = gst_buffer_pool_get_config (pool);
  gst_buffer_pool_config_get_params (config, NULL, &size, &min, &max);
  gst_structure_free (config);
  gst_query_add_allocation_pool (query, pool, size, min, needs->max_buffers);
  gst_query_add_allocation_param (query, GST_ALLOCATOR (allocator), NULL);
  return pool;
}

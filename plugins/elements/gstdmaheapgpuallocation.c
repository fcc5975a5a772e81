/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapgpuallocation - what element dmaheapgpu draws into, and what it is handed */
#include "memory/gstdmaheapallocation.h"
#include "elements/gstdmaheapoffer.h"
#include "elements/gstdmaheapdevice.h"
#include "memory/gstdmaheapformat.h"
#include "elements/gstdmaheapgpuprivate.h"

/* One is written while one is read; those of the neighbours come on top. */
#define MIN_BUFFERS 2
/* Of the GPU's own memory all are made at first; a display holds four. */
#define TILED_BUFFERS 6
/* Renderers in software draw in blocks of 4, of chroma, too; and AMD's GPUs want room for
 * 16. */
#define ROW_ALIGN 16

static GstBaseTransformClass *
parent_class (GstDmaHeapGpu * self)
{
  return g_type_class_peek_parent (G_OBJECT_GET_CLASS (self));
}

gboolean
gst_dma_heap_gpu_is_of_any_size (GType api)
{
  const gchar *const *tags = gst_meta_api_type_get_tags (api);

  for (; tags && *tags; tags++)
    if (g_strcmp0 (*tags, GST_META_TAG_VIDEO_STR))
      return FALSE;
  return TRUE;
}

gboolean
gst_dma_heap_gpu_filter_meta (GstBaseTransform * trans, GstQuery * query, GType api,
    const GstStructure * params)
{
  return gst_dma_heap_gpu_is_of_any_size (api);
}

/* What we draw into: of our heap, as the one downstream needs it. */
gboolean
gst_dma_heap_gpu_decide_allocation (GstBaseTransform * trans, GstQuery * query)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);
  struct gst_dma_heap_needs needs = {
    .stride_align = GST_DMA_HEAP_STRIDE_ALIGN,
    .row_align = ROW_ALIGN,
  };
  GError *error = NULL;
  GstBufferPool *pool = NULL;

  /* Who reads no meta takes the planes to lie as the caps have them. */
  if (!gst_dma_heap_allocation_read (query, &needs)) {
    needs.stride_align = 1;
    if (GST_VIDEO_INFO_N_PLANES (&self->out) > 1)
      needs.row_align = 1;
  }
  gst_dma_heap_device_ask_behind (trans->srcpad, &self->out, &needs);
  needs.min_buffers += MIN_BUFFERS;
  if (needs.max_buffers)
    needs.max_buffers += MIN_BUFFERS;
  /* A heap's buffers are linear. */
  if (self->out_modifier)
    needs.frames = gst_dma_heap_painter_frames (self->painter, &self->out,
        self->out_modifier, MAX (needs.min_buffers, TILED_BUFFERS), &error);
  while (gst_query_get_n_allocation_pools (query))
    gst_query_remove_nth_allocation_pool (query, 0);
  while (gst_query_get_n_allocation_params (query))
    gst_query_remove_nth_allocation_param (query, 0);
  if (needs.frames || !self->out_modifier)
    pool = gst_dma_heap_allocation_offer (query, self->allocator, &needs,
        &error);
  if (!pool) {
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
    return FALSE;
  }
  gst_object_unref (pool);
  return parent_class (self)->decide_allocation (trans, query);
}

/* Of the heap that the GPU draws into, or of another that a camera takes. */
static GstDmaHeapAllocator *
offered (GstDmaHeapGpu * self, const GstVideoInfo * info,
    struct gst_dma_heap_needs *needs, GError ** error)
{
  GstDmaHeapAllocator *allocator;
  gchar *heap =
      gst_dma_heap_element_dup_text (GST_ELEMENT (self), &self->heap);

  allocator = gst_dma_heap_offer_allocator (GST_ELEMENT (self),
      GST_BASE_TRANSFORM_SINK_PAD (self), info, self->allocator, heap, NULL,
      needs, error);
  g_free (heap);
  return allocator;
}

/* What upstream may write into, so that its pictures come in dma-bufs. */
gboolean
gst_dma_heap_gpu_propose_allocation (GstBaseTransform * trans, GstQuery * decide,
    GstQuery * query)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);
  struct gst_dma_heap_needs needs = {
    .min_buffers = MIN_BUFFERS,
    .stride_align = GST_DMA_HEAP_STRIDE_ALIGN,
  };
  GstDmaHeapAllocator *allocator;
  GError *error = NULL;
  GstBufferPool *pool;
  GstVideoInfo info;
  GstCaps *caps;

  if (!parent_class (self)->propose_allocation (trans, decide, query))
    return FALSE;
  if (!decide)
    return TRUE;                /* passed through: downstream has answered */
  if (self->modifier) {
    /* A heap's buffers are linear: only who writes tiles can have memory for them. */
    gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
    return TRUE;
  }
  gst_query_parse_allocation (query, &caps, NULL);
  allocator = caps && gst_dma_heap_format_parse (caps, &info, NULL) ?
      offered (self, &info, &needs, &error) : gst_object_ref (self->allocator);
  if (!allocator) {
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
    return FALSE;
  }
  pool = gst_dma_heap_allocation_offer (query, allocator, &needs, &error);
  gst_object_unref (allocator);
  if (!pool) {
    GST_WARNING_OBJECT (self, "offers upstream nothing: %s", error->message);
    g_error_free (error);
    return FALSE;
  }
  gst_object_unref (pool);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsinkallocation - what element dmaheapsink has upstream write into */
#include "elements/gstdmaheapoffer.h"
#include "elements/gstdmaheapsinkprivate.h"
#include "memory/gstdmaheapformat.h"

/* One on screen, one committed, one that waits, one that is written. */
#define MIN_BUFFERS 4
/* In a window: what the compositor has not given back. */
#define MORE_FOR_WINDOW 2

void
gst_dma_heap_sink_drop_allocator (GstDmaHeapSink * self)
{
  gst_dma_heap_element_set_allocator (GST_ELEMENT (self), &self->allocator,
      NULL);
}

/* The one of the heap that was asked for; without one that can be had, upstream may
 * have dma-bufs of its own. */
static GstDmaHeapAllocator *
get_allocator (GstDmaHeapSink * self, GError ** error)
{
  GstDmaHeapAllocator *allocator;
  gchar *heap;

  GST_OBJECT_LOCK (self);
  heap = g_strdup (self->heap);
  allocator = self->allocator ? gst_object_ref (self->allocator) : NULL;
  GST_OBJECT_UNLOCK (self);
  if (!allocator)
    allocator = gst_dma_heap_element_new_allocator (GST_ELEMENT (self), heap,
        FALSE, error);
  if (!allocator && gst_dma_heap_offer_is_free (heap)) {
    GST_WARNING_OBJECT (self, "no pool is offered: %s", (*error)->message);
    g_clear_error (error);
  }
  g_free (heap);
  GST_OBJECT_LOCK (self);
  if (allocator && !self->allocator)
    self->allocator = gst_object_ref (allocator);
  GST_OBJECT_UNLOCK (self);
  return allocator;
}

/* @own, or that of another heap that a camera takes, which is then the sink's. */
static GstDmaHeapAllocator *
offered (GstDmaHeapSink * self, const GstVideoInfo * info,
    GstDmaHeapAllocator * own, struct gst_dma_heap_needs *needs,
    GError ** error)
{
  GstDmaHeapAllocator *allocator;
  gchar *heap =
      gst_dma_heap_element_dup_text (GST_ELEMENT (self), &self->heap);

  allocator = gst_dma_heap_offer_allocator (GST_ELEMENT (self),
      GST_BASE_SINK_PAD (self), info, own, heap, NULL, needs, error);
  g_free (heap);
  if (allocator && allocator != own)
    gst_dma_heap_element_set_allocator (GST_ELEMENT (self), &self->allocator,
        gst_object_ref (allocator));
  return allocator;
}

/* NULL with no error: none is offered. Of tiles only who writes them has memory. */
static GstBufferPool *
offer (GstDmaHeapSink * self, GstQuery * query, GstCaps * caps, GError ** error)
{
  struct gst_dma_heap_needs needs = {
    .min_buffers = MIN_BUFFERS,
    .stride_align = GST_DMA_HEAP_STRIDE_ALIGN,
    .row_align = 1,
  };
  GstDmaHeapAllocator *own, *allocator;
  struct gst_dma_heap_display_info display;
  GstBufferPool *pool = NULL;
  GstVideoInfo info;
  guint64 modifier;

  gst_dma_heap_display_get_info (self->display, &display);
  if (display.is_window)
    needs.min_buffers += MORE_FOR_WINDOW;
  if (!gst_dma_heap_format_parse_tiled (caps, &info, &modifier, error))
    return NULL;
  if (modifier) {
    gst_query_add_allocation_pool (query, NULL, GST_VIDEO_INFO_SIZE (&info),
        needs.min_buffers, 0);
    return NULL;
  }
  own = get_allocator (self, error);
  allocator = own ? offered (self, &info, own, &needs, error) : NULL;
  if (allocator)
    pool = gst_dma_heap_allocation_offer (query, allocator, &needs, error);
  gst_clear_object (&allocator);
  gst_clear_object (&own);
  return pool;
}

gboolean
gst_dma_heap_sink_propose_allocation (GstBaseSink * bsink, GstQuery * query)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (bsink);
  GstBufferPool *pool;
  GError *error = NULL;
  gboolean need_pool;
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, &need_pool);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  if (!caps || !need_pool)
    return TRUE;
  pool = offer (self, query, caps, &error);
  gst_clear_object (&pool);
  self->is_poolless = error != NULL;
  if (!error)
    return TRUE;
  GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
  return FALSE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapallocation.h - ALLOCATION queries of the plugin's elements: what is
 * offered to the element upstream, with what the one downstream needs.
 */
#ifndef GST_DMA_HEAP_ALLOCATION_H
#define GST_DMA_HEAP_ALLOCATION_H

#include "gstdmaheapallocator.h"
#include "gstdmaheapbufferpool.h"

G_BEGIN_DECLS

/** What a buffer must be like for all who use it. */
struct gst_dma_heap_needs {
  guint min_buffers, max_buffers; /* 0: no limit of theirs */
  guint stride_align;             /* bytes, a power of two */
  guint row_align;                /* rows, a power of two; 0 or 1: none */
  GstVideoAlignment padding;      /* pixels around the picture */
};

/**
 * gst_dma_heap_allocation_ask:
 * @pad: a source pad
 * @caps: what will be sent
 * @answer: (inout): a new ALLOCATION query, that the peer of @pad then answered
 *     or not
 * @needs: (inout): raised by what it asks for
 */
void gst_dma_heap_allocation_ask (GstPad * pad, GstQuery * answer,
    struct gst_dma_heap_needs *needs);

/**
 * gst_dma_heap_allocation_offer:
 * @query: upstream's ALLOCATION query
 * @allocator: what the pool allocates from
 * @needs: see there
 * @error: (out): the caps are no linear video, or the pool cannot be had
 *
 * Adds a pool of heap buffers, its allocator and GstVideoMeta to the answer.
 *
 * Returns: (transfer full) (nullable): the pool
 */
GstBufferPool *gst_dma_heap_allocation_offer (GstQuery * query,
    GstDmaHeapAllocator * allocator, const struct gst_dma_heap_needs *needs,
    GError ** error);

G_END_DECLS

#endif

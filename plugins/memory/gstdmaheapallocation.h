/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapallocation.h - ALLOCATION queries of the plugin's elements: what is
 * offered to the element upstream, with what the one downstream needs.
 */
#ifndef GST_DMA_HEAP_ALLOCATION_H
#define GST_DMA_HEAP_ALLOCATION_H

#include "memory/gstdmaheapallocator.h"
#include "memory/gstdmaheapbufferpool.h"

G_BEGIN_DECLS

/** What buffers must be like for all who use them. */
struct gst_dma_heap_needs {
  guint min_buffers, max_buffers; /* at most 0: no limit of theirs */
  guint min_behind;               /* of min_buffers, what the one downstream asks for */
  guint stride_align;             /* bytes, a power of two */
  guint row_align;                /* rows, a power of two; 0 or 1: none */
  gboolean separate;              /* a memory a plane */
  gboolean reads_meta;            /* otherwise strides are to be those of the caps */
  GstVideoAlignment padding;      /* pixels around the picture */
  struct gst_dma_heap_writer writer;    /* the camera, if there is one */
  struct zc_pool *frames;       /* memory that there is, for the pool to take over; NULL: none */
};

/** The stride that every GPU and display is known to take. */
#define GST_DMA_HEAP_STRIDE_ALIGN 256

/**
 * gst_dma_heap_allocation_ask:
 * @pad: a source pad
 * @answer: (inout): a new ALLOCATION query, for the peer of @pad
 * @needs: (inout): raised by what that asks for
 *
 * Returns: whether it reads GstVideoMeta. Where it does not, strides are to be
 *     those of the caps
 */
gboolean gst_dma_heap_allocation_ask (GstPad * pad, GstQuery * answer,
    struct gst_dma_heap_needs *needs);

/**
 * gst_dma_heap_allocation_read:
 * @answer: an ALLOCATION query after it was asked, whether answered or not
 *
 * The same, for who has had it asked already.
 */
gboolean gst_dma_heap_allocation_read (GstQuery * answer,
    struct gst_dma_heap_needs *needs);

/**
 * gst_dma_heap_allocation_pool:
 * @allocator: what the pool allocates from
 * @caps: of any of the kinds of gstdmaheapformat.h
 * @needs: see there
 * @error: (out): the caps are no linear video, or the pool cannot be had
 *
 * Returns: (transfer full) (nullable): a configured GstDmaHeapBufferPool
 */
GstBufferPool *gst_dma_heap_allocation_pool (GstDmaHeapAllocator * allocator,
    GstCaps * caps, const struct gst_dma_heap_needs *needs, GError ** error);

/**
 * gst_dma_heap_allocation_offer:
 * @query: upstream's ALLOCATION query
 *
 * Adds such a pool and its allocator to the answer. Whether GstVideoMeta is read
 * is the caller's to add.
 *
 * Returns: (transfer full) (nullable): the pool; see gst_dma_heap_allocation_pool()
 */
GstBufferPool *gst_dma_heap_allocation_offer (GstQuery * query,
    GstDmaHeapAllocator * allocator, const struct gst_dma_heap_needs *needs,
    GError ** error);

G_END_DECLS

#endif

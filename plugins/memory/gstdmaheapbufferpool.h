/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapbufferpool.h - GstDmaHeapBufferPool: video buffers of a dma-buf heap
 * that go round.
 */
#ifndef GST_DMA_HEAP_BUFFER_POOL_H
#define GST_DMA_HEAP_BUFFER_POOL_H

#include "memory/gstdmaheapallocator.h"
#include "memory/gstdmaheapwriter.h"

G_BEGIN_DECLS

/** The most bytes that one pool holds, where nobody says another number. */
#define GST_DMA_HEAP_BUFFER_POOL_MAX_BYTES (G_GUINT64_CONSTANT (512) << 20)

/**
 * GstDmaHeapBufferPool:
 *
 * Understands GST_BUFFER_POOL_OPTION_VIDEO_META and _VIDEO_ALIGNMENT; buffers have
 * a GstVideoMeta in any case. Each buffer is one memory, or one a plane for
 * caps that say so; every plane's stride is a multiple of the pool's stride
 * alignment. A buffer that comes back is handed out again only when devices have
 * done with it. Its size is bounded: a pool without a number of buffers at most
 * gets one.
 *
 * Signal "dry" (guint before, guint behind): all buffers are out and somebody
 * waits for one; how many of them have not yet passed the pool's element, and how
 * many have. From the thread that waits, once each time.
 */
#define GST_TYPE_DMA_HEAP_BUFFER_POOL (gst_dma_heap_buffer_pool_get_type ())
G_DECLARE_FINAL_TYPE (GstDmaHeapBufferPool, gst_dma_heap_buffer_pool, GST,
    DMA_HEAP_BUFFER_POOL, GstBufferPool)

/**
 * gst_dma_heap_buffer_pool_new:
 * @allocator: what all its memory is of
 * @stride_align: bytes, rounded up to a power of two
 * @row_align: rows, a power of two
 * @separate: a memory a plane
 */
GstBufferPool *gst_dma_heap_buffer_pool_new (GstDmaHeapAllocator * allocator,
    guint stride_align, guint row_align, gboolean separate);

/** A layout that @writer insists on is the pool's. Call it before it is configured. */
void gst_dma_heap_buffer_pool_set_writer (GstDmaHeapBufferPool * pool,
    const struct gst_dma_heap_writer *writer);

/**
 * gst_dma_heap_buffer_pool_set_frames:
 * @frames: (transfer full): of one dma-buf each
 *
 * The pool's buffers are in the memory of @frames, laid out as these are, and no more than
 * there are of them; the CPU cannot map them. Call it before it is configured.
 */
void gst_dma_heap_buffer_pool_set_frames (GstDmaHeapBufferPool * pool,
    struct zc_pool *frames);

/**
 * gst_dma_heap_buffer_pool_passed:
 * @pool: a pool
 * @buffer: maybe one of it
 *
 * It has passed the pool's element: for the figures of "dry". Its memory begins
 * where its pixels do from here on.
 */
void gst_dma_heap_buffer_pool_passed (GstDmaHeapBufferPool * pool,
    GstBuffer * buffer);

/** The node that is to be asked where pixels begin; %NULL: that is known. */
const gchar *gst_dma_heap_buffer_pool_unplaced (GstDmaHeapBufferPool * pool);

/**
 * gst_dma_heap_buffer_pool_set_place:
 * @pool: one that is unplaced
 * @begin: where pixels begin, in bytes from the begin of each memory
 * @error: (out): GST_RESOURCE_ERROR_FAILED: the picture does not fit behind that
 *
 * Threads: the one that passes buffers on.
 */
gboolean gst_dma_heap_buffer_pool_set_place (GstDmaHeapBufferPool * pool,
    const guint32 begin[ZC_MAX_PLANES], GError ** error);

G_END_DECLS

#endif

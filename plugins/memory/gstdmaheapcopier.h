/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapcopier.h - frames in other memory, copied by the CPU into buffers of a
 * heap: what is left where the element upstream does not use the pool offered.
 */
#ifndef GST_DMA_HEAP_COPIER_H
#define GST_DMA_HEAP_COPIER_H

#include <gst/video/video.h>

G_BEGIN_DECLS

/** In the element that copies. */
struct gst_dma_heap_copier {
  GMutex lock;
  GstBufferPool *pool; /* NULL: stopped; changed by the streaming thread, locked */
};

void gst_dma_heap_copier_init (struct gst_dma_heap_copier *copier);
void gst_dma_heap_copier_clear (struct gst_dma_heap_copier *copier);

/**
 * gst_dma_heap_copier_start:
 * @copier: a stopped one
 * @pool: (transfer full): a configured GstDmaHeapBufferPool
 *
 * Returns: whether there are buffers to copy into; if not, the pool's allocator
 *     has said why
 */
gboolean gst_dma_heap_copier_start (struct gst_dma_heap_copier *copier,
    GstBufferPool * pool);

/** Gives its buffers up, those that elements downstream hold when they let go. */
void gst_dma_heap_copier_stop (struct gst_dma_heap_copier *copier);

gboolean gst_dma_heap_copier_is_started (const struct gst_dma_heap_copier *copier);

/**
 * gst_dma_heap_copier_set_flushing:
 *
 * Ends the wait for a buffer to copy into, which elements downstream may all hold.
 * Threads: any.
 */
void gst_dma_heap_copier_set_flushing (struct gst_dma_heap_copier *copier,
    gboolean flushing);

/**
 * gst_dma_heap_copier_copy:
 * @copier: a started one
 * @info: of @from
 * @to: (out): a buffer of the heap with all that @from has
 * @error: (out): set with %GST_FLOW_ERROR where @from is no such picture
 *
 * Returns: %GST_FLOW_OK, or what the pool says
 */
GstFlowReturn gst_dma_heap_copier_copy (struct gst_dma_heap_copier *copier,
    const GstVideoInfo * info, GstBuffer * from, GstBuffer ** to,
    GError ** error);

G_END_DECLS

#endif

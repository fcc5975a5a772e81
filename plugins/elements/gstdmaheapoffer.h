/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapoffer.h - the memory that an element offers to a camera upstream */
#ifndef GST_DMA_HEAP_OFFER_H
#define GST_DMA_HEAP_OFFER_H

#include "elements/gstdmaheapcamera.h"
#include "memory/gstdmaheapallocator.h"

G_BEGIN_DECLS

/** Whether any heap will do for one whose property "heap" is @heap. */
gboolean gst_dma_heap_offer_is_free (const gchar * heap);

/**
 * gst_dma_heap_offer_allocator:
 * @element: tells of another heap than @own's
 * @own: the allocator that it has
 * @heap: (nullable): the heap that it was asked for
 *
 * Asks the camera as gst_dma_heap_camera_ask() does. Where it refuses the memory of @own, and
 * any heap will do, finds one that it takes.
 *
 * Returns: (transfer full) (nullable): @own, or an allocator of that heap; %NULL: the camera
 *     or @reader refuses, or that heap cannot be had
 */
GstDmaHeapAllocator *gst_dma_heap_offer_allocator (GstElement * element,
    GstPad * sink, const GstVideoInfo * info, GstDmaHeapAllocator * own,
    const gchar * heap, const gchar * reader, struct gst_dma_heap_needs *needs,
    GError ** error);

G_END_DECLS

#endif

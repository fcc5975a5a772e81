/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapelement.h - what the plugin's elements do alike: their heap, their errors */
#ifndef GST_DMA_HEAP_ELEMENT_H
#define GST_DMA_HEAP_ELEMENT_H

#include "memory/gstdmaheapallocator.h"

G_BEGIN_DECLS

/**
 * gst_dma_heap_element_new_allocator:
 * @element: whose it is: its memory is named after it, and where the heap is
 *     exhausted, @element posts an error of it, once
 * @heap: (nullable): as for gst_dma_heap_allocator_new(); "" is %NULL
 *
 * Returns: (transfer full) (nullable): see gst_dma_heap_allocator_new()
 */
GstDmaHeapAllocator *gst_dma_heap_element_new_allocator (GstElement * element,
    const gchar * heap, gboolean fallback, GError ** error);

/**
 * GST_DMA_HEAP_ELEMENT_ERROR:
 * @element: who posts
 * @error: a GError of GStreamer's domains; freed
 *
 * Posts @error as the element's own, under its code.
 */
#define GST_DMA_HEAP_ELEMENT_ERROR(element, error)                           \
  G_STMT_START {                                                             \
    gst_dma_heap_element_post (GST_ELEMENT (element), (error), __FILE__,     \
        GST_FUNCTION, __LINE__);                                             \
  } G_STMT_END

/**
 * GST_DMA_HEAP_ELEMENT_ERROR_ONCE:
 * @told: (inout): a gchar * of the element's: the words of the last one, which is
 *     not posted again. To be freed when the element starts; used by one thread
 *
 * The same, for what elements around may try again, or follows from itself.
 */
#define GST_DMA_HEAP_ELEMENT_ERROR_ONCE(element, told, error)                \
  G_STMT_START {                                                             \
    if (gst_dma_heap_element_is_new (&(told), (error)))                      \
      GST_DMA_HEAP_ELEMENT_ERROR ((element), (error));                       \
    else                                                                     \
      g_error_free (error);                                                  \
  } G_STMT_END

gboolean gst_dma_heap_element_is_new (gchar ** told, const GError * error);

void gst_dma_heap_element_post (GstElement * element, GError * error,
    const gchar * file, const gchar * function, gint line);

G_END_DECLS

#endif

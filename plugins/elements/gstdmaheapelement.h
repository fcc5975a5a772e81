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

/** Puts @allocator (nullable), taken over, into @place in @element; the one there is released. */
void gst_dma_heap_element_set_allocator (GstElement * element,
    GstDmaHeapAllocator ** place, GstDmaHeapAllocator * allocator);

/** A text property's value now, which its object lock guards. Returns: (transfer full) */
gchar *gst_dma_heap_element_dup_text (GstElement * element,
    gchar * const *text);

/** The name of the element on the other side of a pad, for words. Returns: (transfer full) */
gchar *gst_dma_heap_element_neighbour (GstPad * pad);

/** Frames that their source calls bad (GST_BUFFER_FLAG_CORRUPTED). */
struct gst_dma_heap_damage {
  gboolean shown;               /* all the same; a property; object lock */
  guint64 n;                    /* came so far; object lock */
};

/** Begins to count anew. */
void gst_dma_heap_element_reset_damage (GstElement * element,
    struct gst_dma_heap_damage *damage);

/**
 * gst_dma_heap_element_drops:
 * @element: has @damage, and tells of the first frame of that kind
 *
 * Counts @buffer where it is bad. Returns: whether it is to be dropped for it
 */
gboolean gst_dma_heap_element_drops (GstElement * element,
    struct gst_dma_heap_damage *damage, GstBuffer * buffer);

/**
 * gst_dma_heap_element_install_damage:
 * @shown: the id of property "show-corrupted"
 * @count: the id of property "corrupted"
 */
void gst_dma_heap_element_install_damage (GObjectClass * klass, guint shown,
    guint count);

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

/** Posts a message that is no warning. */
void gst_dma_heap_element_inform (GstElement * element, const gchar * format,
    ...) G_GNUC_PRINTF (2, 3);

gboolean gst_dma_heap_element_is_new (gchar ** told, const GError * error);

void gst_dma_heap_element_post (GstElement * element, GError * error,
    const gchar * file, const gchar * function, gint line);

G_END_DECLS

#endif

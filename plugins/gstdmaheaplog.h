/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheaplog.h - what libzerocopy says goes to GStreamer's debug log, and its
 * last error to the message that an element posts.
 */
#ifndef GST_DMA_HEAP_LOG_H
#define GST_DMA_HEAP_LOG_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_dma_heap_log_init:
 *
 * Takes the library's log over. Called once, by the plugin's init.
 */
void gst_dma_heap_log_init (void);

/**
 * gst_dma_heap_log_clear:
 *
 * Forgets what the library said on this thread. Call it before the call whose
 * error is to be told.
 */
void gst_dma_heap_log_clear (void);

/**
 * gst_dma_heap_log_error:
 * @error: (out): where to put a GST_RESOURCE_ERROR with what the library said
 *     on this thread since gst_dma_heap_log_clear()
 * @code: which one
 * @result: the negative errno value that the call returned
 */
void gst_dma_heap_log_error (GError ** error, GstResourceError code, int result);

/**
 * GST_DMA_HEAP_ELEMENT_ERROR:
 * @element: who posts
 * @error: a GError of GStreamer's domains; freed
 *
 * Posts @error as the element's own, under its code.
 */
#define GST_DMA_HEAP_ELEMENT_ERROR(element, error)                           \
  G_STMT_START {                                                             \
    gst_dma_heap_log_post (GST_ELEMENT (element), (error), __FILE__,         \
        GST_FUNCTION, __LINE__);                                             \
  } G_STMT_END

void gst_dma_heap_log_post (GstElement * element, GError * error,
    const gchar * file, const gchar * function, gint line);

G_END_DECLS

#endif

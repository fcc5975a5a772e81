/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheaplog.h - what libzerocopy says goes to GStreamer's debug log, and its
 * errors to who asks for them.
 */
#ifndef GST_DMA_HEAP_LOG_H
#define GST_DMA_HEAP_LOG_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_dma_heap_log_init:
 *
 * Listens to the library's log, beside the program's own handler. Called once, by the
 * plugin's init.
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

G_END_DECLS

#endif

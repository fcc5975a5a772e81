/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapculprit.h - which element runs on this thread */
#ifndef GST_DMA_HEAP_CULPRIT_H
#define GST_DMA_HEAP_CULPRIT_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_dma_heap_culprit_watch:
 *
 * From now on the way of buffers through elements is noted, for each thread. It
 * costs each push a little, so it is called only where somebody asks for names.
 */
void gst_dma_heap_culprit_watch (void);

/**
 * gst_dma_heap_culprit_name:
 *
 * Returns: (transfer full): the element that was given a buffer last on this
 *     thread and has not returned; else the thread's own name, which for a
 *     streaming thread is that of the pad that drives it
 */
gchar *gst_dma_heap_culprit_name (void);

G_END_DECLS

#endif

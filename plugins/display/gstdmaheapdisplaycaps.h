/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapdisplaycaps.h - the formats of the display's planes, as caps */
#ifndef GST_DMA_HEAP_DISPLAY_CAPS_H
#define GST_DMA_HEAP_DISPLAY_CAPS_H

#include "display/gstdmaheapdisplay.h"

G_BEGIN_DECLS

/** Returns: (transfer full): @template, less what no plane takes. */
GstCaps *gst_dma_heap_display_caps (GstDmaHeapDisplay * self,
    const GstCaps * template);

/** Returns: (transfer full): "BGRx, BGRA": what the planes take. */
gchar *gst_dma_heap_display_formats_text (GstDmaHeapDisplay * self);

/** Whether a plane takes frames of @info; @error says which it takes else. */
gboolean gst_dma_heap_display_check_format (GstDmaHeapDisplay * self,
    const GstVideoInfo * info, GError ** error);

G_END_DECLS

#endif

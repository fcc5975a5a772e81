/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapdisplaycaps.h - the formats of the display's planes, as caps */
#ifndef GST_DMA_HEAP_DISPLAY_CAPS_H
#define GST_DMA_HEAP_DISPLAY_CAPS_H

#include "display/gstdmaheapdisplay.h"

G_BEGIN_DECLS

/** Which sizes are let through, where no plane scales. */
enum gst_dma_heap_display_sizes {
  GST_DMA_HEAP_DISPLAY_SIZES_ALL,
  GST_DMA_HEAP_DISPLAY_SIZES_OF_MODE,   /* those that fit into the one that is set */
  GST_DMA_HEAP_DISPLAY_SIZES_OF_MODES,  /* and those of all, for any may be set */
};

/** Returns: (transfer full): @template, less what no plane takes. What fits into the mode
 * comes first, so that a scaler before makes it fit. */
GstCaps *gst_dma_heap_display_caps (GstDmaHeapDisplay * self,
    const GstCaps * template, enum gst_dma_heap_display_sizes sizes);

/** Returns: (transfer full): why caps do not fit, of which only the size does not, or the
 * format, and what can be done. */
gchar *gst_dma_heap_display_refusal_text (GstDmaHeapDisplay * self,
    gboolean is_size);

/** Whether a plane takes frames of @info and @modifier; @error says which it takes else. */
gboolean gst_dma_heap_display_check_format (GstDmaHeapDisplay * self,
    const GstVideoInfo * info, guint64 modifier, GError ** error);

G_END_DECLS

#endif

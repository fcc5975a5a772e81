/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapmode.h - a display's mode, as a user writes it */
#ifndef GST_DMA_HEAP_MODE_H
#define GST_DMA_HEAP_MODE_H

#include <gst/gst.h>
#include <zerocopy.h>

G_BEGIN_DECLS

/**
 * gst_dma_heap_mode_parse:
 * @mode: (nullable): "1280x720"; %NULL or "": any
 * @config: (inout): force_mode, width and height are set where a mode is given
 * @error: (out): GST_RESOURCE_ERROR_SETTINGS: that is no size
 */
gboolean gst_dma_heap_mode_parse (const gchar * mode,
    struct zc_display_config *config, GError ** error);

G_END_DECLS

#endif

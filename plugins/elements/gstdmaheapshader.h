/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapshader.h - the source of a fragment shader, from a file.
 */
#ifndef GST_DMA_HEAP_SHADER_H
#define GST_DMA_HEAP_SHADER_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_dma_heap_shader_read:
 * @path: an ordinary file of text, of at most 64 KiB
 * @error: (out): GST_RESOURCE_ERROR_NOT_FOUND, _OPEN_READ, _READ
 *
 * Returns: (transfer full) (nullable): its text
 */
gchar *gst_dma_heap_shader_read (const gchar * path, GError ** error);

G_END_DECLS

#endif

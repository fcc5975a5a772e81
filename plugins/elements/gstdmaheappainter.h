/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheappainter.h - a GPU of libzerocopy that draws frames into frames, turned
 * and by a shader.
 *
 * One thread at a time, but each call may come on another.
 */
#ifndef GST_DMA_HEAP_PAINTER_H
#define GST_DMA_HEAP_PAINTER_H

#include "memory/gstdmaheapturn.h"

#include <gst/video/video.h>
#include <zerocopy.h>

G_BEGIN_DECLS

typedef struct _GstDmaHeapPainter GstDmaHeapPainter;

/**
 * gst_dma_heap_painter_open:
 * @device: (nullable): a node, or "software"; %NULL or "": the first there is
 * @error: (out): GST_RESOURCE_ERROR_OPEN_READ_WRITE
 */
GstDmaHeapPainter *gst_dma_heap_painter_open (const gchar * device,
    GError ** error);

/** %NULL: nothing. */
void gst_dma_heap_painter_close (GstDmaHeapPainter * self);

/** What it draws on; valid until it is closed. */
const struct zc_gpu_info *gst_dma_heap_painter_info (GstDmaHeapPainter * self);

/**
 * gst_dma_heap_painter_takes:
 * @info: what is to be drawn
 * @modifier: DRM_FORMAT_MOD_*, how it lies
 * @error: (out): GST_STREAM_ERROR_FORMAT
 *
 * Returns: whether the driver says that it can read it
 */
gboolean gst_dma_heap_painter_takes (GstDmaHeapPainter * self,
    const GstVideoInfo * info, guint64 modifier, GError ** error);

/**
 * gst_dma_heap_painter_list_tiled:
 *
 * Returns: (transfer full): what "drm-format" of caps calls all that it draws and that is
 *     not linear, as a list of strings; empty before GStreamer 1.24
 */
GPtrArray *gst_dma_heap_painter_list_tiled (GstDmaHeapPainter * self);

/**
 * gst_dma_heap_painter_frames:
 * @info: what is to be drawn into them
 * @modifier: how it is to lie, of gst_dma_heap_painter_list_tiled()
 * @error: (out): GST_RESOURCE_ERROR_NO_SPACE_LEFT
 *
 * Returns: (transfer full) (nullable): @n frames in memory of the GPU's driver
 */
struct zc_pool *gst_dma_heap_painter_frames (GstDmaHeapPainter * self,
    const GstVideoInfo * info, guint64 modifier, guint n, GError ** error);

/**
 * gst_dma_heap_painter_set_shader:
 * @path: (nullable): a file; see gst_dma_heap_shader_read(). %NULL or "": none
 * @error: (out): as that, and GST_RESOURCE_ERROR_SETTINGS: the compiler's lines
 *
 * Returns: whether it draws by it from now on; if not, it does as before
 */
gboolean gst_dma_heap_painter_set_shader (GstDmaHeapPainter * self,
    const gchar * path, GError ** error);

/** %NULL has none. */
gboolean gst_dma_heap_painter_has_shader (GstDmaHeapPainter * self);

/**
 * gst_dma_heap_painter_draw:
 * @src: what to draw
 * @dst: what to draw into, all of it
 * @turn: how @src is turned
 * @error: (out): GST_RESOURCE_ERROR_FAILED
 *
 * Devices that write @src are waited for by the GPU, and those who read @dst wait
 * for the GPU: see gstdmaheapfence.h.
 */
gboolean gst_dma_heap_painter_draw (GstDmaHeapPainter * self,
    struct zc_frame *src, struct zc_frame *dst,
    const struct gst_dma_heap_turn *turn, GError ** error);

G_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapwriter.h - the camera that writes into a pool's buffers: in which layout, and
 * from which byte on.
 */
#ifndef GST_DMA_HEAP_WRITER_H
#define GST_DMA_HEAP_WRITER_H

#include <gst/video/video.h>
#include <zerocopy.h>

G_BEGIN_DECLS

/** The camera, where there is one. */
struct gst_dma_heap_writer {
  gchar device[64];             /* its node, where its pixels may begin behind a
                                 * buffer's begin; "" where not */
  struct zc_layout layout;      /* as it writes; format %NULL: not known */
  gboolean insists;             /* on that layout, whatever it is asked for */
};

/**
 * gst_dma_heap_writer_lay_out:
 * @info: (inout): the picture of the caps, with the camera's strides and offsets after it
 * @align: (out): the padding that these stand for
 * @bytes: (out): of each memory, one for each of the layout's buffers
 *
 * Returns: %FALSE: it is no picture of that layout
 */
gboolean gst_dma_heap_writer_lay_out (const struct gst_dma_heap_writer *writer,
    GstVideoInfo * info, GstVideoAlignment * align,
    gsize bytes[GST_VIDEO_MAX_PLANES]);

/**
 * gst_dma_heap_writer_check_place:
 * @info: as laid out
 * @bytes: of each memory
 * @n_memories: one, or one a plane
 * @begin: where pixels begin in each, in bytes
 * @error: (out): GST_RESOURCE_ERROR_FAILED
 *
 * Returns: whether all rows lie within their memory
 */
gboolean gst_dma_heap_writer_check_place (const struct gst_dma_heap_writer *writer,
    const GstVideoInfo * info, const gsize bytes[GST_VIDEO_MAX_PLANES],
    guint n_memories, const guint32 begin[ZC_MAX_PLANES], GError ** error);

G_END_DECLS

#endif

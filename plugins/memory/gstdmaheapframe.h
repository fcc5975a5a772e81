/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapframe.h - a GstBuffer of dma-bufs as a frame of libzerocopy.
 *
 * A frame, and with it what devices keep of it (EGLImages, framebuffers), is made
 * once and stays with the buffer's first memory until that is freed; where each buffer
 * brings new memory of the same dma-bufs, it passes on to the next one.
 */
#ifndef GST_DMA_HEAP_FRAME_H
#define GST_DMA_HEAP_FRAME_H

#include <gst/video/video.h>
#include <zerocopy.h>

G_BEGIN_DECLS

/**
 * gst_dma_heap_frame_get:
 * @buffer: whose memories are dma-bufs; several may be of one and the same
 * @info: its format; a GstVideoMeta on the buffer says more of strides, offsets
 * @owner: the element that asks, which has frames of its own: a frame is used by
 *     one thread at a time
 * @error: (out): GST_RESOURCE_ERROR_FAILED: memory that is no dma-buf, a layout
 *     that libzerocopy has not or that does not lie within its memory
 *
 * Hot path: the first time for a memory, or when its layout has changed, the
 * frame is made; else found.
 *
 * Returns: (transfer none) (nullable): the frame, valid as long as @buffer's
 *     memory; to use it longer is to zc_frame_ref() it, and its release tells when
 *     that ends
 */
struct zc_frame *gst_dma_heap_frame_get (GstBuffer * buffer,
    const GstVideoInfo * info, gconstpointer owner, GError ** error);

/**
 * gst_dma_heap_frame_get_tiled:
 * @modifier: DRM_FORMAT_MOD_*, how the pixels lie; 0 is linear
 *
 * As gst_dma_heap_frame_get(), of a buffer whose strides and offsets are what the
 * modifier makes of them.
 */
struct zc_frame *gst_dma_heap_frame_get_tiled (GstBuffer * buffer,
    const GstVideoInfo * info, guint64 modifier, gconstpointer owner,
    GError ** error);
/** Gives up what waits for @owner to see a dma-buf again; %NULL: for anybody. */
void gst_dma_heap_frame_forget (gconstpointer owner);

/** Whether a frame may be had of @buffer: it has memory, all in dma-bufs. */
gboolean gst_dma_heap_frame_is_dma_buf (GstBuffer * buffer);

G_END_DECLS

#endif

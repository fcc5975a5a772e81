/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapdevice.h - the V4L2 device of the element before or behind */
#ifndef GST_DMA_HEAP_DEVICE_H
#define GST_DMA_HEAP_DEVICE_H

#include "memory/gstdmaheapallocation.h"

G_BEGIN_DECLS

/**
 * gst_dma_heap_device_before:
 * @sink: a sink pad
 * @device: (out) (nullable): what writes into the buffers that are offered there; to be
 *     closed. %NULL: it cannot be asked
 * @is_camera: (out): it is a camera, opened anew; else the queue for capture of a converter
 *     or decoder, to ask it only
 *
 * Returns: whether one is there that imports dma-bufs: v4l2src with io-mode=dmabuf-import,
 *     or an element with capture-io-mode=dmabuf-import
 */
gboolean gst_dma_heap_device_before (GstPad * sink, struct zc_camera **device,
    gboolean * is_camera);

/**
 * gst_dma_heap_device_gone:
 * @sink: a sink pad
 *
 * Returns: (transfer full) (nullable): the node of the v4l2src before, which is not there
 *     any more: its camera was unplugged
 */
gchar *gst_dma_heap_device_gone (GstPad * sink);

/**
 * gst_dma_heap_device_ask_behind:
 * @src: a source pad
 * @info: what is sent there
 * @needs: (inout): stride_align becomes less, where the device reads rows of another length
 *
 * Where an element with output-io-mode=dmabuf-import is behind, as an encoder is, asks its
 * device which strides it reads.
 */
void gst_dma_heap_device_ask_behind (GstPad * src, const GstVideoInfo * info,
    struct gst_dma_heap_needs *needs);

G_END_DECLS

#endif

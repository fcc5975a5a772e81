/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapfence.h - fences between frames of libzerocopy and their dma-bufs.
 *
 * A GstBuffer carries no fence: whoever gets it next, in this process or as a
 * device, finds the fences in the dma-buf itself or not at all.
 */
#ifndef GST_DMA_HEAP_FENCE_H
#define GST_DMA_HEAP_FENCE_H

#include <gst/gst.h>
#include <zerocopy.h>

G_BEGIN_DECLS

/**
 * gst_dma_heap_fence_take:
 * @frame: what is to be read
 * @error: (out): devices have not done with it in two seconds
 *
 * Looks for devices that still write to @frame's dma-bufs. What one does becomes
 * the frame's fence, for a GPU to wait for; where that cannot be had, and for all
 * dma-bufs but one, waits here.
 */
gboolean gst_dma_heap_fence_take (struct zc_frame *frame, GError ** error);

/**
 * gst_dma_heap_fence_give:
 * @src: what the work reads
 * @dst: what it writes, and whose fence signals when it is done
 * @error: (out): it is not done in two seconds
 *
 * Hands the fence to the dma-bufs of both, so that none is read or written too
 * early; waits here where the kernel takes none (before Linux 6.0). Neither
 * frame has a fence afterwards.
 */
gboolean gst_dma_heap_fence_give (struct zc_frame *src, struct zc_frame *dst,
    GError ** error);

G_END_DECLS

#endif

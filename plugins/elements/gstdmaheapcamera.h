/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapcamera.h - whether the device upstream takes a heap's memory */
#ifndef GST_DMA_HEAP_CAMERA_H
#define GST_DMA_HEAP_CAMERA_H

#include "memory/gstdmaheapallocation.h"

G_BEGIN_DECLS

/**
 * gst_dma_heap_camera_ask:
 * @sink: a sink pad
 * @info: what the camera will send
 * @heap: the name of the heap that buffers will be of
 * @better: (inout) (optional): %NULL before; any heap will do: the name of one that it takes
 *     in place of @heap, which it refuses
 * @reader: (nullable): who behind reads strides of the caps only; %NULL: nobody
 * @needs: (inout): raised by what the camera asks for: a buffer a plane, strides that it
 *     insists on, and its node where pixels may begin behind a buffer's begin
 * @error: (out): GST_RESOURCE_ERROR_SETTINGS: it refuses the heap's memory, and which
 *     heap it takes, if there is one; or it writes in strides that @reader does not read
 *
 * Where a v4l2src with io-mode=dmabuf-import is upstream, asks its device for the strides
 * that it takes, and gives it one buffer to try: v4l2src itself says only that no buffers
 * could be had. A converter or decoder with capture-io-mode=dmabuf-import is asked for its
 * strides only. The format that is set stays as it is.
 *
 * Returns: %FALSE when the camera or @reader refuses; %TRUE also when nothing can be tried
 */
gboolean gst_dma_heap_camera_ask (GstPad * sink, const GstVideoInfo * info,
    const gchar * heap, gchar ** better, const gchar * reader,
    struct gst_dma_heap_needs *needs, GError ** error);

/**
 * gst_dma_heap_camera_passed:
 * @buffer: came in; maybe of a pool that was offered
 * @error: (out): its pixels begin where the picture does not fit any more
 *
 * With the first buffer of a camera asks where in it the pixels begin, which can be known
 * only once it streams. See gst_dma_heap_buffer_pool_passed().
 */
gboolean gst_dma_heap_camera_passed (GstBuffer * buffer, GError ** error);

G_END_DECLS

#endif

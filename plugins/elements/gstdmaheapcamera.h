/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapcamera.h - whether the camera upstream takes a heap's memory */
#ifndef GST_DMA_HEAP_CAMERA_H
#define GST_DMA_HEAP_CAMERA_H

#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * gst_dma_heap_camera_check:
 * @sink: a sink pad
 * @info: what the camera will send
 * @heap: the name of the heap that buffers will be of
 * @separate: (out): set to %TRUE where the camera wants a buffer a plane
 * @error: (out): GST_RESOURCE_ERROR_SETTINGS: it refuses the heap's memory; why, and
 *     which heap it takes, if there is one
 *
 * Where a v4l2src with io-mode=dmabuf-import is upstream, gives its device one
 * buffer to try: v4l2src itself says only that no memory could be had. The format
 * that is set stays as it is.
 *
 * Returns: %FALSE when the camera refuses; %TRUE also when nothing can be tried
 */
gboolean gst_dma_heap_camera_check (GstPad * sink, const GstVideoInfo * info,
    const gchar * heap, gboolean * separate, GError ** error);

G_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapgpucaps.h - what a GPU makes of caps: which formats and sizes it can
 * turn into which, and which it should where there is a choice.
 */
#ifndef GST_DMA_HEAP_GPU_CAPS_H
#define GST_DMA_HEAP_GPU_CAPS_H

#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheapturn.h"

G_BEGIN_DECLS

/**
 * gst_dma_heap_gpu_caps_other:
 * @direction: of the pad that has @caps
 * @caps: within that pad's template
 * @template: the other pad's
 *
 * Returns: (transfer full): what the other pad may have: the formats of its
 *     template at any size
 */
GstCaps *gst_dma_heap_gpu_caps_other (GstPadDirection direction,
    const GstCaps * caps, const GstCaps * template);

/**
 * gst_dma_heap_gpu_caps_add_tiled:
 * @caps: (transfer full): what the source pad may have
 * @tiled: what the GPU draws that is not linear, as "drm-format" calls it
 *
 * Returns: (transfer full): @caps, and behind all that, the same of @tiled
 */
GstCaps *gst_dma_heap_gpu_caps_add_tiled (GstCaps * caps,
    const GPtrArray * tiled);

/** Whether frames of fixed caps @in can pass untouched to who takes @out: RGB wherever it is
 * taken, YUV where nothing is preferred to it. */
gboolean gst_dma_heap_gpu_caps_can_pass (const GstCaps * in,
    const GstCaps * out);

/**
 * gst_dma_heap_gpu_caps_fixate:
 * @in: fixed caps of the sink pad
 * @out: (transfer full): what the source pad may have
 * @turn: what is done on the way
 *
 * Keeps the format where it can be drawn and the size, turned; where that does not
 * fit, it scales to what does. Where one length is given, the other follows, and what cannot be kept by the size is by the shape of
 * pixels.
 *
 * Returns: (transfer full): fixed caps
 */
GstCaps *gst_dma_heap_gpu_caps_fixate (const GstCaps * in, GstCaps * out,
    const struct gst_dma_heap_turn *turn);

G_END_DECLS

#endif

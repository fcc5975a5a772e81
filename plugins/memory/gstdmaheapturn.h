/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapturn.h - how a picture is turned: mirrored, then rotated.
 */
#ifndef GST_DMA_HEAP_TURN_H
#define GST_DMA_HEAP_TURN_H

#include <gst/video/video.h>

G_BEGIN_DECLS

/**
 * GstDmaHeapRotation:
 *
 * Degrees clockwise. An enumeration whose values are those numbers: 90 is
 * written 90 on a command line and in C, and 45 is refused.
 */
typedef enum {
  GST_DMA_HEAP_ROTATION_0 = 0,
  GST_DMA_HEAP_ROTATION_90 = 90,
  GST_DMA_HEAP_ROTATION_180 = 180,
  GST_DMA_HEAP_ROTATION_270 = 270,
} GstDmaHeapRotation;

#define GST_TYPE_DMA_HEAP_ROTATION (gst_dma_heap_rotation_get_type ())
GType gst_dma_heap_rotation_get_type (void);

/**
 * GstDmaHeapFlip:
 * @GST_DMA_HEAP_FLIP_NONE: as it is
 * @GST_DMA_HEAP_FLIP_HORIZONTAL: left and right change places
 * @GST_DMA_HEAP_FLIP_VERTICAL: top and bottom change places
 * @GST_DMA_HEAP_FLIP_BOTH: both
 */
typedef enum {
  GST_DMA_HEAP_FLIP_NONE = 0,
  GST_DMA_HEAP_FLIP_HORIZONTAL = 1,
  GST_DMA_HEAP_FLIP_VERTICAL = 2,
  GST_DMA_HEAP_FLIP_BOTH = 3,
} GstDmaHeapFlip;

#define GST_TYPE_DMA_HEAP_FLIP (gst_dma_heap_flip_get_type ())
GType gst_dma_heap_flip_get_type (void);

/** First @flip, then @rotation. */
struct gst_dma_heap_turn {
  GstDmaHeapRotation rotation;
  GstDmaHeapFlip flip;
};

/**
 * gst_dma_heap_turn_of:
 * @method: one of the eight; others are none
 *
 * Returns: the same as a turn
 */
struct gst_dma_heap_turn gst_dma_heap_turn_of (GstVideoOrientationMethod
    method);

/** Returns: what @first and then @second make of a picture, as one turn */
struct gst_dma_heap_turn gst_dma_heap_turn_then (const struct
    gst_dma_heap_turn *first, const struct gst_dma_heap_turn *second);

/** Whether width and height change places. */
gboolean gst_dma_heap_turn_is_sideways (const struct gst_dma_heap_turn *turn);

/** Whether every pixel stays where it is; flipping both ways and 180 do too. */
gboolean gst_dma_heap_turn_is_none (const struct gst_dma_heap_turn *turn);

G_END_DECLS

#endif

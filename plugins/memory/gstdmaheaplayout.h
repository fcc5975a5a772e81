/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheaplayout.h - where in a pool's buffers a picture lies */
#ifndef GST_DMA_HEAP_LAYOUT_H
#define GST_DMA_HEAP_LAYOUT_H

#include "memory/gstdmaheapwriter.h"

G_BEGIN_DECLS

struct gst_dma_heap_layout_rules {
  guint stride_align;           /* bytes, a power of two */
  guint row_align;              /* rows, a power of two */
  gboolean separate;            /* a memory a plane */
};

struct gst_dma_heap_layout {
  GstVideoInfo info;            /* with its strides, offsets and size */
  GstVideoAlignment align;      /* the padding that these stand for */
  gsize bytes[GST_VIDEO_MAX_PLANES];    /* of each memory */
  guint n_memories;
  gsize tail;                   /* bytes of room behind them */
};

/** @stride_align: rounded up to a power of two; @row_align: 0 is 1. */
void gst_dma_heap_layout_rules_init (struct gst_dma_heap_layout_rules *rules,
    guint stride_align, guint row_align, gboolean separate);

/**
 * gst_dma_heap_layout_solve:
 * @layout: (out): as @writer insists on; else by @rules
 * @wanted: the picture of the caps
 * @asked: padding around it
 *
 * Returns: %FALSE: there is none
 */
gboolean gst_dma_heap_layout_solve (struct gst_dma_heap_layout *layout,
    const struct gst_dma_heap_layout_rules *rules,
    const struct gst_dma_heap_writer *writer, const GstVideoInfo * wanted,
    const GstVideoAlignment * asked);

G_END_DECLS

#endif

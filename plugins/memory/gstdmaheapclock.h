/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapclock.h - between an element's clock and CLOCK_MONOTONIC, that of devices */
#ifndef GST_DMA_HEAP_CLOCK_H
#define GST_DMA_HEAP_CLOCK_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_dma_heap_clock_at:
 * @element: whose clock
 * @ns: a time of CLOCK_MONOTONIC, not long ago
 *
 * Returns: what the clock said then; %GST_CLOCK_TIME_NONE: there is none
 */
GstClockTime gst_dma_heap_clock_at (GstElement * element, gint64 ns);

/**
 * gst_dma_heap_clock_monotonic_ns:
 * @element: whose clock and base time
 * @running: a running time, or %GST_CLOCK_TIME_NONE
 *
 * Returns: what CLOCK_MONOTONIC said then; 0: not known
 */
gint64 gst_dma_heap_clock_monotonic_ns (GstElement * element,
    GstClockTime running);

G_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsink.h - element dmaheapsink */
#ifndef GST_DMA_HEAP_SINK_H
#define GST_DMA_HEAP_SINK_H

#include <gst/video/gstvideosink.h>

G_BEGIN_DECLS

#define GST_TYPE_DMA_HEAP_SINK (gst_dma_heap_sink_get_type ())
G_DECLARE_FINAL_TYPE (GstDmaHeapSink, gst_dma_heap_sink, GST, DMA_HEAP_SINK,
    GstVideoSink)

GST_ELEMENT_REGISTER_DECLARE (dmaheapsink);

G_END_DECLS

#endif

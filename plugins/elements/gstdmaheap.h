/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheap.h - element dmaheap */
#ifndef GST_DMA_HEAP_H
#define GST_DMA_HEAP_H

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_DMA_HEAP (gst_dma_heap_get_type ())
G_DECLARE_FINAL_TYPE (GstDmaHeap, gst_dma_heap, GST, DMA_HEAP, GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (dmaheap);

G_END_DECLS

#endif

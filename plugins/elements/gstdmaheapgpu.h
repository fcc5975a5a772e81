/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapgpu.h - element dmaheapgpu */
#ifndef GST_DMA_HEAP_GPU_H
#define GST_DMA_HEAP_GPU_H

#include <gst/base/gstbasetransform.h>

G_BEGIN_DECLS

#define GST_TYPE_DMA_HEAP_GPU (gst_dma_heap_gpu_get_type ())
G_DECLARE_FINAL_TYPE (GstDmaHeapGpu, gst_dma_heap_gpu, GST, DMA_HEAP_GPU,
    GstBaseTransform)

GST_ELEMENT_REGISTER_DECLARE (dmaheapgpu);

G_END_DECLS

#endif

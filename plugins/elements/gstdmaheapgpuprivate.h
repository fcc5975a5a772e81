/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapgpuprivate.h - what the files of element dmaheapgpu share */
#ifndef GST_DMA_HEAP_GPU_PRIVATE_H
#define GST_DMA_HEAP_GPU_PRIVATE_H

#include "memory/gstdmaheapallocator.h"
#include "elements/gstdmaheapgpu.h"
#include "elements/gstdmaheappainter.h"
#include "memory/gstdmaheapturn.h"

#include <gst/video/video.h>

G_BEGIN_DECLS

struct _GstDmaHeapGpu
{
  GstBaseTransform parent;

  /* Properties, under the object lock. */
  struct gst_dma_heap_turn asked_turn;
  gchar *asked_shader, *device, *heap;
  gboolean fallback;
  gint turn_asked, shader_asked;        /* changed since they were taken; atomic */

  /* Between start and stop. */
  GstDmaHeapPainter *painter;
  GstDmaHeapAllocator *allocator;

  /* The streaming thread's. */
  struct gst_dma_heap_turn turn;
  gboolean same_caps;
  gchar *told;                  /* the last error */
  GstVideoInfo in, out;
};

/** Installs the properties, and what sets and gets them. */
void gst_dma_heap_gpu_install_properties (GObjectClass * klass);

G_END_DECLS

#endif

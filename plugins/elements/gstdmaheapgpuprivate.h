/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapgpuprivate.h - what the files of element dmaheapgpu share */
#ifndef GST_DMA_HEAP_GPU_PRIVATE_H
#define GST_DMA_HEAP_GPU_PRIVATE_H

#include "elements/gstdmaheapelement.h"
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
  GstVideoOrientationMethod asked_direction;
  GstVideoOrientationMethod tagged;     /* what the stream's tags say */
  gchar *asked_shader, *device, *heap;
  gboolean fallback;
  gint turn_asked, shader_asked;        /* changed since they were taken; atomic */

  struct gst_dma_heap_damage damage;
  GPtrArray *tiled;             /* what it draws that is not linear; object lock */

  /* Between start and stop. */
  GstDmaHeapPainter *painter;
  GstDmaHeapAllocator *allocator;

  /* The streaming thread's. */
  struct gst_dma_heap_turn turn;
  gboolean same_caps;
  gchar *told;                  /* the last error */
  GstVideoInfo in, out;
  guint64 modifier, out_modifier;       /* of what comes in, and goes out */
};

/** Whether what a meta says holds as well of a picture of another size and place. */
gboolean gst_dma_heap_gpu_is_of_any_size (GType api);

/** As of the base class. */
gboolean gst_dma_heap_gpu_filter_meta (GstBaseTransform * trans,
    GstQuery * query, GType api, const GstStructure * params);
gboolean gst_dma_heap_gpu_decide_allocation (GstBaseTransform * trans,
    GstQuery * query);
gboolean gst_dma_heap_gpu_propose_allocation (GstBaseTransform * trans,
    GstQuery * decide, GstQuery * query);

/** Has self->turn be what was asked for since, by properties and tags. */
void gst_dma_heap_gpu_take_turn (GstDmaHeapGpu * self);

/** Looks for what tags say. Takes @event over. Returns: what goes downstream in its place */
GstEvent *gst_dma_heap_gpu_take_event (GstDmaHeapGpu * self, GstEvent * event);

/** Installs the properties, and what sets and gets them. */
void gst_dma_heap_gpu_install_properties (GObjectClass * klass);

G_END_DECLS

#endif

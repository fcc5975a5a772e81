/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapneeds - what element dmaheap's buffers must be like */
#include "elements/gstdmaheapdevice.h"
#include "memory/gstdmaheapformat.h"
#include "elements/gstdmaheapprivate.h"

static void
init (GstDmaHeap * self, struct gst_dma_heap_needs *needs)
{
  GST_OBJECT_LOCK (self);
  *needs = (struct gst_dma_heap_needs) {
    .min_buffers = self->min_buffers,
    .max_buffers = self->max_buffers,
    .stride_align = self->stride_align,
    .separate = self->separate_planes,
  };
  GST_OBJECT_UNLOCK (self);
}

/* What the one downstream needs; its metas are passed on to the one upstream. */
static void
ask_downstream (GstDmaHeap * self, GstCaps * caps, GstQuery * query,
    struct gst_dma_heap_needs *needs)
{
  GstPad *pad = GST_BASE_TRANSFORM_SRC_PAD (self);
  GstQuery *answer = gst_query_new_allocation (caps, TRUE);

  needs->reads_meta = gst_dma_heap_allocation_ask (pad, answer, needs);
  for (guint i = 0; query && i < gst_query_get_n_allocation_metas (answer); i++) {
    const GstStructure *params;
    GType api = gst_query_parse_nth_allocation_meta (answer, i, &params);

    if (!gst_query_find_allocation_meta (query, api, NULL))
      gst_query_add_allocation_meta (query, api, params);
  }
  gst_query_unref (answer);
  if (!needs->reads_meta)
    needs->stride_align = needs->row_align = 1;
}

void
gst_dma_heap_needs_ask (GstDmaHeap * self, GstCaps * caps, GstQuery * query,
    struct gst_dma_heap_needs *needs)
{
  GstVideoInfo info;

  init (self, needs);
  ask_downstream (self, caps, query, needs);
  if (gst_dma_heap_format_parse (caps, &info, NULL))
    gst_dma_heap_device_ask_behind (GST_BASE_TRANSFORM_SRC_PAD (self), &info,
        needs);
}

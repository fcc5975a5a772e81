/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsinkoverlay - GstVideoOverlay of element dmaheapsink: where frames go */
#include "elements/gstdmaheapsinkprivate.h"

static void
expose (GstVideoOverlay * overlay)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (overlay);

  GST_OBJECT_LOCK (self);
  if (self->display)
    gst_dma_heap_display_expose (self->display);
  GST_OBJECT_UNLOCK (self);
}

static void
set_render_rectangle (GstVideoOverlay * overlay, gint x, gint y, gint width,
    gint height)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (overlay);
  struct zc_rect window = { x, y, MAX (width, 0), MAX (height, 0) };

  GST_OBJECT_LOCK (self);
  self->window = window;
  if (self->display) {
    struct gst_dma_heap_display_info info;

    gst_dma_heap_display_set_place (self->display, &self->window,
        self->can_scale);
    gst_dma_heap_display_get_info (self->display, &info);
    if (info.is_window)
      gst_dma_heap_display_expose (self->display);
  }
  GST_OBJECT_UNLOCK (self);
}

static void
set_window_handle (GstVideoOverlay * overlay, guintptr handle)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (overlay);
  gboolean moves;

  GST_OBJECT_LOCK (self);
  moves = self->surface != handle && self->display;
  self->surface = handle;
  GST_OBJECT_UNLOCK (self);
  if (moves)
    gst_dma_heap_sink_move_window (self);
}

static void
handle_events (GstVideoOverlay * overlay, gboolean handles)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (overlay);

  GST_OBJECT_LOCK (self);
  self->no_navigation = !handles;
  GST_OBJECT_UNLOCK (self);
}

void
gst_dma_heap_sink_overlay_init (GstVideoOverlayInterface * iface)
{
  iface->expose = expose;
  iface->set_render_rectangle = set_render_rectangle;
  iface->set_window_handle = set_window_handle;
  iface->handle_events = handle_events;
}

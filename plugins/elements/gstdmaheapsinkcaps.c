/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsinkcaps - which pictures element dmaheapsink takes, and in which mode */
#include "display/gstdmaheapdisplaycaps.h"
#include "elements/gstdmaheapsinkprivate.h"

GstDmaHeapDisplay *
gst_dma_heap_sink_ref_display (GstDmaHeapSink * self)
{
  GstDmaHeapDisplay *display;

  GST_OBJECT_LOCK (self);
  display = gst_dma_heap_display_ref (self->display);
  GST_OBJECT_UNLOCK (self);
  return display;
}

/* Which mode is set when video comes decides which sizes can be shown: the one that is
 * asked for, or was lit or is in use; with force-modesetting one of the video's size,
 * whichever that is. */
static enum gst_dma_heap_display_sizes
sizes_of (GstDmaHeapSink * self, GstDmaHeapDisplay * display)
{
  struct gst_dma_heap_display_info info;
  gboolean has_mode, forces;

  GST_OBJECT_LOCK (self);
  has_mode = self->mode && *self->mode;
  forces = self->force_modesetting;
  GST_OBJECT_UNLOCK (self);
  gst_dma_heap_display_get_info (display, &info);
  if (has_mode)
    return GST_DMA_HEAP_DISPLAY_SIZES_OF_MODE;
  if (forces)
    return GST_DMA_HEAP_DISPLAY_SIZES_ALL;
  return info.mode_kept || info.plane_id ? GST_DMA_HEAP_DISPLAY_SIZES_OF_MODE
      : GST_DMA_HEAP_DISPLAY_SIZES_OF_MODES;
}

/* The error that follows is another element's, and says less. */
static void
tell_of_caps (GstDmaHeapSink * self, GstDmaHeapDisplay * display,
    const GstCaps * template, const GstCaps * offered)
{
  GstCaps *any_size = gst_dma_heap_display_caps (display, template,
      GST_DMA_HEAP_DISPLAY_SIZES_ALL);
  gchar *text, *caps;

  if (g_atomic_int_compare_and_exchange (&self->told_of_caps, FALSE, TRUE)) {
    text = gst_dma_heap_display_refusal_text (display,
        gst_caps_can_intersect (any_size, offered));
    caps = gst_caps_to_string (offered);
    GST_ELEMENT_WARNING (self, STREAM, FORMAT, ("%s", text), ("offered: %s",
            caps));
    g_free (caps);
    g_free (text);
  }
  gst_caps_unref (any_size);
}

GstCaps *
gst_dma_heap_sink_get_caps (GstBaseSink * bsink, GstCaps * filter)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (bsink);
  GstDmaHeapDisplay *display = gst_dma_heap_sink_ref_display (self);
  GstCaps *template, *caps, *result;

  if (!display)
    return NULL;
  template = gst_pad_get_pad_template_caps (GST_BASE_SINK_PAD (self));
  caps = gst_dma_heap_display_caps (display, template, sizes_of (self, display));
  if (filter) {
    result = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);
    gst_caps_unref (caps);
    if (gst_caps_is_empty (result) && !gst_caps_is_empty (filter))
      tell_of_caps (self, display, template, filter);
    caps = result;
  }
  gst_caps_unref (template);
  gst_dma_heap_display_unref (display);
  return caps;
}

/* A window of our own is as large as its first video, if the desktop leaves that to us. */
static gboolean
choose_size (GstDmaHeapSink * self, guint width, guint height, GError ** error)
{
  struct gst_dma_heap_display_info display;
  gboolean has_size;

  gst_dma_heap_display_get_info (self->display, &display);
  GST_OBJECT_LOCK (self);
  has_size = self->is_sized || (self->mode && *self->mode)
      || (display.width == width && display.height == height);
  GST_OBJECT_UNLOCK (self);
  self->is_sized = TRUE;
  return has_size || gst_dma_heap_display_set_mode (self->display, width,
      height, FALSE, error);
}

gboolean
gst_dma_heap_sink_choose_mode (GstDmaHeapSink * self,
    const GstVideoInfo * info, GError ** error)
{
  enum gst_dma_heap_display_sizes sizes = sizes_of (self, self->display);
  guint width = GST_VIDEO_INFO_WIDTH (info);
  guint height = GST_VIDEO_INFO_HEIGHT (info);
  struct gst_dma_heap_display_info display;

  gst_dma_heap_display_get_info (self->display, &display);
  if (display.is_window)
    return choose_size (self, width, height, error);
  if (sizes == GST_DMA_HEAP_DISPLAY_SIZES_OF_MODE
      || (display.width == width && display.height == height))
    return TRUE;
  return gst_dma_heap_display_set_mode (self->display, width, height,
      sizes == GST_DMA_HEAP_DISPLAY_SIZES_ALL, error);
}

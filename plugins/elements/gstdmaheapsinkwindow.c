/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapsinkwindow - the window of element dmaheapsink: whose connection and surface
 * it is on, as waylandsink asks for them; its keys and its pointer, as GstNavigation
 */
#include "elements/gstdmaheapsinkprivate.h"

#include <linux/input-event-codes.h>

/* Of waylandsink since GStreamer 1.26, and before. */
static const gchar *const context_types[] = {
  "GstWlDisplayHandleContextType", "GstWaylandDisplayHandleContextType",
};

/* --------------------------------------------------------------- whose it is */

static struct wl_display *
display_of (GstContext * context)
{
  const GstStructure *structure = gst_context_get_structure (context);
  gpointer display = NULL;

  if (!gst_structure_get (structure, "display", G_TYPE_POINTER, &display, NULL))
    gst_structure_get (structure, "handle", G_TYPE_POINTER, &display, NULL);
  return display;
}

void
gst_dma_heap_sink_set_context (GstElement * element, GstContext * context)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (element);

  for (guint i = 0; context && i < G_N_ELEMENTS (context_types); i++) {
    if (!gst_context_has_context_type (context, context_types[i])
        || !display_of (context))
      continue;
    GST_OBJECT_LOCK (self);
    g_clear_pointer (&self->context, gst_context_unref);
    self->context = gst_context_ref (context);
    GST_OBJECT_UNLOCK (self);
  }
}

/* The connection that was given, or NULL. */
static struct wl_display *
given_display (GstDmaHeapSink * self)
{
  struct wl_display *display;

  GST_OBJECT_LOCK (self);
  display = self->context ? display_of (self->context) : NULL;
  GST_OBJECT_UNLOCK (self);
  return display;
}

static struct wl_surface *
given_surface (GstDmaHeapSink * self)
{
  struct wl_surface *surface;

  GST_OBJECT_LOCK (self);
  surface = (struct wl_surface *) self->surface;
  GST_OBJECT_UNLOCK (self);
  return surface;
}

/* Upstream first, then the application, who may answer by setting it. */
static void
ask_for_context (GstDmaHeapSink * self, const gchar * type)
{
  GstQuery *query = gst_query_new_context (type);
  GstContext *context = NULL;

  if (gst_pad_peer_query (GST_BASE_SINK_PAD (self), query))
    gst_query_parse_context (query, &context);
  if (context)
    gst_element_set_context (GST_ELEMENT (self), context);
  else
    gst_element_post_message (GST_ELEMENT (self),
        gst_message_new_need_context (GST_OBJECT (self), type));
  gst_query_unref (query);
}

/* Whether a window may come of it. */
static gboolean
may_be_window (const struct zc_display_config *config)
{
  return config->path && !config->use_fd && !g_str_has_prefix (config->path,
      "/dev/");
}

gboolean
gst_dma_heap_sink_find_window (GstDmaHeapSink * self,
    struct zc_display_config *config, GError ** error)
{
  if (!may_be_window (config))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (context_types) && !given_display (self);
      i++)
    ask_for_context (self, context_types[i]);
  config->wl_display = given_display (self);
  if (config->wl_display)
    gst_video_overlay_prepare_window_handle (GST_VIDEO_OVERLAY (self));
  config->wl_surface = given_surface (self);
  return gst_dma_heap_display_check_surface (config->wl_display,
      config->wl_surface, error);
}

void
gst_dma_heap_sink_move_window (GstDmaHeapSink * self)
{
  GstDmaHeapDisplay *display = gst_dma_heap_sink_ref_display (self);
  GError *error = NULL;

  if (display && !gst_dma_heap_display_set_surface (display,
          given_display (self), given_surface (self), &error))
    GST_DMA_HEAP_ELEMENT_ERROR (self, error);
  gst_dma_heap_display_unref (display);
}

/* ------------------------------------------------------- keys and the pointer */

/* In the video's pixels, whichever its size in the window is. */
static GstEvent *
in_video (GstDmaHeapSink * self, GstEvent * event)
{
  GstDmaHeapDisplay *display = gst_dma_heap_sink_ref_display (self);
  gint width = GST_VIDEO_SINK_WIDTH (self);
  gint height = GST_VIDEO_SINK_HEIGHT (self);
  GstVideoRectangle place;
  gdouble x, y;

  if (display && gst_dma_heap_display_get_place (display, &place)
      && gst_navigation_event_get_coordinates (event, &x, &y)) {
    event = gst_event_make_writable (event);
    gst_navigation_event_set_coordinates (event,
        CLAMP ((x - place.x) * width / place.w, 0, width),
        CLAMP ((y - place.y) * height / place.h, 0, height));
  }
  gst_dma_heap_display_unref (display);
  return event;
}

/* What nobody upstream takes is the application's. */
static void
send_event (GstNavigation * navigation, GstEvent * event)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (navigation);

  event = in_video (self, event);
  gst_event_ref (event);
  if (!gst_pad_push_event (GST_BASE_SINK_PAD (self), event))
    gst_element_post_message (GST_ELEMENT (self),
        gst_navigation_message_new_event (GST_OBJECT (self), event));
  gst_event_unref (event);
}

void
gst_dma_heap_sink_navigation_init (GstNavigationInterface * iface)
{
  iface->send_event_simple = send_event;
}

/* As X11 counts them, and GStreamer after it. */
static gint
button_of (guint32 code)
{
  switch (code) {
    case BTN_LEFT:
      return 1;
    case BTN_MIDDLE:
      return 2;
    case BTN_RIGHT:
      return 3;
    default:
      return code - BTN_LEFT + 5;
  }
}

static GstEvent *
navigation_of (const struct zc_display_event *event)
{
  const GstNavigationModifierType none = GST_NAVIGATION_MODIFIER_NONE;

  switch (event->kind) {
    case ZC_EVENT_KEY:
      return event->pressed ? gst_navigation_event_new_key_press (event->key,
          none) : gst_navigation_event_new_key_release (event->key, none);
    case ZC_EVENT_BUTTON:
      return event->pressed ?
          gst_navigation_event_new_mouse_button_press (button_of (event->code),
          event->x, event->y, none) :
          gst_navigation_event_new_mouse_button_release (button_of
          (event->code), event->x, event->y, none);
    case ZC_EVENT_MOTION:
      return gst_navigation_event_new_mouse_move (event->x, event->y, none);
    case ZC_EVENT_SCROLL:
      return gst_navigation_event_new_mouse_scroll (event->x, event->y,
          event->scroll_x, event->scroll_y, none);
    default:
      return NULL;
  }
}

void
gst_dma_heap_sink_act (GstDmaHeapSink * self,
    const struct zc_display_event *event)
{
  GstEvent *navigation = navigation_of (event);
  gboolean tells;

  GST_OBJECT_LOCK (self);
  tells = !self->no_navigation;
  GST_OBJECT_UNLOCK (self);
  if (navigation && tells)
    gst_navigation_send_event_simple (GST_NAVIGATION (self), navigation);
  else if (navigation)
    gst_event_unref (navigation);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-dmaheapsink
 * @title: dmaheapsink
 * @short_description: shows dma-bufs on a KMS display, or in a window
 *
 * Scans out the very buffers that come, through atomic modesetting, or hands them to
 * a Wayland compositor: nothing is copied, and what cannot be scanned out is an error that says why. It offers
 * upstream a pool of dma-bufs of a heap. The newest frame is committed for each
 * vertical blank, so that a source that is faster than the display, or not in step
 * with it, does not wait.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 v4l2src io-mode=dmabuf-import ! video/x-raw,format=BGRx ! dmaheapsink
 * ]| A camera writes into buffers of the heap, which the display scans out.
 * |[
 * gst-launch-1.0 videotestsrc ! dmaheapsink mode=1280x720 newest-frame=false
 * ]| In a mode of its own, and each frame is shown.
 * |[
 * gst-launch-1.0 -m v4l2src io-mode=dmabuf-import ! video/x-raw,format=BGRx ! dmaheapsink flip-messages=true
 * ]| Tells for each frame when it came on screen, and how long after its capture.
 * |[
 * gst-launch-1.0 v4l2src io-mode=dmabuf-import ! dmaheapgpu ! dmaheapsink display=wayland
 * ]| In a window of the desktop.
 *
 * A window is opened where property display says so, or where WAYLAND_DISPLAY is set and
 * no property names a card. As waylandsink does, it asks the application for a context
 * "GstWlDisplayHandleContextType" or "GstWaylandDisplayHandleContextType", whose field
 * "display" or "handle" is a wl_display, and takes a wl_surface by GstVideoOverlay;
 * without these it opens a window of its own. Keys and pointer in that go upstream as
 * navigation events; closing it is an error.
 *
 * The message "dmaheapsink-flip" has the fields sequence, offset (guint64), pts,
 * flip-time (of the pipeline's clock, GstClockTime), flip-monotonic-ns (gint64),
 * vblank (gboolean: that is the time of a real vertical blank), and for live
 * sources latency-ns (gint64: from PTS + base time to the flip).
 *
 * To the base class's the property stats adds shown, superseded (by a newer frame),
 * discarded (by a flush), cpu-maps (of buffers of the offered pool), latency-count
 * and, where there are enough of them, latency-min, -mean, -p50, -p99 and -max in
 * nanoseconds; of a window compositor-plane, -pass and -untold: how many frames the
 * compositor showed on a plane, drew, or did not tell of.
 *
 * A frame waits where a newer one is expected in time for the same vertical blank;
 * commit=once has each committed as soon as it can be. With sync=false no QoS events
 * are sent, unless qos=true follows.
 *
 * The display is opened in READY, and what it showed before is restored in NULL.
 * When its cable is pulled, the element posts a warning and waits for it to come
 * back.
 */
#include "memory/gstdmaheapallocation.h"
#include "memory/gstdmaheapclock.h"
#include "display/gstdmaheapdisplaycaps.h"
#include "elements/gstdmaheapcamera.h"
#include "elements/gstdmaheapelement.h"
#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheapframe.h"
#include "elements/gstdmaheapsinkprivate.h"

GST_DEBUG_CATEGORY_STATIC (gst_dma_heap_sink_debug);
#define GST_CAT_DEFAULT gst_dma_heap_sink_debug

G_DEFINE_TYPE_WITH_CODE (GstDmaHeapSink, gst_dma_heap_sink, GST_TYPE_VIDEO_SINK,
    G_IMPLEMENT_INTERFACE (GST_TYPE_VIDEO_OVERLAY,
        gst_dma_heap_sink_overlay_init)
    G_IMPLEMENT_INTERFACE (GST_TYPE_NAVIGATION,
        gst_dma_heap_sink_navigation_init))
GST_ELEMENT_REGISTER_DEFINE (dmaheapsink, "dmaheapsink", GST_RANK_NONE,
    GST_TYPE_DMA_HEAP_SINK);

/* --------------------------------------------------------------- display */

static gboolean
open_display (GstDmaHeapSink * self)
{
  GError *error = NULL;
  struct gst_dma_heap_display_info info;
  GstDmaHeapDisplay *display = gst_dma_heap_sink_open_display (self, &error);

  if (!display) {
    GST_DMA_HEAP_ELEMENT_ERROR (self, error);
    return FALSE;
  }
  gst_dma_heap_display_get_info (display, &info);
  g_atomic_int_set (&self->in_window, info.is_window);
  GST_OBJECT_LOCK (self);
  self->display = display;
  gst_dma_heap_display_set_place (display, &self->window, self->can_scale);
  gst_dma_heap_display_set_fullscreen (display, self->fullscreen);
  gst_dma_heap_sink_set_manner (self);
  GST_OBJECT_UNLOCK (self);
  gst_dma_heap_sink_events.changed (self);
  return TRUE;
}

static void
close_display (GstDmaHeapSink * self)
{
  GstDmaHeapDisplay *display;

  GST_OBJECT_LOCK (self);
  display = self->display;
  self->display = NULL;
  GST_OBJECT_UNLOCK (self);
  gst_dma_heap_display_close (display);
}

/* One that failed is tried anew when the pipeline is. */
static gboolean
refresh_display (GstDmaHeapSink * self)
{
  if (!gst_dma_heap_display_has_failed (self->display))
    return TRUE;
  close_display (self);
  return open_display (self);
}

static GstStateChangeReturn
change_state (GstElement * element, GstStateChange transition)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (element);
  GstStateChangeReturn result;

  if (transition == GST_STATE_CHANGE_NULL_TO_READY && !open_display (self))
    return GST_STATE_CHANGE_FAILURE;
  if (transition == GST_STATE_CHANGE_READY_TO_PAUSED) {
    if (!refresh_display (self))
      return GST_STATE_CHANGE_FAILURE;
    self->live = LIVE_UNKNOWN;
    self->told_of_caps = self->is_poolless = self->is_sized = FALSE;
    g_clear_pointer (&self->told, g_free);
    gst_dma_heap_element_reset_damage (element, &self->damage);
  }
  result = GST_ELEMENT_CLASS (gst_dma_heap_sink_parent_class)->change_state
      (element, transition);
  if (transition == GST_STATE_CHANGE_NULL_TO_READY
      && result == GST_STATE_CHANGE_FAILURE)
    close_display (self);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY && self->display) {
    gst_dma_heap_display_drain (self->display);
    gst_dma_heap_frame_forget (self);
    gst_dma_heap_sink_drop_allocator (self);
  }
  if (transition == GST_STATE_CHANGE_READY_TO_NULL)
    close_display (self);
  return result;
}

/* ------------------------------------------------------------------ caps */

static gboolean
set_caps (GstBaseSink * bsink, GstCaps * caps)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (bsink);
  GError *error = NULL;
  GstVideoInfo info;
  guint64 modifier;
  GstCaps *plain;
  gboolean done;

  if (!gst_dma_heap_format_parse_tiled (caps, &info, &modifier, &error)
      || !gst_dma_heap_display_check_format (self->display, &info, modifier,
          &error)
      || !gst_dma_heap_sink_choose_mode (self, &info, &error)) {
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
    return FALSE;
  }
  self->info = info;
  self->modifier = modifier;
  self->is_first = TRUE;
  GST_VIDEO_SINK_WIDTH (self) = GST_VIDEO_INFO_WIDTH (&info);
  GST_VIDEO_SINK_HEIGHT (self) = GST_VIDEO_INFO_HEIGHT (&info);
  plain = gst_video_info_to_caps (&info);
  done = GST_BASE_SINK_CLASS (gst_dma_heap_sink_parent_class)->set_caps (bsink,
      plain);
  gst_caps_unref (plain);
  return done;
}

static gboolean
query (GstBaseSink * bsink, GstQuery * query)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (bsink);
  GstDmaHeapDisplay *display;
  GstCaps *caps, *template;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_DRAIN:
      display = gst_dma_heap_sink_ref_display (self);
      if (display)
        gst_dma_heap_display_drain (display);
      gst_dma_heap_display_unref (display);
      return TRUE;
    case GST_QUERY_ACCEPT_CAPS:
      /* What is refused later is refused with a message. */
      gst_query_parse_accept_caps (query, &caps);
      template = gst_pad_get_pad_template_caps (GST_BASE_SINK_PAD (self));
      gst_query_set_accept_caps_result (query, gst_caps_is_subset (caps,
              template));
      gst_caps_unref (template);
      return TRUE;
    default:
      return GST_BASE_SINK_CLASS (gst_dma_heap_sink_parent_class)->query (bsink,
          query);
  }
}

/* --------------------------------------------------------------- showing */

static gboolean
is_live (GstDmaHeapSink * self)
{
  gboolean live = FALSE;

  if (self->live == LIVE_UNKNOWN)
    self->live = gst_base_sink_query_latency (GST_BASE_SINK (self), NULL, &live,
        NULL, NULL) && live ? LIVE_YES : LIVE_NO;
  return self->live == LIVE_YES;
}

/* Live sources stamp frames with the pipeline's clock when they are captured. */
static gint64
capture_ns (GstDmaHeapSink * self, GstBuffer * buffer)
{
  const GstSegment *segment = &GST_BASE_SINK (self)->segment;

  if (self->prerolling || !GST_BUFFER_PTS_IS_VALID (buffer)
      || segment->format != GST_FORMAT_TIME || !is_live (self))
    return 0;
  return gst_dma_heap_clock_monotonic_ns (GST_ELEMENT (self),
      gst_segment_to_running_time (segment, GST_FORMAT_TIME,
          GST_BUFFER_PTS (buffer)));
}

static GstFlowReturn
show_frame (GstVideoSink * vsink, GstBuffer * buffer)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (vsink);
  GError *error = NULL;
  GstFlowReturn result;

  if (gst_dma_heap_element_drops (GST_ELEMENT (self), &self->damage, buffer))
    return GST_FLOW_OK;
  if (!gst_dma_heap_camera_passed (buffer, &error)) {
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
    return GST_FLOW_ERROR;
  }
  /* The frame is in other memory because our pool could not be had, which
   * was reported. */
  if (self->is_poolless && !gst_dma_heap_frame_is_dma_buf (buffer))
    return GST_FLOW_ERROR;
  if (!gst_dma_heap_display_show (self->display, buffer, &self->info,
          self->modifier, capture_ns (self, buffer)))
    return GST_FLOW_ERROR;
  if (self->is_first || self->prerolling) {
    /* Whether frames of these caps can be shown at all is known now, not later. */
    result = gst_dma_heap_display_wait (self->display, FALSE);
    self->is_first = result != GST_FLOW_OK;
    if (self->prerolling || result != GST_FLOW_FLUSHING)
      return result;
  }
  if (self->newest_frame)
    return GST_FLOW_OK;
  while ((result = gst_dma_heap_display_wait (self->display, TRUE)) ==
      GST_FLOW_FLUSHING) {
    result = gst_base_sink_wait_preroll (GST_BASE_SINK (self));
    if (result != GST_FLOW_OK)
      break;
  }
  return result;
}

static GstFlowReturn
preroll (GstBaseSink * bsink, GstBuffer * buffer)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (bsink);
  GstFlowReturn result;

  self->prerolling = TRUE;
  result = GST_BASE_SINK_CLASS (gst_dma_heap_sink_parent_class)->preroll (bsink,
      buffer);
  self->prerolling = FALSE;
  return result;
}

static gboolean
set_flushing (GstBaseSink * bsink, gboolean flushing)
{
  GstDmaHeapDisplay *display = gst_dma_heap_sink_ref_display (GST_DMA_HEAP_SINK (bsink));

  if (display)
    gst_dma_heap_display_set_flushing (display, flushing);
  gst_dma_heap_display_unref (display);
  return TRUE;
}

static gboolean
unlock (GstBaseSink * bsink)
{
  return set_flushing (bsink, TRUE);
}

static gboolean
unlock_stop (GstBaseSink * bsink)
{
  return set_flushing (bsink, FALSE);
}

static gboolean
event (GstBaseSink * bsink, GstEvent * event)
{
  GstDmaHeapDisplay *display;

  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP) {
    display = gst_dma_heap_sink_ref_display (GST_DMA_HEAP_SINK (bsink));
    if (display)
      gst_dma_heap_display_flush (display);
    gst_dma_heap_display_unref (display);
  }
  return GST_BASE_SINK_CLASS (gst_dma_heap_sink_parent_class)->event (bsink,
      event);
}

/* The last frame is on screen before EOS is posted. */
static GstFlowReturn
wait_event (GstBaseSink * bsink, GstEvent * event)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (bsink);
  GstFlowReturn result =
      GST_BASE_SINK_CLASS (gst_dma_heap_sink_parent_class)->wait_event (bsink,
      event);

  while (result == GST_FLOW_OK && GST_EVENT_TYPE (event) == GST_EVENT_EOS) {
    result = gst_dma_heap_display_wait_shown (self->display);
    if (result != GST_FLOW_FLUSHING)
      break;
    result = gst_base_sink_wait_preroll (bsink);
  }
  return result;
}

/* ----------------------------------------------------------------- class */

static void
finalize (GObject * object)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (object);

  gst_dma_heap_sink_free_properties (self);
  g_free (self->told);
  G_OBJECT_CLASS (gst_dma_heap_sink_parent_class)->finalize (object);
}

static void
gst_dma_heap_sink_class_init (GstDmaHeapSinkClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_dma_heap_sink_debug, "dmaheapsink", 0,
      "dma-bufs on a display");
  object_class->finalize = finalize;
  gst_dma_heap_sink_install_properties (object_class);
  gst_element_class_set_static_metadata (element_class,
      "Display for dma-bufs", "Sink/Video",
      "Shows dma-bufs by atomic modesetting or in a Wayland window, without copying "
      "them",
      "zerocopy");
  gst_element_class_add_pad_template (element_class,
      gst_dma_heap_format_template (GST_PAD_SINK, FALSE));
  gst_type_mark_as_plugin_api (GST_TYPE_DMA_HEAP_COMMIT, 0);
  element_class->change_state = change_state;
  element_class->set_context = gst_dma_heap_sink_set_context;
  sink_class->get_caps = gst_dma_heap_sink_get_caps;
  sink_class->set_caps = set_caps;
  sink_class->propose_allocation = gst_dma_heap_sink_propose_allocation;
  sink_class->query = query;
  sink_class->preroll = preroll;
  sink_class->unlock = unlock;
  sink_class->unlock_stop = unlock_stop;
  sink_class->event = event;
  sink_class->wait_event = wait_event;
  GST_VIDEO_SINK_CLASS (klass)->show_frame = show_frame;
}

/* Where nothing is late, upstream need not be told how late it is: that is an event
 * through all elements for each frame. Who sets qos after sync has it otherwise. */
static void
on_notify_sync (GstBaseSink * bsink)
{
  gst_base_sink_set_qos_enabled (bsink, gst_base_sink_get_sync (bsink));
}

static void
gst_dma_heap_sink_init (GstDmaHeapSink * self)
{
  g_signal_connect (self, "notify::sync", G_CALLBACK (on_notify_sync), NULL);
  self->fd = self->connector_id = self->plane_id = -1;
  self->restore_crtc = self->can_scale = self->newest_frame = TRUE;
  self->commit = GST_DMA_HEAP_COMMIT_LATE;
}

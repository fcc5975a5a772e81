/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-dmaheapsink
 * @title: dmaheapsink
 * @short_description: shows dma-bufs on a KMS display
 *
 * Scans out the very buffers that come, through atomic modesetting: nothing is
 * copied, and what cannot be scanned out is an error that says why. It offers
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
 *
 * The message "dmaheapsink-flip" has the fields sequence, offset (guint64), pts,
 * flip-time (of the pipeline's clock, GstClockTime), flip-monotonic-ns (gint64),
 * vblank (gboolean: that is the time of a real vertical blank), and for live
 * sources latency-ns (gint64: from PTS + base time to the flip).
 *
 * To the base class's the property stats adds shown, superseded (by a newer frame),
 * discarded (by a flush), cpu-maps (of buffers of the offered pool), latency-count
 * and, where there are enough of them, latency-min, -mean, -p50, -p99 and -max in
 * nanoseconds.
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
#include "elements/gstdmaheapelement.h"
#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheapframe.h"
#include "memory/gstdmaheapmode.h"
#include "elements/gstdmaheapsinkprivate.h"

GST_DEBUG_CATEGORY_STATIC (gst_dma_heap_sink_debug);
#define GST_CAT_DEFAULT gst_dma_heap_sink_debug

/* One on screen, one committed, one that waits, one that is written. */
#define MIN_BUFFERS 4

G_DEFINE_TYPE_WITH_CODE (GstDmaHeapSink, gst_dma_heap_sink, GST_TYPE_VIDEO_SINK,
    G_IMPLEMENT_INTERFACE (GST_TYPE_VIDEO_OVERLAY,
        gst_dma_heap_sink_overlay_init))
GST_ELEMENT_REGISTER_DEFINE (dmaheapsink, "dmaheapsink", GST_RANK_NONE,
    GST_TYPE_DMA_HEAP_SINK);

/* --------------------------------------------------------------- display */

static gboolean
open_display (GstDmaHeapSink * self)
{
  struct zc_display_config config = {
    .path = self->device,
    .driver = self->driver,
    .connector_id = MAX (self->connector_id, 0),
    .plane_id = MAX (self->plane_id, 0),
    .keep = !self->restore_crtc,
  };
  GstDmaHeapDisplay *display = NULL;
  GError *error = NULL;

  if (gst_dma_heap_mode_parse (self->mode, &config, &error))
    display = gst_dma_heap_display_open (&config, &gst_dma_heap_sink_events, self,
        &error);
  if (!display) {
    GST_DMA_HEAP_ELEMENT_ERROR (self, error);
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  self->display = display;
  gst_dma_heap_display_set_place (display, &self->window, self->can_scale);
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

static void
drop_allocator (GstDmaHeapSink * self)
{
  GstDmaHeapAllocator *allocator;

  GST_OBJECT_LOCK (self);
  allocator = self->allocator;
  self->allocator = NULL;
  GST_OBJECT_UNLOCK (self);
  gst_clear_object (&allocator);
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
    self->told_of_formats = self->is_poolless = FALSE;
    g_clear_pointer (&self->told, g_free);
  }
  result = GST_ELEMENT_CLASS (gst_dma_heap_sink_parent_class)->change_state
      (element, transition);
  if (transition == GST_STATE_CHANGE_NULL_TO_READY
      && result == GST_STATE_CHANGE_FAILURE)
    close_display (self);
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY && self->display) {
    gst_dma_heap_display_drain (self->display);
    drop_allocator (self);
  }
  if (transition == GST_STATE_CHANGE_READY_TO_NULL)
    close_display (self);
  return result;
}

/* ------------------------------------------------------------------ caps */

/* The error that follows is another element's, and says less. */
static void
tell_of_formats (GstDmaHeapSink * self, const GstCaps * offered)
{
  struct gst_dma_heap_display_info info;
  gchar *text, *caps;

  if (self->told_of_formats)
    return;
  self->told_of_formats = TRUE;
  gst_dma_heap_display_get_info (self->display, &info);
  text = gst_dma_heap_display_formats_text (self->display);
  caps = gst_caps_to_string (offered);
  GST_ELEMENT_WARNING (self, STREAM, FORMAT,
      ("display %s (%s) has no plane for what upstream offers; its planes have "
          "%s: dmaheapgpu before this element converts", info.path, info.driver,
          text), ("offered: %s", caps));
  g_free (caps);
  g_free (text);
}

static GstCaps *
get_caps (GstBaseSink * bsink, GstCaps * filter)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (bsink);
  GstCaps *template, *caps, *result;

  if (!self->display)
    return NULL;
  template = gst_pad_get_pad_template_caps (GST_BASE_SINK_PAD (self));
  caps = gst_dma_heap_display_caps (self->display, template);
  gst_caps_unref (template);
  if (!filter)
    return caps;
  result = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (caps);
  if (gst_caps_is_empty (result) && !gst_caps_is_empty (filter))
    tell_of_formats (self, filter);
  return result;
}

/* A mode of the video's size, where that is asked for, or where nothing was lit. */
static gboolean
choose_mode (GstDmaHeapSink * self, const GstVideoInfo * info, GError ** error)
{
  guint width = GST_VIDEO_INFO_WIDTH (info);
  guint height = GST_VIDEO_INFO_HEIGHT (info);
  struct gst_dma_heap_display_info display;
  gboolean is_ours;

  gst_dma_heap_display_get_info (self->display, &display);
  is_ours = !display.mode_kept && !display.plane_id;
  if ((self->mode && *self->mode)
      || (display.width == width && display.height == height)
      || !(self->force_modesetting || is_ours))
    return TRUE;
  return gst_dma_heap_display_set_mode (self->display, width, height,
      self->force_modesetting, error);
}

static gboolean
set_caps (GstBaseSink * bsink, GstCaps * caps)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (bsink);
  GError *error = NULL;
  GstVideoInfo info;
  GstCaps *plain;
  gboolean done;

  if (!gst_dma_heap_format_parse (caps, &info, &error)
      || !gst_dma_heap_display_check_format (self->display, &info, &error)
      || !choose_mode (self, &info, &error)) {
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
    return FALSE;
  }
  self->info = info;
  self->is_first = TRUE;
  GST_VIDEO_SINK_WIDTH (self) = GST_VIDEO_INFO_WIDTH (&info);
  GST_VIDEO_SINK_HEIGHT (self) = GST_VIDEO_INFO_HEIGHT (&info);
  plain = gst_video_info_to_caps (&info);
  done = GST_BASE_SINK_CLASS (gst_dma_heap_sink_parent_class)->set_caps (bsink,
      plain);
  gst_caps_unref (plain);
  return done;
}

/* ------------------------------------------------------------ allocation */

/* The one of the heap that was asked for; without one that can be had, upstream may
 * have dma-bufs of its own. */
static GstDmaHeapAllocator *
get_allocator (GstDmaHeapSink * self, GError ** error)
{
  GstDmaHeapAllocator *allocator;
  gchar *heap;

  GST_OBJECT_LOCK (self);
  heap = g_strdup (self->heap);
  allocator = self->allocator ? gst_object_ref (self->allocator) : NULL;
  GST_OBJECT_UNLOCK (self);
  if (!allocator)
    allocator = gst_dma_heap_element_new_allocator (GST_ELEMENT (self), heap,
        FALSE, error);
  if (!allocator && !(heap && *heap)) {
    GST_WARNING_OBJECT (self, "no pool is offered: %s", (*error)->message);
    g_clear_error (error);
  }
  g_free (heap);
  GST_OBJECT_LOCK (self);
  if (allocator && !self->allocator)
    self->allocator = gst_object_ref (allocator);
  GST_OBJECT_UNLOCK (self);
  return allocator;
}

static gboolean
propose_allocation (GstBaseSink * bsink, GstQuery * query)
{
  static const struct gst_dma_heap_needs needs = {
    .min_buffers = MIN_BUFFERS,
    .stride_align = GST_DMA_HEAP_STRIDE_ALIGN,
    .row_align = 1,
  };
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (bsink);
  GstDmaHeapAllocator *allocator;
  GstBufferPool *pool = NULL;
  GError *error = NULL;
  gboolean need_pool;
  GstCaps *caps;

  gst_query_parse_allocation (query, &caps, &need_pool);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  if (!caps || !need_pool)
    return TRUE;
  allocator = get_allocator (self, &error);
  if (allocator)
    pool = gst_dma_heap_allocation_offer (query, allocator, &needs, &error);
  gst_clear_object (&allocator);
  gst_clear_object (&pool);
  self->is_poolless = error != NULL;
  if (!error)
    return TRUE;
  GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
  return FALSE;
}

static gboolean
query (GstBaseSink * bsink, GstQuery * query)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (bsink);
  GstCaps *caps, *template;

  switch (GST_QUERY_TYPE (query)) {
    case GST_QUERY_DRAIN:
      if (self->display)
        gst_dma_heap_display_drain (self->display);
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
  GstFlowReturn result;

  /* The frame is in other memory because our pool could not be had, which
   * was reported. */
  if (self->is_poolless && !gst_dma_heap_frame_is_dma_buf (buffer))
    return GST_FLOW_ERROR;
  if (!gst_dma_heap_display_show (self->display, buffer, &self->info,
          capture_ns (self, buffer)))
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
unlock (GstBaseSink * bsink)
{
  gst_dma_heap_display_set_flushing (GST_DMA_HEAP_SINK (bsink)->display, TRUE);
  return TRUE;
}

static gboolean
unlock_stop (GstBaseSink * bsink)
{
  gst_dma_heap_display_set_flushing (GST_DMA_HEAP_SINK (bsink)->display, FALSE);
  return TRUE;
}

static gboolean
event (GstBaseSink * bsink, GstEvent * event)
{
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    gst_dma_heap_display_flush (GST_DMA_HEAP_SINK (bsink)->display);
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

  g_free (self->device);
  g_free (self->driver);
  g_free (self->mode);
  g_free (self->heap);
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
      "dma-bufs on a KMS display");
  object_class->finalize = finalize;
  gst_dma_heap_sink_install_properties (object_class);
  gst_element_class_set_static_metadata (element_class,
      "KMS display for dma-bufs", "Sink/Video",
      "Shows dma-bufs on a display by atomic modesetting, without copying them",
      "zerocopy");
  gst_element_class_add_pad_template (element_class,
      gst_dma_heap_format_template (GST_PAD_SINK, FALSE));
  gst_type_mark_as_plugin_api (GST_TYPE_DMA_HEAP_COMMIT, 0);
  element_class->change_state = change_state;
  sink_class->get_caps = get_caps;
  sink_class->set_caps = set_caps;
  sink_class->propose_allocation = propose_allocation;
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
  self->connector_id = self->plane_id = -1;
  self->restore_crtc = self->can_scale = self->newest_frame = TRUE;
  self->commit = GST_DMA_HEAP_COMMIT_LATE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-dmaheapsink
 * @title: dmaheapsink
 * @short_description: shows dma-bufs on a KMS display
 *
 * Scans out the very buffers that come, through atomic modesetting: nothing is
 * copied, and what cannot be scanned out is an error that says why. It offers
 * upstream a pool of dma-bufs of a heap. A thread of its own commits the newest
 * frame at each vertical blank, so that a source that is faster than the display,
 * or not in step with it, does not wait.
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
 * The display is opened in READY, and what it showed before is restored in NULL.
 * When its cable is pulled, the element posts a warning and waits for it to come
 * back.
 */
#include "gstdmaheapsink.h"
#include "gstdmaheapallocation.h"
#include "gstdmaheapdisplay.h"
#include "gstdmaheapformat.h"
#include "gstdmaheaplog.h"

#include <gst/video/videooverlay.h>
#include <stdio.h>
#include <time.h>

GST_DEBUG_CATEGORY_STATIC (gst_dma_heap_sink_debug);
#define GST_CAT_DEFAULT gst_dma_heap_sink_debug

/* One on screen, one committed, one that waits, one that is written. */
#define MIN_BUFFERS 4

#define FORMATS "{ BGRx, BGRA, RGBx, RGBA, RGB16, YUY2, UYVY, YVYU, VYUY, NV12, " \
    "NV21, NV16, GRAY8 }"

enum
{
  PROP_0,
  PROP_DEVICE,
  PROP_DRIVER_NAME,
  PROP_CONNECTOR_ID,
  PROP_PLANE_ID,
  PROP_MODE,
  PROP_FORCE_MODESETTING,
  PROP_RESTORE_CRTC,
  PROP_CAN_SCALE,
  PROP_DISPLAY_WIDTH,
  PROP_DISPLAY_HEIGHT,
  PROP_NEWEST_FRAME,
  PROP_HEAP,
  PROP_FLIP_MESSAGES,
  PROP_STATS,
  N_PROPERTIES
};

enum live
{
  LIVE_UNKNOWN,
  LIVE_NO,
  LIVE_YES,
};

struct _GstDmaHeapSink
{
  GstVideoSink parent;

  /* Properties, under the object lock. */
  gchar *device, *driver, *mode, *heap;
  gint connector_id, plane_id;
  gboolean force_modesetting, restore_crtc, can_scale;
  gboolean newest_frame, flip_messages;
  struct zc_rect window;

  GstDmaHeapDisplay *display;   /* from READY on; changed under the object lock */
  GstDmaHeapAllocator *allocator;       /* of the offered pool; object lock */

  /* The streaming thread's. */
  GstVideoInfo info;
  gboolean prerolling;
  enum live live;
  gboolean told_of_formats;
};

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS, GST_STATIC_CAPS (GST_DMA_HEAP_CAPS (FORMATS)));

static void overlay_init (GstVideoOverlayInterface * iface);

G_DEFINE_TYPE_WITH_CODE (GstDmaHeapSink, gst_dma_heap_sink, GST_TYPE_VIDEO_SINK,
    G_IMPLEMENT_INTERFACE (GST_TYPE_VIDEO_OVERLAY, overlay_init))
GST_ELEMENT_REGISTER_DEFINE (dmaheapsink, "dmaheapsink", GST_RANK_NONE,
    GST_TYPE_DMA_HEAP_SINK);

/* ------------------------------------------------------- what it tells of */

static gint64
monotonic_ns (void)
{
  struct timespec now;

  clock_gettime (CLOCK_MONOTONIC, &now);
  return now.tv_sec * G_GINT64_CONSTANT (1000000000) + now.tv_nsec;
}

/* On the display's thread. */
static void
on_flipped (gpointer user, const struct gst_dma_heap_flip *flip)
{
  GstDmaHeapSink *self = user;
  GstStructure *structure;
  GstClock *clock;

  if (!self->flip_messages)
    return;
  structure = gst_structure_new ("dmaheapsink-flip",
      "sequence", G_TYPE_UINT64, flip->sequence,
      "offset", G_TYPE_UINT64, flip->offset,
      "pts", G_TYPE_UINT64, flip->pts,
      "flip-monotonic-ns", G_TYPE_INT64, flip->flip_ns,
      "vblank", G_TYPE_BOOLEAN, flip->vblank, NULL);
  clock = gst_element_get_clock (GST_ELEMENT (self));
  if (clock) {
    gint64 ago = monotonic_ns () - flip->flip_ns;

    gst_structure_set (structure, "flip-time", G_TYPE_UINT64,
        gst_clock_get_time (clock) - ago, NULL);
    gst_object_unref (clock);
  }
  if (flip->latency_ns >= 0)
    gst_structure_set (structure, "latency-ns", G_TYPE_INT64, flip->latency_ns,
        NULL);
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), structure));
}

static void
on_unplugged (gpointer user, const gchar * connector, gboolean back)
{
  GstDmaHeapSink *self = user;

  if (back)
    GST_ELEMENT_INFO (self, RESOURCE, NOT_FOUND,
        ("there is a display on %s again", connector), (NULL));
  else
    GST_ELEMENT_WARNING (self, RESOURCE, NOT_FOUND,
        ("nothing is plugged into %s any more: nothing is shown until a display "
            "is", connector), (NULL));
}

static void
on_failed (gpointer user, GError * error)
{
  GST_DMA_HEAP_ELEMENT_ERROR (user, error);
}

static void
on_changed (gpointer user)
{
  GstDmaHeapSink *self = user;

  /* From within gst_dma_heap_display_open() there is no display yet. */
  g_object_notify (G_OBJECT (self), "display-width");
  g_object_notify (G_OBJECT (self), "display-height");
  g_object_notify (G_OBJECT (self), "can-scale");
}

static const struct gst_dma_heap_display_events events = {
  .flipped = on_flipped,
  .unplugged = on_unplugged,
  .failed = on_failed,
  .changed = on_changed,
};

/* --------------------------------------------------------------- display */

/* "1280x720" */
static gboolean
parse_mode (const gchar * mode, struct zc_display_config *config,
    GError ** error)
{
  gchar end;

  if (!mode || !*mode)
    return TRUE;
  config->force_mode = TRUE;
  if (sscanf (mode, "%5ux%5u%c", &config->width, &config->height, &end) == 2
      && config->width && config->height)
    return TRUE;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
      "mode=%s is no size: write it as 1280x720", mode);
  return FALSE;
}

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

  if (parse_mode (self->mode, &config, &error))
    display = gst_dma_heap_display_open (&config, &events, self, &error);
  if (!display) {
    GST_DMA_HEAP_ELEMENT_ERROR (self, error);
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  gst_dma_heap_display_set_place (display, &self->window, self->can_scale);
  self->display = display;
  GST_OBJECT_UNLOCK (self);
  on_changed (self);
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
    self->told_of_formats = FALSE;
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

/* What the display's planes have, as a value for caps' field @field. */
static void
list_formats (GstDmaHeapSink * self, const gchar * field, GValue * list)
{
  const struct gst_dma_heap_format *format = gst_dma_heap_formats;

  g_value_init (list, GST_TYPE_LIST);
  for (guint i = 0; format[i].zc; i++) {
    const gchar *name = gst_video_format_to_string (format[i].gst);
    GValue value = G_VALUE_INIT;
    gchar fourcc[5];

    if (g_str_equal (field, "drm-format")) {
      zc_fourcc_text (zc_format_by_name (format[i].zc)->fourcc, fourcc);
      name = fourcc;
    }
    if (!gst_dma_heap_display_has_format (self->display, i))
      continue;
    g_value_init (&value, G_TYPE_STRING);
    g_value_set_string (&value, name);
    gst_value_list_append_and_take_value (list, &value);
  }
}

/* The template, less what no plane has. */
static GstCaps *
display_caps (GstDmaHeapSink * self)
{
  GstCaps *caps = gst_caps_make_writable (gst_pad_get_pad_template_caps
      (GST_BASE_SINK_PAD (self)));

  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    GstStructure *structure = gst_caps_get_structure (caps, i);
    const gchar *name = gst_structure_get_string (structure, "format");
    const gchar *field = name && g_str_equal (name, "DMA_DRM") ? "drm-format"
        : "format";
    GValue list = G_VALUE_INIT;

    list_formats (self, field, &list);
    gst_structure_take_value (structure, field, &list);
  }
  return caps;
}

/* "BGRx, BGRA" */
static gchar *
formats_text (GstDmaHeapSink * self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; gst_dma_heap_formats[i].zc; i++)
    if (gst_dma_heap_display_has_format (self->display, i))
      g_string_append_printf (text, "%s%s", text->len ? ", " : "",
          gst_video_format_to_string (gst_dma_heap_formats[i].gst));
  return g_string_free (text, FALSE);
}

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
  text = formats_text (self);
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
  GstCaps *caps, *result;

  if (!self->display)
    return NULL;
  caps = display_caps (self);
  if (!filter)
    return caps;
  result = gst_caps_intersect_full (filter, caps, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (caps);
  if (gst_caps_is_empty (result) && !gst_caps_is_empty (filter))
    tell_of_formats (self, filter);
  return result;
}

static gboolean
check_format (GstDmaHeapSink * self, const GstVideoInfo * info, GError ** error)
{
  struct gst_dma_heap_display_info display;
  gchar *text;

  for (guint i = 0; gst_dma_heap_formats[i].zc; i++)
    if (gst_dma_heap_formats[i].gst == GST_VIDEO_INFO_FORMAT (info)
        && gst_dma_heap_display_has_format (self->display, i))
      return TRUE;
  gst_dma_heap_display_get_info (self->display, &display);
  text = formats_text (self);
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
      "display %s (%s) has no plane for %s; its planes have %s: dmaheapgpu before "
      "this element converts", display.path, display.driver,
      GST_VIDEO_INFO_NAME (info), text);
  g_free (text);
  return FALSE;
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
      || !check_format (self, &info, &error)
      || !choose_mode (self, &info, &error)) {
    GST_DMA_HEAP_ELEMENT_ERROR (self, error);
    return FALSE;
  }
  self->info = info;
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
    allocator = gst_dma_heap_allocator_new (heap, FALSE, error);
  if (!allocator && !heap) {
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
  if (!error)
    return TRUE;
  GST_DMA_HEAP_ELEMENT_ERROR (self, error);
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
  GstClockTime running, now;
  GstClock *clock;
  gint64 captured;

  if (self->prerolling || !GST_BUFFER_PTS_IS_VALID (buffer)
      || segment->format != GST_FORMAT_TIME || !is_live (self))
    return 0;
  running = gst_segment_to_running_time (segment, GST_FORMAT_TIME,
      GST_BUFFER_PTS (buffer));
  clock = gst_element_get_clock (GST_ELEMENT (self));
  if (!clock || !GST_CLOCK_TIME_IS_VALID (running)) {
    gst_clear_object (&clock);
    return 0;
  }
  now = gst_clock_get_time (clock);
  captured = monotonic_ns () -
      GST_CLOCK_DIFF (gst_element_get_base_time (GST_ELEMENT (self)) + running,
      now);
  gst_object_unref (clock);
  return MAX (captured, 0);
}

static GstFlowReturn
show_frame (GstVideoSink * vsink, GstBuffer * buffer)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (vsink);
  GstFlowReturn result;

  if (!gst_dma_heap_display_show (self->display, buffer, &self->info,
          capture_ns (self, buffer)))
    return GST_FLOW_ERROR;
  if (self->newest_frame || self->prerolling)
    return GST_FLOW_OK;
  while ((result = gst_dma_heap_display_wait (self->display)) ==
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

/* --------------------------------------------------------------- overlay */

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

  GST_OBJECT_LOCK (self);
  self->window = width > 0 && height > 0 ? (struct zc_rect) {
    x, y, width, height}
  :(struct zc_rect) {
    0, 0, 0, 0};
  if (self->display)
    gst_dma_heap_display_set_place (self->display, &self->window,
        self->can_scale);
  GST_OBJECT_UNLOCK (self);
}

static void
overlay_init (GstVideoOverlayInterface * iface)
{
  iface->expose = expose;
  iface->set_render_rectangle = set_render_rectangle;
}

/* ------------------------------------------------------------ properties */

/* With the object lock held. */
static void
set_can_scale (GstDmaHeapSink * self, gboolean can_scale)
{
  self->can_scale = can_scale;
  if (self->display)
    gst_dma_heap_display_set_place (self->display, &self->window, can_scale);
}

static void
set_string (gchar ** member, const GValue * value)
{
  g_free (*member);
  *member = g_value_dup_string (value);
}

static void
set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * spec)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (object);

  if (gst_video_overlay_set_property (object, N_PROPERTIES, id, value))
    return;
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_DEVICE:
      set_string (&self->device, value);
      break;
    case PROP_DRIVER_NAME:
      set_string (&self->driver, value);
      break;
    case PROP_CONNECTOR_ID:
      self->connector_id = g_value_get_int (value);
      break;
    case PROP_PLANE_ID:
      self->plane_id = g_value_get_int (value);
      break;
    case PROP_MODE:
      set_string (&self->mode, value);
      break;
    case PROP_FORCE_MODESETTING:
      self->force_modesetting = g_value_get_boolean (value);
      break;
    case PROP_RESTORE_CRTC:
      self->restore_crtc = g_value_get_boolean (value);
      break;
    case PROP_CAN_SCALE:
      set_can_scale (self, g_value_get_boolean (value));
      break;
    case PROP_NEWEST_FRAME:
      self->newest_frame = g_value_get_boolean (value);
      break;
    case PROP_HEAP:
      set_string (&self->heap, value);
      break;
    case PROP_FLIP_MESSAGES:
      self->flip_messages = g_value_get_boolean (value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
get_stats (GstDmaHeapSink * self)
{
  GstStructure *stats = gst_base_sink_get_stats (GST_BASE_SINK (self));

  GST_OBJECT_LOCK (self);
  if (self->display)
    gst_dma_heap_display_add_stats (self->display, stats);
  if (self->allocator)
    gst_structure_set (stats, "cpu-maps", G_TYPE_UINT64,
        gst_dma_heap_allocator_get_cpu_maps (self->allocator), NULL);
  GST_OBJECT_UNLOCK (self);
  return stats;
}

/* What the display is, where it is open. */
static void
get_display_property (GstDmaHeapSink * self, guint id, GValue * value)
{
  struct gst_dma_heap_display_info info = {.can_scale = self->can_scale };

  if (self->display)
    gst_dma_heap_display_get_info (self->display, &info);
  switch (id) {
    case PROP_CONNECTOR_ID:
      g_value_set_int (value, info.connector_id ? (gint) info.connector_id :
          self->connector_id);
      break;
    case PROP_PLANE_ID:
      g_value_set_int (value, info.plane_id ? (gint) info.plane_id :
          self->plane_id);
      break;
    case PROP_CAN_SCALE:
      g_value_set_boolean (value, info.can_scale);
      break;
    case PROP_DISPLAY_WIDTH:
      g_value_set_int (value, info.width);
      break;
    default:
      g_value_set_int (value, info.height);
  }
}

static void
get_property (GObject * object, guint id, GValue * value, GParamSpec * spec)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, get_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_DEVICE:
      g_value_set_string (value, self->device);
      break;
    case PROP_DRIVER_NAME:
      g_value_set_string (value, self->driver);
      break;
    case PROP_MODE:
      g_value_set_string (value, self->mode);
      break;
    case PROP_FORCE_MODESETTING:
      g_value_set_boolean (value, self->force_modesetting);
      break;
    case PROP_RESTORE_CRTC:
      g_value_set_boolean (value, self->restore_crtc);
      break;
    case PROP_NEWEST_FRAME:
      g_value_set_boolean (value, self->newest_frame);
      break;
    case PROP_HEAP:
      g_value_set_string (value, self->heap);
      break;
    case PROP_FLIP_MESSAGES:
      g_value_set_boolean (value, self->flip_messages);
      break;
    case PROP_CONNECTOR_ID:
    case PROP_PLANE_ID:
    case PROP_CAN_SCALE:
    case PROP_DISPLAY_WIDTH:
    case PROP_DISPLAY_HEIGHT:
      get_display_property (self, id, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
  GST_OBJECT_UNLOCK (self);
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
  G_OBJECT_CLASS (gst_dma_heap_sink_parent_class)->finalize (object);
}

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)
#define READY (FLAGS | GST_PARAM_MUTABLE_READY)
#define PLAYING (FLAGS | GST_PARAM_MUTABLE_PLAYING)
#define READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)

static void
install_display_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, PROP_DEVICE,
      g_param_spec_string ("device", "Device",
          "The KMS device, as /dev/dri/card0 (unset: the first with a connected "
          "output that nobody else holds)", NULL, FLAGS));
  g_object_class_install_property (klass, PROP_DRIVER_NAME,
      g_param_spec_string ("driver-name", "Driver name",
          "Only a device of this kernel driver (unset: of any)", NULL, FLAGS));
  g_object_class_install_property (klass, PROP_CONNECTOR_ID,
      g_param_spec_int ("connector-id", "Connector ID",
          "DRM connector id (-1: one that is lit, or else connected)", -1,
          G_MAXINT32, -1, FLAGS));
  g_object_class_install_property (klass, PROP_PLANE_ID,
      g_param_spec_int ("plane-id", "Plane ID",
          "DRM plane id (-1: one that takes the frames)", -1, G_MAXINT32, -1,
          FLAGS));
  g_object_class_install_property (klass, PROP_MODE,
      g_param_spec_string ("mode", "Mode",
          "Size of the mode to set, as 1280x720 (unset: the mode that is lit, or "
          "else one of the video's size, or else the preferred one)", NULL,
          FLAGS));
  g_object_class_install_property (klass, PROP_FORCE_MODESETTING,
      g_param_spec_boolean ("force-modesetting", "Force modesetting",
          "Set a mode of the video's size although another is lit", FALSE,
          READY));
  g_object_class_install_property (klass, PROP_RESTORE_CRTC,
      g_param_spec_boolean ("restore-crtc", "Restore CRTC",
          "Restore at the end what the display showed before", TRUE, FLAGS));
  g_object_class_install_property (klass, PROP_DISPLAY_WIDTH,
      g_param_spec_int ("display-width", "Display width",
          "Width of the display's mode in pixels (0: it is not open)", 0,
          G_MAXINT32, 0, READABLE));
  g_object_class_install_property (klass, PROP_DISPLAY_HEIGHT,
      g_param_spec_int ("display-height", "Display height",
          "Height of the display's mode in pixels (0: it is not open)", 0,
          G_MAXINT32, 0, READABLE));
}

static void
install_frame_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, PROP_CAN_SCALE,
      g_param_spec_boolean ("can-scale", "Can scale",
          "Scale frames to fill the screen or the render rectangle; turns false "
          "when no plane can, and frames are then centred", TRUE, PLAYING));
  g_object_class_install_property (klass, PROP_NEWEST_FRAME,
      g_param_spec_boolean ("newest-frame", "Newest frame",
          "Only the newest frame waits for the display; otherwise each is shown, "
          "and upstream waits for it", TRUE, PLAYING));
  g_object_class_install_property (klass, PROP_HEAP,
      g_param_spec_string ("heap", "Heap",
          "The dma-buf heap of the buffers that are offered upstream: a name in "
          "/dev/dma_heap, a path, \"contiguous\", \"cached\" or \"udmabuf\" (unset: "
          "system-pooled, or else system, or else udmabuf)", NULL, READY));
  g_object_class_install_property (klass, PROP_FLIP_MESSAGES,
      g_param_spec_boolean ("flip-messages", "Flip messages",
          "Post an element message \"dmaheapsink-flip\" for each frame that came "
          "on screen", FALSE, PLAYING));
  /* The base class's, with more in it: shown, superseded, discarded (by a flush),
   * latency-* in ns for live sources, cpu-maps of the offered buffers. */
  g_object_class_override_property (klass, PROP_STATS, "stats");
  gst_video_overlay_install_properties (klass, N_PROPERTIES);
}

static void
gst_dma_heap_sink_class_init (GstDmaHeapSinkClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseSinkClass *sink_class = GST_BASE_SINK_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_dma_heap_sink_debug, "dmaheapsink", 0,
      "dma-bufs on a KMS display");
  object_class->set_property = set_property;
  object_class->get_property = get_property;
  object_class->finalize = finalize;
  install_display_properties (object_class);
  install_frame_properties (object_class);
  gst_element_class_set_static_metadata (element_class,
      "KMS display for dma-bufs", "Sink/Video",
      "Shows dma-bufs on a display by atomic modesetting, without copying them",
      "zerocopy");
  gst_element_class_add_static_pad_template (element_class, &sink_template);
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

static void
gst_dma_heap_sink_init (GstDmaHeapSink * self)
{
  self->connector_id = self->plane_id = -1;
  self->restore_crtc = self->can_scale = self->newest_frame = TRUE;
}

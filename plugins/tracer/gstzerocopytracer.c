/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:tracer-zerocopy
 * @title: zerocopy
 * @short_description: says who copies video frames, and why
 *
 * At the end of a pipeline it writes a table of its links: how many frames passed, in which
 * memory, and whether they are those that came into the element, or others that the GPU or
 * the CPU wrote. Then the CPU's maps of frames, and a verdict: ZERO-COPY, GPU PASSES,
 * COPIES with the element, the cause and what to change, or CANNOT TELL.
 *
 * Parameters: report=text, json or dot; file=PATH, or else stderr; fail=true, the program's
 * exit status is 1 for copies and 4 for what cannot be told; warmup=N, the first N frames of
 * each link are not counted; frames=N, the program is interrupted (SIGINT) when a link has
 * had N; json=PATH, the report goes there, too, as JSON.
 *
 * ## Example
 * |[
 * GST_TRACERS=zerocopy gst-launch-1.0 v4l2src io-mode=dmabuf-import ! dmaheap ! kmssink
 * GST_TRACERS='zerocopy(report=json,file=/tmp/audit.json,warmup=10)' gst-launch-1.0 ...
 * ]|
 */
#define GST_USE_UNSTABLE_API
#include "tracer/gstzerocopytracer.h"
#include "tracer/gstzerocopyaside.h"
#include "tracer/gstzerocopybook.h"
#include "tracer/gstzerocopylines.h"
#include "tracer/gstzerocopymaps.h"
#include "tracer/gstzerocopypass.h"
#include "tracer/gstzerocopyplace.h"
#include "tracer/gstzerocopyrun.h"
#include "tracer/gstzerocopywindow.h"

#include <gst/gsttracer.h>
#include <gst/video/video.h>
#include <stdio.h>

/* Mappings beside GStreamer are looked for after this, and then more and more seldom. */
#define LOOK_US (500 * 1000)
#define LOOK_MOST_US (10 * G_USEC_PER_SEC)

struct _GstZerocopyTracer
{
  GstTracer parent;
  gboolean is_on;
};

G_DECLARE_FINAL_TYPE (GstZerocopyTracer, gst_zerocopy_tracer, GST,
    ZEROCOPY_TRACER, GstTracer)
G_DEFINE_TYPE (GstZerocopyTracer, gst_zerocopy_tracer, GST_TYPE_TRACER)

/* ------------------------------------------------------------------ frames */

static void
watch_memories (GstBuffer * buffer)
{
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++)
    gst_zerocopy_maps_watch (gst_buffer_peek_memory (buffer, i)->allocator);
}

static void
look_aside_sometimes (void)
{
  static gint64 next_us, wait_us;
  static guint run = G_MAXUINT;
  gint64 now_us = g_get_monotonic_time ();

  if (run == gst_zerocopy_book.run && now_us < next_us)
    return;
  wait_us = run == gst_zerocopy_book.run ? MIN (2 * wait_us, LOOK_MOST_US) :
      LOOK_US;
  run = gst_zerocopy_book.run;
  next_us = now_us + wait_us;
  gst_zerocopy_aside_look ();
}

static gboolean
pass_one (GstBuffer ** buffer, guint i, gpointer link)
{
  watch_memories (*buffer);
  gst_zerocopy_pass (link, *buffer);
  return TRUE;
}

static void
push_begins (GstTracer * tracer, GstClockTime at, GstPad * pad,
    GstBuffer * buffer)
{
  struct gst_zerocopy_link *link;

  watch_memories (buffer);
  gst_zerocopy_book_lock ();
  link = gst_zerocopy_book_link (pad);
  gst_zerocopy_pass (link, buffer);
  gst_zerocopy_run_count (link);
  gst_zerocopy_place_enter (GST_ZEROCOPY_PUSH, pad, link->to);
  look_aside_sometimes ();
  gst_zerocopy_book_unlock ();
}

static void
push_list_begins (GstTracer * tracer, GstClockTime at, GstPad * pad,
    GstBufferList * list)
{
  struct gst_zerocopy_link *link;

  gst_zerocopy_book_lock ();
  link = gst_zerocopy_book_link (pad);
  gst_buffer_list_foreach (list, pass_one, link);
  gst_zerocopy_place_enter (GST_ZEROCOPY_PUSH, pad, link->to);
  gst_zerocopy_book_unlock ();
}

static void
push_ends (GstTracer * tracer, GstClockTime at, GstPad * pad)
{
  gst_zerocopy_book_lock ();
  gst_zerocopy_place_leave (GST_ZEROCOPY_PUSH, pad);
  gst_zerocopy_book_unlock ();
}

/* -------------------------------------------------- what is about the frames */

static void
event_begins (GstTracer * tracer, GstClockTime at, GstPad * pad,
    GstEvent * event)
{
  if (GST_EVENT_TYPE (event) != GST_EVENT_CAPS)
    return;
  gst_zerocopy_book_lock ();
  gst_zerocopy_book_forget_caps (pad);
  gst_zerocopy_book_unlock ();
}

static gboolean
may_touch_frames (GstQuery * query)
{
  return GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION
      || GST_QUERY_TYPE (query) == GST_QUERY_DRAIN;
}

static void
query_begins (GstTracer * tracer, GstClockTime at, GstPad * pad,
    GstQuery * query)
{
  GstElement *element;

  if (!may_touch_frames (query))
    return;
  element = gst_pad_get_parent_element (pad);
  gst_zerocopy_book_lock ();
  gst_zerocopy_place_enter (GST_ZEROCOPY_QUERY, pad,
      element ? gst_zerocopy_book_station (element) : NULL);
  gst_zerocopy_book_unlock ();
  gst_clear_object (&element);
}

static void
note_answer (GstPad * pad, GstQuery * query, gboolean answered)
{
  struct gst_zerocopy_link *link = gst_zerocopy_book_link (pad);

  link->asked = TRUE;
  link->has_video_meta = answered && gst_query_find_allocation_meta (query,
      GST_VIDEO_META_API_TYPE, NULL);
}

/* An element asks its own pad, or the next one's. */
static void
query_ends (GstTracer * tracer, GstClockTime at, GstPad * pad,
    GstQuery * query, gboolean answered)
{
  GstPad *from;

  if (!may_touch_frames (query))
    return;
  gst_zerocopy_book_lock ();
  gst_zerocopy_place_leave (GST_ZEROCOPY_QUERY, pad);
  if (GST_QUERY_TYPE (query) == GST_QUERY_ALLOCATION) {
    from = GST_PAD_IS_SRC (pad) ? gst_object_ref (pad) : gst_pad_get_peer (pad);
    if (from)
      note_answer (from, query, answered);
    gst_clear_object (&from);
  }
  gst_zerocopy_book_unlock ();
}

static void
wiring_changes (GstTracer * tracer, GstClockTime at)
{
  gst_zerocopy_book_lock ();
  gst_zerocopy_book.wiring++;
  gst_zerocopy_book_unlock ();
}

static void
object_begins (GstTracer * tracer, GstClockTime at, GstObject * object)
{
  if (GST_IS_ALLOCATOR (object))
    gst_zerocopy_maps_watch (GST_ALLOCATOR (object));
}

/* -------------------------------------------------------- the pipeline's life */

static gboolean
is_pipeline (GstElement * element)
{
  return GST_IS_BIN (element) && !GST_OBJECT_PARENT (element);
}

static void
state_begins (GstTracer * tracer, GstClockTime at, GstElement * element,
    GstStateChange transition)
{
  if (is_pipeline (element) && transition == GST_STATE_CHANGE_READY_TO_PAUSED)
    gst_zerocopy_run_start (element);
  if (is_pipeline (element) && transition == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_zerocopy_window_ask (GST_BIN (element));
  gst_zerocopy_book_lock ();
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY && is_pipeline (element))
    gst_zerocopy_aside_look ();
  gst_zerocopy_place_enter (GST_ZEROCOPY_STATE, element,
      gst_zerocopy_book_station (element));
  gst_zerocopy_book_unlock ();
}

static void
state_ends (GstTracer * tracer, GstClockTime at, GstElement * element,
    GstStateChange transition, GstStateChangeReturn result)
{
  gst_zerocopy_book_lock ();
  gst_zerocopy_place_leave (GST_ZEROCOPY_STATE, element);
  gst_zerocopy_book_unlock ();
  if (!is_pipeline (element))
    return;
  /* One that fails before its sinks have a frame never was in PAUSED. */
  if (transition == GST_STATE_CHANGE_PAUSED_TO_READY
      || transition == GST_STATE_CHANGE_READY_TO_NULL
      || (transition == GST_STATE_CHANGE_READY_TO_PAUSED
          && result == GST_STATE_CHANGE_FAILURE))
    gst_zerocopy_run_stop (element);
}

static void
note_error (GstMessage * message)
{
  GError *error = NULL;

  gst_message_parse_error (message, &error, NULL);
  gst_zerocopy_run_note_end (g_strdup_printf ("%s failed: %s",
          GST_MESSAGE_SRC (message) ? GST_MESSAGE_SRC_NAME (message) : "it",
          error->message));
  g_error_free (error);
}

static void
note_thread (GstMessage * message)
{
  GstStreamStatusType type;
  GstElement *owner = NULL;

  gst_message_parse_stream_status (message, &type, &owner);
  if (!owner || (type != GST_STREAM_STATUS_TYPE_ENTER
          && type != GST_STREAM_STATUS_TYPE_LEAVE))
    return;
  gst_zerocopy_book_lock ();
  gst_zerocopy_place_set_home (type == GST_STREAM_STATUS_TYPE_ENTER ?
      gst_zerocopy_book_station (owner) : NULL);
  gst_zerocopy_book_unlock ();
}

static void
message_begins (GstTracer * tracer, GstClockTime at, GstElement * element,
    GstMessage * message)
{
  switch (GST_MESSAGE_TYPE (message)) {
    case GST_MESSAGE_EOS:
      if (is_pipeline (element))
        gst_zerocopy_run_note_end (g_strdup ("end of stream"));
      break;
    case GST_MESSAGE_ERROR:
      note_error (message);
      break;
    case GST_MESSAGE_STREAM_STATUS:
      note_thread (message);
      break;
    default:
      break;
  }
}

/* -------------------------------------------------------------- the tracer */

static void
register_hooks (GstTracer * self)
{
  static const struct
  {
    const gchar *name;
    GCallback function;
  } hooks[] = {
    {"pad-push-pre", G_CALLBACK (push_begins)},
    {"pad-push-post", G_CALLBACK (push_ends)},
    {"pad-push-list-pre", G_CALLBACK (push_list_begins)},
    {"pad-push-list-post", G_CALLBACK (push_ends)},
    {"pad-push-event-pre", G_CALLBACK (event_begins)},
    {"pad-query-pre", G_CALLBACK (query_begins)},
    {"pad-query-post", G_CALLBACK (query_ends)},
    {"pad-link-post", G_CALLBACK (wiring_changes)},
    {"pad-unlink-post", G_CALLBACK (wiring_changes)},
    {"object-created", G_CALLBACK (object_begins)},
    {"element-change-state-pre", G_CALLBACK (state_begins)},
    {"element-change-state-post", G_CALLBACK (state_ends)},
    {"element-post-message-pre", G_CALLBACK (message_begins)},
  };

  for (guint i = 0; i < G_N_ELEMENTS (hooks); i++)
    gst_tracing_register_hook (self, hooks[i].name, hooks[i].function);
}

static void
constructed (GObject * object)
{
  GstZerocopyTracer *self = GST_ZEROCOPY_TRACER (object);
  GstAllocator *system = gst_allocator_find (GST_ALLOCATOR_SYSMEM);
  GError *error = NULL;
  gchar *params;

  G_OBJECT_CLASS (gst_zerocopy_tracer_parent_class)->constructed (object);
  g_object_get (self, "params", &params, NULL);
  self->is_on = gst_zerocopy_run_open (params, &error);
  g_free (params);
  if (self->is_on) {
    /* This one is older than we are. */
    gst_zerocopy_maps_watch (system);
    gst_zerocopy_lines_listen ();
    register_hooks (GST_TRACER (self));
  } else {
    fprintf (stderr, "zerocopy: %s. Nothing is traced.\n", error->message);
    g_error_free (error);
  }
  gst_clear_object (&system);
}

static void
finalize (GObject * object)
{
  if (GST_ZEROCOPY_TRACER (object)->is_on) {
    gst_zerocopy_run_finish ();
    gst_zerocopy_lines_stop ();
  }
  G_OBJECT_CLASS (gst_zerocopy_tracer_parent_class)->finalize (object);
}

static void
gst_zerocopy_tracer_class_init (GstZerocopyTracerClass * klass)
{
  G_OBJECT_CLASS (klass)->constructed = constructed;
  G_OBJECT_CLASS (klass)->finalize = finalize;
}

static void
gst_zerocopy_tracer_init (GstZerocopyTracer * self)
{
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopypass - compares what leaves an element with what came into it */
#include "tracer/gstzerocopypass.h"
#include "tracer/gstzerocopybook.h"
#include "tracer/gstzerocopyidentity.h"

#include <string.h>

static void
read_caps (struct gst_zerocopy_link *link)
{
  GstCaps *caps = gst_pad_get_current_caps (link->pad);
  GstCapsFeatures *features;
  const GstStructure *structure;

  link->has_caps = caps != NULL;
  link->is_raw = FALSE;
  if (!caps || gst_caps_is_empty (caps) || gst_caps_is_any (caps)) {
    gst_clear_caps (&caps);
    return;
  }
  structure = gst_caps_get_structure (caps, 0);
  features = gst_caps_get_features (caps, 0);
  link->is_raw = gst_structure_has_name (structure, "video/x-raw")
      || gst_structure_has_name (structure, "video/x-bayer");
  link->is_plain = !features || gst_caps_features_contains (features,
      GST_CAPS_FEATURE_MEMORY_SYSTEM_MEMORY);
  if (link->is_raw) {
    const gchar *format = gst_structure_get_string (structure, "drm-format");
    gint width = 0, height = 0;

    if (!format)
      format = gst_structure_get_string (structure, "format");
    gst_structure_get_int (structure, "width", &width);
    gst_structure_get_int (structure, "height", &height);
    g_free (link->caps);
    link->caps = g_strdup_printf ("%s %dx%d", format ? format : "?", width,
        height);
  }
  gst_caps_unref (caps);
}

/* ------------------------------------------------------------------ frames */

static gboolean
came_as_another (const struct gst_zerocopy_station *station, GstClockTime pts,
    const struct gst_zerocopy_identity *identity)
{
  guint n = MIN (station->n_arrivals, GST_ZEROCOPY_ARRIVALS);

  for (guint i = 0; i < n; i++)
    if (station->arrival[i].pts == pts
        && station->arrival[i].identity != identity)
      return TRUE;
  return FALSE;
}

/* The same memory that came in, and with the same frame in it. */
static gboolean
is_kept (const struct gst_zerocopy_station *station, GstClockTime pts,
    const struct gst_zerocopy_identity *identity)
{
  const struct gst_zerocopy_visit *visit =
      gst_zerocopy_identity_find_visit (identity, station);

  if (!visit)
    return FALSE;
  return visit->pts == pts || pts == GST_CLOCK_TIME_NONE
      || !came_as_another (station, pts, identity);
}

static enum gst_zerocopy_passage
passage_of (const struct gst_zerocopy_station *from, GstClockTime pts,
    const struct gst_zerocopy_identity *identity)
{
  if (!from || !from->frames_in)
    return identity->copier ? GST_ZEROCOPY_BY_CPU : GST_ZEROCOPY_NEW;
  if (is_kept (from, pts, identity))
    return GST_ZEROCOPY_KEPT;
  if (identity->copier || gst_zerocopy_identity_is_written (identity))
    return GST_ZEROCOPY_BY_CPU;
  if (identity->kind == GST_ZEROCOPY_DEVICE && from->is_device)
    return strstr (from->factory, "upload") ? GST_ZEROCOPY_IMPORTED :
        GST_ZEROCOPY_BY_GPU;
  return from->is_device ? GST_ZEROCOPY_BY_GPU : GST_ZEROCOPY_UNKNOWN;
}

/* What a frame's memories say together: the worst of them. */
static enum gst_zerocopy_passage
pass_memories (struct gst_zerocopy_link *link, GstBuffer * buffer)
{
  enum gst_zerocopy_passage worst = GST_ZEROCOPY_NEW;
  GstClockTime pts = GST_BUFFER_PTS (buffer);
  guint n = gst_buffer_n_memory (buffer);

  for (guint i = 0; i < n; i++) {
    struct gst_zerocopy_identity *identity =
        gst_zerocopy_identity_of (gst_buffer_peek_memory (buffer, i));

    worst = MAX (worst, passage_of (link->from, pts, identity));
    if (link->from && identity->copier) {
      identity->copier->copies.times++;
      identity->copier->copies.frames += i == 0;
      identity->copier->copies.bytes += identity->bytes;
    }
    identity->copier = NULL;
    identity->is_frame = TRUE;
    identity->is_gpus |= (link->from && link->from->is_gpu)
        || (link->to && link->to->is_gpu);
    gst_zerocopy_identity_settle (identity);
    if (identity->open_maps && identity->holder)
      identity->holder->held += i == 0;
    if (link->to)
      gst_zerocopy_identity_visit (identity, link->to, pts);
    if (i == 0) {
      link->memory = identity->memory;
      link->kinds[identity->kind]++;
      if (link->to)
        link->to->arrival[link->to->n_arrivals++ % GST_ZEROCOPY_ARRIVALS] =
            (struct gst_zerocopy_arrival) { pts, identity };
    }
  }
  link->memories_of_frame = n;
  return worst;
}

/* The first frames of a link are not counted, nor what was done to them. */
static void
warm_up (struct gst_zerocopy_link *link)
{
  if (link->is_warm || link->frames < gst_zerocopy_book.warmup)
    return;
  link->is_warm = TRUE;
  if (!gst_zerocopy_book.warmup)
    return;
  link->frames = link->bytes = 0;
  memset (link->passages, 0, sizeof (link->passages));
  memset (link->kinds, 0, sizeof (link->kinds));
  if (link->from)
    gst_zerocopy_book_begin_anew (link->from);
  if (link->to)
    gst_zerocopy_book_begin_anew (link->to);
}

void
gst_zerocopy_pass (struct gst_zerocopy_link *link, GstBuffer * buffer)
{
  enum gst_zerocopy_passage passage;

  if (link->is_inner || gst_buffer_n_memory (buffer) == 0)
    return;
  if (!link->has_caps)
    read_caps (link);
  if (!link->is_raw)
    return;
  warm_up (link);
  passage = pass_memories (link, buffer);
  link->frames++;
  link->bytes += gst_buffer_get_size (buffer);
  link->passages[passage]++;
  if (link->from) {
    link->from->frames_out++;
    link->from->passages[passage]++;
  }
  if (link->to)
    link->to->frames_in++;
}

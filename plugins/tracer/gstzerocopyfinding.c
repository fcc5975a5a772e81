/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopyfinding - from counts to findings, from findings to one verdict */
#include "tracer/gstzerocopyfinding.h"
#include "tracer/gstzerocopycause.h"

#include <string.h>

static void
finding_free (gpointer data)
{
  struct gst_zerocopy_finding *finding = data;

  g_free (finding->what);
  g_free (finding->why);
  g_free (finding->change);
  g_free (finding);
}

static struct gst_zerocopy_finding *
add (struct gst_zerocopy_audit *audit, enum gst_zerocopy_weight weight,
    const struct gst_zerocopy_station *station, const gchar * sure,
    const gchar * signal, gchar * what)
{
  struct gst_zerocopy_finding *finding =
      g_new0 (struct gst_zerocopy_finding, 1);

  finding->weight = weight;
  finding->station = station;
  finding->sure = sure;
  finding->signal = signal;
  finding->what = what;
  g_ptr_array_add (audit->findings, finding);
  return finding;
}

/* ------------------------------------------------------------- of elements */

static guint64
bytes_a_frame (const struct gst_zerocopy_tally *tally)
{
  return tally->frames ? tally->bytes / tally->frames : 0;
}

/* Frames that the CPU of an element touched, in whichever way. One frame may be counted
 * twice, where another branch of a tee sends it on between two accesses. */
static guint64
touched (const struct gst_zerocopy_station *s)
{
  guint64 most = MAX (s->reads.frames, s->copies.frames);

  /* A decoder reads the frames that it made, too. */
  if (!s->frames_in)
    return s->is_capture ? MAX (most, s->writes.frames) : s->copies.frames;
  most = MAX (most, s->passages[GST_ZEROCOPY_BY_CPU]);
  most = MAX (most, s->copies.frames + s->rewrites.frames);
  return MIN (most, MAX (s->frames_in, s->frames_out));
}

static const gchar *
signal_of (const struct gst_zerocopy_station *s)
{
  if (s->copies.frames)
    return "gst_memory_copy(), by the allocator";
  if (s->others)
    return "maps, by the allocator; in a thread that is not the element's";
  if (s->passages[GST_ZEROCOPY_BY_CPU] && s->writes.frames)
    return "maps, by the allocator; and other memory leaves it";
  return "maps, by the allocator";
}

static gchar *
what_of (const struct gst_zerocopy_station *s)
{
  if (s->copies.frames || s->passages[GST_ZEROCOPY_BY_CPU]
      || (!s->frames_in && s->writes.frames))
    return g_strdup ("copies frames with the CPU");
  if (s->rewrites.frames)
    return g_strdup ("writes into frames with the CPU");
  return g_strdup ("reads frames with the CPU");
}

static void
tell_copies (struct gst_zerocopy_audit *audit,
    const struct gst_zerocopy_station *s, guint64 frames)
{
  struct gst_zerocopy_finding *finding = add (audit, GST_ZEROCOPY_COPY, s,
      s->others ? "inferred" : "seen", signal_of (s), what_of (s));

  finding->frames = frames;
  finding->of = MAX (frames, MAX (s->frames_in, s->frames_out));
  finding->bytes = MAX (bytes_a_frame (&s->reads), MAX (bytes_a_frame
          (&s->writes), bytes_a_frame (&s->copies)));
  gst_zerocopy_cause_find (s, &finding->why, &finding->change);
}

/* A GPU's memory under caps for the CPU: it is on its way to be read back. */
static guint64
downloads (const struct gst_zerocopy_station *s)
{
  const struct gst_zerocopy_link *link;
  guint64 frames = 0;
  guint i = 0;

  while (s->is_device && (link = gst_zerocopy_cause_next_from (s, &i)))
    if (link->is_plain && link->kinds[GST_ZEROCOPY_DEVICE])
      frames += link->kinds[GST_ZEROCOPY_DEVICE];
  return frames;
}

static void
tell_download (struct gst_zerocopy_audit *audit,
    const struct gst_zerocopy_station *s, guint64 frames)
{
  struct gst_zerocopy_finding *finding = add (audit, GST_ZEROCOPY_COPY, s,
      "inferred", "a GPU's memory under caps for the CPU",
      g_strdup ("reads frames back from the GPU"));

  finding->frames = finding->of = frames;
  gst_zerocopy_cause_find (s, &finding->why, &finding->change);
}

/* A compositor may tell of each frame how it came on screen. */
static void
tell_window (struct gst_zerocopy_audit *audit,
    const struct gst_zerocopy_station *s)
{
  guint64 told = s->shown.plane + s->shown.pass;
  gboolean is_known = told && !s->shown.untold;
  struct gst_zerocopy_finding *finding = add (audit, is_known ?
      GST_ZEROCOPY_NOTE : GST_ZEROCOPY_DOUBT, s, is_known ? "inferred" :
      "cannot be seen", is_known ? "the compositor's word" :
      "what the element is", NULL);

  if (!is_known) {
    finding->what = g_strdup ("gives frames to a compositor, and what that does "
        "with them is not known here");
    finding->frames = s->frames_in;
    finding->why = g_strdup ("a compositor shows a frame on a plane, or draws "
        "it in a pass of its GPU");
    finding->change = g_strdup ("a sink that has the display for itself: "
        "dmaheapsink display=kms; or one that asks the compositor: dmaheapsink "
        "display=wayland; or, where a pass is no matter, zc-audit --allow");
  } else if (s->shown.pass) {
    audit->gpu_passes++;
    finding->what = g_strdup ("gives frames to a compositor, which draws them "
        "in a pass of its GPU");
    finding->frames = s->shown.pass;
    finding->of = told;
  } else {
    finding->what = g_strdup ("gives frames to a compositor, which shows them "
        "on a plane");
    finding->frames = told;
  }
}

static void
tell_doubts (struct gst_zerocopy_audit *audit,
    const struct gst_zerocopy_station *s)
{
  struct gst_zerocopy_finding *finding;

  if (s->lines[GST_ZEROCOPY_LINE_COPY]) {
    finding = add (audit, GST_ZEROCOPY_DOUBT, s, "inferred",
        "GStreamer's log, GST_PERFORMANCE", g_strdup_printf ("says \"%s\"",
            s->line[GST_ZEROCOPY_LINE_COPY]));
    finding->frames = s->lines[GST_ZEROCOPY_LINE_COPY];
  }
  if (s->passages[GST_ZEROCOPY_UNKNOWN]) {
    finding = add (audit, GST_ZEROCOPY_DOUBT, s, "cannot be seen",
        "other memory leaves it",
        g_strdup ("gives other memory on than came in, and nobody was seen to "
            "write it"));
    finding->frames = s->passages[GST_ZEROCOPY_UNKNOWN];
    finding->of = s->frames_out;
  }
  if (s->held && (s->frames_in || s->is_capture)) {
    finding = add (audit, GST_ZEROCOPY_DOUBT, s, "cannot be seen",
        "a map that stays open, by the allocator",
        g_strdup ("keeps frames mapped while they pass: the CPU may read or "
            "write them"));
    finding->frames = s->held;
  }
  if (s->is_window && s->frames_in)
    tell_window (audit, s);
}

static void
tell_notes (struct gst_zerocopy_audit *audit,
    const struct gst_zerocopy_station *s)
{
  struct gst_zerocopy_finding *finding;

  if (s->setup.frames) {
    finding = add (audit, GST_ZEROCOPY_NOTE, s, "seen", "maps, by the allocator",
        g_strdup ("mapped frames in a query or a change of state, not as they "
            "pass"));
    finding->frames = s->setup.frames;
  }
  if (!s->frames_in && s->writes.frames && !s->is_capture) {
    finding = add (audit, GST_ZEROCOPY_NOTE, s, "seen", "maps, by the allocator",
        g_strdup ("makes its frames with the CPU, which is no copy"));
    finding->frames = s->writes.frames;
  }
}

static void
look_at_station (struct gst_zerocopy_audit *audit,
    const struct gst_zerocopy_station *s)
{
  guint64 frames = touched (s), down = downloads (s);

  if (!s->frames_in && !s->frames_out)
    return;
  if (frames)
    tell_copies (audit, s, frames);
  else if (down)
    tell_download (audit, s, down);
  else
    tell_doubts (audit, s);
  tell_notes (audit, s);
  audit->gpu_passes += s->passages[GST_ZEROCOPY_BY_GPU] && !frames;
}

/* ------------------------------------------------------------ of the whole */

static gboolean
has_finding (const struct gst_zerocopy_audit *audit,
    const struct gst_zerocopy_station *station)
{
  for (guint i = 0; i < audit->findings->len; i++) {
    const struct gst_zerocopy_finding *finding =
        g_ptr_array_index (audit->findings, i);

    if (finding->station == station && finding->weight != GST_ZEROCOPY_NOTE)
      return TRUE;
  }
  return FALSE;
}

/* Frames of devices that end in plain memory: who reads them there needs no map. */
static void
look_at_ends (struct gst_zerocopy_audit *audit)
{
  for (guint i = 0; i < gst_zerocopy_book.links->len; i++) {
    const struct gst_zerocopy_link *link =
        g_ptr_array_index (gst_zerocopy_book.links, i);
    struct gst_zerocopy_finding *finding;

    if (!link->frames || !link->kinds[GST_ZEROCOPY_SYSTEM] || !link->to
        || link->to->frames_out || has_finding (audit, link->to))
      continue;
    finding = add (audit, GST_ZEROCOPY_DOUBT, link->to, "cannot be seen",
        "the memory of what came in",
        g_strdup_printf ("is given frames in %s memory, where a copy needs no "
            "map", link->memory));
    finding->frames = link->kinds[GST_ZEROCOPY_SYSTEM];
    finding->of = link->frames;
  }
}

static void
look_aside (struct gst_zerocopy_audit *audit)
{
  const struct gst_zerocopy_book *book = &gst_zerocopy_book;
  guint64 by_gpu = book->has_gpu ? 0 : book->mapped_by_gpu;
  struct gst_zerocopy_finding *finding;

  if (book->strangers.frames) {
    finding = add (audit, GST_ZEROCOPY_DOUBT, NULL, "cannot be seen",
        "maps, by the allocator", g_strdup ("a thread of no element's maps "
            "frames"));
    finding->frames = book->strangers.frames;
  }
  if (by_gpu) {
    audit->gpu_is_software = TRUE;
    finding = add (audit, GST_ZEROCOPY_NOTE, NULL, "inferred",
        "/proc/self/maps",
        g_strdup ("the GPU is a renderer in software: the CPU draws"));
    finding->frames = by_gpu;
  }
  if (book->mapped_aside > by_gpu) {
    finding = add (audit, GST_ZEROCOPY_DOUBT, NULL, "cannot be seen",
        "/proc/self/maps",
        g_strdup ("somebody maps dma-bufs of frames beside GStreamer"));
    finding->frames = book->mapped_aside - by_gpu;
  }
}

/* Whether frames passed, and any in memory that devices share. */
static gboolean
look_at_memory (struct gst_zerocopy_audit *audit)
{
  guint64 shared = 0;

  for (guint i = 0; i < gst_zerocopy_book.links->len; i++) {
    const struct gst_zerocopy_link *link =
        g_ptr_array_index (gst_zerocopy_book.links, i);

    audit->frames = MAX (audit->frames, link->frames);
    shared += link->kinds[GST_ZEROCOPY_DMABUF];
  }
  if (!audit->frames)
    add (audit, GST_ZEROCOPY_DOUBT, NULL, "seen", "links",
        g_strdup ("no frame of raw video passed"));
  else if (!shared)
    add (audit, GST_ZEROCOPY_DOUBT, NULL, "seen", "links",
        g_strdup ("no frame was in a dma-buf: nothing was shared between "
            "devices"));
  return shared != 0;
}

static gint
by_weight (gconstpointer a, gconstpointer b)
{
  const struct gst_zerocopy_finding *one = *(gpointer *) a;
  const struct gst_zerocopy_finding *other = *(gpointer *) b;

  return (gint) other->weight - (gint) one->weight;
}

static enum gst_zerocopy_verdict
judge (const struct gst_zerocopy_audit *audit)
{
  const struct gst_zerocopy_finding *worst = audit->findings->len ?
      g_ptr_array_index (audit->findings, 0) : NULL;

  if (worst && worst->weight == GST_ZEROCOPY_COPY)
    return GST_ZEROCOPY_VERDICT_COPIES;
  if (worst && worst->weight == GST_ZEROCOPY_DOUBT)
    return GST_ZEROCOPY_VERDICT_UNKNOWN;
  return audit->gpu_passes ? GST_ZEROCOPY_VERDICT_GPU :
      GST_ZEROCOPY_VERDICT_CLEAN;
}

struct gst_zerocopy_audit *
gst_zerocopy_audit_new (void)
{
  struct gst_zerocopy_audit *audit = g_new0 (struct gst_zerocopy_audit, 1);
  GPtrArray *stations = gst_zerocopy_book.stations;

  audit->findings = g_ptr_array_new_with_free_func (finding_free);
  for (guint i = 0; i < stations->len; i++)
    look_at_station (audit, g_ptr_array_index (stations, i));
  if (look_at_memory (audit))
    look_at_ends (audit);
  look_aside (audit);
  g_ptr_array_sort (audit->findings, by_weight);
  audit->verdict = judge (audit);
  return audit;
}

void
gst_zerocopy_audit_free (struct gst_zerocopy_audit *audit)
{
  g_ptr_array_unref (audit->findings);
  g_free (audit);
}

gchar *
gst_zerocopy_audit_verdict (const struct gst_zerocopy_audit *audit)
{
  switch (audit->verdict) {
    case GST_ZEROCOPY_VERDICT_CLEAN:
      return g_strdup ("ZERO-COPY");
    case GST_ZEROCOPY_VERDICT_GPU:
      return g_strdup_printf ("GPU PASSES %u", audit->gpu_passes);
    case GST_ZEROCOPY_VERDICT_UNKNOWN:
      return g_strdup ("CANNOT TELL");
    default:
      return g_strdup ("COPIES");
  }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopycause - rules, the first that fits; the last one always does */
#include "tracer/gstzerocopycause.h"

#include <string.h>

static const struct gst_zerocopy_link *
next (const struct gst_zerocopy_station *from,
    const struct gst_zerocopy_station *to, guint * i)
{
  GPtrArray *links = gst_zerocopy_book.links;

  while (*i < links->len) {
    const struct gst_zerocopy_link *link = g_ptr_array_index (links, (*i)++);

    if (link->frames && (from ? link->from == from : link->to == to))
      return link;
  }
  return NULL;
}

const struct gst_zerocopy_link *
gst_zerocopy_cause_next_from (const struct gst_zerocopy_station *station,
    guint * i)
{
  return next (station, NULL, i);
}

const struct gst_zerocopy_link *
gst_zerocopy_cause_next_to (const struct gst_zerocopy_station *station,
    guint * i)
{
  return next (NULL, station, i);
}

static const struct gst_zerocopy_link *
link_from (const struct gst_zerocopy_station *station)
{
  guint i = 0;

  return next (station, NULL, &i);
}

static const struct gst_zerocopy_link *
link_to (const struct gst_zerocopy_station *station)
{
  guint i = 0;

  return next (NULL, station, &i);
}

/* The element of that factory that frames came through, or NULL. */
static const struct gst_zerocopy_station *
upstream (const struct gst_zerocopy_station *station, const gchar * factory)
{
  /* A line may be a circle only by mistake; it is not followed for ever. */
  for (guint steps = 0; station && steps < 100; steps++) {
    const struct gst_zerocopy_link *link = link_to (station);

    station = link ? link->from : NULL;
    if (station && !strcmp (station->factory, factory))
      return station;
  }
  return NULL;
}

static gboolean
is (const struct gst_zerocopy_station *station, const gchar * factory)
{
  return !strcmp (station->factory, factory);
}

static gboolean
comes_in_dmabufs (const struct gst_zerocopy_station *station)
{
  const struct gst_zerocopy_link *link = link_to (station);

  return link && link->kinds[GST_ZEROCOPY_DMABUF];
}

static const gchar *
memory_to (const struct gst_zerocopy_station *station)
{
  const struct gst_zerocopy_link *link = link_to (station);

  return link && link->memory ? link->memory : "unknown";
}

static const gchar *
caps_of (const struct gst_zerocopy_link *link)
{
  return link && link->caps ? link->caps : "raw video";
}

/* ------------------------------------------------------------------- rules */

/* Each gives the cause, or NULL where it does not fit. */

static gchar *
threshold (const struct gst_zerocopy_station *s, gchar ** change)
{
  if (!s->lines[GST_ZEROCOPY_LINE_THRESHOLD] || !(s->copies.frames
          || s->writes.frames))
    return NULL;
  *change = g_strdup ("give dmaheap min-buffers=8, or hold fewer frames "
      "downstream");
  return g_strdup_printf ("%s fell back to its copy threshold: few of its "
      "buffers were left", s->factory);
}

static gchar *
by_read (const struct gst_zerocopy_station *s, gchar ** change)
{
  if (!s->is_read)
    return NULL;
  *change = g_strdup ("io-mode=dmabuf-import before dmaheap, or "
      "io-mode=dmabuf without it");
  return g_strdup ("it takes frames by read(), which copies each");
}

/* Who takes none for others, too, that hand the question on. */
static const gchar *
last_without_meta (const struct gst_zerocopy_link *link)
{
  const struct gst_zerocopy_link *next = link_from (link->to);

  for (guint steps = 0; next && next->asked && !next->has_video_meta
      && next->to && steps < 100; steps++) {
    link = next;
    next = link_from (link->to);
  }
  return link->to->name;
}

static gchar *
no_video_meta (const struct gst_zerocopy_station *s, gchar ** change)
{
  const struct gst_zerocopy_link *link = link_from (s);

  /* Who does not answer takes none. */
  if (!s->is_capture || !link || !link->asked || link->has_video_meta
      || !link->to)
    return NULL;
  *change = g_strdup_printf ("a size whose stride is its width's, or another "
      "element than %s", last_without_meta (link));
  return g_strdup_printf ("%s takes no GstVideoMeta, so that rows must lie "
      "without the camera's padding", last_without_meta (link));
}

static gchar *
capture (const struct gst_zerocopy_station *s, gchar ** change)
{
  if (!s->is_capture)
    return NULL;
  if (is (s, "v4l2src"))
    *change = g_strdup ("io-mode=dmabuf-import before dmaheap, or "
        "io-mode=dmabuf without it");
  return g_strdup ("it copies what it captured into buffers of another pool");
}

static gchar *
converter_queue (const struct gst_zerocopy_station *s, gchar ** change)
{
  if (!g_str_has_prefix (s->factory, "v4l2") || !s->frames_in)
    return NULL;
  if (s->is_sink) {
    *change = g_strdup ("io-mode=dmabuf-import");
    return g_strdup ("it copies frames into the driver's own buffers");
  }
  *change = g_strdup ("output-io-mode=dmabuf-import");
  return g_strdup ("its output-io-mode copies frames into the driver's own "
      "buffers");
}

static gchar *
display (const struct gst_zerocopy_station *s, gchar ** change)
{
  gboolean kms = is (s, "kmssink");

  if (!kms && !is (s, "waylandsink"))
    return NULL;
  if (!comes_in_dmabufs (s)) {
    *change = g_strdup ("dmaheap behind the source");
    return g_strdup_printf ("its frames are in %s memory, which no %s takes",
        memory_to (s), kms ? "display" : "compositor");
  }
  *change = g_strdup (kms ? "a format and stride that a plane takes, or memory "
      "that the display reaches; dmaheapsink says which" :
      "a format and stride that the compositor lists");
  return g_strdup_printf ("the %s did not take the dma-bufs of %s, so that it "
      "copies them", kms ? "display" : "compositor", caps_of (link_to (s)));
}

static gchar *
upload (const struct gst_zerocopy_station *s, gchar ** change)
{
  if (!is (s, "glupload"))
    return NULL;
  *change = g_strdup (comes_in_dmabufs (s) ? "strides of a multiple of 64 or "
      "256, a format that the GPU imports" : "dmaheap behind the source");
  return g_strdup_printf ("frames in %s memory are uploaded by the CPU "
      "(uploader: %s)", memory_to (s), s->uploader ? s->uploader : "not said");
}

static gchar *
download (const struct gst_zerocopy_station *s, gchar ** change)
{
  if (!is (s, "gldownload"))
    return NULL;
  *change = g_strdup ("video/x-raw(memory:DMABuf) behind it, or dmaheapgpu for "
      "all of the GPU's part");
  return g_strdup ("it reads frames back from the GPU into memory for the CPU");
}

static gchar *
readback (const struct gst_zerocopy_station *s, gchar ** change)
{
  const struct gst_zerocopy_station *from = upstream (s, "gldownload");

  if (!s->readbacks.frames)
    return NULL;
  if (from)
    *change = g_strdup_printf ("video/x-raw(memory:DMABuf) behind %s",
        from->name);
  return g_strdup ("it maps memory of the GPU, which is read back for it");
}

static gchar *
lost_pool (const struct gst_zerocopy_station *s, gchar ** change)
{
  const struct gst_zerocopy_link *link = link_to (s);
  const struct gst_zerocopy_station *tee = upstream (s, "tee");
  const struct gst_zerocopy_station *identity = upstream (s, "identity");

  if (!is (s, "dmaheap") || !link)
    return NULL;
  if (tee) {
    *change = g_strdup_printf ("dmaheap before %s, not behind it", tee->name);
    return g_strdup_printf ("%s hands no pool on to the source", tee->name);
  }
  if (identity) {
    *change = g_strdup_printf ("%s drop-allocation=false", identity->name);
    return g_strdup_printf ("%s kept the pool that dmaheap offers from the "
        "source", identity->name);
  }
  *change = g_strdup ("v4l2src io-mode=dmabuf-import, with nothing between it "
      "and dmaheap that has a pool of its own");
  return g_strdup_printf ("frames come in %s memory: %s did not use the pool "
      "that dmaheap offers", memory_to (s), link->from ? link->from->name :
      "the source");
}

static gchar *
shared_by_tee (const struct gst_zerocopy_station *s, gchar ** change)
{
  const struct gst_zerocopy_link *in = link_to (s), *out = link_from (s);
  const struct gst_zerocopy_station *tee = upstream (s, "tee");
  gboolean is_filter = in && out && !g_strcmp0 (in->caps, out->caps)
      && s->passages[GST_ZEROCOPY_BY_CPU];

  if (!tee || !(s->copies.frames || is_filter))
    return NULL;
  *change = g_strdup_printf ("put it before %s, or let another element draw",
      tee->name);
  return g_strdup_printf ("it writes into frames that %s gave to another "
      "branch, too, so that each is copied first", tee->name);
}

static gchar *
application (const struct gst_zerocopy_station *s, gchar ** change)
{
  if (!is (s, "appsink"))
    return NULL;
  *change = g_strdup ("gst_dmabuf_memory_get_fd() in place of "
      "gst_buffer_map()");
  return g_strdup ("the application maps the frames that it takes");
}

static gchar *
encoder (const struct gst_zerocopy_station *s, gchar ** change)
{
  if (!strstr (s->klass, "Encoder"))
    return NULL;
  *change = g_strdup ("an encoder of the hardware, which takes dma-bufs");
  return g_strdup ("it encodes with the CPU");
}

static gchar *
converts (const struct gst_zerocopy_station *s, gchar ** change)
{
  const struct gst_zerocopy_link *in = link_to (s), *out = link_from (s);

  if (!in || !out || !g_strcmp0 (in->caps, out->caps))
    return NULL;
  *change = g_strdup_printf ("dmaheapgpu in place of %s, or a format and size "
      "that its neighbours both have", s->factory);
  return g_strdup_printf ("it converts %s to %s with the CPU", caps_of (in),
      caps_of (out));
}

static gchar *
any (const struct gst_zerocopy_station *s, gchar ** change)
{
  if (s->copies.frames)
    return g_strdup ("it copies whole buffers (gst_memory_copy)");
  if (s->rewrites.frames) {
    *change = g_strdup ("dmaheapgpu with a shader, or a plane of the display");
    return g_strdup ("it draws on frames with the CPU");
  }
  if (s->is_sink)
    return g_strdup ("it reads frames with the CPU, to send, store or show them");
  if (s->passages[GST_ZEROCOPY_BY_CPU])
    return g_strdup ("it writes other frames with the CPU than it reads");
  return g_strdup ("it reads frames with the CPU");
}

void
gst_zerocopy_cause_find (const struct gst_zerocopy_station *station,
    gchar ** why, gchar ** change)
{
  static gchar *(*const rules[]) (const struct gst_zerocopy_station *,
      gchar **) = {
  by_read, threshold, no_video_meta, capture, converter_queue, display, upload,
        download, readback, lost_pool, shared_by_tee, application, encoder,
        converts, any};

  *why = *change = NULL;
  for (guint i = 0; i < G_N_ELEMENTS (rules) && !*why; i++)
    *why = rules[i] (station, change);
}

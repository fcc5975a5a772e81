/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopybook - elements, links, and what passes over them */
#include "tracer/gstzerocopybook.h"

#include <string.h>

struct gst_zerocopy_book gst_zerocopy_book;

static void
station_free (gpointer data)
{
  struct gst_zerocopy_station *station = data;

  g_free (station->name);
  g_free (station->factory);
  g_free (station->klass);
  g_free (station->uploader);
  for (guint i = 0; i < GST_ZEROCOPY_LINES; i++)
    g_free (station->line[i]);
  g_free (station);
}

static void
link_free (gpointer data)
{
  struct gst_zerocopy_link *link = data;

  g_free (link->name);
  g_free (link->caps);
  g_free (link);
}

void
gst_zerocopy_book_open (guint warmup)
{
  struct gst_zerocopy_book *book = &gst_zerocopy_book;

  book->warmup = warmup;
  if (book->stations)
    return;
  book->stations = g_ptr_array_new_with_free_func (station_free);
  book->links = g_ptr_array_new_with_free_func (link_free);
}

/* ---------------------------------------------------------------- elements */

/* Whether a device does the work, by what the element says of itself. */
static gboolean
works_on_device (const gchar * factory, const gchar * plugin,
    const gchar * klass)
{
  static const gchar *const plugins[] = { "opengl", "va", "vaapi", "vulkan",
    "nvcodec", "msdk", "qsv", "amfcodec", "v4l2codecs", "video4linux2", "omx"
  };

  if (strstr (klass, "Hardware") || !strcmp (factory, "dmaheapgpu"))
    return TRUE;
  for (guint i = 0; i < G_N_ELEMENTS (plugins); i++)
    if (!strcmp (plugin, plugins[i]))
      return TRUE;
  return FALSE;
}

static gboolean
has_device (GstElement * element)
{
  static const gchar *const properties[] = { "device", "camera-name",
    "target-object", "display-name"
  };

  for (guint i = 0; i < G_N_ELEMENTS (properties); i++)
    if (g_object_class_find_property (G_OBJECT_GET_CLASS (element),
            properties[i]))
      return TRUE;
  return FALSE;
}

/* What an element of GStreamer's v4l2 calls io-mode=rw. */
static gboolean
is_read (GstElement * element)
{
  GParamSpec *spec = g_object_class_find_property (G_OBJECT_GET_CLASS (element),
      "io-mode");
  GEnumValue *mode;
  gint value;

  if (!spec || !G_IS_PARAM_SPEC_ENUM (spec))
    return FALSE;
  g_object_get (element, "io-mode", &value, NULL);
  mode = g_enum_get_value (G_PARAM_SPEC_ENUM (spec)->enum_class, value);
  return mode && !strcmp (mode->value_nick, "rw");
}

/* Sinks of others by their names; one of ours says so, as long as its display is open. */
static gboolean
is_window (const struct gst_zerocopy_station *station, GstElement * element)
{
  gboolean in_window = FALSE;

  if (!strcmp (station->factory, "waylandsink")
      || !strcmp (station->factory, "gtkwaylandsink"))
    return TRUE;
  if (g_object_class_find_property (G_OBJECT_GET_CLASS (element), "in-window"))
    g_object_get (element, "in-window", &in_window, NULL);
  return in_window;
}

static void
describe (struct gst_zerocopy_station *station, GstElement * element)
{
  GstElementFactory *factory = gst_element_get_factory (element);
  const gchar *klass = gst_element_class_get_metadata (GST_ELEMENT_GET_CLASS
      (element), GST_ELEMENT_METADATA_KLASS);
  const gchar *plugin = NULL;

  if (factory)
    plugin = gst_plugin_feature_get_plugin_name (GST_PLUGIN_FEATURE (factory));
  /* Without its lock, which it may hold while it maps a frame and waits for ours. */
  station->name = g_strdup (GST_OBJECT_NAME (element));
  station->factory = g_strdup (factory ? GST_OBJECT_NAME (factory) :
      G_OBJECT_TYPE_NAME (element));
  station->klass = g_strdup (klass ? klass : "");
  station->is_device = works_on_device (station->factory,
      plugin ? plugin : "", station->klass);
  station->is_gpu = !strcmp (station->factory, "dmaheapgpu")
      || !g_strcmp0 (plugin, "opengl") || !g_strcmp0 (plugin, "vulkan");
  station->is_capture = GST_OBJECT_FLAG_IS_SET (element,
      GST_ELEMENT_FLAG_SOURCE) && has_device (element);
  station->is_read = station->is_capture && is_read (element);
  station->is_sink = GST_OBJECT_FLAG_IS_SET (element, GST_ELEMENT_FLAG_SINK);
}

static G_DEFINE_QUARK (GstZerocopyRecord, record)

static void
element_ends (gpointer data)
{
  gst_zerocopy_book_lock ();
  ((struct gst_zerocopy_station *) data)->element = NULL;
  gst_zerocopy_book_unlock ();
}

struct gst_zerocopy_station *
gst_zerocopy_book_station (GstElement * element)
{
  struct gst_zerocopy_station *station =
      g_object_get_qdata (G_OBJECT (element), record_quark ());

  if (station)
    return station;
  station = g_new0 (struct gst_zerocopy_station, 1);
  station->element = element;
  describe (station, element);
  g_object_set_qdata_full (G_OBJECT (element), record_quark (), station,
      element_ends);
  g_ptr_array_add (gst_zerocopy_book.stations, station);
  return station;
}

/* ------------------------------------------------------------------- links */

/* The pad that is reached, through the ghost pads of bins. */
static GstPad *
real_peer (GstPad * pad)
{
  GstPad *peer = gst_pad_get_peer (pad), *next;

  while (peer && GST_IS_PROXY_PAD (peer)) {
    if (GST_IS_GHOST_PAD (peer)) {
      next = gst_ghost_pad_get_target (GST_GHOST_PAD (peer));
    } else {
      GstProxyPad *ghost = gst_proxy_pad_get_internal (GST_PROXY_PAD (peer));

      next = ghost ? gst_pad_get_peer (GST_PAD (ghost)) : NULL;
      gst_clear_object (&ghost);
    }
    gst_object_unref (peer);
    peer = next;
  }
  return peer;
}

/* With the pads' names where there are several. */
static gchar *
name_of (const struct gst_zerocopy_link *link, GstPad * pad, GstPad * peer)
{
  GstElement *from = link->from ? link->from->element : NULL;
  GstElement *to = link->to ? link->to->element : NULL;
  const gchar *out = from && from->numsrcpads > 1 ? GST_PAD_NAME (pad) : NULL;
  const gchar *in = to && to->numsinkpads > 1 ? GST_PAD_NAME (peer) : NULL;

  return g_strdup_printf ("%s%s%s > %s%s%s",
      link->from ? link->from->name : "?", out ? "." : "", out ? out : "",
      link->to ? link->to->name : "?", in ? "." : "", in ? in : "");
}

static void
look_up_peer (struct gst_zerocopy_link *link, GstPad * pad)
{
  GstPad *peer = real_peer (pad);
  GstElement *element = peer ? gst_pad_get_parent_element (peer) : NULL;

  link->wiring = gst_zerocopy_book.wiring;
  link->to = element ? gst_zerocopy_book_station (element) : NULL;
  if (link->to)
    link->to->is_window = is_window (link->to, element);
  g_free (link->name);
  link->name = name_of (link, pad, peer);
  gst_clear_object (&element);
  gst_clear_object (&peer);
}

static void
pad_ends (gpointer data)
{
  gst_zerocopy_book_lock ();
  ((struct gst_zerocopy_link *) data)->pad = NULL;
  gst_zerocopy_book_unlock ();
}

struct gst_zerocopy_link *
gst_zerocopy_book_link (GstPad * pad)
{
  struct gst_zerocopy_link *link = g_object_get_qdata (G_OBJECT (pad),
      record_quark ());
  GstElement *element;

  if (!link) {
    link = g_new0 (struct gst_zerocopy_link, 1);
    link->pad = pad;
    link->is_inner = GST_IS_PROXY_PAD (pad);
    link->wiring = gst_zerocopy_book.wiring - 1;
    element = gst_pad_get_parent_element (pad);
    if (element)
      link->from = gst_zerocopy_book_station (element);
    gst_clear_object (&element);
    g_object_set_qdata_full (G_OBJECT (pad), record_quark (), link, pad_ends);
    g_ptr_array_add (gst_zerocopy_book.links, link);
  }
  if (link->wiring != gst_zerocopy_book.wiring)
    look_up_peer (link, pad);
  return link;
}

void
gst_zerocopy_book_forget_caps (GstPad * pad)
{
  struct gst_zerocopy_link *link = g_object_get_qdata (G_OBJECT (pad),
      record_quark ());

  if (link)
    link->has_caps = FALSE;
}

/* ------------------------------------------------------------------ a new run */

void
gst_zerocopy_book_begin_anew (struct gst_zerocopy_station *station)
{
  const struct gst_zerocopy_tally none = { 0, 0, 0 };

  station->epoch++;
  station->frames_out = 0;
  station->reads = station->writes = station->copies = none;
  station->setup = station->rewrites = station->readbacks = none;
  station->held = station->others = 0;
  memset (station->passages, 0, sizeof (station->passages));
  memset (station->lines, 0, sizeof (station->lines));
}

static void
link_reset (struct gst_zerocopy_link *link)
{
  link->frames = link->bytes = 0;
  link->is_warm = link->asked = FALSE;
  link->to = NULL;
  if (link->from && !link->from->element)
    link->from = NULL;
  memset (link->passages, 0, sizeof (link->passages));
  memset (link->kinds, 0, sizeof (link->kinds));
}

static void
station_reset (struct gst_zerocopy_station *station)
{
  gst_zerocopy_book_begin_anew (station);
  station->frames_in = station->n_arrivals = 0;
  station->shown = (struct gst_zerocopy_shown) { 0, 0, 0 };
  g_clear_pointer (&station->uploader, g_free);
}

void
gst_zerocopy_book_reset (void)
{
  struct gst_zerocopy_book *book = &gst_zerocopy_book;

  book->run++;
  book->wiring++;
  book->mapped_aside = book->mapped_by_gpu = 0;
  book->has_gpu = FALSE;
  memset (&book->strangers, 0, sizeof (book->strangers));
  for (guint i = book->links->len; i-- > 0;) {
    struct gst_zerocopy_link *link = g_ptr_array_index (book->links, i);

    if (link->pad)
      link_reset (link);
    else
      g_ptr_array_remove_index (book->links, i);
  }
  for (guint i = book->stations->len; i-- > 0;) {
    struct gst_zerocopy_station *station = g_ptr_array_index (book->stations,
        i);

    if (station->element)
      station_reset (station);
    else
      g_ptr_array_remove_index (book->stations, i);
  }
}

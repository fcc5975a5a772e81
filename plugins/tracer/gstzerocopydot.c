/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopydot - the report as a graph */
#include "tracer/gstzerocopyreport.h"

static gchar *
escape (const gchar * text)
{
  gchar **parts = g_strsplit (text, "\\", -1), *joined, *escaped;

  joined = g_strjoinv ("\\\\", parts);
  g_strfreev (parts);
  parts = g_strsplit (joined, "\"", -1);
  escaped = g_strjoinv ("\\\"", parts);
  g_strfreev (parts);
  g_free (joined);
  return escaped;
}

static const gchar *
colour_of (enum gst_zerocopy_passage passage)
{
  static const gchar *const colours[GST_ZEROCOPY_PASSAGES] = {
    "black", "darkgreen", "darkgreen", "blue", "red", "orange"
  };

  return colours[passage];
}

static const gchar *
colour_of_station (const struct gst_zerocopy_audit *audit,
    const struct gst_zerocopy_station *station)
{
  for (guint i = 0; i < audit->findings->len; i++) {
    const struct gst_zerocopy_finding *finding =
        g_ptr_array_index (audit->findings, i);

    if (finding->station == station && finding->weight != GST_ZEROCOPY_NOTE)
      return finding->weight == GST_ZEROCOPY_COPY ? "red" : "orange";
  }
  return "black";
}

static void
append_stations (const struct gst_zerocopy_audit *audit, GString * out)
{
  GPtrArray *stations = gst_zerocopy_book.stations;

  for (guint i = 0; i < stations->len; i++) {
    const struct gst_zerocopy_station *s = g_ptr_array_index (stations, i);
    gchar *name = escape (s->name), *factory = escape (s->factory);

    if (s->frames_in || s->frames_out)
      g_string_append_printf (out, "  \"%p\" [label=\"%s\\n%s\" color=%s];\n",
          (gpointer) s, name, factory, colour_of_station (audit, s));
    g_free (factory);
    g_free (name);
  }
}

void
gst_zerocopy_report_dot (const struct gst_zerocopy_audit *audit,
    const gchar * end, GString * out)
{
  gchar *verdict = gst_zerocopy_audit_verdict (audit), *said = escape (end);
  GPtrArray *links = gst_zerocopy_book.links;

  g_string_append_printf (out, "digraph zerocopy {\n  rankdir=LR;\n"
      "  label=\"%s; %s\";\n  node [shape=box];\n", verdict, said);
  append_stations (audit, out);
  for (guint i = 0; i < links->len; i++) {
    const struct gst_zerocopy_link *link = g_ptr_array_index (links, i);
    gboolean all;
    enum gst_zerocopy_passage usual = gst_zerocopy_report_usual (link, &all);

    if (!link->frames || !link->from || !link->to)
      continue;
    g_string_append_printf (out, "  \"%p\" -> \"%p\" [label=\"%s\\n%s\\n%"
        G_GUINT64_FORMAT " frames, %s%s\" color=%s];\n", (gpointer) link->from,
        (gpointer) link->to, link->caps ? link->caps : "?", link->memory,
        link->frames, gst_zerocopy_report_passage (usual), all ? "" : " mostly",
        colour_of (usual));
  }
  g_string_append (out, "}\n");
  g_free (said);
  g_free (verdict);
}

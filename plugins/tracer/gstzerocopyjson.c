/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstzerocopyjson - the report for programs. It is written without a library: whatever
 * program is traced, none is brought into it.
 */
#include "tracer/gstzerocopyreport.h"

static void
append_string (GString * out, const gchar * text)
{
  gchar *valid = g_utf8_make_valid (text, -1);

  g_string_append_c (out, '"');
  for (const gchar * at = valid; *at; at++) {
    if (*at == '"' || *at == '\\')
      g_string_append_printf (out, "\\%c", *at);
    else if ((guchar) * at < 0x20)
      g_string_append_printf (out, "\\u%04x", *at);
    else
      g_string_append_c (out, *at);
  }
  g_string_append_c (out, '"');
  g_free (valid);
}

/* A member; what follows brings its own comma. */
static void
append_text (GString * out, const gchar * name, const gchar * value)
{
  append_string (out, name);
  g_string_append_c (out, ':');
  if (value)
    append_string (out, value);
  else
    g_string_append (out, "null");
}

static void
append_number (GString * out, const gchar * name, guint64 value)
{
  append_string (out, name);
  g_string_append_printf (out, ":%" G_GUINT64_FORMAT, value);
}

static void
append_link (GString * out, const struct gst_zerocopy_link *link)
{
  g_string_append_c (out, '{');
  append_text (out, "from", link->from ? link->from->name : NULL);
  g_string_append_c (out, ',');
  append_text (out, "to", link->to ? link->to->name : NULL);
  g_string_append_c (out, ',');
  append_text (out, "caps", link->caps);
  g_string_append_c (out, ',');
  append_number (out, "frames", link->frames);
  g_string_append_c (out, ',');
  append_number (out, "bytes", link->bytes);
  g_string_append_c (out, ',');
  append_text (out, "memory", link->memory);
  g_string_append_c (out, ',');
  append_number (out, "memories", link->memories_of_frame);
  g_string_append (out, ",\"frames-are\":{");
  for (guint i = 0, n = 0; i < GST_ZEROCOPY_PASSAGES; i++) {
    if (!link->passages[i])
      continue;
    if (n++)
      g_string_append_c (out, ',');
    append_number (out, gst_zerocopy_report_passage (i), link->passages[i]);
  }
  g_string_append (out, "}}");
}

static void
append_tally (GString * out, const gchar * name,
    const struct gst_zerocopy_tally *tally)
{
  g_string_append_c (out, ',');
  append_string (out, name);
  g_string_append (out, ":{");
  append_number (out, "maps", tally->times);
  g_string_append_c (out, ',');
  append_number (out, "frames", tally->frames);
  g_string_append_c (out, ',');
  append_number (out, "bytes", tally->bytes);
  g_string_append_c (out, '}');
}

static void
append_element (GString * out, const struct gst_zerocopy_station *s)
{
  g_string_append_c (out, '{');
  append_text (out, "name", s->name);
  g_string_append_c (out, ',');
  append_text (out, "factory", s->factory);
  append_tally (out, "read", &s->reads);
  append_tally (out, "write", &s->writes);
  append_tally (out, "copy", &s->copies);
  append_tally (out, "in-set-up", &s->setup);
  g_string_append_c (out, '}');
}

/* What each dma-buf is known by, for who sees its mappings from outside. */
static void
append_files (GString * out)
{
  GHashTableIter iter;
  gpointer key;
  guint n = 0;

  g_string_append (out, "],\"dma-bufs\":[");
  g_hash_table_iter_init (&iter, gst_zerocopy_book.identities);
  while (g_hash_table_iter_next (&iter, &key, NULL)) {
    const struct gst_zerocopy_identity *identity = key;

    if (!identity->is_frame || identity->kind != GST_ZEROCOPY_DMABUF)
      continue;
    g_string_append_printf (out, "%s{", n++ ? "," : "");
    append_number (out, "inode", identity->inode);
    g_string_append_c (out, ',');
    append_number (out, "maps", identity->maps);
    g_string_append_c (out, '}');
  }
}

static void
append_finding (GString * out, const struct gst_zerocopy_finding *finding)
{
  static const gchar *const weights[] = { "note", "doubt", "copy" };

  g_string_append_c (out, '{');
  append_text (out, "kind", weights[finding->weight]);
  g_string_append_c (out, ',');
  append_text (out, "element", finding->station ? finding->station->name :
      NULL);
  g_string_append_c (out, ',');
  append_text (out, "factory", finding->station ? finding->station->factory :
      NULL);
  g_string_append_c (out, ',');
  append_text (out, "what", finding->what);
  g_string_append_c (out, ',');
  append_number (out, "frames", finding->frames);
  g_string_append_c (out, ',');
  append_number (out, "of", finding->of);
  g_string_append_c (out, ',');
  append_number (out, "bytes-a-frame", finding->bytes);
  g_string_append_c (out, ',');
  append_text (out, "why", finding->why);
  g_string_append_c (out, ',');
  append_text (out, "change", finding->change);
  g_string_append_c (out, ',');
  append_text (out, "signal", finding->signal);
  g_string_append_c (out, ',');
  append_text (out, "sure", finding->sure);
  g_string_append_c (out, '}');
}

void
gst_zerocopy_report_json (const struct gst_zerocopy_audit *audit,
    const gchar * end, GString * out)
{
  gchar *verdict = gst_zerocopy_audit_verdict (audit);
  GPtrArray *links = gst_zerocopy_book.links;
  GPtrArray *stations = gst_zerocopy_book.stations;
  guint n = 0;

  g_string_append (out, "{\"schema\":\"zerocopy-audit/1\",");
  append_text (out, "verdict", verdict);
  g_string_append_c (out, ',');
  append_text (out, "end", end);
  g_string_append_c (out, ',');
  append_number (out, "frames", audit->frames);
  g_string_append_c (out, ',');
  append_number (out, "warmup", gst_zerocopy_book.warmup);
  g_string_append_c (out, ',');
  append_number (out, "gpu-passes", audit->gpu_passes);
  g_string_append_printf (out, ",\"gpu-in-software\":%s,\"links\":[",
      audit->gpu_is_software ? "true" : "false");
  for (guint i = 0; i < links->len; i++) {
    const struct gst_zerocopy_link *link = g_ptr_array_index (links, i);

    if (!link->frames)
      continue;
    if (n++)
      g_string_append_c (out, ',');
    append_link (out, link);
  }
  g_string_append (out, "],\"elements\":[");
  n = 0;
  for (guint i = 0; i < stations->len; i++) {
    const struct gst_zerocopy_station *s = g_ptr_array_index (stations, i);

    if (!s->frames_in && !s->frames_out)
      continue;
    if (n++)
      g_string_append_c (out, ',');
    append_element (out, s);
  }
  append_files (out);
  g_string_append (out, "],\"findings\":[");
  for (guint i = 0; i < audit->findings->len; i++) {
    if (i)
      g_string_append_c (out, ',');
    append_finding (out, g_ptr_array_index (audit->findings, i));
  }
  g_string_append (out, "]}\n");
  g_free (verdict);
}

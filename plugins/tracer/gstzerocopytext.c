/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopytext - the report for a terminal */
#include "tracer/gstzerocopyreport.h"

#include <string.h>

#define WIDTH 79
/* Where the text of a finding stands. */
#define INDENT 10

const gchar *
gst_zerocopy_report_passage (enum gst_zerocopy_passage passage)
{
  static const gchar *const names[GST_ZEROCOPY_PASSAGES] = {
    "new", "kept", "imported", "renewed by GPU", "renewed by CPU",
    "renewed by whom?"
  };

  return names[passage];
}

enum gst_zerocopy_passage
gst_zerocopy_report_usual (const struct gst_zerocopy_link *link, gboolean * all)
{
  guint most = 0;

  for (guint i = 1; i < GST_ZEROCOPY_PASSAGES; i++)
    if (link->passages[i] > link->passages[most])
      most = i;
  *all = link->passages[most] == link->frames;
  return most;
}

/* Words in lines of WIDTH, behind a label; the end of each line is one of out. */
static void
append_wrapped (GString * out, const gchar * label, const gchar * text)
{
  gchar **words = g_strsplit (text, " ", -1);
  gsize column = INDENT;

  g_string_append_printf (out, "  %-*s", INDENT - 2, label);
  for (guint i = 0; words[i]; i++) {
    gsize length = g_utf8_strlen (words[i], -1);

    if (column > INDENT && column + 1 + length > WIDTH) {
      g_string_append_printf (out, "\n%*s", INDENT, "");
      column = INDENT;
    } else if (i) {
      g_string_append_c (out, ' ');
      column++;
    }
    g_string_append (out, words[i]);
    column += length;
  }
  g_string_append_c (out, '\n');
  g_strfreev (words);
}

/* ------------------------------------------------------------------ tables */

static void
append_memory (GString * out, const struct gst_zerocopy_link *link)
{
  g_string_append (out, link->memory);
  if (link->memories_of_frame > 1)
    g_string_append_printf (out, " x%u", link->memories_of_frame);
}

static void
append_links (GString * out)
{
  GPtrArray *links = gst_zerocopy_book.links;

  g_string_append_printf (out, "\n%-26s %6s %6s %-21s %s\n", "link", "frames",
      "MB", "memory", "frames are");
  for (guint i = 0; i < links->len; i++) {
    const struct gst_zerocopy_link *link = g_ptr_array_index (links, i);
    GString *memory = g_string_new (NULL);
    gboolean all;
    enum gst_zerocopy_passage usual = gst_zerocopy_report_usual (link, &all);

    if (link->frames) {
      append_memory (memory, link);
      if (strlen (link->name) > 26)
        g_string_append_printf (out, "%s\n%-26s ", link->name, "");
      else
        g_string_append_printf (out, "%-26s ", link->name);
      g_string_append_printf (out, "%6" G_GUINT64_FORMAT " %6.1f %-21s %s%s\n",
          link->frames, link->bytes / 1e6, memory->str,
          gst_zerocopy_report_passage (usual), all ? "" : " *");
    }
    g_string_free (memory, TRUE);
  }
}

static void
append_mixed (GString * out)
{
  GPtrArray *links = gst_zerocopy_book.links;

  for (guint i = 0; i < links->len; i++) {
    const struct gst_zerocopy_link *link = g_ptr_array_index (links, i);
    gboolean all;

    gst_zerocopy_report_usual (link, &all);
    if (!link->frames || all)
      continue;
    g_string_append_printf (out, "* %s:", link->name);
    for (guint j = 0; j < GST_ZEROCOPY_PASSAGES; j++)
      if (link->passages[j])
        g_string_append_printf (out, " %" G_GUINT64_FORMAT " %s;",
            link->passages[j], gst_zerocopy_report_passage (j));
    out->str[out->len - 1] = '\n';
  }
}

static void
append_tally (GString * out, const struct gst_zerocopy_station *s,
    const gchar * flags, const struct gst_zerocopy_tally *tally)
{
  if (!tally->times)
    return;
  g_string_append_printf (out, "%-26s %6" G_GUINT64_FORMAT " %6.1f %-21s "
      "%" G_GUINT64_FORMAT " frames\n", s->name, tally->times,
      tally->bytes / 1e6, flags, tally->frames);
}

static void
append_maps (GString * out)
{
  GPtrArray *stations = gst_zerocopy_book.stations;
  guint64 maps = 0;

  for (guint i = 0; i < stations->len; i++) {
    const struct gst_zerocopy_station *s = g_ptr_array_index (stations, i);

    maps += s->reads.times + s->writes.times + s->copies.times + s->setup.times;
  }
  if (!maps) {
    g_string_append (out, "\nno CPU maps of frames\n");
    return;
  }
  g_string_append_printf (out, "\n%-26s %6s %6s %-21s %s\n", "CPU maps by",
      "maps", "MB", "flags", "of");
  for (guint i = 0; i < stations->len; i++) {
    const struct gst_zerocopy_station *s = g_ptr_array_index (stations, i);

    append_tally (out, s, "read", &s->reads);
    append_tally (out, s, "write", &s->writes);
    append_tally (out, s, "copy", &s->copies);
    append_tally (out, s, "(in set-up)", &s->setup);
  }
}

/* ---------------------------------------------------------------- findings */

static void
append_finding (GString * out, const struct gst_zerocopy_finding *finding)
{
  static const gchar *const labels[] = { "note", "doubt", "copy" };
  const gchar *name = finding->station ? finding->station->name : NULL;
  GString *what = g_string_new (name);

  if (name)
    g_string_append_c (what, ' ');
  g_string_append (what, finding->what);
  if (finding->frames)
    g_string_append_printf (what, ": %" G_GUINT64_FORMAT, finding->frames);
  if (finding->frames && finding->of)
    g_string_append_printf (what, " of %" G_GUINT64_FORMAT " frames",
        finding->of);
  if (finding->bytes)
    g_string_append_printf (what, ", %" G_GUINT64_FORMAT " bytes a frame",
        finding->bytes);
  append_wrapped (out, labels[finding->weight], what->str);
  if (finding->why)
    append_wrapped (out, "why", finding->why);
  if (finding->change)
    append_wrapped (out, "change", finding->change);
  g_string_printf (what, "%s (%s)", finding->sure, finding->signal);
  append_wrapped (out, "known", what->str);
  g_string_free (what, TRUE);
}

void
gst_zerocopy_report_text (const struct gst_zerocopy_audit *audit,
    const gchar * end, GString * out)
{
  gchar *verdict = gst_zerocopy_audit_verdict (audit);

  g_string_append_printf (out, "zerocopy: %s", end);
  if (gst_zerocopy_book.warmup)
    g_string_append_printf (out, ", without the first %u frames",
        gst_zerocopy_book.warmup);
  g_string_append_c (out, '\n');
  if (audit->frames) {
    append_links (out);
    append_mixed (out);
    append_maps (out);
  }
  g_string_append_printf (out, "\n%s%s\n", verdict, audit->gpu_is_software ?
      " (in software)" : "");
  for (guint i = 0; i < audit->findings->len; i++)
    append_finding (out, g_ptr_array_index (audit->findings, i));
  append_wrapped (out, "unseen", "copies inside drivers and the kernel, and "
      "mappings beside GStreamer that last less than a frame");
  g_free (verdict);
}

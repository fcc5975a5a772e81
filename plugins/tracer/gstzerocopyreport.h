/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopyreport.h - an audit as text, JSON or a graph */
#ifndef GST_ZEROCOPY_REPORT_H
#define GST_ZEROCOPY_REPORT_H

#include "tracer/gstzerocopyfinding.h"

G_BEGIN_DECLS

enum gst_zerocopy_form
{
  GST_ZEROCOPY_TEXT,
  GST_ZEROCOPY_JSON,
  GST_ZEROCOPY_DOT,
};

/*
 * Each appends to @out. @end says how the pipeline ended. The book stays locked.
 */

/** A table and a verdict, 80 columns wide. */
void gst_zerocopy_report_text (const struct gst_zerocopy_audit *audit,
    const gchar * end, GString * out);

/** One object, schema "zerocopy-audit/1", and a line's end. */
void gst_zerocopy_report_json (const struct gst_zerocopy_audit *audit,
    const gchar * end, GString * out);

/** A graph for dot(1): elements, and links coloured by what passed them. */
void gst_zerocopy_report_dot (const struct gst_zerocopy_audit *audit,
    const gchar * end, GString * out);

/** What a frame is behind an element: "new", "kept", "renewed by GPU". */
const gchar *gst_zerocopy_report_passage (enum gst_zerocopy_passage passage);

/** The passage that most frames of a link are, and whether all are. */
enum gst_zerocopy_passage gst_zerocopy_report_usual (const struct
    gst_zerocopy_link *link, gboolean * all);

G_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstzerocopyrun.h - a run: from the first pipeline that starts until none is left that
 * runs, or the program ends. Each has one report.
 */
#ifndef GST_ZEROCOPY_RUN_H
#define GST_ZEROCOPY_RUN_H

#include "tracer/gstzerocopyreport.h"

G_BEGIN_DECLS

struct gst_zerocopy_options
{
  enum gst_zerocopy_form form;
  gchar *file;                  /* NULL: stderr */
  gchar *json;                  /* another report, as JSON, for a program; or NULL */
  guint64 frames;               /* then SIGINT ends the program; 0: it is not ended */
  gboolean fail;                /* the program's exit status says it, too */
  guint64 warmup;
};

/**
 * gst_zerocopy_run_open:
 * @params: (nullable): "report=json,file=/tmp/a,fail=true,warmup=10"
 * @error: (out): names what is no option, or no value of it
 *
 * Reads the options, and sees that a report comes when the program ends: by exit(),
 * by SIGINT or SIGTERM that it does not handle itself.
 */
gboolean gst_zerocopy_run_open (const gchar * params, GError ** error);

/** A pipeline starts, or stops; the last one that stops ends the run. */
void gst_zerocopy_run_start (GstElement * pipeline);
void gst_zerocopy_run_stop (GstElement * pipeline);

/** How it ends: the first words stay. (transfer full) */
void gst_zerocopy_run_note_end (gchar * end);

/** Ends the program, if it has had its frames; once. With the book's lock held. */
void gst_zerocopy_run_count (const struct gst_zerocopy_link *link);

/** Writes the report, if something ran since the last one. */
void gst_zerocopy_run_finish (void);

G_END_DECLS

#endif

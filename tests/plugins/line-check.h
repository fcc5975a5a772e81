/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* line-check.h - what is proven of a launch line that runs: which frames its devices hold. */
#ifndef LINE_CHECK_H
#define LINE_CHECK_H

#include <gst/gst.h>

/** What is to be proven; see the options of `line`. */
extern struct checks {
    gboolean camera, display, drawn, foreign, reads, writes;
    gint cpu_maps, copied; /**< -1: at least one map; all frames */
    gint apart;            /**< of the display's colours */
    gchar *colours, *ramp, *size, *driver;
} checks;

/** Looks at all that passes the elements of ours from now on. */
void checks_watch(GstElement *pipeline);

/** How many frames the last of these has sent. Any thread's. */
int checks_frames(void);

/** Proves it, while the line runs. Returns 0, or 1 and has said what is wrong. */
int checks_run(GstElement *pipeline);

/** Says what is wrong. Returns 1. */
int fail(const char *format, ...) G_GNUC_PRINTF(1, 2);

#endif

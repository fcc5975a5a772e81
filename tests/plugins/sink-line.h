/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sink-line.h - a launch line that ends in dmaheapsink, one at a time: its states, what came to
 * the sink, and what that told; and how a test of it fails.
 */
#ifndef SINK_LINE_H
#define SINK_LINE_H

#include <gst/gst.h>

#define WIDTH 640
#define HEIGHT 480
#define VIDEO "video/x-raw,format=BGRx,width=640,height=480"
/* A slow machine is late with nearly all of them, and a sink drops what is late. */
#define SHOW_LATE "max-lateness=-1"

extern const gchar *card; /**< the display's node */
extern const gchar *test; /**< the one that runs, by name */
extern gboolean failed;   /**< it has */

/** Tells the first failure of a test. */
void fail(const gchar *format, ...) G_GNUC_PRINTF(1, 2);

extern GstElement *line, *sink;

/** Of the line; under the lock while it plays. */
extern struct flow {
    GMutex lock;
    GHashTable *inodes; /**< of the dma-bufs that came to the sink; NULL: no dma-buf */
    guint flips, vblanks, with_latency; /**< that messages told of */
    gint64 worst_latency;
} flow;

/** Builds "SOURCE ! dmaheapsink PROPERTIES". */
void make_line(const gchar *source, const gchar *properties);
void end_line(void);

/** Reaches @state, or fails the test. */
gboolean set_state(GstState state);

/** The next message of @types; NULL: none came. An error fails the test, unless asked for. */
GstMessage *next_message(GstMessageType types, guint seconds);
/** One of @type comes, or the test fails. */
gboolean await(GstMessageType type, guint seconds);
/** An error that was posted fails the test. */
void check_errors(void);

/** A figure of the sink's property "stats". */
guint64 stat_of(const gchar *name);
/** Waits until @n more frames were shown than @before. */
gboolean await_shown(guint64 before, guint64 n);

#endif

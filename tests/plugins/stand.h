/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stand.h - element dmaheap between a source and a sink that the test plays, and the
 * messages that it posts.
 */
#ifndef STAND_H
#define STAND_H

#include "fixture.h"

#include <gst/check/gstharness.h>

struct stand {
    GstHarness *harness;
    GstElement *element; /**< named "heap" */
    GstElement *behind;  /**< another behind it, or NULL */
    GstBus *bus;

    /* What the sink says to an ALLOCATION query. */
    gboolean reads_meta;
    GstStructure *meta_params; /**< or NULL */
    guint min, max;            /**< of the pool that it asks for; both 0: none */
    int asked;                 /**< how often it was */
};

/**
 * An element with a heap of memfds and the properties of @properties ("min-buffers=5
 * max-buffers=6"), playing. The sink reads GstVideoMeta.
 */
void stand_up(struct stand *stand, const char *properties);
void stand_down(struct stand *stand);

/** Puts @element, which is playing then, between the element and the sink; takes it over. */
void stand_put_behind(struct stand *stand, GstElement *element);

/** Caps of the source, and of the sink. */
void stand_set_caps(struct stand *stand, GstCaps *in, GstCaps *out);

/** The answer to an ALLOCATION query for @caps; the caller owns it. NULL: there is none. */
GstQuery *stand_ask(struct stand *stand, GstCaps *caps);

/** The pool of an answer, configured as it says, and active; the caller owns it. */
GstBufferPool *stand_pool(GstQuery *answer);

GstFlowReturn stand_push(struct stand *stand, GstBuffer *buffer);

/** What came out; the caller owns it. */
GstBuffer *stand_pull(struct stand *stand);

/** A picture in system memory, of one value. */
GstBuffer *grey_picture(gsize bytes, guint8 value);

/** How many messages of that type are there; *text, if wanted: the last one's. */
int stand_messages(struct stand *stand, GstMessageType type, char **text);

/** A figure of property "stats". */
guint64 stand_stat(struct stand *stand, const char *name);

#endif

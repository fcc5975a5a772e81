/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sink-stand.h - element dmaheapsink with no device, on a mock of libdrm, whose card
 * shows 1024x768 or 640x480; and a source that the test plays.
 */
#ifndef SINK_STAND_H
#define SINK_STAND_H

#include "fake-kernel.h"
#include "mock-drm.h"

#include <gst/check/gstcheck.h>
#include <gst/check/gstharness.h>
#include <gst/video/video.h>

/** Caps of a frame, and its bytes. */
#define CAPS "video/x-raw,format=BGRx,width=640,height=480,framerate=60/1"
#define BYTES (640 * 480 * 4)

extern GstElement *sink; /**< new for each test, with the mock's card as its device */
extern GstHarness *harness;
extern GstBus *bus;            /**< of the sink */
extern struct mock_drm before; /**< the card at sink_start() */

/** A suite whose tests, to be added to *@tests, each have a sink of their own. */
Suite *sink_suite(const char *name, TCase **tests);

/** Lets the sink play, with the source's caps if not NULL. */
void sink_start(const gchar *caps);

/** Gives it up; at the end of a test that is done in any case. */
void sink_end(void);

/** A buffer in a dma-buf, or what passes for one. */
GstBuffer *make_buffer(gsize bytes);

/** Pushes @buffer and keeps a reference. */
GstFlowReturn push(GstBuffer *buffer);

/** A figure of property "stats"; G_MAXUINT64: there is none. */
guint64 stat_of(const gchar *name);

/** A property of an object of the card. */
guint64 value_of(guint object, const gchar *name);

#define WAIT_FOR(condition)                                                              \
    G_STMT_START                                                                         \
    {                                                                                    \
        for (gint i = 0; i < 5000 && !(condition); i++)                                  \
            g_usleep(1000);                                                              \
        fail_unless(condition, "not within five seconds: " #condition);                  \
    }                                                                                    \
    G_STMT_END

/** The next message of @type must be there within 8 s and hold @text. */
void expect(GstMessageType type, const gchar *text);
void expect_nothing(GstMessageType types);

#endif

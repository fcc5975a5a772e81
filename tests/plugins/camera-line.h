/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * camera-line.h - element dmaheap on its stand behind a camera, which is a mock of libv4l2
 * behind an element that is called as GStreamer's v4l2src; or behind "converter", which has
 * the properties of GStreamer's converters, decoders and encoders. All import dma-bufs.
 */
#ifndef CAMERA_LINE_H
#define CAMERA_LINE_H

#include "stand.h"

struct line {
    struct stand stand;
    GstElement *source; /**< the camera */
    GstPad *pad;        /**< its own */
    GstCaps *caps;
};

/** Property "device" of v4l2src, and "device-fd" of both. */
extern const char *camera_line_node;
extern int camera_line_fd;

/** Links @element before dmaheap with @properties. */
void line_begin(struct line *line, const char *element, const char *properties);
/** The camera sends that. */
void line_send_caps(struct line *line, const char *format, int width, int height);
/** Both, with v4l2src and no properties. */
void line_up(struct line *line, const char *format, int width, int height);
void line_down(struct line *line);

/** The pool that the camera is offered, active; NULL: none. */
GstBufferPool *line_offered(struct line *line);

/** A test with mock and fakes as new before it. */
#define camera_test(function)                                                            \
    {                                                                                    \
#function, function, camera_line_reset, NULL, NULL                               \
    }

/** main() of a test program, as PLUGIN_TEST_MAIN(); what is done before and after, or NULL. */
#define CAMERA_TEST_MAIN(name, tests, before, after)                                     \
    int main(void)                                                                       \
    {                                                                                    \
        camera_line_start();                                                             \
        return cmocka_run_group_tests_name(name, tests, before, after);                  \
    }

int camera_line_reset(void **state);
void camera_line_start(void);

#endif

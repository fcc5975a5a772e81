/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * device.h - the frame of a test that needs a camera, a heap, a GPU and a display, and
 * what such tests do again and again with them.
 *
 * A test prints one line: "ok NAME", "FAIL NAME: why" or "skip NAME: why".
 */
#ifndef DEVICE_H
#define DEVICE_H

#include <zerocopy.h>

/** What the tests of a program share; opened once. */
struct devices {
    struct zc_heap *heap;
    struct zc_gpu *gpu;
    struct zc_display *display;
    const char *camera;       /* a single-planar one */
    const char *multi_camera; /* a multi-planar one */
};

/** Room for the reason of the test that runs now. */
extern char device_why[512];

/** Ends a test that returns int by its failure or by being impossible here. */
#define FAIL(...) return snprintf(device_why, sizeof(device_why), __VA_ARGS__), 1
#define SKIP(...) return snprintf(device_why, sizeof(device_why), __VA_ARGS__), 77

/** Prints the line of test @name, which returned @result: 0, 1 or 77. */
void device_report(const char *name, int result);

/** 0 when no test has failed yet, else 1. */
int device_exit_code(void);

/**
 * Captures some frames of @mode by import into @heap and gives the last; its pool goes
 * with it. Returns 0, or 1 with device_why set.
 */
int device_capture(const char *camera, struct zc_heap *heap, struct zc_camera_mode mode,
                   struct zc_frame **out);

/** Waits for the flip that is pending. */
int device_flip(struct zc_display *display);

/**
 * Shows @frame and reads back by writeback what the display shows: *pixels of 4 bytes
 * (B, G, R, X), the mode's width x height, to be freed by the caller.
 */
int device_show(struct devices *devices, struct zc_frame *frame, uint8_t **pixels);

/** The pixels of an XR24 frame, tightly packed, to be freed by the caller. */
int device_read(struct zc_frame *frame, uint8_t **pixels);

/** Compares B, G, R of @n pixels. Returns 0, or 1 with device_why naming the worst. */
int device_compare(const uint8_t *got, const uint8_t *want, uint32_t width,
                   uint32_t height, int tolerance);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-rig.h - dmaheapgpu between two pads of the test's: frames of a real heap go in,
 * and what the GPU has drawn comes out.
 */
#ifndef GPU_RIG_H
#define GPU_RIG_H

#include "../device/device.h"
#include "../device/reference.h"
#include "memory/gstdmaheapallocation.h"
#include "memory/gstdmaheapformat.h"

#include <gst/check/gstharness.h>

struct rig {
    GstElement *element;
    GstBus *bus;
    GstHarness *harness;
    GstBufferPool *pool; /* of what goes in */
    GstVideoInfo in;
    bool separate; /* a memory a plane */
};

/** The heap of all that goes in; opened once. */
extern GstDmaHeapAllocator *rig_allocator;

/** Makes the element alone, with @properties: "rotation=90 flip=both", or NULL. */
void rig_element(struct rig *rig, const char *properties);

/**
 * Makes and starts it with pads before and behind; @out: caps that the one behind takes,
 * or NULL. Returns 0, or 1 with device_why set.
 */
int rig_open(struct rig *rig, const char *properties, const char *out);
void rig_close(struct rig *rig);

/** Sends caps of "video/x-raw" with @in added to it. Returns 0, or 1. */
int rig_caps(struct rig *rig, const char *in);

/** Both. */
int rig_make(struct rig *rig, const char *properties, const char *in, const char *out);

/** A frame of the caps sent last, filled with noise that @seed begins. */
GstBuffer *rig_frame(struct rig *rig, unsigned seed);

/** Sends @in (taken) and gives what comes out, or NULL with device_why set. */
GstBuffer *rig_draw(struct rig *rig, GstBuffer *in);

/** What @in should be drawn as, unscaled and not turned. */
int rig_reference(struct rig *rig, GstBuffer *in, struct picture *out);

/** Compares the picture in @out with @want. Returns 0, or 1 with device_why set. */
int rig_compare(struct rig *rig, GstBuffer *out, const struct picture *want,
                int tolerance);

/** Draws noise and compares with the reference, turned and scaled to @width if not 0. */
int rig_check(struct rig *rig, int rotate, int flip, uint32_t width, uint32_t height);

/** Whether a message of @type with @text in it was posted; takes all that there are. */
bool rig_said(struct rig *rig, GstMessageType type, const char *text);

int rig_open_fds(void);

/** The tests, by file. */
void test_pixels(void);
void test_stream(void);
void test_refusals(void);
void test_fences(void);

#endif

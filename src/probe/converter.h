/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * converter.h - a device that turns frames into frames, from memory to memory: scalers and
 * colour converters. It is asked for the same format and size on both sides, so that what
 * comes out is the picture that went in.
 */
#ifndef PROBE_CONVERTER_H
#define PROBE_CONVERTER_H

#include "zerocopy.h"

struct converter;

enum side {
    SIDE_IN,  /* it reads: V4L2's OUTPUT queue */
    SIDE_OUT, /* it writes: CAPTURE */
    SIDES
};

/**
 * Opens the node @path. Others that have it open are not disturbed: each has its own context.
 * Threads: one. Errors: -ENOTSUP it is none, or codes; else those of open().
 * Source: Linux, "Video Memory-To-Memory Interface".
 */
int converter_open(struct converter **out, const char *path);
/** NULL is allowed. */
void converter_close(struct converter *converter);

/** "vim2m (vim2m)": the card and its driver. */
const char *converter_name(const struct converter *converter);
/** The @index-th format that both sides have; NULL: there are no more. */
const struct zc_format *converter_format(const struct converter *converter, int index);
bool converter_has_format(const struct converter *converter,
                          const struct zc_format *format);

/**
 * Sets both sides to @format and that size. layout[] is what frames of each side must be.
 * Errors: -ERANGE it has no such size, those of the kernel.
 */
int converter_set_mode(struct converter *converter, const struct zc_format *format,
                       uint32_t width, uint32_t height, struct zc_layout layout[SIDES]);

/**
 * Gives a side its memory: dma-bufs of @frame, which stays the caller's and must outlive
 * converter_stop(), or, for NULL, memory of its own. Errors: those of the kernel.
 */
int converter_give(struct converter *converter, enum side side, struct zc_frame *frame);
/** Where the planes of its own memory are, mapped; valid until converter_stop(). */
void converter_planes(const struct converter *converter, enum side side,
                      void *plane[ZC_MAX_PLANES]);

/**
 * One frame from in to out, waited for. Errors: -ETIMEDOUT it did not end, -EIO the device said
 * that the frame is damaged; else those of the kernel, of which *importing tells whether it
 * refused memory.
 */
int converter_pass(struct converter *converter, bool *importing);

/** Ends it, and takes the memory back from it; also after errors. */
void converter_stop(struct converter *converter);

#endif

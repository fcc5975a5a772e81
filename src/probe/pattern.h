/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pattern.h - what a frame is filled with before a device has it, and whether what is there
 * afterwards is what should be.
 */
#ifndef PROBE_PATTERN_H
#define PROBE_PATTERN_H

#include "zerocopy.h"

/** Whether pattern_draw() can draw frames of @format. */
bool pattern_has(const struct zc_format *format);

/**
 * Draws a known picture of coloured blocks into @frame, by the CPU. Errors: -ENOTSUP a format
 * that pattern_has() not, those of zc_frame_begin_cpu().
 */
int pattern_draw(struct zc_frame *frame);

/** The same at @plane, where planes of @layout lie; its format is one that pattern_has(). */
void pattern_draw_planes(const struct zc_layout *layout,
                         void *const plane[ZC_MAX_PLANES]);

/**
 * Looks whether the part of the XR24 frame @frame at @x,@y holds that picture, of @width x
 * @height pixels. @tolerance: of 255. Returns 1 it does, 0 it does not, and writes to @why
 * where and how it differs first, or a negative errno value.
 */
int pattern_check(struct zc_frame *frame, uint32_t x, uint32_t y, uint32_t width,
                  uint32_t height, int tolerance, char *why, size_t size);

/**
 * Fills all buffers of @frame with a canary: bytes that no camera writes, others for each
 * @number. Errors: those of zc_frame_begin_cpu().
 */
int canary_fill(struct zc_frame *frame, uint32_t number);

/* What is left of a canary. */
struct canary_rest {
    uint64_t looked;    /* groups of eight bytes of pixels */
    uint64_t left;      /* of them still canary: nobody wrote there */
    int plane;          /* the first such */
    uint32_t row, byte; /* in it */
};

/** Looks through all rows of all planes. Errors: those of zc_frame_begin_cpu(). */
int canary_look(struct zc_frame *frame, uint32_t number, struct canary_rest *out);

/* A copy of the pixels of a frame, without paddings. */
struct copy {
    size_t bytes;
    uint8_t *at;
};

/** Copies by the CPU; copy_free() it. Errors: -ENOMEM, those of zc_frame_begin_cpu(). */
int copy_make(struct copy *copy, struct zc_frame *frame);
/** The same of planes of @layout that are mapped at @plane. Errors: -ENOMEM. */
int copy_planes(struct copy *copy, const struct zc_layout *layout,
                void *const plane[ZC_MAX_PLANES]);
void copy_free(struct copy *copy);

/** How many of a hundred bytes are about the same in both; -1: they cannot be compared. */
int copy_alike(const struct copy *a, const struct copy *b);

#endif

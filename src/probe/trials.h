/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trials.h - a memory tried on a device: allocated, imported, written or read by the device,
 * and its content looked at. Each leaves what came of it in a cell that was begun, and nothing
 * else behind. @size of the cell is what is tried.
 */
#ifndef PROBE_TRIALS_H
#define PROBE_TRIALS_H

#include "probe/cell.h"
#include "probe/inventory.h"
#include "probe/pattern.h"

/* What a device gives to a program that maps its own memory, which always works. */
struct plain {
    struct copy picture; /* empty: it gave none */
    int alike; /* of a hundred bytes, those that are the same in a camera's next frame */
};

/** Captures it; plain_free() it. Errors: those of the camera, and -ETIMEDOUT. */
int plain_take(struct plain *plain, struct device *camera, const struct zc_format *format,
               uint32_t width, uint32_t height);
/** The same of a converter, of a known picture. Errors: -ENOTSUP no picture is known in that
 * format, those of converter_pass(). */
int converter_plain_take(struct plain *plain, struct device *converter,
                         const struct zc_format *format, uint32_t width, uint32_t height);
void plain_free(struct plain *plain);

/**
 * Has the camera write into frames of @memory that are full of canaries, which must be gone,
 * and compares the picture with the @plain one where the scene stands still.
 */
void camera_trial(struct cell *cell, struct device *camera, struct memory *memory,
                  const struct plain *plain);

/**
 * Has the converter read a known picture in @memory, or, with USE_WRITE, write it there. What
 * comes out is compared with the @plain one.
 */
void converter_trial(struct cell *cell, struct device *converter, struct memory *memory,
                     const struct plain *plain);

/**
 * Has the GPU read a known picture in @memory and draw it, in XR24, in @other; with USE_DRAW
 * the other way round. What arrives is compared.
 */
void gpu_trial(struct cell *cell, struct device *gpu, struct memory *memory,
               struct memory *other);

/** Has the GPU draw @from into @to, and waits until it has. Errors: those of zc_gpu_convert()
 * and zc_fence_wait(). */
int gpu_draw(struct zc_gpu *gpu, struct zc_frame *from, struct zc_frame *to);

/**
 * Has the display test a known picture in @memory; and, where it can be read back and @may_show,
 * show it, and compares. @reference: where what is read back goes; NULL: there is none.
 */
void display_trial(struct cell *cell, struct device *display, struct memory *memory,
                   struct memory *reference, bool may_show);

/** The time is over, or the user has interrupted: a trial ends early. */
extern bool (*trials_stop)(void);

#endif

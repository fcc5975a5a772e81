/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * alone.h - one device by itself, as fast as it goes, in frames of a heap.
 */
#ifndef BENCH_ALONE_H
#define BENCH_ALONE_H

#include "bench/measure/pace.h"
#include "bench/measure/rig.h"

/** A picture's size, and what memory it is in. */
struct alone {
    struct rig *rig;
    struct zc_heap *heap;
    uint32_t width, height;
    const char *format; /* set: what the frames were */
};

/*
 * Each runs for @ns or until the session is interrupted, ticks @pace a frame, and allocates
 * only before the first. Errors: said on the log.
 */

/** Takes frames from the camera, at its rate, and gives them back. */
int alone_camera(struct alone *alone, struct pace *pace, int64_t ns);
/** Draws YUYV into XR24, one picture after the other. */
int alone_gpu(struct alone *alone, struct pace *pace, int64_t ns);
/** Flips between frames. */
int alone_display(struct alone *alone, struct pace *pace, int64_t ns);

#endif

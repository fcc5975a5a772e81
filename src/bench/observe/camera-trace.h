/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * camera-trace.h - when each frame of a camera was captured and taken by a program, by the
 * kernel's trace event v4l2_dqbuf, whichever program that is. Touches no device.
 */
#ifndef BENCH_CAMERA_TRACE_H
#define BENCH_CAMERA_TRACE_H

#include "bench/observe/trace.h"

#include <stdbool.h>
#include <stdint.h>

#define CAMERA_TRACE_FRAMES 4096 /* kept, a power of two */

struct capture {
    uint32_t sequence;
    bool known;
    int64_t captured_ns; /* the camera's timestamp; -1: none that can be true */
    int64_t dequeued_ns; /* when the program took it */
};

struct camera_trace {
    int minor; /* of the camera; -1: of the first that a program takes a frame from */
    uint64_t captured;      /* frames taken */
    uint64_t lost;          /* numbers that were left out between them */
    uint64_t restarts;      /* times that numbers began again */
    uint64_t untimed;       /* frames without a timestamp that can be true */
    int other_minor;        /* of another camera that frames were taken from, or -1 */
    bool start_of_exposure; /* what the last timestamp marks; else the frame's end */
    struct capture last;
    struct capture frame[CAMERA_TRACE_FRAMES];
};

/** The event that is to be recorded for it. */
extern const struct trace_event camera_trace_event;

/** @minor: of the device node, or -1. */
void camera_trace_init(struct camera_trace *trace, int minor);

/** Takes a record of camera_trace_event. */
void camera_trace_take(struct camera_trace *trace, const struct trace_record *record);

/** The newest frame of that number; NULL: no program has taken one, or long ago. */
const struct capture *camera_trace_find(const struct camera_trace *trace,
                                        uint32_t sequence);

#endif

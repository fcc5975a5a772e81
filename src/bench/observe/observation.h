/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * observation.h - one program observed from outside, from its first frame on screen on: what
 * it shows when, and what it costs.
 */
#ifndef BENCH_OBSERVATION_H
#define BENCH_OBSERVATION_H

#include "bench/observe/camera-glyphs.h"
#include "bench/observe/child.h"
#include "bench/observe/pairing.h"
#include "bench/observe/screen-watch.h"
#include "bench/observe/usage.h"

struct observation {
    /* What is asked for: */
    const char *camera, *display; /* NULL: the first */
    char *const *command;
    int seconds;
    /* What came of it: */
    struct glyphs glyphs;
    struct camera_about about;
    struct camera_trace captures;
    struct screen_watch screen;
    struct pairing pairing;
    struct samples cpu; /* a frame shown, over a fifth of a second each */
    struct usage usage; /* of the program, while it was observed */
    struct usage own;   /* of this process */
    struct usage_meter meter, own_meter;
    struct child child;
    int64_t elapsed_ns;
    int64_t frame_ns; /* from one frame of the camera to the next; 0: not known */
    uint64_t trace_lost;
    uint64_t captured, camera_lost; /* while it was observed */
    int64_t look_ns; /* how late after a vertical blank the plane was looked at: the */
    int64_t look_most_ns; /* middle of all, and the most */
    struct samples looks;
    bool realtime; /* nothing of lower priority could delay the looks */
    bool interrupted;
    bool ended; /* by itself, before the time was up */

    struct trace *trace;
    struct usage begin, own_begin;
    int64_t window_ns, window_cpu_ns;
    uint64_t window_shown;
    struct capture first_capture;
    struct vblank last; /* to be paired once its events are known */
    bool has_last;
};

/**
 * Observes. The caller has set what is asked for and the rest to 0, and calls
 * observation_finish() in any case. Ends early, without an error, once @stop says so.
 * Errors, with a message: -EPERM not root, -ETIMEDOUT or -ECHILD nothing came on screen.
 */
int observation_run(struct observation *o, bool (*stop)(void));

/** Ends the program, and frees all. */
void observation_finish(struct observation *o);

#endif

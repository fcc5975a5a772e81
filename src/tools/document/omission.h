/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * omission.h - what a stall hides: the frames that should have been shown in it.
 *
 * A display that stalls for 200 ms shows one frame late where it should have shown twelve.
 * Counted by what was shown, that is one bad value among thousands, and no percentile
 * moves. So each frame that should have been there counts with the latency that it would
 * have had: from when it would have been captured until the next frame that did come,
 * which is when one first sees what it had to show. (The idea is Gil Tene's, "coordinated
 * omission".)
 */
#ifndef BENCH_OMISSION_H
#define BENCH_OMISSION_H

#include "tools/document/samples.h"

#include <stdbool.h>

/** Begin with omission_begin(). */
struct omission {
    int64_t interval_ns;
    int64_t captured_ns; /* of the frame shown last */
    bool begun;
    uint64_t missed; /* frames that should have been shown, so far */
};

/**
 * Begins. @interval_ns: how often a frame should be shown, which is the longer of the
 * camera's and the display's period; 0 or less: not known, nothing is ever missed.
 */
void omission_begin(struct omission *omission, int64_t interval_ns);

/**
 * Adds to @latency the one of a frame shown at @shown_ns, and those of the frames missed
 * before it. Frames come in the order in which they were shown. Allocates nothing: what
 * has no room is counted in latency->dropped. Returns how many were missed.
 */
int64_t omission_add(struct omission *omission, struct samples *latency, int64_t shown_ns,
                     int64_t latency_ns);

#endif

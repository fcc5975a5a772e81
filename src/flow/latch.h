/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * latch.h - when to commit a frame, so that each vertical blank shows the newest frame
 * that can reach it. A frame is committed at once, unless a newer one is expected in time
 * for the same vertical blank.
 */
#ifndef ZC_LATCH_H
#define ZC_LATCH_H

#include <stdbool.h>
#include <stdint.h>

/** Caller's memory; begin with zc_latch_begin(). Times are CLOCK_MONOTONIC ns. */
struct zc_latch {
    int64_t refresh_ns;  /* 0: not known, or not wanted: every frame is due at once */
    int64_t blanking_ns; /* of the mode: a flip's time is the end of it */
    int64_t flip_ns;     /* the last flip that was seen; 0: none yet */
    int64_t aim_ns;      /* the flip that the last commit was timed for; 0: none. Where
                            several are under way: set it before zc_latch_flipped() */
    bool is_repainted;   /* what is there is taken at one moment before each flip, by a
                            compositor: what comes too late for it waits for the next */
    int64_t due_ns;      /* when the frame that waits is to be committed; 0: none waits */
    int64_t margin_ns;   /* how long before the blanking a commit is made at the latest */
    int64_t ready_ns;    /* when the newest frame was there; 0: none was */
    int64_t period_ns;   /* from one frame to the next, as they came; 0: not known yet */
    int64_t spread_ns;   /* how far frames come from where the period has them */
};

/** Forgets what was learned. */
void zc_latch_begin(struct zc_latch *latch, int64_t refresh_ns, int64_t blanking_ns);

/** A frame came at @at_ns that could be committed now. */
void zc_latch_ready(struct zc_latch *latch, int64_t at_ns);

/** How long a frame should still wait at @now_ns; 0: commit it now. */
int64_t zc_latch_wait_ns(struct zc_latch *latch, int64_t now_ns);

/** A commit began at @began_ns and the kernel had taken it at @taken_ns. */
void zc_latch_committed(struct zc_latch *latch, int64_t began_ns, int64_t taken_ns);

/** Its frame was flipped to at @flip_ns: learns from whether that was the flip meant. */
void zc_latch_flipped(struct zc_latch *latch, int64_t flip_ns);

#endif

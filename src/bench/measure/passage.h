/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * passage.h - what is measured of frames on one way from camera to display: where each
 * spent its time, and what the process spent on it. In memory that is there before.
 */
#ifndef BENCH_PASSAGE_H
#define BENCH_PASSAGE_H

#include "tools/document/document.h"
#include "tools/document/omission.h"
#include "bench/measure/pace.h"
#include "bench/observe/usage.h"
#include "zerocopy.h"

struct passage {
    struct samples latency;  /* also of frames that a stall hid */
    struct samples of_shown; /* of the frames that were shown */
    struct samples at;       /* when each was shown, from the passage's begin */
    struct samples part[ZC_PART_COUNT];
    struct samples next_blank; /* from when the program had it until the next blank */
    struct samples to_flip;    /* from when it was ready */
    struct samples excess;     /* of that, whole refreshes that it waited needlessly */
    struct pace pace;          /* of flips */
    struct omission omission;

    int64_t refresh_ns, blanking_ns, frame_ns; /* 0: not known */
    bool vblank;
    enum zc_capture_clock clock;
    struct zc_flow_snapshot counts; /* sums of the rounds */
    uint64_t bytes_copied, missed_vblanks, stalled;
    uint64_t waited_a_refresh; /* frames that waited at least one needlessly */
    struct usage usage;        /* sums of the rounds, too */
    /* Counting system calls costs time. It is done in one round of several, and that
     * round's CPU time is in no figure. */
    bool metered;
    uint64_t syscall_frames; /* shown where usage.syscalls were counted */
    int64_t began_ns, measured_ns;
    bool measures; /* false: in the warm-up and after the end */
};

/** Makes room for @frames frames. */
int passage_init(struct passage *passage, size_t frames);
void passage_finish(struct passage *passage);

/**
 * Runs @flow, built with passage_shown() and @passage, for a while that is not measured and
 * then for @ns, or until the session is interrupted. @meter counts this process; where others
 * follow, it may be closed after the first round. Other rounds of the same way add to the same
 * passage.
 */
int passage_run(struct passage *passage, struct zc_flow *flow,
                const struct usage_meter *meter, const struct zc_display_info *display,
                int64_t ns);

/** For zc_flow_config.shown. @user: the passage. */
void passage_shown(const struct zc_frame_meta *meta, void *user);

/** Adds all of it to the current run; once, when all rounds are over. */
void passage_report(struct passage *passage, struct document *document);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pace.h - how often something is done, and what CPU time this process spends on each.
 */
#ifndef BENCH_PACE_H
#define BENCH_PACE_H

#include "tools/document/samples.h"

struct pace {
    struct samples interval; /* ns from one to the next */
    struct samples cpu;      /* ns of CPU time for each, over windows of some */
    int64_t last_ns, cpu_ns;
    int64_t n;      /* in this window */
    uint64_t total; /* in all rounds */
};

/** Makes room for @n. */
int pace_init(struct pace *pace, size_t n);
void pace_finish(struct pace *pace);

/** Begins a round: what lies between two rounds is no interval. */
void pace_begin(struct pace *pace);

/** One was done at @at_ns. Allocates nothing. */
void pace_tick(struct pace *pace, int64_t at_ns);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * samples.h - the values of one figure, each kept, in memory that is there before the
 * measuring begins.
 */
#ifndef BENCH_SAMPLES_H
#define BENCH_SAMPLES_H

#include <stddef.h>
#include <stdint.h>

struct samples {
    int64_t *value; /* in the order in which they were added */
    size_t n;
    size_t room;
    uint64_t dropped; /* came when the room was full */
};

/** Makes room for @room values, touched once. Returns 0, or a negative errno value. */
int samples_init(struct samples *samples, size_t room);
void samples_finish(struct samples *samples);

/** Adds a value; allocates nothing. */
void samples_add(struct samples *samples, int64_t value);

/**
 * The value at @percent in [0,100] (the smallest that so many do not exceed), exact; -1
 * where there is none. It does not ask whether n carries it: documents do.
 */
int64_t samples_percentile(const struct samples *samples, double percent);

#endif

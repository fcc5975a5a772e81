/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * figure.h - what a document says of a figure's values.
 */
#ifndef BENCH_FIGURE_H
#define BENCH_FIGURE_H

#include "tools/document/samples.h"
#include "zerocopy.h"

#include <jansson.h>

/* Each power of two is split into 2^6 bins, so that none is wider than 1/64 of its values. */
#define FIGURE_SPLIT 6

/**
 * Adds to the object @out n, min, mean, percentiles, max and bins of @samples; dropped,
 * negative and independent where there is something to say. Negative values are no
 * durations: they are counted and in no other figure; their number is returned, or a
 * negative errno value. Nothing is added where no value is left.
 */
int64_t figure_describe(json_t *out, const struct samples *samples);

/** The same of a histogram, whose percentiles and bins are as exact as it is. */
int64_t figure_describe_histogram(json_t *out, const struct zc_histogram *histogram);

/**
 * Pairs [time, value], at most @limit of them: of each stretch the smallest value and the
 * largest, in their order. Returns NULL where memory ran out.
 */
json_t *figure_series(const struct samples *times, const struct samples *values,
                      size_t limit);

/**
 * The line through @n points that lets most of them be near: the median of the slopes of
 * all pairs, and of what is then left (Theil, Sen). A point that lies far off, as one of a
 * busy moment does, hardly moves it. Returns 0, -EDOM where there are no two sizes, or
 * -ENOMEM.
 */
int figure_fit(const int64_t *x, const int64_t *y, size_t n, double *base, double *slope);

#endif

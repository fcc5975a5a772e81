/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bootstrap.h - how sure a ratio of percentiles is, from the bins of two figures.
 */
#ifndef BENCH_BOOTSTRAP_H
#define BENCH_BOOTSTRAP_H

#include <jansson.h>
#include <stddef.h>

/** Values of one figure, of one run or of several that repeat it. */
struct bootstrap_values {
    double *value; /* ascending */
    double *until; /* so many values are up to it */
    size_t bins;
    double n;
    double independent; /* as how many independent values they count */
};

struct bootstrap_ratio {
    double ratio; /* of the percentiles; INFINITY where only the divisor is 0 */
    double low, high;
};

/**
 * Pools the bins of a list of figures. Returns 0 or -ENOMEM; -ENODATA where there is none.
 */
int bootstrap_pool(struct bootstrap_values *values, const json_t *figures);
void bootstrap_finish(struct bootstrap_values *values);

/** The value at @percent, as exact as the bins are. */
double bootstrap_percentile(const struct bootstrap_values *values, double percent);

/**
 * The ratio @b / @a of the values at @percent, and the interval in which it lies with
 * @confidence (as 0.999): of 20000 resamples. Always the same for the same values.
 * Returns 0 or -ENOMEM.
 */
int bootstrap_compare(struct bootstrap_ratio *out, const struct bootstrap_values *a,
                      const struct bootstrap_values *b, double percent,
                      double confidence);

#endif

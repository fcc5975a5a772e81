/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compare-private.h - the parts of a comparison.
 */
#ifndef BENCH_COMPARE_PRIVATE_H
#define BENCH_COMPARE_PRIVATE_H

#include "tools/view/table.h"

#include <jansson.h>

/** A comparison under way. */
struct comparison {
    struct table table; /* name, A, B, B/A, interval, verdict */
    size_t rows, worse, better;
};

enum compare_verdict {
    COMPARE_UNJUDGED,
    COMPARE_SAME,
    COMPARE_DIFFERS, /* of what is neither better nor worse */
    COMPARE_WORSE,
    COMPARE_BETTER,
};

/** Writes the verdict into the last row, and counts it. */
void compare_put_verdict(struct comparison *comparison, enum compare_verdict verdict);

/** Writes a ratio into the last row: "1.21", "from 0", or "-" of 0 and 0. */
void compare_put_ratio(struct comparison *comparison, double a, double b);

/** Adds the rows of what is counted in both lists of runs, which are of one measurement. */
void compare_counts(struct comparison *comparison, const json_t *a, const json_t *b);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * percentile.h - which value stands at a percentile, and when there are enough to say it:
 * the same for the library's histograms and for the tools' figures.
 */
#ifndef ZC_PERCENTILE_H
#define ZC_PERCENTILE_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

/* A percentile is said only when this many values lie beyond it. */
#define ZC_PERCENTILE_CARRY 10

/* 99.9 is no binary fraction: products that should be whole numbers miss a little. */
#define ZC_PERCENTILE_SLIP 1e-6

/** Whether @n values carry the percentile @percent. */
static inline bool zc_percentile_carried(uint64_t n, double percent)
{
    return (double)n * fmin(percent, 100 - percent) / 100 + ZC_PERCENTILE_SLIP >=
           ZC_PERCENTILE_CARRY;
}

/**
 * Which of @n values in ascending order, counted from 1, stands at @percent in [0,100]: the
 * smallest that so many do not exceed. 0 where there is none.
 */
static inline uint64_t zc_percentile_rank(uint64_t n, double percent)
{
    double rank;

    if (!n || !(percent >= 0 && percent <= 100))
        return 0;
    rank = ceil((double)n * percent / 100 - ZC_PERCENTILE_SLIP);
    if (rank < 1)
        return 1;
    return rank > (double)n ? n : (uint64_t)rank;
}

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats.h - the inside of a histogram, for a flow, which has several as its members.
 */
#ifndef ZC_STATS_H
#define ZC_STATS_H

#include "zerocopy.h"

/* Each power of two is split into 64 buckets, so that no bucket is wider than 1/64 of its
 * values; below 128 ns that is a bucket for each value. */
#define ZC_HISTOGRAM_SPLIT 6
#define ZC_HISTOGRAM_LIMIT 42
#define ZC_HISTOGRAM_BUCKETS                                                             \
    ((ZC_HISTOGRAM_LIMIT - ZC_HISTOGRAM_SPLIT + 1) << ZC_HISTOGRAM_SPLIT)

struct zc_histogram {
    uint64_t count;     /* of buckets and overflow: all durations there were */
    uint64_t underflow; /* negative values: no durations, in no figure but this one */
    uint64_t overflow;  /* values too long for a bucket */
    int64_t min, max;   /* exact, overflow included; only valid when count is not 0 */
    double sum;         /* exact up to 2^53 ns, 104 days */
    uint64_t bucket[ZC_HISTOGRAM_BUCKETS];
};

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stats - durations in a histogram of fixed size. Touches nothing but its own memory. */
#include "flow/stats.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

/* A percentile is said only when this many values lie beyond it. */
#define CARRY 10

int zc_histogram_create(struct zc_histogram **out)
{
    struct zc_histogram *histogram = calloc(1, sizeof(*histogram));

    if (!histogram) {
        zc_log(ZC_LOG_ERROR, "histogram: no memory for %zu bytes", sizeof(*histogram));
        return -ENOMEM;
    }
    *out = histogram;
    return 0;
}

void zc_histogram_destroy(struct zc_histogram *histogram)
{
    free(histogram);
}

/* How often the split's buckets must double in width to hold @value, which is positive. */
static int doublings(uint64_t value)
{
    int exponent = 63 - __builtin_clzll(value);

    return exponent > ZC_HISTOGRAM_SPLIT ? exponent - ZC_HISTOGRAM_SPLIT : 0;
}

/* Below 2^(SPLIT+1) the index is the value. Above, the value's upper bits are in
 * [2^SPLIT, 2^(SPLIT+1)), and each doubling starts where the one before ended. */
static int bucket_of(uint64_t value)
{
    int shift = value ? doublings(value) : 0;

    return (shift << ZC_HISTOGRAM_SPLIT) + (int)(value >> shift);
}

static int64_t midpoint_of(int bucket)
{
    int shift = (bucket >> ZC_HISTOGRAM_SPLIT) - 1;
    int64_t first;

    if (shift <= 0)
        return bucket;
    first = (int64_t)(bucket - (shift << ZC_HISTOGRAM_SPLIT)) << shift;
    return first + ((INT64_C(1) << shift) - 1) / 2;
}

void zc_histogram_add(struct zc_histogram *histogram, int64_t value_ns)
{
    if (value_ns < 0) {
        histogram->underflow++;
        return;
    }
    if (value_ns >= INT64_C(1) << ZC_HISTOGRAM_LIMIT)
        histogram->overflow++;
    else
        histogram->bucket[bucket_of(value_ns)]++;
    if (!histogram->count || value_ns < histogram->min)
        histogram->min = value_ns;
    if (!histogram->count || value_ns > histogram->max)
        histogram->max = value_ns;
    histogram->count++;
    histogram->sum += (double)value_ns;
}

uint64_t zc_histogram_count(const struct zc_histogram *histogram)
{
    return histogram->count;
}

/* The value that @rank values, counted from 1, do not exceed. */
static int64_t value_at(const struct zc_histogram *histogram, double rank)
{
    uint64_t seen = 0;

    for (int i = 0; i < ZC_HISTOGRAM_BUCKETS; i++) {
        int64_t value = midpoint_of(i);

        seen += histogram->bucket[i];
        if ((double)seen < rank)
            continue;
        if (value < histogram->min)
            return histogram->min;
        return value > histogram->max ? histogram->max : value;
    }
    return histogram->max; /* it overflowed, and no more is known of it */
}

int64_t zc_histogram_percentile(const struct zc_histogram *histogram, double percent)
{
    double n = (double)histogram->count;
    double beyond = n * fmin(percent, 100 - percent) / 100;
    /* 99.9 is no binary fraction: products that should be whole numbers miss a little. */
    const double slip = 1e-6;

    if (!histogram->count || !(percent >= 0 && percent <= 100))
        return -1;
    if (percent == 0)
        return histogram->min;
    if (percent == 100)
        return histogram->max;
    if (beyond + slip < CARRY)
        return -1;
    return value_at(histogram, ceil(n * percent / 100 - slip));
}

int64_t zc_histogram_mean(const struct zc_histogram *histogram)
{
    double mean;

    if (!histogram->count)
        return -1;
    mean = round(histogram->sum / (double)histogram->count);
    /* Also keeps 2^63, which the sum may round to, out of the conversion. */
    return mean >= (double)histogram->max ? histogram->max : (int64_t)mean;
}

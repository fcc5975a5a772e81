/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * stats - durations in a histogram of fixed size. Touches nothing but its own memory.
 * HdrHistogram has the same buckets; it would be one more library to install, for the few
 * lines of bucket_of() and midpoint_of().
 */
#include "flow/stats.h"
#include "base/percentile.h"

#include <errno.h>
#include <stdlib.h>

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

uint64_t zc_histogram_negative(const struct zc_histogram *histogram)
{
    return histogram->underflow;
}

bool zc_histogram_next(const struct zc_histogram *histogram, int *bin, int64_t *value,
                       uint64_t *count)
{
    while (*bin < ZC_HISTOGRAM_BUCKETS && !histogram->bucket[*bin])
        ++*bin;
    if (*bin > ZC_HISTOGRAM_BUCKETS ||
        (*bin == ZC_HISTOGRAM_BUCKETS && !histogram->overflow))
        return false;
    /* Of those that overflowed no more is known than the greatest. */
    *count = *bin < ZC_HISTOGRAM_BUCKETS ? histogram->bucket[*bin] : histogram->overflow;
    *value = *bin < ZC_HISTOGRAM_BUCKETS ? midpoint_of(*bin) : histogram->max;
    if (*value < histogram->min)
        *value = histogram->min;
    if (*value > histogram->max)
        *value = histogram->max;
    ++*bin;
    return true;
}

int64_t zc_histogram_percentile(const struct zc_histogram *histogram, double percent)
{
    uint64_t rank = zc_percentile_rank(histogram->count, percent), seen = 0, count;
    int64_t value = -1;

    if (!rank)
        return -1;
    if (percent == 0)
        return histogram->min;
    if (percent == 100)
        return histogram->max;
    if (!zc_percentile_carried(histogram->count, percent))
        return -1;
    for (int bin = 0; seen < rank && zc_histogram_next(histogram, &bin, &value, &count);)
        seen += count;
    return value;
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

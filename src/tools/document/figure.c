/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * figure - what a document says of a figure's values. Knows no device and no document.
 * GSL has quantiles and medians, too, but of doubles, and neither bins nor Theil and Sen:
 * what it would save is two lines of qsort().
 */
#include "tools/document/figure.h"
#include "base/percentile.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* As zc_histogram does it: below 2^(SPLIT+1) the bin is the value, and above that each
 * doubling starts where the one before ended. */
static int bin_of(int64_t value)
{
    int exponent = value ? 63 - __builtin_clzll((uint64_t)value) : 0;
    int shift = exponent > FIGURE_SPLIT ? exponent - FIGURE_SPLIT : 0;

    return (shift << FIGURE_SPLIT) + (int)(value >> shift);
}

/* A bin stands for the mean of its values, so that a figure that never varies keeps its
 * exact value. */
static json_t *bins_of(const int64_t *sorted, size_t n)
{
    json_t *bins = json_array();
    size_t first = 0;

    while (first < n) {
        double beyond = 0;
        size_t next = first;

        while (next < n && bin_of(sorted[next]) == bin_of(sorted[first]))
            beyond += (double)(sorted[next++] - sorted[first]);
        json_array_append_new(
            bins, json_pack("[I, I]",
                            (json_int_t)(sorted[first] +
                                         llround(beyond / (double)(next - first))),
                            (json_int_t)(next - first)));
        first = next;
    }
    return bins;
}

/*
 * As how many independent values the values count, when asked for their median. Frames
 * resemble the frames before them (a camera's and a display's phase drift for seconds), so
 * that a thousand of them know less of the median than a thousand independent ones would.
 * By batch means: how much more the share of values up to the median varies from batch to
 * batch than it would for independent ones.
 */
static size_t independent_of(const struct samples *samples, int64_t median)
{
    enum { batches = 25, least = 8 };
    size_t size = samples->n / batches, below = 0;
    double share, spread = 0, excess;

    if (size < least)
        return samples->n;
    for (size_t i = 0; i < size * batches; i++)
        below += samples->value[i] <= median;
    share = (double)below / (double)(size * batches);
    if (below == size * batches || !below)
        return samples->n;
    for (size_t batch = 0; batch < batches; batch++) {
        double part = 0;

        for (size_t i = batch * size; i < (batch + 1) * size; i++)
            part += samples->value[i] <= median;
        spread += pow(part / (double)size - share, 2);
    }
    excess = spread / (batches - 1) * (double)size / (share * (1 - share));
    return excess > 1 ? (size_t)((double)samples->n / excess) : samples->n;
}

static void put_int(json_t *out, const char *key, int64_t value)
{
    json_object_set_new(out, key, json_integer(value));
}

static const struct {
    const char *key;
    double percent;
} percentiles[] = {{"p50", 50}, {"p90", 90}, {"p99", 99}, {"p999", 99.9}};

#define PERCENTILES (sizeof(percentiles) / sizeof(percentiles[0]))

/* A percentile below 0 is one that is not carried. */
static void put_values(json_t *out, size_t n, const int64_t range[2], int64_t mean,
                       const int64_t percentile[PERCENTILES])
{
    put_int(out, "n", (int64_t)n);
    put_int(out, "min", range[0]);
    put_int(out, "mean", mean);
    for (size_t i = 0; i < PERCENTILES; i++)
        json_object_set_new(out, percentiles[i].key,
                            percentile[i] < 0 ? json_null()
                                              : json_integer(percentile[i]));
    put_int(out, "max", range[1]);
}

static void put_sorted(json_t *out, const int64_t *sorted, size_t n)
{
    int64_t percentile[PERCENTILES], range[] = {sorted[0], sorted[n - 1]};
    long double sum = 0;

    for (size_t i = 0; i < n; i++)
        sum += sorted[i];
    for (size_t i = 0; i < PERCENTILES; i++)
        percentile[i] = zc_percentile_carried(n, percentiles[i].percent)
                            ? sorted[zc_percentile_rank(n, percentiles[i].percent) - 1]
                            : -1;
    put_values(out, n, range, (int64_t)fminl(roundl(sum / n), range[1]), percentile);
}

int64_t figure_describe(json_t *out, const struct samples *samples)
{
    int64_t *sorted = reallocarray(NULL, samples->n + 1, sizeof(*sorted));
    size_t n = 0, independent;

    if (!sorted)
        return -ENOMEM;
    for (size_t i = 0; i < samples->n; i++)
        if (samples->value[i] >= 0)
            sorted[n++] = samples->value[i];
    if (n) {
        qsort(sorted, n, sizeof(*sorted), by_value);
        put_sorted(out, sorted, n);
        json_object_set_new(out, "bins", bins_of(sorted, n));
        independent = independent_of(samples, sorted[zc_percentile_rank(n, 50) - 1]);
        if (independent < n)
            put_int(out, "independent", independent ? (int64_t)independent : 1);
        if (samples->dropped)
            put_int(out, "dropped", (int64_t)samples->dropped);
        if (samples->n > n)
            put_int(out, "negative", (int64_t)(samples->n - n));
    }
    free(sorted);
    return (int64_t)(samples->n - n);
}

int64_t figure_describe_histogram(json_t *out, const struct zc_histogram *histogram)
{
    const int64_t range[] = {zc_histogram_percentile(histogram, 0),
                             zc_histogram_percentile(histogram, 100)};
    uint64_t n = zc_histogram_count(histogram), count;
    int64_t percentile[PERCENTILES], value;
    uint64_t negative = zc_histogram_negative(histogram);
    json_t *bins;

    if (!n)
        return (int64_t)negative;
    for (size_t i = 0; i < PERCENTILES; i++)
        percentile[i] = zc_histogram_percentile(histogram, percentiles[i].percent);
    put_values(out, n, range, zc_histogram_mean(histogram), percentile);
    bins = json_array();
    for (int bin = 0; zc_histogram_next(histogram, &bin, &value, &count);)
        json_array_append_new(bins,
                              json_pack("[I, I]", (json_int_t)value, (json_int_t)count));
    json_object_set_new(out, "bins", bins);
    if (negative)
        put_int(out, "negative", (int64_t)negative);
    return (int64_t)negative;
}

json_t *figure_series(const struct samples *times, const struct samples *values,
                      size_t limit)
{
    size_t n = times->n < values->n ? times->n : values->n;
    size_t stretches = n <= limit ? n : limit / 2;
    json_t *series = json_array();

    for (size_t s = 0; s < stretches; s++) {
        size_t first = n * s / stretches, end = n * (s + 1) / stretches;
        size_t low = first, high = first, at[2];

        for (size_t i = first; i < end; i++) {
            low = values->value[i] < values->value[low] ? i : low;
            high = values->value[i] > values->value[high] ? i : high;
        }
        at[0] = low < high ? low : high;
        at[1] = low < high ? high : low;
        for (int i = low == high; i < 2; i++)
            json_array_append_new(series,
                                  json_pack("[I, I]", (json_int_t)times->value[at[i]],
                                            (json_int_t)values->value[at[i]]));
    }
    return series;
}

/* --- fits --- */

static int by_real(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

static double median_of(double *values, size_t n)
{
    qsort(values, n, sizeof(*values), by_real);
    return (values[(n - 1) / 2] + values[n / 2]) / 2;
}

int figure_fit(const int64_t *x, const int64_t *y, size_t n, double *base, double *slope)
{
    double *values;
    size_t pairs = 0, room;

    if (n < 2)
        return -EDOM;
    if (__builtin_mul_overflow(n, n - 1, &room))
        return -ENOMEM;
    values = reallocarray(NULL, room / 2 > n ? room / 2 : n, sizeof(*values));
    if (!values)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < i; j++)
            if (x[i] != x[j])
                values[pairs++] =
                    ((double)y[i] - (double)y[j]) / ((double)x[i] - (double)x[j]);
    if (pairs) {
        *slope = median_of(values, pairs);
        for (size_t i = 0; i < n; i++)
            values[i] = (double)y[i] - *slope * (double)x[i];
        *base = median_of(values, n);
    }
    free(values);
    return pairs ? 0 : -EDOM;
}

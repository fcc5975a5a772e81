/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bootstrap - how sure a ratio of percentiles is. Knows bins only.
 *
 * A bootstrap draws n of the n values, with replacement, and takes the percentile of what
 * it drew, many times: so far the percentile would spread if it were measured again. The
 * k-th smallest of n draws is where the distribution reaches the k-th smallest of n uniform
 * numbers, and that is known to spread as Beta(k, n + 1 - k). So a round costs two gamma
 * numbers rather than n draws, and is the same. GSL draws these as well; it would be a
 * library to install for the 50 lines at next_bits().
 *
 * Where values resemble those before them, n is not how many there are but as how many
 * independent ones they count (figure.c): that makes intervals honest within a run. What
 * differs from run to run, such as the phase between a camera and a display, no single run
 * knows of; runs of the same labels are pooled, and then it is within the values.
 */
#include "tools/compare/bootstrap.h"

#include <errno.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>

#define ROUNDS 20000 /* of a 99.9 % interval ten lie beyond each end */

/* --- values --- */

struct bin {
    double value, count;
};

static int by_value(const void *a, const void *b)
{
    double x = ((const struct bin *)a)->value, y = ((const struct bin *)b)->value;

    return (x > y) - (x < y);
}

/* Fills as many bins as there is room for; NULL: only counts them. */
static size_t collect(struct bin *out, const json_t *figures)
{
    size_t i, j, n = 0;
    json_t *figure, *bin;

    json_array_foreach((json_t *)figures, i, figure) {
        json_array_foreach(json_object_get(figure, "bins"), j, bin) {
            if (out)
                out[n] = (struct bin){(double)json_integer_value(json_array_get(bin, 0)),
                                      (double)json_integer_value(json_array_get(bin, 1))};
            n++;
        }
    }
    return n;
}

static double independent_of(const json_t *figures)
{
    double sum = 0;
    size_t i;
    json_t *figure;

    json_array_foreach((json_t *)figures, i, figure) {
        const json_t *own = json_object_get(figure, "independent");

        sum += (double)json_integer_value(own ? own : json_object_get(figure, "n"));
    }
    return sum;
}

int bootstrap_pool(struct bootstrap_values *values, const json_t *figures)
{
    size_t n = collect(NULL, figures);
    struct bin *bins = reallocarray(NULL, n + 1, sizeof(*bins));

    *values = (struct bootstrap_values){
        .value = reallocarray(NULL, n + 1, sizeof(*values->value)),
        .until = reallocarray(NULL, n + 1, sizeof(*values->until)),
        .bins = n,
        .independent = independent_of(figures),
    };
    if (!bins || !values->value || !values->until || !n) {
        int result = n ? -ENOMEM : -ENODATA;

        free(bins);
        bootstrap_finish(values);
        return result;
    }
    collect(bins, figures);
    qsort(bins, n, sizeof(*bins), by_value);
    for (size_t i = 0; i < n; i++) {
        values->n += bins[i].count;
        values->value[i] = bins[i].value;
        values->until[i] = values->n;
    }
    free(bins);
    return 0;
}

void bootstrap_finish(struct bootstrap_values *values)
{
    free(values->value);
    free(values->until);
    *values = (struct bootstrap_values){0};
}

/* Where @rank values, counted from 1, are up to it. */
static double value_at(const struct bootstrap_values *values, double rank)
{
    size_t low = 0, high = values->bins - 1;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (values->until[middle] >= rank)
            high = middle;
        else
            low = middle + 1;
    }
    return values->value[low];
}

double bootstrap_percentile(const struct bootstrap_values *values, double percent)
{
    return value_at(values, ceil(values->n * percent / 100 - 1e-6));
}

/* --- random numbers, the same on every machine --- */

/* SplitMix64 (Steele, Lea, Flood 2014). */
static uint64_t next_bits(uint64_t *state)
{
    uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

    z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
    z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
    return z ^ (z >> 31);
}

/* In (0, 1). */
static double next_uniform(uint64_t *state)
{
    return ((double)(next_bits(state) >> 11) + 0.5) * 0x1p-53;
}

/* By Marsaglia's polar method. */
static double next_normal(uint64_t *state)
{
    double x, y, square;

    do {
        x = 2 * next_uniform(state) - 1;
        y = 2 * next_uniform(state) - 1;
        square = x * x + y * y;
    } while (square >= 1 || !(square > 0));
    return x * sqrt(-2 * log(square) / square);
}

/* By Marsaglia and Tsang (2000); a shape below 1 by way of the one that is 1 more. */
static double next_gamma(uint64_t *state, double shape)
{
    double boost = 1, d, c;

    if (shape < 1) {
        boost = pow(next_uniform(state), 1 / shape);
        shape += 1;
    }
    d = shape - 1.0 / 3;
    c = 1 / sqrt(9 * d);
    for (;;) {
        double x = next_normal(state), v = pow(1 + c * x, 3);

        if (v > 0 && log(next_uniform(state)) < x * x / 2 + d - d * v + d * log(v))
            return boost * d * v;
    }
}

/* --- the interval --- */

/* The percentile of one resample. */
static double resample(const struct bootstrap_values *values, double percent,
                       uint64_t *state)
{
    double m = values->independent + 1;
    double below = next_gamma(state, m * percent / 100);
    double above = next_gamma(state, m * (1 - percent / 100));

    return value_at(values, values->n * (below / (below + above)));
}

static double ratio_of(double b, double a)
{
    if (a > 0)
        return b / a;
    return b > 0 ? INFINITY : 1;
}

static int by_size(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;

    return (x > y) - (x < y);
}

int bootstrap_compare(struct bootstrap_ratio *out, const struct bootstrap_values *a,
                      const struct bootstrap_values *b, double percent, double confidence)
{
    double *ratio = reallocarray(NULL, ROUNDS, sizeof(*ratio));
    size_t beyond = (size_t)(ROUNDS * (1 - confidence) / 2);
    uint64_t state = 1;

    if (!ratio)
        return -ENOMEM;
    for (size_t i = 0; i < ROUNDS; i++) {
        double under = resample(a, percent, &state);

        ratio[i] = ratio_of(resample(b, percent, &state), under);
    }
    qsort(ratio, ROUNDS, sizeof(*ratio), by_size);
    *out = (struct bootstrap_ratio){
        .ratio =
            ratio_of(bootstrap_percentile(b, percent), bootstrap_percentile(a, percent)),
        .low = ratio[beyond],
        .high = ratio[ROUNDS - 1 - beyond],
    };
    free(ratio);
    return 0;
}

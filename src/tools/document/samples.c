/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* samples - the values of one figure. Touches nothing but its own memory. */
#include "tools/document/samples.h"
#include "base/percentile.h"
#include "zerocopy.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

int samples_init(struct samples *samples, size_t room)
{
    size_t bytes;

    *samples = (struct samples){0};
    if (!room)
        return 0;
    if (!__builtin_mul_overflow(room, sizeof(*samples->value), &bytes))
        samples->value = malloc(bytes);
    if (!samples->value) {
        zc_log(ZC_LOG_ERROR, "samples: no memory for %zu values", room);
        return -ENOMEM;
    }
    /* Any byte but zero: with zeroes the compiler makes a calloc() of malloc() and
     * this, which touches no page. */
    memset(samples->value, 0xff, bytes);
    samples->room = room;
    return 0;
}

void samples_finish(struct samples *samples)
{
    free(samples->value);
    *samples = (struct samples){0};
}

void samples_add(struct samples *samples, int64_t value)
{
    if (samples->n < samples->room)
        samples->value[samples->n++] = value;
    else
        samples->dropped++;
}

static size_t count_up_to(const struct samples *samples, int64_t limit)
{
    size_t count = 0;

    for (size_t i = 0; i < samples->n; i++)
        count += samples->value[i] <= limit;
    return count;
}

/* The answer is found by halving the range of values: that takes at most 64 passes, and
 * neither memory nor another order of the values. */
int64_t samples_percentile(const struct samples *samples, double percent)
{
    size_t rank = zc_percentile_rank(samples->n, percent);
    int64_t low = INT64_MAX, high = INT64_MIN;

    if (!rank)
        return -1;
    for (size_t i = 0; i < samples->n; i++) {
        low = samples->value[i] < low ? samples->value[i] : low;
        high = samples->value[i] > high ? samples->value[i] : high;
    }
    while (low < high) {
        uint64_t width = (uint64_t)high - (uint64_t)low;
        int64_t middle = (int64_t)((uint64_t)low + width / 2);

        if (count_up_to(samples, middle) >= rank)
            high = middle;
        else
            low = middle + 1;
    }
    return low;
}

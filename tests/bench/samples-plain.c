/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* samples-plain - the contract of samples.h, sorted where it is asked. */
#include "samples.h"

#include <errno.h>
#include <stdlib.h>

int samples_init(struct samples *samples, size_t room)
{
    *samples = (struct samples){.value = calloc(room, sizeof(int64_t)), .room = room};
    return samples->value ? 0 : -ENOMEM;
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

static int compare(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

int64_t samples_percentile(const struct samples *samples, double percent)
{
    int64_t *sorted = calloc(samples->n + 1, sizeof(*sorted)), value;
    size_t rank = (size_t)(samples->n * percent / 100 + 0.999999);

    for (size_t i = 0; i < samples->n; i++)
        sorted[i] = samples->value[i];
    qsort(sorted, samples->n, sizeof(*sorted), compare);
    value = samples->n ? sorted[rank ? rank - 1 : 0] : -1;
    free(sorted);
    return value;
}

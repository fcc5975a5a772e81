/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* omission - what a stall hides. Touches nothing but its own memory. */
#include "tools/document/omission.h"

void omission_begin(struct omission *omission, int64_t interval_ns)
{
    *omission = (struct omission){.interval_ns = interval_ns};
}

/* How many whole frames lie between two captures; a camera's jitter is no frame. */
static int64_t frames_between(const struct omission *omission, int64_t captured_ns)
{
    int64_t gap;

    if (!omission->begun || omission->interval_ns <= 0 ||
        __builtin_sub_overflow(captured_ns, omission->captured_ns, &gap) || gap <= 0)
        return 0;
    /* Rounded to the nearest, without a sum that may overflow. */
    gap =
        gap / omission->interval_ns + (gap % omission->interval_ns >=
                                       omission->interval_ns - omission->interval_ns / 2);
    return gap > 1 ? gap - 1 : 0;
}

int64_t omission_add(struct omission *omission, struct samples *latency, int64_t shown_ns,
                     int64_t latency_ns)
{
    int64_t captured_ns, missed, added = 0, later;

    if (__builtin_sub_overflow(shown_ns, latency_ns, &captured_ns))
        captured_ns = omission->captured_ns;
    missed = frames_between(omission, captured_ns);
    samples_add(latency, latency_ns);
    while (added < missed && latency->n < latency->room) {
        added++;
        if (__builtin_add_overflow(latency_ns, added * omission->interval_ns, &later))
            later = INT64_MAX;
        samples_add(latency, later);
    }
    latency->dropped += (uint64_t)(missed - added);
    omission->missed += (uint64_t)missed;
    omission->captured_ns = captured_ns;
    omission->begun = true;
    return missed;
}

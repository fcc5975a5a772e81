/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * noise.h - what else the machine did while it was measured: time stolen by a hypervisor,
 * other processes, throttling. What disturbs is a warning of the document, with advice.
 */
#ifndef BENCH_NOISE_H
#define BENCH_NOISE_H

#include "tools/document/document.h"

#include <stdint.h>

/* Of all processors together; -1: not known. */
struct noise {
    int64_t steal, total, idle; /* clock ticks */
    int64_t own_ns;             /* CPU time of this process and of what it started */
    int64_t throttled;          /* times that processors were slowed down for heat */
};

/** Remembers where the counts stand. */
void noise_begin(struct noise *noise);

/** Warns of what came since, and keeps the figures under "noise". */
void noise_end(const struct noise *begin, struct document *document);

/**
 * Whether the values lie around two values far apart, with few between: then a median says
 * little. *low and *high: the medians of both.
 */
bool noise_two_modes(const struct samples *samples, int64_t *low, int64_t *high);

#endif

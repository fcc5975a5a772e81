/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-runs.h - runs in a report, filled as a flow would.
 */
#ifndef FAKE_RUNS_H
#define FAKE_RUNS_H

#include "zerocopy.h"

/** Sets a histogram of @n durations, evenly from @from to @to. */
void fake_set_times(struct zc_report *report, const char *key, int n, int64_t from,
                    int64_t to);

/** Each begins a run: with every key, with copies and a warning, and with few keys. */
void fake_gpu_run(struct zc_report *report);
void fake_copy_run(struct zc_report *report);
void fake_direct_run(struct zc_report *report);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pace - intervals, and CPU time by windows: its clock costs a system call. */
#include "bench/measure/pace.h"
#include "zerocopy.h"

#define WINDOW 5

int pace_init(struct pace *pace, size_t n)
{
    int error = samples_init(&pace->interval, n);

    return error ? error : samples_init(&pace->cpu, n / WINDOW + 1);
}

void pace_finish(struct pace *pace)
{
    samples_finish(&pace->interval);
    samples_finish(&pace->cpu);
}

void pace_begin(struct pace *pace)
{
    pace->last_ns = 0;
    pace->n = 0;
    pace->cpu_ns = zc_cpu_time_ns();
}

void pace_tick(struct pace *pace, int64_t at_ns)
{
    int64_t cpu_ns;

    if (pace->last_ns)
        samples_add(&pace->interval, at_ns - pace->last_ns);
    pace->last_ns = at_ns;
    pace->total++;
    if (++pace->n < WINDOW)
        return;
    cpu_ns = zc_cpu_time_ns();
    samples_add(&pace->cpu, (cpu_ns - pace->cpu_ns) / pace->n);
    pace->cpu_ns = cpu_ns;
    pace->n = 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clock - alone in its file so that a test can link another. */
#include "zerocopy.h"

#include <time.h>

static int64_t read_clock(clockid_t clock)
{
    struct timespec time;

    clock_gettime(clock, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

int64_t zc_now_ns(void)
{
    return read_clock(CLOCK_MONOTONIC);
}

int64_t zc_cpu_time_ns(void)
{
    return read_clock(CLOCK_PROCESS_CPUTIME_ID);
}

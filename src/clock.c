/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* clock - alone in its file so that a test can link another. */
#include "ioctl.h"

#include <time.h>

int64_t zc_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* delay - to be preloaded: a program's commits to a display come later by DELAY_US µs. */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

/* A busy machine may wake a sleeper this much too late: this part of the delay is
 * spent awake. */
#define AWAKE_NS INT64_C(4000000)

static int64_t now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

static void wait_a_while(void)
{
    const char *delay = getenv("DELAY_US");
    int64_t delay_ns = (delay ? atol(delay) : 0) * INT64_C(1000);
    int64_t until = now_ns() + delay_ns, asleep = delay_ns - AWAKE_NS;
    struct timespec time = {asleep / 1000000000, asleep % 1000000000};

    if (asleep > 0)
        clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
    while (now_ns() < until)
        ;
}

int ioctl(int fd, unsigned long request, ...)
{
    static int (*real)(int, unsigned long, void *);
    va_list args;
    void *arg;

    va_start(args, request);
    arg = va_arg(args, void *);
    va_end(args);
    if (!real)
        *(void **)&real = dlsym(RTLD_NEXT, "ioctl");
    if (request == DRM_IOCTL_MODE_ATOMIC &&
        ((struct drm_mode_atomic *)arg)->flags & DRM_MODE_ATOMIC_NONBLOCK)
        wait_a_while();
    return real(fd, request, arg);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* delay - to be preloaded: a program's commits to a display come later by DELAY_US µs. */
#include <dlfcn.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

static void wait_a_while(void)
{
    const char *delay = getenv("DELAY_US");
    long us = delay ? atol(delay) : 0;
    struct timespec time = {.tv_sec = us / 1000000, .tv_nsec = us % 1000000 * 1000};

    clock_nanosleep(CLOCK_MONOTONIC, 0, &time, NULL);
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

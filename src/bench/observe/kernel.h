/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * kernel.h - system calls that restart, and the clock: what the tools that look past the
 * library use.
 */
#ifndef BENCH_KERNEL_H
#define BENCH_KERNEL_H

#include <errno.h>
#include <stdint.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

/** ioctl() that restarts on EINTR and EAGAIN. Returns its result, or -errno. */
static inline int kernel_ioctl(int fd, unsigned long request, void *arg)
{
    int result;

    do
        result = ioctl(fd, request, arg);
    while (result < 0 && (errno == EINTR || errno == EAGAIN));
    return result < 0 ? -errno : result;
}

/** Closes *fd if it is >= 0 and sets it to -1. */
static inline void kernel_close(int *fd)
{
    if (*fd >= 0)
        close(*fd);
    *fd = -1;
}

/** CLOCK_MONOTONIC, ns. */
static inline int64_t kernel_now_ns(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fd.h - what is done with any file descriptor. All of it is inline, so that the tools,
 * which the library exports no such thing to, have the same.
 */
#ifndef ZC_FD_H
#define ZC_FD_H

#include <errno.h>
#include <sys/ioctl.h>
#include <unistd.h>

/**
 * ioctl() that restarts on EINTR and EAGAIN. The library calls zc_ioctl(), for which unit
 * tests put another in place. Returns its result, or a negative errno value.
 */
static inline int zc_fd_ioctl(int fd, unsigned long request, void *arg)
{
    int result;

    do
        result = ioctl(fd, request, arg);
    while (result < 0 && (errno == EINTR || errno == EAGAIN));
    return result < 0 ? -errno : result;
}

/** Closes *fd if it is >= 0 and sets it to -1. Keeps errno. */
static inline void zc_close(int *fd)
{
    int saved = errno;

    if (*fd >= 0)
        close(*fd);
    *fd = -1;
    errno = saved;
}

#endif

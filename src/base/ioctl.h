/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ioctl.h - system calls that restart, and the clock: what every device file uses.
 */
#ifndef ZC_IOCTL_H
#define ZC_IOCTL_H

#include <stdint.h>

/** ioctl() that restarts on EINTR and EAGAIN. Returns its result, or -errno. */
int zc_ioctl(int fd, unsigned long request, void *arg);

/** Closes *fd if it is >= 0 and sets it to -1. Keeps errno. */
void zc_close(int *fd);

/** CLOCK_MONOTONIC, ns. Unit tests put their own in its place. */
int64_t zc_now_ns(void);

/** CPU time that this process has used, ns. */
int64_t zc_cpu_time_ns(void);

/**
 * Waits for a sync_file. Returns 0 when it has signalled, -ETIME when it has not within
 * @timeout_ms, or a negative errno value.
 */
int zc_fence_wait(int fence, int timeout_ms);

/**
 * What lets one open @path: " (it belongs to group video: sudo usermod -aG video $USER, then
 * log in again)", or that only root may; empty where it cannot be told. For messages.
 */
const char *zc_permission_hint(const char *path, char *text, int size);

#endif

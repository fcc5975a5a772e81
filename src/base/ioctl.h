/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ioctl.h - system calls that restart: what every device file uses. Unit tests put their own
 * in the place of these.
 */
#ifndef ZC_IOCTL_H
#define ZC_IOCTL_H

#include "base/fd.h"

/** ioctl() that restarts on EINTR and EAGAIN. Returns its result, or a negative errno value. */
int zc_ioctl(int fd, unsigned long request, void *arg);

/**
 * What lets one open @path: " (it belongs to group video: sudo usermod -aG video $USER, then
 * log in again)", or that only root may; empty where it cannot be told. For messages.
 */
const char *zc_permission_hint(const char *path, char *text, int size);

#endif

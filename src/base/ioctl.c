/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ioctl - system calls that restart. */
#include "base/ioctl.h"
#include "zerocopy.h"

#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>

int zc_ioctl(int fd, unsigned long request, void *arg)
{
    return zc_fd_ioctl(fd, request, arg);
}

int zc_fence_wait(int fence, int timeout_ms)
{
    struct pollfd wait = {.fd = fence, .events = POLLIN};
    int n;

    do
        n = poll(&wait, 1, timeout_ms);
    while (n < 0 && (errno == EINTR || errno == EAGAIN));
    if (n < 0)
        return -errno;
    if (n == 0)
        return -ETIME;
    return wait.revents & (POLLERR | POLLNVAL) ? -EINVAL : 0;
}

const char *zc_permission_hint(const char *path, char *text, int size)
{
    struct stat node;
    struct group *group;

    text[0] = '\0';
    if (stat(path, &node))
        return text;
    group = node.st_gid && (node.st_mode & S_IRGRP) ? getgrgid(node.st_gid) : NULL;
    if (group)
        snprintf(
            text, size,
            " (it belongs to group %s: sudo usermod -aG %s $USER, then log in again)",
            group->gr_name, group->gr_name);
    else
        snprintf(text, size,
                 " (only root may open it: run as root, or give it to a group "
                 "by a udev rule)");
    return text;
}

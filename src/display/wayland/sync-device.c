/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sync-device - any device of DRM will do that has timelines: the kernel knows no difference
 * between those of one and of another.
 */
#include "display/wayland/sync.h"

#include "base/fd.h"
#include "base/ioctl.h"

#include <drm.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>

#define NODES "/dev/dri/renderD*"

static int open_it(const char *node)
{
    struct drm_get_cap timelines = {.capability = DRM_CAP_SYNCOBJ_TIMELINE};
    int fd = open(node, O_RDWR | O_CLOEXEC), error;

    if (fd < 0)
        return -errno;
    error = zc_ioctl(fd, DRM_IOCTL_GET_CAP, &timelines);
    if (error >= 0 && timelines.value)
        return fd;
    zc_close(&fd);
    return error < 0 ? error : -ENOTSUP;
}

int sync_device_open(const char *gpu, char *path)
{
    glob_t nodes = {0};
    int fd = gpu ? open_it(gpu) : -ENODEV;

    if (fd >= 0) {
        snprintf(path, 32, "%s", gpu);
        return fd;
    }
    glob(NODES, 0, NULL, &nodes);
    for (size_t i = 0; i < nodes.gl_pathc && fd < 0; i++) {
        fd = open_it(nodes.gl_pathv[i]);
        if (fd >= 0)
            snprintf(path, 32, "%s", nodes.gl_pathv[i]);
    }
    globfree(&nodes);
    return fd;
}

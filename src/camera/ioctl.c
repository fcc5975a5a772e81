/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, its ioctl: the one way to the driver. */
#include "camera/camera-private.h"

#include <errno.h>
#include <libv4l2.h>

int zc_camera_ioctl(const struct zc_camera *camera, unsigned long request, void *arg)
{
    int result;

    do
        result = v4l2_ioctl(camera->fd, request, arg);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : 0;
}

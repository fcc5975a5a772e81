/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, its ioctl: the one way to the driver. */
#include "camera/camera-private.h"

#include <errno.h>
#include <libv4l2.h>
#include <string.h>

int zc_camera_ioctl(const struct zc_camera *camera, unsigned long request, void *arg)
{
    int result;

    do
        result = v4l2_ioctl(camera->fd, request, arg);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : 0;
}

int zc_camera_query(const struct zc_camera *camera, uint32_t index,
                    struct v4l2_buffer *buffer, struct v4l2_plane *planes)
{
    *buffer = (struct v4l2_buffer){
        .type = camera->type,
        .memory = camera->memory,
        .index = index,
    };
    memset(planes, 0, sizeof(*planes) * VIDEO_MAX_PLANES);
    if (camera->mplane) {
        buffer->m.planes = planes;
        buffer->length = VIDEO_MAX_PLANES;
    }
    return zc_camera_ioctl(camera, VIDIOC_QUERYBUF, buffer);
}

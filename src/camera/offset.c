/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, where in its buffers the pixels begin: data_offset of the multi-planar API. */
#include "camera/camera-private.h"

#include <errno.h>

static int move(struct zc_camera *camera, struct zc_frame *frame,
                const uint32_t offset[ZC_MAX_PLANES])
{
    const struct zc_layout *layout = zc_frame_layout(frame);

    if (!zc_frame_set_data_offset(frame, offset, &camera->imports))
        return 0;
    zc_log(
        ZC_LOG_ERROR,
        "camera %s says that the pixels of its %ux%u %s frames begin %u bytes into a "
        "buffer of %zu bytes: they do not fit in there. That is a fault of its driver; "
        "try another --format or --size",
        camera->path, layout->width, layout->height, layout->format->name, offset[0],
        layout->bytes[0]);
    return -EIO;
}

static void read_offset(const struct zc_frame *frame, const struct v4l2_plane *planes,
                        uint32_t offset[ZC_MAX_PLANES])
{
    int n = zc_frame_layout(frame)->n_buffers;

    for (int i = 0; i < ZC_MAX_PLANES; i++)
        offset[i] = i < n ? planes[i].data_offset : 0;
}

int zc_camera_learn_offset(struct zc_camera *camera, uint32_t index)
{
    struct v4l2_plane planes[VIDEO_MAX_PLANES];
    struct v4l2_buffer buffer;
    int error = 0;

    /* Who does not tell now tells with each frame. */
    if (!camera->mplane || zc_camera_query(camera, index, &buffer, planes))
        return 0;
    for (int i = 0; i < camera->n_frames && !error; i++) {
        struct zc_frame *frame = zc_pool_frame(camera->pool, i);
        uint32_t offset[ZC_MAX_PLANES];

        read_offset(frame, planes, offset);
        error = move(camera, frame, offset);
    }
    return error;
}

int zc_camera_follow_offset(struct zc_camera *camera, struct zc_frame *frame,
                            const struct v4l2_plane *planes)
{
    const uint32_t *before = zc_frame_data_offset(frame);
    uint32_t now[ZC_MAX_PLANES];
    bool same = true;

    read_offset(frame, planes, now);
    for (int i = 0; i < ZC_MAX_PLANES; i++)
        same &= now[i] == before[i];
    if (same)
        return 0;
    if (!camera->moved)
        zc_log(ZC_LOG_WARNING,
               "camera %s moved its pixels within the buffers, from byte %u to %u: each "
               "frame that it moves is imported anew",
               camera->path, before[0], now[0]);
    camera->moved = true;
    return move(camera, frame, now);
}

int zc_camera_ask_offset(const struct zc_camera *camera, uint32_t offset[ZC_MAX_PLANES])
{
    struct v4l2_plane planes[VIDEO_MAX_PLANES];
    struct v4l2_buffer buffer;
    int error = camera->mplane ? zc_camera_query(camera, 0, &buffer, planes) : -ENOTSUP;

    for (int i = 0; i < ZC_MAX_PLANES && !error; i++)
        offset[i] = planes[i].data_offset;
    return error;
}

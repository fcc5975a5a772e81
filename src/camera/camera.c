/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera - a V4L2 capture device that streams. */
#include "camera/camera-private.h"

#include <errno.h>
#include <string.h>

const char *zc_camera_path(const struct zc_camera *camera)
{
    return camera->path;
}

const char *zc_camera_name(const struct zc_camera *camera)
{
    return camera->name;
}

const struct zc_format *zc_camera_format(const struct zc_camera *camera, int index)
{
    return index >= 0 && index < camera->n_formats ? camera->formats[index] : NULL;
}

bool zc_camera_has_format(const struct zc_camera *camera, const struct zc_format *format)
{
    for (int i = 0; i < camera->n_formats; i++)
        if (camera->formats[i] == format)
            return true;
    return false;
}

int zc_camera_fd(const struct zc_camera *camera)
{
    return camera->fd;
}

uint64_t zc_camera_lost(const struct zc_camera *camera)
{
    return camera->lost;
}

int zc_camera_start(struct zc_camera *camera)
{
    uint32_t type = camera->type;
    int error = zc_camera_refill(camera);

    if (error)
        return error;
    error = zc_camera_ioctl(camera, VIDIOC_STREAMON, &type);
    if (error) {
        zc_log(
            ZC_LOG_ERROR, "cannot start camera %s: %s%s", camera->path, strerror(-error),
            error == -EPIPE ? " (its media pipeline is not set up: media-ctl -p)" : "");
        return error;
    }
    camera->first = true;
    camera->lost = 0;
    camera->distrusted = false;
    camera->moved = false;
    zc_camera_first_signal(camera);
    return 0;
}

static enum zc_capture_clock clock_of(uint32_t flags)
{
    if ((flags & V4L2_BUF_FLAG_TIMESTAMP_MASK) != V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC)
        return ZC_CAPTURE_UNKNOWN;
    return (flags & V4L2_BUF_FLAG_TSTAMP_SRC_MASK) == V4L2_BUF_FLAG_TSTAMP_SRC_SOE
               ? ZC_CAPTURE_START_OF_EXPOSURE
               : ZC_CAPTURE_END_OF_FRAME;
}

/* vivid says "end of frame" of a frame that it hands out before that time. */
static void distrust(struct zc_camera *camera, struct zc_frame_meta *meta)
{
    if (!camera->distrusted && meta->clock != ZC_CAPTURE_UNKNOWN)
        zc_log(
            ZC_LOG_WARNING,
            "camera %s gives timestamps from the future: no latency is measured (vivid "
            "does so unless told v4l2-ctl -d %s -c timestamp_source=1)",
            camera->path, camera->path);
    camera->distrusted = true;
    meta->clock = ZC_CAPTURE_UNKNOWN;
}

static void stamp(struct zc_camera *camera, struct zc_frame *frame,
                  const struct v4l2_buffer *buffer)
{
    struct zc_frame_meta *meta = zc_frame_meta(frame);
    int32_t step = buffer->sequence - camera->last_sequence;

    /* A number that repeats or steps back is no loss: drivers restart their count. */
    if (!camera->first && step > 1)
        camera->lost += step - 1;
    camera->first = false;
    camera->last_sequence = buffer->sequence;
    meta->sequence = buffer->sequence;
    meta->damaged = buffer->flags & V4L2_BUF_FLAG_ERROR;
    meta->clock = clock_of(buffer->flags);
    meta->at_ns[ZC_STAGE_CAPTURE] = buffer->timestamp.tv_sec * INT64_C(1000000000) +
                                    buffer->timestamp.tv_usec * INT64_C(1000);
    meta->at_ns[ZC_STAGE_DEQUEUE] = zc_now_ns();
    if (meta->at_ns[ZC_STAGE_CAPTURE] > meta->at_ns[ZC_STAGE_DEQUEUE])
        distrust(camera, meta);
}

static int check_events(struct zc_camera *camera)
{
    struct v4l2_event event = {0};

    if (zc_camera_ioctl(camera, VIDIOC_DQEVENT, &event) ||
        event.type != V4L2_EVENT_SOURCE_CHANGE)
        return 0;
    return zc_camera_signal_event(camera, event.u.src_change.changes);
}

int zc_camera_dequeue(struct zc_camera *camera, struct zc_frame **out)
{
    struct v4l2_plane planes[VIDEO_MAX_PLANES] = {0};
    struct v4l2_buffer buffer = {.type = camera->type, .memory = camera->memory};
    struct zc_frame *frame;
    int error;

    if (camera->mplane) {
        buffer.m.planes = planes;
        buffer.length = VIDEO_MAX_PLANES;
    }
    error = zc_camera_ioctl(camera, VIDIOC_DQBUF, &buffer);
    if (error == -EAGAIN) {
        int change = check_events(camera);

        return change ? change : -EAGAIN;
    }
    if (error) {
        zc_log(ZC_LOG_ERROR, "cannot take a frame from camera %s: %s%s", camera->path,
               strerror(-error), error == -ENODEV ? " (unplugged)" : "");
        return error;
    }
    frame = buffer.index < ZC_CAMERA_MAX_FRAMES ? camera->queued[buffer.index] : NULL;
    if (!frame) {
        zc_log(ZC_LOG_ERROR, "camera %s gave buffer %u, which it was not given",
               camera->path, buffer.index);
        return -EIO;
    }
    camera->queued[buffer.index] = NULL;
    stamp(camera, frame, &buffer);
    error = zc_camera_end_sync(camera, frame);
    if (!error && camera->mplane)
        error = zc_camera_follow_offset(camera, frame, planes);
    if (error) {
        zc_frame_unref(frame);
        return error;
    }
    zc_frame_set_holder(frame, "program");
    *out = frame;
    return 0;
}

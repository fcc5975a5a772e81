/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera - a V4L2 capture device: opened, known by its formats, and streaming. */
#include "camera/camera-private.h"
#include "base/ioctl.h"

#include <errno.h>
#include <fcntl.h>
#include <libv4l2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NODES 64

static int check_capabilities(struct zc_camera *camera)
{
    struct v4l2_capability cap = {0};
    int error = zc_camera_ioctl(camera, VIDIOC_QUERYCAP, &cap);
    uint32_t caps;

    if (error)
        return error;
    caps = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;
    camera->mplane = !(caps & V4L2_CAP_VIDEO_CAPTURE);
    if (!(caps & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE)) ||
        !(caps & V4L2_CAP_STREAMING))
        return -ENOTSUP;
    camera->type =
        camera->mplane ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
    snprintf(camera->name, sizeof(camera->name), "%.31s (%.15s)", (const char *)cap.card,
             (const char *)cap.driver);
    return 0;
}

static void list_formats(struct zc_camera *camera)
{
    struct v4l2_fmtdesc desc = {.type = camera->type};

    for (; !zc_camera_ioctl(camera, VIDIOC_ENUM_FMT, &desc); desc.index++) {
        const struct zc_format *format = zc_format_by_v4l2(desc.pixelformat);

        if (desc.flags & V4L2_FMT_FLAG_EMULATED)
            continue;
        if (format && camera->n_formats < ZC_CAMERA_MAX_FORMATS)
            camera->formats[camera->n_formats++] = format;
    }
}

/* Opens one node; says nothing. -ENOTSUP: no camera for us. */
static int open_node(struct zc_camera *camera, const char *path)
{
    int error;

    camera->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (camera->fd < 0)
        return -errno;
    snprintf(camera->path, sizeof(camera->path), "%s", path);
    error = check_capabilities(camera);
    /* libv4l2 has plugins that devices of the single-planar kind need, and one that makes
     * the multi-planar kind look like the other, hiding its planes. What it is not told
     * of it passes through. */
    if (!error && !camera->mplane)
        v4l2_fd_open(camera->fd, V4L2_DISABLE_CONVERSION);
    if (!error) {
        struct v4l2_event_subscription change = {.type = V4L2_EVENT_SOURCE_CHANGE};

        list_formats(camera);
        zc_camera_ioctl(camera, VIDIOC_SUBSCRIBE_EVENT, &change);
        return camera->n_formats ? 0 : -ENOTSUP;
    }
    return error == -ENOTTY ? -ENOTSUP : error;
}

static void close_node(struct zc_camera *camera)
{
    if (camera->fd >= 0)
        v4l2_close(camera->fd);
    camera->fd = -1;
}

static void log_open_error(const char *path, int error)
{
    char hint[160] = "";

    if (error == -EACCES || error == -EPERM)
        zc_permission_hint(path, hint, sizeof(hint));
    if (error == -ENOTSUP)
        zc_log(
            ZC_LOG_ERROR,
            "cannot use %s: it captures no video in a format known here (v4l2-ctl -d %s "
            "--all says what it is)",
            path, path);
    else
        zc_log(ZC_LOG_ERROR, "cannot open camera %s: %s%s%s", path, strerror(-error),
               hint,
               error == -EBUSY ? " (another program uses it: fuser -v tells which)" : "");
}

static int open_first(struct zc_camera *camera)
{
    char denied[32] = "";
    int error = -ENOENT;

    for (int i = 0; i < NODES; i++) {
        char path[32];
        int result;

        snprintf(path, sizeof(path), "/dev/video%d", i);
        result = open_node(camera, path);
        if (!result)
            return 0;
        close_node(camera);
        if (result != -ENOENT && result != -ENOTSUP && !denied[0]) {
            snprintf(denied, sizeof(denied), "%s", path);
            error = result;
        }
    }
    if (denied[0])
        log_open_error(denied, error);
    else
        zc_log(ZC_LOG_ERROR, "cannot open a camera: no /dev/video* captures video here "
                             "(\"modprobe vivid\" gives a virtual one)");
    return error;
}

static void destroy_import(struct zc_attachments *owner, struct zc_attachment *attachment)
{
    (void)owner;
    free(attachment);
}

int zc_camera_open(struct zc_camera **out, const char *path)
{
    struct zc_camera *camera = calloc(1, sizeof(*camera));
    int error;

    if (!camera)
        return -ENOMEM;
    camera->fd = -1;
    camera->imports.destroy = destroy_import;
    if (path) {
        error = open_node(camera, path);
        if (error)
            log_open_error(path, error);
    } else {
        error = open_first(camera);
    }
    if (error) {
        close_node(camera);
        free(camera);
        return error;
    }
    *out = camera;
    return 0;
}

void zc_camera_close(struct zc_camera *camera)
{
    if (!camera)
        return;
    zc_camera_stop(camera);
    close_node(camera);
    free(camera);
}

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

/* A change of the signal under a running stream: the frames no longer fit it. */
static int check_events(struct zc_camera *camera)
{
    struct v4l2_event event = {0};

    if (zc_camera_ioctl(camera, VIDIOC_DQEVENT, &event))
        return 0;
    if (event.type != V4L2_EVENT_SOURCE_CHANGE)
        return 0;
    zc_log(ZC_LOG_ERROR, "camera %s: its signal changed; start again for the new mode",
           camera->path);
    return -ENOLINK;
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
    zc_frame_set_holder(frame, "program");
    *out = frame;
    return 0;
}

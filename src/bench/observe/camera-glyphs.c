/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera-glyphs - a camera's frames through the library, its state by its own ioctls. */
#include "bench/observe/camera-glyphs.h"

#include "base/fd.h"
#include "zerocopy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/videodev2.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#define BUFFERS 4
#define FRAMES 60
#define WAIT_MS 2000

/* What another program set, and will find again. */
struct setting {
    struct v4l2_format format;
    struct v4l2_streamparm rate;
};

static int read_setting(const char *path, struct setting *out, int *minor)
{
    static const uint32_t types[] = {V4L2_BUF_TYPE_VIDEO_CAPTURE,
                                     V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE};
    int fd = open(path, O_RDWR | O_CLOEXEC), error;
    struct stat node;

    if (fd < 0)
        return -errno;
    error = fstat(fd, &node) ? -errno : 0;
    *minor = (int)minor(node.st_rdev);
    for (int i = 0; i < 2; i++) {
        *out = (struct setting){.format.type = types[i], .rate.type = types[i]};
        error = zc_fd_ioctl(fd, VIDIOC_G_FMT, &out->format);
        if (error >= 0)
            break;
    }
    if (error >= 0 && zc_fd_ioctl(fd, VIDIOC_G_PARM, &out->rate) < 0)
        out->rate.type = 0;
    close(fd);
    return error < 0 ? error : 0;
}

static void write_setting(const char *path, struct setting *setting)
{
    int fd = open(path, O_RDWR | O_CLOEXEC), error;

    if (fd < 0)
        return;
    error = zc_fd_ioctl(fd, VIDIOC_S_FMT, &setting->format);
    if (error >= 0 && setting->rate.type)
        error = zc_fd_ioctl(fd, VIDIOC_S_PARM, &setting->rate);
    if (error < 0)
        zc_log(ZC_LOG_WARNING, "camera %s: its format cannot be set back: %s", path,
               strerror(-error));
    close(fd);
}

static int learn_frame(struct glyphs *glyphs, struct zc_frame *frame)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    void *plane[ZC_MAX_PLANES];
    struct picture picture;
    int error = zc_frame_begin_cpu(frame, ZC_CPU_READ, plane);

    if (error)
        return error;
    picture = (struct picture){
        .base = plane[0],
        .fourcc = layout->format->fourcc,
        .width = layout->width,
        .height = layout->height,
        .stride = layout->plane[0].stride,
    };
    error = frame_id_learn(glyphs, &picture, zc_frame_meta(frame)->sequence);
    zc_frame_end_cpu(frame);
    return error;
}

static int learn_frames(struct glyphs *glyphs, struct zc_camera *camera)
{
    int error = 0;

    for (int i = 0; i < FRAMES && !error && !frame_id_learnt(glyphs); i++) {
        struct pollfd ready = {.fd = zc_camera_fd(camera), .events = POLLIN};
        struct zc_frame *frame;

        if (poll(&ready, 1, WAIT_MS) < 1)
            return -ETIMEDOUT;
        error = zc_camera_dequeue(camera, &frame);
        if (error == -EAGAIN) {
            error = 0;
            continue;
        }
        if (error)
            break;
        if (!zc_frame_meta(frame)->damaged)
            error = learn_frame(glyphs, frame);
        zc_frame_unref(frame);
        if (!error)
            error = zc_camera_refill(camera);
    }
    return error ? error : frame_id_learnt(glyphs) ? 0 : -ENOENT;
}

/* A small picture in the first format of the camera's that numbers can be read in. */
static int set_mode(struct zc_camera *camera)
{
    struct zc_camera_mode mode = {0};
    struct zc_layout layout;

    for (int i = 0; (mode.format = zc_camera_format(camera, i)); i++)
        if (frame_id_has_format(mode.format->fourcc) &&
            zc_camera_has_size(camera, mode.format, 640, 480))
            break;
    if (!mode.format)
        return -ENOTSUP;
    mode.width = 640;
    mode.height = 480;
    return zc_camera_set_mode(camera, &mode, NULL, &layout);
}

static int stream(struct glyphs *glyphs, struct zc_camera *camera)
{
    struct zc_pool *pool = NULL;
    int error = set_mode(camera);

    if (!error)
        error = zc_camera_mmap(camera, BUFFERS, &pool);
    if (!error)
        error = zc_camera_start(camera);
    if (!error)
        error = learn_frames(glyphs, camera);
    zc_camera_stop(camera);
    zc_pool_unref(pool);
    return error;
}

int camera_glyphs_learn(struct glyphs *glyphs, const char *path,
                        struct camera_about *about)
{
    struct zc_camera *camera;
    struct setting setting;
    int error = zc_camera_open(&camera, path);

    if (error)
        return error;
    snprintf(about->path, sizeof(about->path), "%s", zc_camera_path(camera));
    snprintf(about->name, sizeof(about->name), "%s", zc_camera_name(camera));
    *glyphs = (struct glyphs){0};
    error = read_setting(about->path, &setting, &about->minor);
    if (!error) {
        error = stream(glyphs, camera);
        zc_camera_close(camera);
        write_setting(about->path, &setting);
    } else {
        zc_camera_close(camera);
    }
    if (error == -ENOENT || error == -ENOTSUP || error == -EINVAL) {
        zc_log(
            ZC_LOG_ERROR,
            "camera %s (%s) draws no frame number into its picture: use the kernel's "
            "test camera (modprobe vivid), with its picture neither flipped nor scaled",
            about->path, about->name);
        error = -ENOTSUP;
    }
    return error;
}

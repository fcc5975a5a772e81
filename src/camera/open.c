/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, how it is opened: by its path, or the first node that is a camera for us. */
#include "camera/camera-private.h"
#include "camera/list.h"
#include "base/ioctl.h"

#include <errno.h>
#include <fcntl.h>
#include <libv4l2.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define NODES 64

/* Why a node is no camera for us; empty: no reason but the error. */
typedef char reason[200];

static int decline(reason why, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static int decline(reason why, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why, sizeof(reason), format, args);
    va_end(args);
    return -ENOTSUP;
}

/* V4L2_CAP_* of the node; notes the device's name. */
static int ask_capabilities(struct zc_camera *camera, uint32_t *caps, reason why)
{
    struct v4l2_capability cap = {0};
    int error = zc_camera_ioctl(camera, VIDIOC_QUERYCAP, &cap);

    if (error == -ENOTTY)
        return decline(why, "it is no V4L2 device");
    if (error)
        return error;
    *caps = cap.capabilities & V4L2_CAP_DEVICE_CAPS ? cap.device_caps : cap.capabilities;
    snprintf(camera->name, sizeof(camera->name), "%.31s (%.15s)", (const char *)cap.card,
             (const char *)cap.driver);
    camera->synced = zc_camera_needs_sync((const char *)cap.driver,
                                          (const char *)cap.bus_info, ZC_COHERENT);
    if (!(*caps & V4L2_CAP_STREAMING))
        return decline(why, "it cannot stream, and gives frames by read() alone");
    return 0;
}

static int check_capabilities(struct zc_camera *camera, reason why)
{
    const uint32_t m2m = V4L2_CAP_VIDEO_M2M | V4L2_CAP_VIDEO_M2M_MPLANE;
    const uint32_t capture = V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_CAPTURE_MPLANE;
    uint32_t caps = 0;
    int error = ask_capabilities(camera, &caps, why);

    if (caps & m2m)
        return decline(why, "it converts video from memory to memory, and captures none");
    if (caps && !(caps & capture))
        return decline(why, "it captures no video");
    camera->mplane = !(caps & V4L2_CAP_VIDEO_CAPTURE);
    camera->by_media_controller = caps & V4L2_CAP_IO_MC;
    camera->type =
        camera->mplane ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE : V4L2_BUF_TYPE_VIDEO_CAPTURE;
    return error;
}

static int list_formats(struct zc_camera *camera, reason why)
{
    struct v4l2_fmtdesc desc = {.type = camera->type};
    struct list all = {0};

    for (; !zc_camera_ioctl(camera, VIDIOC_ENUM_FMT, &desc); desc.index++) {
        const struct zc_format *format = zc_format_by_v4l2(desc.pixelformat);

        if (desc.flags & V4L2_FMT_FLAG_EMULATED)
            continue;
        zc_list_add_format(&all, &desc);
        if (format && camera->n_formats < ZC_CAMERA_MAX_FORMATS)
            camera->formats[camera->n_formats++] = format;
    }
    if (camera->n_formats)
        return 0;
    return decline(why, "it gives no format that is known here, but %s",
                   all.used ? all.text : "none at all");
}

/* Opens one node; says nothing. -ENOTSUP with a reason: no camera for us. @chosen: nobody
 * has named it, and so nobody has set up a pipeline for it. */
static int open_node(struct zc_camera *camera, const char *path, bool chosen, reason why)
{
    int error;

    camera->fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
    if (camera->fd < 0)
        return -errno;
    snprintf(camera->path, sizeof(camera->path), "%s", path);
    error = check_capabilities(camera, why);
    if (!error && chosen && camera->by_media_controller)
        error =
            decline(why, "its pipeline must be set up by media-ctl first, and then it "
                         "must be named");
    if (error)
        return error;
    /* libv4l2 has plugins that devices of the single-planar kind need, and one that makes
     * the multi-planar kind look like the other, hiding its planes. What it is not told
     * of it passes through. */
    if (!camera->mplane)
        v4l2_fd_open(camera->fd, V4L2_DISABLE_CONVERSION);
    error = list_formats(camera, why);
    if (!error)
        zc_camera_subscribe(camera);
    return error;
}

static void close_node(struct zc_camera *camera)
{
    if (camera->fd >= 0)
        v4l2_close(camera->fd);
    camera->fd = -1;
    camera->n_formats = 0;
}

static void log_open_error(const char *path, int error, const char *why)
{
    char hint[160] = "";

    if (error == -EACCES || error == -EPERM)
        zc_permission_hint(path, hint, sizeof(hint));
    if (error == -ENOTSUP)
        zc_log(ZC_LOG_ERROR,
               "cannot use %s as a camera: %s (v4l2-ctl -d %s --all says "
               "what it is)",
               path, why, path);
    else
        zc_log(ZC_LOG_ERROR, "cannot open camera %s: %s%s%s", path, strerror(-error),
               hint,
               error == -EBUSY ? " (another program uses it: fuser -v tells which)" : "");
}

static int open_first(struct zc_camera *camera)
{
    char denied[32] = "", item[300];
    struct list passed = {.between = "; "};
    int error = -ENOENT;

    for (int i = 0; i < NODES; i++) {
        char path[32];
        reason why = "";
        int result;

        snprintf(path, sizeof(path), "/dev/video%d", i);
        result = open_node(camera, path, true, why);
        if (!result)
            return 0;
        close_node(camera);
        if (result == -ENOENT)
            continue;
        if (result != -ENOTSUP && !denied[0]) {
            snprintf(denied, sizeof(denied), "%s", path);
            error = result;
        }
        snprintf(item, sizeof(item), "%s: %s", path, why[0] ? why : strerror(-result));
        zc_log(ZC_LOG_INFO, "no camera to be chosen: %s", item);
        zc_list_add(&passed, item);
    }
    if (denied[0])
        log_open_error(denied, error, "");
    else
        zc_log(ZC_LOG_ERROR,
               "cannot open a camera: no /dev/video* captures video here%s%s%s "
               "(\"modprobe vivid\" gives a virtual one)",
               passed.used ? " (" : "", passed.text, passed.used ? ")" : "");
    return error;
}

static void destroy_import(struct zc_attachments *owner, struct zc_attachment *attachment)
{
    (void)owner;
    free(attachment);
}

static struct zc_camera *new_camera(void)
{
    struct zc_camera *camera = calloc(1, sizeof(*camera));

    if (camera) {
        camera->fd = -1;
        camera->imports.destroy = destroy_import;
    }
    return camera;
}

/* *out is @camera, or on an error nothing. */
static int finish(struct zc_camera **out, struct zc_camera *camera, int error)
{
    if (error) {
        close_node(camera);
        free(camera);
    } else {
        *out = camera;
    }
    return error;
}

int zc_camera_open(struct zc_camera **out, const char *path)
{
    struct zc_camera *camera = new_camera();
    reason why = "";
    int error;

    if (!camera)
        return -ENOMEM;
    if (path) {
        error = open_node(camera, path, false, why);
        if (error)
            log_open_error(path, error, why);
    } else {
        error = open_first(camera);
    }
    return finish(out, camera, error);
}

static int open_queue(struct zc_camera *camera, int fd, enum zc_camera_queue queue,
                      reason why)
{
    static const uint32_t types[][2] = {
        [ZC_QUEUE_CAPTURE] = {V4L2_BUF_TYPE_VIDEO_CAPTURE,
                              V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE},
        [ZC_QUEUE_OUTPUT] = {V4L2_BUF_TYPE_VIDEO_OUTPUT,
                             V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE},
    };
    char link[32];
    uint32_t caps;
    int error;

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    if (readlink(link, camera->path, sizeof(camera->path) - 1) < 0)
        snprintf(camera->path, sizeof(camera->path), "fd %d", fd);
    camera->fd = fcntl(fd, F_DUPFD_CLOEXEC, 0);
    if (camera->fd < 0)
        return -errno;
    error = ask_capabilities(camera, &caps, why);
    if (error)
        return error;
    camera->mplane =
        !(caps & (V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_VIDEO_OUTPUT | V4L2_CAP_VIDEO_M2M));
    camera->type = types[queue][camera->mplane];
    return list_formats(camera, why);
}

int zc_camera_open_fd(struct zc_camera **out, int fd, enum zc_camera_queue queue)
{
    struct zc_camera *camera = new_camera();
    reason why = "";
    int error;

    if (!camera)
        return -ENOMEM;
    error = open_queue(camera, fd, queue, why);
    if (error)
        log_open_error(camera->path, error, why);
    return finish(out, camera, error);
}

void zc_camera_close(struct zc_camera *camera)
{
    if (!camera)
        return;
    zc_camera_stop(camera);
    close_node(camera);
    free(camera);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, its buffers: frames imported into the driver, exported from it, or mapped. */
#include "camera/camera-private.h"
#include "base/counters.h"
#include "base/ioctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>

/* A frame's place in the driver's buffer table: the same for its whole life, so that the
 * driver attaches its dma-buf once. */
struct camera_import {
    struct zc_attachment base;
    uint32_t index;
};

static int request_buffers(struct zc_camera *camera, uint32_t memory, int n)
{
    struct v4l2_requestbuffers request = {
        .count = n,
        .type = camera->type,
        .memory = memory,
    };
    int error = zc_camera_ioctl(camera, VIDIOC_REQBUFS, &request);

    if (error)
        return error;
    camera->memory = memory;
    return request.count;
}

/* Frees the driver's buffers and forgets the frames. */
static void drop_buffers(struct zc_camera *camera)
{
    struct v4l2_requestbuffers none = {.type = camera->type, .memory = camera->memory};

    for (int i = 0; i < ZC_CAMERA_MAX_FRAMES; i++) {
        zc_frame_unref(camera->queued[i]);
        camera->queued[i] = NULL;
    }
    zc_attachments_clear(&camera->imports);
    if (camera->memory)
        zc_camera_ioctl(camera, VIDIOC_REQBUFS, &none);
    camera->memory = 0;
    camera->n_frames = 0;
    camera->pool = NULL;
}

void zc_camera_stop(struct zc_camera *camera)
{
    uint32_t type = camera->type;

    if (!camera->memory)
        return;
    zc_camera_ioctl(camera, VIDIOC_STREAMOFF, &type);
    drop_buffers(camera);
}

static int give_index(struct zc_camera *camera, struct zc_frame *frame, uint32_t index)
{
    struct camera_import *import = calloc(1, sizeof(*import));
    int error;

    if (!import)
        return -ENOMEM;
    import->index = index;
    error = zc_frame_attach(frame, &camera->imports, &import->base);
    if (error)
        free(import);
    return error;
}

/* Gives every frame of the pool its place. The pool is remembered for refills. */
static int adopt(struct zc_camera *camera, struct zc_pool *pool)
{
    camera->pool = pool;
    camera->n_frames = zc_pool_size(pool);
    for (int i = 0; i < camera->n_frames; i++) {
        int error = give_index(camera, zc_pool_frame(pool, i), i);

        if (error)
            return error;
        zc_count(ZC_COUNT_CAMERA_IMPORT);
    }
    return 0;
}

/* Queues a frame, whose reference the camera takes on success. *index: its place. */
static int queue(struct zc_camera *camera, struct zc_frame *frame, uint32_t *index)
{
    struct camera_import *import =
        (struct camera_import *)zc_frame_attachment(frame, &camera->imports);
    const struct zc_layout *layout = zc_frame_layout(frame);
    struct v4l2_plane planes[VIDEO_MAX_PLANES] = {0};
    struct v4l2_buffer buffer = {
        .type = camera->type,
        .memory = camera->memory,
        .index = import->index,
    };
    bool import_fds = camera->memory == V4L2_MEMORY_DMABUF;
    int error;

    if (camera->mplane) {
        buffer.m.planes = planes;
        buffer.length = layout->n_buffers;
        for (int i = 0; i < layout->n_buffers && import_fds; i++) {
            planes[i].m.fd = zc_frame_fd(frame, i);
            planes[i].length = layout->bytes[i];
        }
    } else if (import_fds) {
        buffer.m.fd = zc_frame_fd(frame, 0);
        buffer.length = layout->bytes[0];
    }
    error = zc_camera_begin_sync(camera, frame);
    if (!error)
        error = zc_camera_ioctl(camera, VIDIOC_QBUF, &buffer);
    if (error)
        return error;
    *index = import->index;
    camera->queued[import->index] = frame;
    zc_frame_set_holder(frame, "camera");
    return 0;
}

static int queue_next(struct zc_camera *camera, uint32_t *index, bool *none_left)
{
    struct zc_frame *frame = zc_pool_acquire(camera->pool);
    int error;

    *none_left = !frame;
    if (!frame)
        return 0;
    error = queue(camera, frame, index);
    if (error)
        zc_frame_unref(frame);
    return error;
}

int zc_camera_refill(struct zc_camera *camera)
{
    bool none_left = false;
    uint32_t index;

    if (!camera->pool)
        return -EINVAL;
    while (!none_left) {
        int error = queue_next(camera, &index, &none_left);

        if (error) {
            zc_log(ZC_LOG_ERROR, "cannot give a frame to camera %s: %s%s", camera->path,
                   strerror(-error), error == -ENODEV ? " (unplugged)" : "");
            return error;
        }
    }
    return 0;
}

static const char *import_advice(int error)
{
    switch (error) {
    case -EFAULT:
        return ": the camera cannot reach this memory, most likely because it must be "
               "contiguous: try a contiguous heap, or the camera's own memory by export";
    case -EINVAL:
        return ": it does not take a buffer of this size or number of planes";
    case -ENOMEM:
        return ": it found no room to map the memory (CMA or IOMMU space)";
    default:
        return "";
    }
}

static void log_request_error(const struct zc_camera *camera, const char *what, int error)
{
    zc_log(ZC_LOG_ERROR, "camera %s: cannot %s: %s%s", camera->path, what,
           strerror(-error),
           error == -EBUSY ? " (another program streams from it: fuser -v tells which)"
                           : "");
}

int zc_camera_import(struct zc_camera *camera, struct zc_pool *pool)
{
    int n = zc_pool_size(pool), given;
    uint32_t index = 0;
    bool none_left;
    int error;

    zc_camera_stop(camera);
    given = n <= ZC_CAMERA_MAX_FRAMES ? request_buffers(camera, V4L2_MEMORY_DMABUF, n)
                                      : -EINVAL;
    if (given < 0) {
        log_request_error(camera, "import dma-bufs", given);
        return given == -EINVAL ? -ENOTSUP : given;
    }
    error = given < n ? -ENOMEM : adopt(camera, pool);
    if (!error) {
        error = queue_next(camera, &index, &none_left);
        if (error)
            zc_log(ZC_LOG_ERROR, "camera %s refuses frames of the heap: %s%s",
                   camera->path, strerror(-error), import_advice(error));
        else
            error = zc_camera_learn_offset(camera, index);
    }
    if (error)
        drop_buffers(camera);
    return error;
}

static int export_frame(struct zc_camera *camera, int index, struct zc_frame **out)
{
    int fds[ZC_MAX_PLANES] = {-1, -1, -1, -1};
    int error = 0;

    for (int i = 0; i < camera->layout.n_buffers && !error; i++) {
        struct v4l2_exportbuffer export = {
            .type = camera->type,
            .index = index,
            .plane = i,
            .flags = O_RDWR | O_CLOEXEC,
        };

        error = zc_camera_ioctl(camera, VIDIOC_EXPBUF, &export);
        fds[i] = error ? -1 : export.fd;
    }
    if (!error)
        error = zc_frame_wrap(out, &camera->layout, fds);
    for (int i = 0; error && i < ZC_MAX_PLANES; i++)
        zc_close(&fds[i]);
    return error;
}

/* The driver's buffers of one frame, as the CPU sees them. */
struct camera_map {
    int n;
    void *map[ZC_MAX_PLANES];
    size_t bytes[ZC_MAX_PLANES];
};

static void unmap(void *user)
{
    struct camera_map *maps = user;

    for (int i = 0; i < maps->n; i++)
        munmap(maps->map[i], maps->bytes[i]);
    free(maps);
}

static int map_frame(struct zc_camera *camera, int index, struct zc_frame **out)
{
    struct camera_map *maps = calloc(1, sizeof(*maps));
    struct v4l2_plane planes[VIDEO_MAX_PLANES];
    struct v4l2_buffer buffer;
    int error = maps ? zc_camera_query(camera, index, &buffer, planes) : -ENOMEM;

    for (int i = 0; i < camera->layout.n_buffers && !error; i++) {
        size_t bytes = camera->mplane ? planes[i].length : buffer.length;
        off_t at = camera->mplane ? planes[i].m.mem_offset : buffer.m.offset;

        maps->map[i] =
            bytes < camera->layout.bytes[i]
                ? MAP_FAILED
                : mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, camera->fd, at);
        maps->bytes[i] = bytes;
        if (maps->map[i] == MAP_FAILED)
            error = bytes < camera->layout.bytes[i] ? -EIO : -errno;
        else
            maps->n++;
    }
    if (!error)
        error = zc_frame_create_cpu(out, &camera->layout, maps->map, unmap, maps);
    if (error && maps)
        unmap(maps);
    return error;
}

/* The driver's @n buffers as a pool, made frame by frame with @make. */
static int make_pool(struct zc_camera *camera, int n,
                     int (*make)(struct zc_camera *, int, struct zc_frame **),
                     struct zc_pool **pool)
{
    struct zc_frame *frames[ZC_CAMERA_MAX_FRAMES];
    int made = 0, error = 0;

    while (made < n && !error) {
        error = make(camera, made, &frames[made]);
        made += !error;
    }
    if (!error)
        error = zc_pool_create_from(pool, frames, made);
    while (error && made > 0)
        zc_frame_unref(frames[--made]);
    return error;
}

static int own_buffers(struct zc_camera *camera, int n, const char *what,
                       int (*make)(struct zc_camera *, int, struct zc_frame **),
                       struct zc_pool **out)
{
    struct zc_pool *pool = NULL;
    uint32_t index = 0;
    bool none_left;
    int error, given;

    zc_camera_stop(camera);
    given = request_buffers(camera, V4L2_MEMORY_MMAP, n);
    if (given < 1)
        error = given ? given : -ENOMEM;
    else
        error =
            make_pool(camera, given < ZC_CAMERA_MAX_FRAMES ? given : ZC_CAMERA_MAX_FRAMES,
                      make, &pool);
    if (!error)
        error = adopt(camera, pool);
    if (!error)
        error = queue_next(camera, &index, &none_left);
    if (!error)
        error = zc_camera_learn_offset(camera, index);
    if (error) {
        log_request_error(camera, what, error);
        drop_buffers(camera);
        zc_pool_unref(pool);
        return error;
    }
    *out = pool;
    return 0;
}

int zc_camera_export(struct zc_camera *camera, int n, struct zc_pool **pool)
{
    return own_buffers(camera, n, "export its memory", export_frame, pool);
}

int zc_camera_mmap(struct zc_camera *camera, int n, struct zc_pool **pool)
{
    return own_buffers(camera, n, "map its memory", map_frame, pool);
}

int zc_camera_verify(const struct zc_camera *camera, const struct zc_frame *frame)
{
    struct camera_import *import =
        (struct camera_import *)zc_frame_attachment(frame, &camera->imports);
    struct v4l2_plane planes[VIDEO_MAX_PLANES];
    struct v4l2_buffer buffer;

    if (!import || camera->memory != V4L2_MEMORY_DMABUF)
        return -ENOTSUP;
    if (zc_camera_query(camera, import->index, &buffer, planes))
        return -ENOTSUP;
    for (int i = 0; i < zc_frame_layout(frame)->n_buffers; i++) {
        int fd = camera->mplane ? planes[i].m.fd : buffer.m.fd;
        struct stat node;

        if (fstat(fd, &node))
            return -ENOTSUP;
        if (node.st_ino != zc_frame_identity(frame, i))
            return 0;
    }
    return 1;
}

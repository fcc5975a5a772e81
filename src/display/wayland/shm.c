/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shm - memfds, mapped here and by the compositor. */
#include "display/wayland/shm.h"

#include "base/fd.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/* Mapped until its frame is freed; that may be after the display is closed. */
struct shared {
    void *map;
    size_t bytes;
};

static void shared_unmap(void *user)
{
    struct shared *shared = user;

    munmap(shared->map, shared->bytes);
    free(shared);
}

static int make_file(size_t bytes, int *fd)
{
    *fd = memfd_create("zerocopy", MFD_CLOEXEC);
    if (*fd < 0)
        return -errno;
    if (!ftruncate(*fd, bytes))
        return 0;
    zc_close(fd);
    return -errno;
}

/* wl_shm has codes of its own for two formats; the rest are those of DRM. */
static uint32_t code_of(uint32_t fourcc)
{
    switch (fourcc) {
    case DRM_FORMAT_ARGB8888:
        return WL_SHM_FORMAT_ARGB8888;
    case DRM_FORMAT_XRGB8888:
        return WL_SHM_FORMAT_XRGB8888;
    default:
        return fourcc;
    }
}

static struct wl_buffer *make_buffer(struct connection *connection, int fd, size_t bytes,
                                     uint32_t width, uint32_t height, uint32_t stride,
                                     uint32_t fourcc)
{
    struct wl_shm_pool *memory = wl_shm_create_pool(connection->shm, fd, bytes);
    struct wl_buffer *wl;

    if (!memory)
        return NULL;
    wl = wl_shm_pool_create_buffer(memory, 0, width, height, stride, code_of(fourcc));
    wl_shm_pool_destroy(memory);
    return wl;
}

struct wl_buffer *shm_black(struct connection *connection)
{
    const uint32_t stride = sizeof(uint32_t);
    struct wl_buffer *black;
    int fd;

    if (make_file(stride, &fd))
        return NULL;
    black = make_buffer(connection, fd, stride, 1, 1, stride, DRM_FORMAT_XRGB8888);
    zc_close(&fd);
    return black;
}

static int map_file(int fd, size_t bytes, struct shared **out)
{
    struct shared *shared = calloc(1, sizeof(*shared));
    int error;

    if (!shared)
        return -ENOMEM;
    shared->bytes = bytes;
    shared->map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (shared->map != MAP_FAILED) {
        *out = shared;
        return 0;
    }
    error = -errno;
    free(shared);
    return error;
}

static int make_frame(struct buffers *buffers, const struct zc_layout *layout,
                      struct zc_frame **out)
{
    struct shared *shared = NULL;
    struct wl_buffer *wl;
    int fd, error = make_file(layout->bytes[0], &fd);

    if (error)
        return error;
    error = map_file(fd, layout->bytes[0], &shared);
    if (!error) {
        error = zc_frame_create_cpu(out, layout, &shared->map, shared_unmap, shared);
        if (error)
            shared_unmap(shared);
    }
    if (!error) {
        wl = make_buffer(buffers->connection, fd, layout->bytes[0], layout->width,
                         layout->height, layout->plane[0].stride, layout->format->fourcc);
        error = wl ? buffers_add(buffers, *out, wl) : -ENOMEM;
        if (error)
            zc_frame_unref(*out);
    }
    zc_close(&fd);
    return error;
}

int shm_pool(struct buffers *buffers, const struct zc_layout *layout, int n,
             struct zc_pool **pool)
{
    struct zc_frame **frames;
    int made = 0, error = 0;

    if (n < 1 || layout->n_planes != 1 || layout->modifier || !buffers->connection->shm) {
        zc_log(ZC_LOG_ERROR,
               "%s: memory shared with a compositor holds linear pictures of one plane: "
               "no %s",
               buffers->connection->name, layout->format->name);
        return -EINVAL;
    }
    frames = calloc(n, sizeof(struct zc_frame *));
    if (!frames)
        return -ENOMEM;
    while (made < n && !error) {
        error = make_frame(buffers, layout, &frames[made]);
        made += !error;
    }
    if (!error)
        error = zc_pool_create_from(pool, frames, n);
    if (error)
        zc_log(ZC_LOG_ERROR, "%s: no memory to share with the compositor: %s",
               buffers->connection->name, strerror(-error));
    while (error && made > 0)
        zc_frame_unref(frames[--made]);
    free(frames);
    return error;
}

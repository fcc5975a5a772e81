/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* screen-buffer - GETFB2, PRIME, and a small cache of mappings. */
#include "bench/observe/screen-buffer.h"

#include "base/fd.h"
#include "zerocopy.h"

#include <drm.h>
#include <drm_fourcc.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

void screen_buffers_init(struct screen_buffers *buffers, int card)
{
    memset(buffers, 0, sizeof(*buffers));
    buffers->card = card;
}

static void drop(struct screen_buffer *buffer)
{
    if (!buffer->inode)
        return;
    munmap(buffer->map, buffer->bytes);
    close(buffer->fd);
    buffer->inode = 0;
}

void screen_buffers_finish(struct screen_buffers *buffers)
{
    for (int i = 0; i < SCREEN_BUFFERS; i++)
        drop(&buffers->buffer[i]);
}

/* A mapping keeps the dma-buf, so its inode number cannot become another's meanwhile. */
static struct screen_buffer *find(struct screen_buffers *buffers, uint64_t inode)
{
    for (int i = 0; i < SCREEN_BUFFERS; i++)
        if (buffers->buffer[i].inode == inode)
            return &buffers->buffer[i];
    return NULL;
}

static struct screen_buffer *least_used(struct screen_buffers *buffers)
{
    struct screen_buffer *least = &buffers->buffer[0];

    for (int i = 0; i < SCREEN_BUFFERS; i++) {
        if (!buffers->buffer[i].inode)
            return &buffers->buffer[i];
        if (buffers->buffer[i].used < least->used)
            least = &buffers->buffer[i];
    }
    return least;
}

/* Takes ownership of @fd on success. */
static int add(struct screen_buffers *buffers, int fd, uint64_t inode,
               struct screen_buffer **out)
{
    struct screen_buffer *buffer = least_used(buffers);
    off_t bytes = lseek(fd, 0, SEEK_END);
    void *map;

    if (bytes <= 0)
        return -ENOTSUP;
    map = mmap(NULL, (size_t)bytes, PROT_READ, MAP_SHARED, fd, 0);
    if (map == MAP_FAILED)
        return -errno;
    drop(buffer);
    *buffer = (struct screen_buffer){inode, 0, fd, map, (size_t)bytes};
    *out = buffer;
    return 0;
}

/* The buffer behind a handle, mapped. */
static int resolve(struct screen_buffers *buffers, uint32_t handle,
                   struct screen_buffer **out)
{
    struct drm_prime_handle prime = {.handle = handle, .flags = DRM_CLOEXEC, .fd = -1};
    int error = zc_fd_ioctl(buffers->card, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);
    struct stat node;

    if (error < 0)
        return error;
    if (fstat(prime.fd, &node)) {
        error = -errno;
        close(prime.fd);
        return error;
    }
    *out = find(buffers, node.st_ino);
    error = *out ? 0 : add(buffers, prime.fd, node.st_ino, out);
    if (error || (*out)->fd != prime.fd)
        close(prime.fd);
    return error;
}

static void close_handles(int card, const struct drm_mode_fb_cmd2 *fb)
{
    for (int i = 0; i < 4; i++) {
        struct drm_gem_close close = {.handle = fb->handles[i]};
        bool again = false;

        for (int j = 0; j < i; j++)
            again |= fb->handles[j] == fb->handles[i];
        if (fb->handles[i] && !again)
            zc_fd_ioctl(card, DRM_IOCTL_GEM_CLOSE, &close);
    }
}

static int describe(const struct drm_mode_fb_cmd2 *fb, const struct screen_buffer *buffer,
                    struct picture *out)
{
    size_t bytes;

    *out = (struct picture){
        .base = (const uint8_t *)buffer->map + fb->offsets[0],
        .fourcc = fb->pixel_format,
        .width = fb->width,
        .height = fb->height,
        .stride = fb->pitches[0],
    };
    bytes = frame_id_bytes(out);
    if (!bytes || fb->offsets[0] > buffer->bytes ||
        bytes > buffer->bytes - fb->offsets[0])
        return -ENOTSUP;
    return 0;
}

int screen_buffers_look(struct screen_buffers *buffers, uint32_t fb_id,
                        struct picture *picture)
{
    struct drm_mode_fb_cmd2 fb = {.fb_id = fb_id};
    int error = zc_fd_ioctl(buffers->card, DRM_IOCTL_MODE_GETFB2, &fb);
    struct screen_buffer *buffer = NULL;

    if (error < 0)
        return error;
    if (!fb.handles[0])
        return -EACCES;
    if ((fb.flags & DRM_MODE_FB_MODIFIERS && fb.modifier[0] != DRM_FORMAT_MOD_LINEAR) ||
        !frame_id_has_format(fb.pixel_format))
        error = -ENOTSUP;
    else
        error = resolve(buffers, fb.handles[0], &buffer);
    close_handles(buffers->card, &fb);
    if (error < 0)
        return error;
    buffer->used = ++buffers->looks;
    error = describe(&fb, buffer, picture);
    return error ? error : buffer->fd;
}

void screen_buffer_begin(int fd)
{
    zc_dmabuf_begin_cpu(fd, ZC_CPU_READ);
}

void screen_buffer_end(int fd)
{
    zc_dmabuf_end_cpu(fd, ZC_CPU_READ);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dumb - memory of the card's own, mapped for the CPU: what a program that copies draws
 * into. Touches dumb buffers; their handles are closed once framebuffer and map hold the
 * memory.
 */
#include "display/kms/dumb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

/* A mapped buffer, until its frame is freed; that may be after the display is closed. */
struct dumb {
    void *map;
    size_t bytes;
};

static void dumb_release(void *user)
{
    struct dumb *dumb = user;

    munmap(dumb->map, dumb->bytes);
    free(dumb);
}

static int dumb_map(int fd, uint32_t handle, uint64_t bytes, struct dumb **out)
{
    struct dumb *dumb = calloc(1, sizeof(*dumb));
    uint64_t offset;
    int error;

    if (!dumb)
        return -ENOMEM;
    error = drmModeMapDumbBuffer(fd, handle, &offset);
    if (!error) {
        dumb->bytes = bytes;
        dumb->map = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, offset);
        if (dumb->map == MAP_FAILED)
            error = -errno;
    }
    if (error)
        free(dumb);
    else
        *out = dumb;
    return error;
}

/* Asks for a buffer with at least the layout's strides and sizes, and adapts the layout
 * to the stride that the driver gives instead. */
static int dumb_allocate(int fd, struct zc_layout *layout, uint32_t *handle,
                         uint64_t *bytes)
{
    const struct zc_format_plane *plane = &layout->format->plane[0];
    uint32_t bits = plane->block_bytes * 8 / plane->block_width;
    uint32_t stride = layout->plane[0].stride, pitch = 0;
    uint32_t rows = (layout->bytes[0] + stride - 1) / stride;
    int error = drmModeCreateDumbBuffer(fd, (stride * 8 + bits - 1) / bits, rows, bits, 0,
                                        handle, &pitch, bytes);

    if (error)
        return error;
    if (pitch != stride)
        error = zc_layout_set_stride(layout, pitch);
    if (!error && layout->bytes[0] > *bytes)
        error = -ENOTSUP;
    if (error)
        drmModeDestroyDumbBuffer(fd, *handle);
    return error;
}

static int dumb_frame(struct framebuffers *framebuffers, const struct zc_layout *wanted,
                      struct zc_frame **out)
{
    const struct card *card = framebuffers->card;
    struct zc_layout layout = *wanted;
    struct dumb *dumb = NULL;
    uint32_t handle, fb = 0;
    uint64_t bytes;
    int error = dumb_allocate(card->fd, &layout, &handle, &bytes);

    if (error)
        return error;
    error = dumb_map(card->fd, handle, bytes, &dumb);
    if (!error)
        error = framebuffer_create(card, &layout, &handle, &fb);
    drmModeDestroyDumbBuffer(card->fd, handle);
    if (!error)
        error = zc_frame_create_cpu(out, &layout, &dumb->map, dumb_release, dumb);
    if (error) {
        if (fb)
            drmModeRmFB(card->fd, fb);
        if (dumb)
            dumb_release(dumb);
        return error;
    }
    error = framebuffers_add(framebuffers, *out, fb);
    if (error)
        zc_frame_unref(*out);
    return error;
}

int dumb_pool(struct framebuffers *framebuffers, const struct zc_layout *layout, int n,
              struct zc_pool **pool)
{
    const struct card *card = framebuffers->card;
    struct zc_frame **frames;
    int made = 0, error = 0;

    if (n < 1 || layout->n_buffers != 1 || layout->modifier) {
        zc_log(ZC_LOG_ERROR, "%s: dumb buffers are linear, with all planes in one: no %s",
               card->path, layout->format->name);
        return -EINVAL;
    }
    frames = calloc(n, sizeof(struct zc_frame *));
    if (!frames)
        return -ENOMEM;
    while (made < n && !error) {
        error = dumb_frame(framebuffers, layout, &frames[made]);
        made += !error;
    }
    if (error)
        zc_log(
            ZC_LOG_ERROR,
            "%s: dumb buffer %d of %d, %s %ux%u, failed: %s (%s may have no dumb buffers "
            "of this format, or no memory left)",
            card->path, made + 1, n, layout->format->name, layout->width, layout->height,
            strerror(-error), card->driver);
    else
        error = zc_pool_create_from(pool, frames, n);
    while (error && made > 0)
        zc_frame_unref(frames[--made]);
    free(frames);
    return error;
}

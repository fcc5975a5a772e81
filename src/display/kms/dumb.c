/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * dumb - memory of the card's own: mapped for the CPU, what a program that copies draws
 * into; or shared, for devices that are to draw where the card can show it. Touches dumb
 * buffers; their handles are closed once framebuffer and map or dma-buf hold the memory.
 */
#include "display/kms/dumb.h"
#include "base/ioctl.h"

#include <errno.h>
#include <fcntl.h>
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
    /* All of it: a renderer may need more rows than the picture has. */
    if (!error)
        layout->bytes[0] = *bytes;
    if (error)
        drmModeDestroyDumbBuffer(fd, *handle);
    return error;
}

/* A frame of the CPU's: mapped, and no dma-buf. */
static int make_mapped(int fd, const struct zc_layout *layout, uint32_t handle,
                       uint64_t bytes, struct zc_frame **out)
{
    struct dumb *dumb;
    int error = dumb_map(fd, handle, bytes, &dumb);

    if (error)
        return error;
    error = zc_frame_create_cpu(out, layout, &dumb->map, dumb_release, dumb);
    if (error)
        dumb_release(dumb);
    return error;
}

/* A frame that is a dma-buf, for other devices. */
static int make_shared(int fd, const struct zc_layout *layout, uint32_t handle,
                       struct zc_frame **out)
{
    int buffer = -1, error;

    errno = 0;
    if (drmPrimeHandleToFD(fd, handle, DRM_CLOEXEC | DRM_RDWR, &buffer))
        return errno == ENOSYS || !errno ? -ENOTSUP : -errno;
    error = zc_frame_wrap(out, layout, &buffer);
    if (error)
        zc_close(&buffer);
    return error;
}

static int dumb_frame(struct framebuffers *framebuffers, const struct zc_layout *wanted,
                      bool shared, struct zc_frame **out)
{
    const struct card *card = framebuffers->card;
    struct zc_layout layout = *wanted;
    uint32_t handle, fb = 0;
    uint64_t bytes;
    int error = dumb_allocate(card->fd, &layout, &handle, &bytes);

    if (error)
        return error;
    error = framebuffer_create(card, &layout, &handle, &fb);
    if (!error)
        error = shared ? make_shared(card->fd, &layout, handle, out)
                       : make_mapped(card->fd, &layout, handle, bytes, out);
    /* The last handle of a buffer takes its dma-buf along in Linux before 6.16: what the
     * framebuffer says it holds would then be another. */
    if (error || !shared)
        drmModeDestroyDumbBuffer(card->fd, handle);
    if (error) {
        if (fb)
            drmModeRmFB(card->fd, fb);
        return error;
    }
    error = framebuffers_add(framebuffers, *out, fb, shared ? handle : 0);
    if (error)
        zc_frame_unref(*out);
    return error;
}

int dumb_pool(struct framebuffers *framebuffers, const struct zc_layout *layout, int n,
              bool shared, struct zc_pool **pool)
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
        error = dumb_frame(framebuffers, layout, shared, &frames[made]);
        made += !error;
    }
    if (error)
        zc_log(ZC_LOG_ERROR,
               "%s: dumb buffer %d of %d%s, %s %ux%u, failed: %s (%s may have no dumb "
               "buffers of this format, or no memory left)",
               card->path, made + 1, n, shared ? ", shared" : "", layout->format->name,
               layout->width, layout->height, strerror(-error), card->driver);
    else
        error = zc_pool_create_from(pool, frames, n);
    while (error && made > 0)
        zc_frame_unref(frames[--made]);
    free(frames);
    return error;
}

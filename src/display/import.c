/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-import - frames as KMS framebuffers, each made once. Touches PRIME, GEM handles
 * and AddFB2; the handles are closed at once, for the framebuffer keeps the memory.
 */
#include "base/counters.h"
#include "display/display-private.h"
#include "base/ioctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xf86drm.h>

struct framebuffer {
    struct zc_attachment base;
    uint32_t id;
};

static struct zc_display *display_of(struct zc_attachments *imports)
{
    return (struct zc_display *)((char *)imports - offsetof(struct zc_display, imports));
}

static void framebuffer_destroy(struct zc_attachments *owner, struct zc_attachment *base)
{
    struct framebuffer *framebuffer = (struct framebuffer *)base;

    drmModeRmFB(display_of(owner)->fd, framebuffer->id);
    free(framebuffer);
}

void display_import_init(struct zc_display *display)
{
    display->imports.destroy = framebuffer_destroy;
}

/* Several planes or fds may have one GEM object, which then has one handle to close. */
static void close_handles(int fd, const uint32_t *handles, int n)
{
    for (int i = 0; i < n; i++) {
        bool closed = !handles[i];

        for (int k = 0; k < i; k++)
            closed |= handles[k] == handles[i];
        if (!closed)
            drmCloseBufferHandle(fd, handles[i]);
    }
}

int framebuffer_create(struct zc_display *display, const struct zc_layout *layout,
                       const uint32_t *handles, uint32_t *fb)
{
    uint32_t handle[4] = {0}, pitch[4] = {0}, offset[4] = {0};
    uint64_t modifier[4] = {0};
    int result;

    for (int i = 0; i < layout->n_planes; i++) {
        handle[i] = handles[layout->plane[i].buffer];
        pitch[i] = layout->plane[i].stride;
        offset[i] = layout->plane[i].offset;
        modifier[i] = layout->modifier;
    }
    if (display->modifiers)
        result = drmModeAddFB2WithModifiers(display->fd, layout->width, layout->height,
                                            layout->format->fourcc, handle, pitch, offset,
                                            modifier, fb, DRM_MODE_FB_MODIFIERS);
    else if (layout->modifier)
        return -EINVAL;
    else
        result = drmModeAddFB2(display->fd, layout->width, layout->height,
                               layout->format->fourcc, handle, pitch, offset, fb, 0);
    return result < 0 ? result : 0;
}

int framebuffer_attach(struct zc_display *display, struct zc_frame *frame, uint32_t fb)
{
    struct framebuffer *framebuffer = calloc(1, sizeof(*framebuffer));
    int error;

    if (!framebuffer) {
        drmModeRmFB(display->fd, fb);
        return -ENOMEM;
    }
    framebuffer->id = fb;
    error = zc_frame_attach(frame, &display->imports, &framebuffer->base);
    if (error) {
        drmModeRmFB(display->fd, fb);
        free(framebuffer);
        return error;
    }
    zc_count(ZC_COUNT_DISPLAY_IMPORT);
    return 0;
}

/* ENODEV is also how a driver without PRIME import answers: only the card's silence to
 * the plainest question tells that it is gone. */
bool display_gone(const struct zc_display *display)
{
    uint64_t value;

    return drmGetCap(display->fd, DRM_CAP_DUMB_BUFFER, &value) < 0 && errno == ENODEV;
}

static int refused(struct zc_display *display, const struct zc_layout *layout,
                   const char *what, int error, uint32_t reason, uint32_t *reasons)
{
    zc_log(ZC_LOG_DEBUG, "%s: %s of a %s frame of %ux%u, stride %u, failed: %s",
           display->path, what, layout->format->name, layout->width, layout->height,
           layout->plane[0].stride, strerror(-error));
    if (error == -ENODEV && display_gone(display))
        return error;
    *reasons |= reason;
    return -ENOTSUP;
}

static int import_new(struct zc_display *display, struct zc_frame *frame, uint32_t *fb,
                      uint32_t *reasons)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    uint32_t handles[ZC_MAX_PLANES] = {0};
    int n = 0, error = 0;

    while (n < layout->n_buffers && !error) {
        errno = 0;
        if (drmPrimeFDToHandle(display->fd, zc_frame_fd(frame, n), &handles[n]) < 0)
            error = errno ? -errno : -EINVAL;
        else
            n++;
    }
    if (error) {
        error =
            refused(display, layout, "PRIME import", error, ZC_REASON_IMPORT, reasons);
    } else {
        error = framebuffer_create(display, layout, handles, fb);
        if (error)
            error =
                refused(display, layout, "AddFB2", error, ZC_REASON_FRAMEBUFFER, reasons);
    }
    close_handles(display->fd, handles, n);
    if (error)
        return error;
    zc_log(ZC_LOG_DEBUG, "%s: framebuffer %u is dma-buf %llu, %s %ux%u", display->path,
           *fb, (unsigned long long)zc_frame_identity(frame, 0), layout->format->name,
           layout->width, layout->height);
    return framebuffer_attach(display, frame, *fb);
}

int display_import(struct zc_display *display, struct zc_frame *frame, uint32_t *fb,
                   uint32_t *reasons)
{
    const struct zc_attachment *found = zc_frame_attachment(frame, &display->imports);

    if (found) {
        *fb = ((const struct framebuffer *)found)->id;
        return 0;
    }
    if (zc_frame_fd(frame, 0) < 0) {
        *reasons |= ZC_REASON_NO_DMABUF;
        return -ENOTSUP;
    }
    return import_new(display, frame, fb, reasons);
}

/* Whether the object behind @handle is the dma-buf with inode @identity. */
static int same_buffer(int drm, uint32_t handle, uint64_t identity)
{
    struct stat node;
    int fd = -1, result;

    if (!handle || drmPrimeHandleToFD(drm, handle, O_CLOEXEC, &fd) < 0)
        return -ENOTSUP;
    result = fstat(fd, &node) ? -errno : node.st_ino == identity;
    zc_close(&fd);
    return result;
}

int zc_display_verify(struct zc_display *display, const struct zc_frame *frame)
{
    const struct zc_attachment *found = zc_frame_attachment(frame, &display->imports);
    const struct zc_layout *layout = zc_frame_layout(frame);
    int result = 1;
    drmModeFB2 *fb;

    if (!found) {
        zc_log(ZC_LOG_ERROR,
               "%s: cannot verify a frame that it has not seen: test or show "
               "it first",
               display->path);
        return -EINVAL;
    }
    fb = zc_frame_identity(frame, 0)
             ? drmModeGetFB2(display->fd, ((const struct framebuffer *)found)->id)
             : NULL;
    if (!fb)
        return -ENOTSUP;
    for (int i = 0; i < layout->n_planes && result == 1; i++)
        result = same_buffer(display->fd, fb->handles[i],
                             zc_frame_identity(frame, layout->plane[i].buffer));
    close_handles(display->fd, fb->handles, 4);
    drmModeFreeFB2(fb);
    return result;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * framebuffer - frames as KMS framebuffers, each made once. Touches PRIME, GEM handles
 * and AddFB2; the handles are closed at once, for the framebuffer keeps the memory.
 */
#include "display/kms/framebuffer.h"
#include "base/counters.h"
#include "base/ioctl.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

struct framebuffer {
    struct zc_attachment base;
    uint32_t id;
    uint32_t dumb; /* handle of the display's own memory behind it; 0: it is another's */
};

/* Linux 6.7's, which older headers lack: forgets a framebuffer without taking it off the
 * screen, as RmFB does. */
struct closefb {
    uint32_t fb_id, pad;
};
#define IOCTL_CLOSEFB DRM_IOWR(0xd0, struct closefb)

static void framebuffer_destroy(struct zc_attachments *owner, struct zc_attachment *base)
{
    struct framebuffer *framebuffer = (struct framebuffer *)base;
    struct framebuffers *all =
        (struct framebuffers *)((char *)owner - offsetof(struct framebuffers, imports));

    drmModeRmFB(all->card->fd, framebuffer->id);
    if (framebuffer->dumb)
        drmModeDestroyDumbBuffer(all->card->fd, framebuffer->dumb);
    free(framebuffer);
}

void framebuffers_init(struct framebuffers *all, const struct card *card)
{
    *all = (struct framebuffers){.card = card, .imports.destroy = framebuffer_destroy};
}

void framebuffers_finish(struct framebuffers *all)
{
    zc_attachments_clear(&all->imports);
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

int framebuffer_create(const struct card *card, const struct zc_layout *layout,
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
    if (card->modifiers)
        result = drmModeAddFB2WithModifiers(card->fd, layout->width, layout->height,
                                            layout->format->fourcc, handle, pitch, offset,
                                            modifier, fb, DRM_MODE_FB_MODIFIERS);
    else if (layout->modifier)
        return -EINVAL;
    else
        result = drmModeAddFB2(card->fd, layout->width, layout->height,
                               layout->format->fourcc, handle, pitch, offset, fb, 0);
    return result < 0 ? result : 0;
}

int framebuffer_forget(const struct card *card, uint32_t fb)
{
    struct closefb closefb = {.fb_id = fb};

    return drmIoctl(card->fd, IOCTL_CLOSEFB, &closefb) ? -errno : 0;
}

int framebuffers_add(struct framebuffers *all, struct zc_frame *frame, uint32_t fb,
                     uint32_t dumb)
{
    struct framebuffer *framebuffer = calloc(1, sizeof(*framebuffer));
    int error;

    if (!framebuffer) {
        drmModeRmFB(all->card->fd, fb);
        if (dumb)
            drmModeDestroyDumbBuffer(all->card->fd, dumb);
        return -ENOMEM;
    }
    framebuffer->id = fb;
    framebuffer->dumb = dumb;
    error = zc_frame_attach(frame, &all->imports, &framebuffer->base);
    if (error) {
        framebuffer_destroy(&all->imports, &framebuffer->base);
        return error;
    }
    zc_count(ZC_COUNT_DISPLAY_IMPORT);
    return 0;
}

static int refused(struct framebuffers *all, const struct zc_layout *layout,
                   const char *what, int error, uint32_t reason, uint32_t *reasons)
{
    const struct card *card = all->card;

    all->answer = error;
    zc_log(ZC_LOG_DEBUG, "%s: %s of a %s frame of %ux%u, stride %u, failed: %s",
           card->path, what, layout->format->name, layout->width, layout->height,
           layout->plane[0].stride, strerror(-error));
    if (error == -ENODEV && card_gone(card))
        return error;
    *reasons |= reason;
    return -ENOTSUP;
}

static int import_new(struct framebuffers *all, struct zc_frame *frame, uint32_t *fb,
                      uint32_t *reasons)
{
    const struct card *card = all->card;
    const struct zc_layout *layout = zc_frame_layout(frame);
    uint32_t handles[ZC_MAX_PLANES] = {0};
    int n = 0, error = 0;

    while (n < layout->n_buffers && !error) {
        errno = 0;
        if (drmPrimeFDToHandle(card->fd, zc_frame_fd(frame, n), &handles[n]) < 0)
            error = errno ? -errno : -EINVAL;
        else
            n++;
    }
    if (error) {
        error = refused(all, layout, "PRIME import", error, ZC_REASON_IMPORT, reasons);
    } else {
        error = framebuffer_create(card, layout, handles, fb);
        if (error)
            error =
                refused(all, layout, "AddFB2", error, ZC_REASON_FRAMEBUFFER, reasons);
    }
    close_handles(card->fd, handles, n);
    if (error)
        return error;
    zc_log(ZC_LOG_DEBUG, "%s: framebuffer %u is dma-buf %llu, %s %ux%u", card->path, *fb,
           (unsigned long long)zc_frame_identity(frame, 0), layout->format->name,
           layout->width, layout->height);
    return framebuffers_add(all, frame, *fb, 0);
}

int framebuffers_get(struct framebuffers *all, struct zc_frame *frame, uint32_t *fb,
                     uint32_t *reasons)
{
    const struct zc_attachment *found = zc_frame_attachment(frame, &all->imports);

    if (found) {
        *fb = ((const struct framebuffer *)found)->id;
        return 0;
    }
    if (zc_frame_fd(frame, 0) < 0) {
        *reasons |= ZC_REASON_NO_DMABUF;
        return -ENOTSUP;
    }
    return import_new(all, frame, fb, reasons);
}

bool framebuffers_have(const struct framebuffers *all, const struct zc_frame *frame)
{
    return zc_frame_attachment(frame, &all->imports) != NULL;
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

int framebuffers_verify(const struct framebuffers *all, const struct zc_frame *frame)
{
    const struct zc_attachment *found = zc_frame_attachment(frame, &all->imports);
    const struct zc_layout *layout = zc_frame_layout(frame);
    int result = 1;
    drmModeFB2 *fb;

    if (!found) {
        zc_log(ZC_LOG_ERROR,
               "%s: cannot verify a frame that it has not seen: test or show "
               "it first",
               all->card->path);
        return -EINVAL;
    }
    fb = zc_frame_identity(frame, 0)
             ? drmModeGetFB2(all->card->fd, ((const struct framebuffer *)found)->id)
             : NULL;
    if (!fb)
        return -ENOTSUP;
    for (int i = 0; i < layout->n_planes && result == 1; i++)
        result = same_buffer(all->card->fd, fb->handles[i],
                             zc_frame_identity(frame, layout->plane[i].buffer));
    close_handles(all->card->fd, fb->handles, 4);
    drmModeFreeFB2(fb);
    return result;
}

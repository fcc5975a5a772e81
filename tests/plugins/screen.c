/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* screen - asks KMS for the framebuffer on screen, and DRM for its dma-buf */
#include "screen.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#define CARDS 8

static int open_card(const char *driver)
{
    for (int i = 0; i < CARDS; i++) {
        char path[32];
        drmVersion *version;
        int fd, found;

        snprintf(path, sizeof(path), "/dev/dri/card%d", i);
        fd = open(path, O_RDWR | O_CLOEXEC);
        if (fd < 0)
            continue;
        version = drmGetVersion(fd);
        found = version && !strcmp(version->name, driver);
        drmFreeVersion(version);
        if (found) {
            /* The first program that opens a card becomes its master. Leave that to
             * others. */
            drmDropMaster(fd);
            drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
            return fd;
        }
        close(fd);
    }
    return -ENOENT;
}

static uint32_t lit_framebuffer(int card)
{
    drmModePlaneRes *planes = drmModeGetPlaneResources(card);
    uint32_t fb = 0;

    for (uint32_t i = 0; planes && i < planes->count_planes; i++) {
        drmModePlane *plane = drmModeGetPlane(card, planes->planes[i]);

        if (plane && plane->crtc_id && plane->fb_id)
            fb = plane->fb_id;
        drmModeFreePlane(plane);
    }
    drmModeFreePlaneResources(planes);
    return fb;
}

static int look(int card, struct screen *out)
{
    struct stat node;
    drmModeFB2 *fb;
    int error = 0;

    out->fb_id = lit_framebuffer(card);
    fb = out->fb_id ? drmModeGetFB2(card, out->fb_id) : NULL;
    if (!fb)
        return -ENOENT;
    out->fourcc = fb->pixel_format;
    out->width = fb->width;
    out->height = fb->height;
    out->pitch = fb->pitches[0];
    out->offset = fb->offsets[0];
    if (drmPrimeHandleToFD(card, fb->handles[0], DRM_CLOEXEC, &out->fd) ||
        fstat(out->fd, &node))
        error = -errno;
    else
        out->inode = node.st_ino;
    for (int i = 0; i < 4; i++)
        if (fb->handles[i] && (i == 0 || fb->handles[i] != fb->handles[i - 1]))
            drmCloseBufferHandle(card, fb->handles[i]);
    drmModeFreeFB2(fb);
    return error;
}

int screen_look(const char *driver, struct screen *out)
{
    int card = open_card(driver), error;

    *out = (struct screen){.fd = -1};
    if (card < 0)
        return card;
    error = look(card, out);
    close(card);
    return error;
}

int64_t screen_pixel(const struct screen *screen, uint32_t x, uint32_t y)
{
    struct dma_buf_sync sync = {.flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ};
    size_t bytes = screen->offset + (size_t)screen->pitch * screen->height;
    int64_t pixel;
    uint8_t *at;

    if ((screen->fourcc != DRM_FORMAT_XRGB8888 &&
         screen->fourcc != DRM_FORMAT_ARGB8888) ||
        x >= screen->width || y >= screen->height)
        return -EINVAL;
    at = mmap(NULL, bytes, PROT_READ, MAP_SHARED, screen->fd, 0);
    if (at == MAP_FAILED)
        return -errno;
    ioctl(screen->fd, DMA_BUF_IOCTL_SYNC, &sync);
    pixel =
        *(uint32_t *)(at + screen->offset + (size_t)y * screen->pitch + x * 4) & 0xffffff;
    sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ;
    ioctl(screen->fd, DMA_BUF_IOCTL_SYNC, &sync);
    munmap(at, bytes);
    return pixel;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* screen - asks KMS for the framebuffer on screen, and DRM for its dma-buf */
#include "screen.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <stdio.h>
#include <stdlib.h>
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

/* Five and six bits as eight, the highest bits once more as the lowest. */
static uint32_t wide(uint16_t pixel)
{
    uint32_t red = pixel >> 11, green = pixel >> 5 & 0x3f, blue = pixel & 0x1f;

    return (red << 3 | red >> 2) << 16 | (green << 2 | green >> 4) << 8 |
           (blue << 3 | blue >> 2);
}

/* The other way round. */
static uint32_t swapped(uint32_t pixel)
{
    return (pixel & 0xff) << 16 | (pixel & 0xff00) | (pixel >> 16 & 0xff);
}

static bool has_blue_first(uint32_t fourcc)
{
    return fourcc == DRM_FORMAT_XBGR8888 || fourcc == DRM_FORMAT_ABGR8888;
}

static int bytes_of(uint32_t fourcc)
{
    switch (fourcc) {
    case DRM_FORMAT_XRGB8888:
    case DRM_FORMAT_ARGB8888:
    case DRM_FORMAT_XBGR8888:
    case DRM_FORMAT_ABGR8888:
        return 4;
    case DRM_FORMAT_RGB565:
        return 2;
    default:
        return 0;
    }
}

static int64_t pixel_at(const struct screen *screen, uint32_t x, uint32_t y)
{
    struct dma_buf_sync sync = {.flags = DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ};
    size_t bytes = screen->offset + (size_t)screen->pitch * screen->height;
    int each = bytes_of(screen->fourcc);
    int64_t pixel;
    uint8_t *map, *at;

    if (!each || x >= screen->width || y >= screen->height)
        return -EINVAL;
    map = mmap(NULL, bytes, PROT_READ, MAP_SHARED, screen->fd, 0);
    if (map == MAP_FAILED)
        return -errno;
    at = map + screen->offset + (size_t)y * screen->pitch + (size_t)x * each;
    ioctl(screen->fd, DMA_BUF_IOCTL_SYNC, &sync);
    pixel = each == 2 ? wide(*(uint16_t *)at) : *(uint32_t *)at & 0xffffff;
    if (has_blue_first(screen->fourcc))
        pixel = swapped(pixel);
    sync.flags = DMA_BUF_SYNC_END | DMA_BUF_SYNC_READ;
    ioctl(screen->fd, DMA_BUF_IOCTL_SYNC, &sync);
    munmap(map, bytes);
    return pixel;
}

/* Apart by at most so much in each of red, green and blue. */
static int near(int64_t a, int64_t b, int most)
{
    for (int shift = 0; shift < 24; shift += 8)
        if (abs((int)(a >> shift & 0xff) - (int)(b >> shift & 0xff)) > most)
            return 0;
    return 1;
}

/* What is wrong with one pixel, or NULL. */
static char *check_pixel(const struct screen *screen, uint32_t x, uint32_t y,
                         int64_t wanted, int apart)
{
    int64_t pixel = pixel_at(screen, x, y);
    char *wrong = NULL;
    int n = 0;

    if (pixel < 0)
        n = asprintf(&wrong, "the screen's pixels cannot be read: %s", strerror(-pixel));
    else if (!near(pixel, wanted, apart))
        n = asprintf(&wrong, "pixel (%u, %u) on screen is 0x%06x, not 0x%06x", x, y,
                     (unsigned)pixel, (unsigned)wanted);
    if (n < 0)
        abort();
    return wrong;
}

char *screen_check(const struct screen *screen, const int64_t *bars, unsigned n,
                   int apart)
{
    char *wrong = NULL;

    for (uint32_t y = 0; y < screen->height; y += screen->height / SCREEN_POINTS)
        for (uint32_t i = 0; i < SCREEN_POINTS && !wrong; i++)
            wrong = check_pixel(screen,
                                screen->width * (2 * i + (n > 1)) / (2 * SCREEN_POINTS),
                                y, bars[i * n / SCREEN_POINTS], apart);
    return wrong;
}

/* Where on the ramp a pixel is, in 256 steps. */
static int step_of(const struct screen *screen, char direction, uint32_t x, uint32_t y)
{
    int right = (2 * x + 1) * 128 / screen->width;
    int down = (2 * y + 1) * 128 / screen->height;

    switch (direction) {
    case 'r':
        return right;
    case 'd':
        return down;
    case 'l':
        return 255 - right;
    default:
        return 255 - down;
    }
}

char *screen_check_ramp(const struct screen *screen, char direction, int apart)
{
    char *wrong = NULL;

    for (uint32_t y = 0; y < screen->height; y += screen->height / SCREEN_POINTS)
        for (uint32_t x = 0; x < screen->width && !wrong;
             x += screen->width / SCREEN_POINTS)
            wrong = check_pixel(screen, x, y, step_of(screen, direction, x, y) * 0x010101,
                                apart);
    return wrong;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display - vkms scans out of a buffer of the heap, at an offset and with rows that are
 * longer than the picture, and writes back into another what it shows. The pictures must
 * be the same to the bit, and what lies around them untouched.
 */
#include "buffer.h"
#include "vgem.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>
#include <zerocopy.h>

#define WIDTH 640
#define HEIGHT 480
#define PATIENCE_MS 10000

static char message[256];

/* The library says why; the last word is kept for the check's. */
static void hear(enum zc_log_level level, const char *text, void *user)
{
    (void)level;
    (void)user;
    snprintf(message, sizeof(message), "%s", text);
}

struct picture {
    struct zc_frame *frame;
    uint8_t *memory;
    uint32_t offset, stride;
    size_t bytes;
};

static enum result picture_create(struct picture *picture, const struct heap *heap,
                                  uint32_t offset, uint32_t padding)
{
    struct zc_layout layout;
    int fd, error;

    picture->offset = offset;
    picture->stride = WIDTH * 4 + padding;
    picture->bytes = MIB(2);
    error = zc_layout_solve(&layout, zc_format_by_drm(DRM_FORMAT_XRGB8888), WIDTH, HEIGHT,
                            NULL);
    if (!error)
        error = zc_layout_set_stride(&layout, picture->stride);
    if (error)
        FAIL("layout: %s", strerror(-error));
    layout.plane[0].offset = offset;
    layout.bytes[0] = picture->bytes;
    TRY(buffer_get_mapped(heap, picture->bytes, &fd, &picture->memory));
    memset(picture->memory, DIRT, picture->bytes);
    error = zc_frame_wrap(&picture->frame, &layout, &fd);
    if (error)
        FAIL("%s", message);
    return PASSED;
}

static void picture_destroy(struct picture *picture)
{
    munmap(picture->memory, picture->bytes);
    zc_frame_unref(picture->frame);
}

static uint8_t *row(const struct picture *picture, uint32_t y)
{
    return picture->memory + picture->offset + (size_t)y * picture->stride;
}

/* The fourth byte of a pixel means nothing. */
static enum result is_shown(const struct picture *got, const struct picture *wanted)
{
    for (uint32_t y = 0; y < HEIGHT; y++)
        for (uint32_t x = 0; x < WIDTH * 4; x++)
            if (x % 4 != 3 && row(got, y)[x] != row(wanted, y)[x])
                FAIL("at %u,%u the display shows 0x%02x, not 0x%02x", x / 4, y,
                     row(got, y)[x], row(wanted, y)[x]);
    return PASSED;
}

/* vkms of Linux 6.12 adds the offset twice: then it shows what lies there. */
static enum result is_shown_from(const struct picture *got, const struct picture *wanted)
{
    struct picture twice = *wanted;

    twice.offset *= 2;
    return is_shown(got, &twice) == PASSED ? PASSED : is_shown(got, wanted);
}

static enum result is_dirt(const uint8_t *memory, size_t bytes, const char *where)
{
    size_t at = find_other(memory, bytes, DIRT);

    if (at < bytes)
        FAIL("the display wrote %s the picture", where);
    return PASSED;
}

static enum result is_untouched_around(const struct picture *picture)
{
    size_t end = picture->offset + (size_t)HEIGHT * picture->stride;

    TRY(is_dirt(picture->memory, picture->offset, "before"));
    TRY(is_dirt(picture->memory + end, picture->bytes - end, "behind"));
    for (uint32_t y = 0; y < HEIGHT; y++)
        TRY(is_dirt(row(picture, y) + WIDTH * 4, picture->stride - WIDTH * 4,
                    "between the rows of"));
    return PASSED;
}

static enum result show(struct zc_display *display, struct zc_frame *frame)
{
    struct pollfd ready = {zc_display_fd(display), POLLIN, 0};
    struct zc_frame *shown;
    uint32_t reasons = 0;
    char text[64];
    int error;

    if (zc_display_test(display, frame, &reasons)) {
        zc_display_reason_text(reasons, text, sizeof(text));
        FAIL("the display cannot scan it out: %s", text);
    }
    if (zc_display_show(display, frame))
        FAIL("%s", message);
    do {
        if (poll(&ready, 1, PATIENCE_MS) != 1)
            FAIL("no flip came");
        error = zc_display_dispatch(display, &shown);
    } while (error == -EAGAIN);
    if (error)
        FAIL("%s", message);
    return PASSED;
}

static enum result compare_shown(struct zc_display *display, struct picture *from,
                                 struct picture *to)
{
    fill_pattern(from->memory, from->bytes, 1);
    TRY(show(display, from->frame));
    if (zc_display_verify(display, from->frame) == 0)
        FAIL("the display scans out another buffer");
    if (!zc_display_info(display)->writeback)
        SKIP("the display has no writeback");
    if (zc_display_capture(display, to->frame))
        FAIL("%s", message);
    TRY(is_shown_from(to, from));
    return is_untouched_around(to);
}

static enum result scan_out(struct heap *heap, uint32_t offset, uint32_t padding)
{
    struct zc_display_config config = {.width = WIDTH, .height = HEIGHT};
    struct zc_display *display;
    struct picture from, to;
    char node[32];
    int drm = drm_open("vkms", node, sizeof(node));
    enum result result;

    if (drm < 0)
        SKIP("no vkms display may be opened (modprobe vkms)");
    close(drm);
    zc_log_set(ZC_LOG_ERROR, hear, NULL);
    config.path = node;
    if (zc_display_open(&display, &config))
        SKIP("%s", message);
    TRY(picture_create(&from, heap, offset, padding));
    TRY(picture_create(&to, heap, 2 * offset, 2 * padding));
    result = compare_shown(display, &from, &to);
    zc_display_close(display);
    picture_destroy(&from);
    picture_destroy(&to);
    return result;
}

static enum result tight(struct heap *heap)
{
    return scan_out(heap, 0, 0);
}

/* An offset that is no multiple of a page, so that rows cross pages unevenly. */
static enum result offset_and_stride(struct heap *heap)
{
    return scan_out(heap, 3 * page_size() + 512, 192);
}

const struct check display_checks[] = {
    {"display", tight, 0, 120},
    {"display-offset", offset_and_stride, 0, 120},
    {0},
};

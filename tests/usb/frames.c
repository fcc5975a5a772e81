/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frames - does each byte of the UVC camera's frames lie where their layout says? Captured
 * into frames of a heap, in each format that the library knows and each size.
 *
 * Usage: frames CAMERA WxH…
 */
#include "pattern.h"
#include "../device/device.h"

#include <stdio.h>
#include <string.h>

struct rows {
    uint8_t *plane[ZC_MAX_PLANES];
    const struct zc_layout *layout;
    int luma_step; /* bytes from one to the next */
};

static uint8_t luma(const void *user, uint32_t x, uint32_t y)
{
    const struct rows *rows = user;

    return rows->plane[0][(size_t)y * rows->layout->plane[0].stride +
                          (size_t)x * rows->luma_step];
}

static int compare_row(const struct rows *rows, int plane, uint32_t y,
                       const uint8_t *want, uint32_t number)
{
    uint32_t stride = rows->layout->plane[plane].stride;
    size_t n = zc_layout_row_bytes(rows->layout, plane);
    const uint8_t *got = rows->plane[plane] + (size_t)y * stride;

    for (size_t i = 0; i < n; i++)
        if (got[i] != want[i])
            FAIL("frame %u, plane %d (stride %u), row %u, byte %zu: %d, not %d", number,
                 plane, stride, y, i, got[i], want[i]);
    return 0;
}

static int compare(const struct rows *rows, enum pattern_format pattern)
{
    static uint8_t picture[4096 * 1024];
    const struct zc_layout *layout = rows->layout;
    uint32_t number = pattern_number(luma, rows);
    const uint8_t *want = picture;

    if (pattern_room(pattern, layout->width, layout->height) > sizeof(picture))
        FAIL("no room for a picture of this size");
    pattern_draw(pattern, number, layout->width, layout->height, picture);
    for (int plane = 0; plane < layout->format->n_planes; plane++) {
        uint32_t height = layout->height / layout->format->plane[plane].block_height;

        for (uint32_t y = 0; y < height; y++) {
            if (compare_row(rows, plane, y, want, number))
                return 1;
            want += zc_layout_row_bytes(layout, plane);
        }
    }
    return 0;
}

static int test(struct zc_heap *heap, const char *camera, enum pattern_format pattern,
                const struct zc_camera_mode *mode)
{
    struct zc_frame *frame;
    struct rows rows = {.luma_step = pattern == PATTERN_YUYV ? 2 : 1};
    void *plane[ZC_MAX_PLANES];
    int failed = device_capture(camera, heap, *mode, &frame);

    if (!failed && zc_frame_begin_cpu(frame, ZC_CPU_READ, plane)) {
        snprintf(device_why, sizeof(device_why), "the frame cannot be read");
        failed = 1;
    }
    if (!failed) {
        rows.layout = zc_frame_layout(frame);
        memcpy(rows.plane, plane, sizeof(rows.plane));
        failed = compare(&rows, pattern);
        zc_frame_end_cpu(frame);
    }
    zc_frame_unref(frame);
    return failed;
}

int main(int argc, char **argv)
{
    static const char *const names[] = {"YUYV", "NV12"};
    struct zc_heap *heap;

    if (argc < 3) {
        fprintf(stderr, "usage: frames CAMERA WxH...\n");
        return 2;
    }
    if (zc_heap_open(&heap, NULL)) {
        printf("FAIL usb-frames: no heap can be opened\n");
        return 1;
    }
    for (int i = 2; i < argc; i++) {
        for (int j = 0; j < 2; j++) {
            struct zc_camera_mode mode = {.format = zc_format_by_name(names[j])};
            char name[64];

            if (sscanf(argv[i], "%ux%u", &mode.width, &mode.height) != 2)
                return 2;
            snprintf(name, sizeof(name), "usb-frames-%s-%s", names[j], argv[i]);
            device_report(name, test(heap, argv[1], j, &mode));
        }
    }
    zc_heap_close(heap);
    return device_exit_code();
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* device - capture, show, read back and compare. */
#include "device.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FRAMES 4
#define WARM_UP 3
#define PATIENCE_MS 5000

char device_why[512];
static int failures;

void device_report(const char *name, int result)
{
    if (result == 0)
        printf("ok %s\n", name);
    else if (result == 77)
        printf("skip %s: %s\n", name, device_why);
    else
        printf("FAIL %s: %s\n", name, device_why);
    failures += result != 0 && result != 77;
    device_why[0] = '\0';
    fflush(stdout);
}

int device_exit_code(void)
{
    return failures ? 1 : 0;
}

static int wait_for(int fd)
{
    struct pollfd ready = {fd, POLLIN, 0};

    return poll(&ready, 1, PATIENCE_MS) == 1 ? 0 : 1;
}

static int dequeue_last(struct zc_camera *camera, struct zc_frame **out)
{
    for (int i = 0; i < WARM_UP; i++) {
        int error = -EAGAIN;

        zc_frame_unref(*out);
        *out = NULL;
        if (zc_camera_refill(camera))
            FAIL("the camera took no frame");
        while (error == -EAGAIN) {
            if (wait_for(zc_camera_fd(camera)))
                FAIL("the camera sent no frame");
            error = zc_camera_dequeue(camera, out);
        }
        if (error)
            FAIL("dequeue: %s", strerror(-error));
    }
    return 0;
}

int device_capture(const char *path, struct zc_heap *heap, struct zc_camera_mode mode,
                   struct zc_frame **out)
{
    struct zc_camera *camera;
    struct zc_pool *pool = NULL;
    struct zc_layout layout;
    int error, failed = 1;

    *out = NULL;
    if (zc_camera_open(&camera, path))
        FAIL("cannot open %s", path);
    error = zc_camera_set_mode(camera, &mode, NULL, &layout);
    if (!error)
        error = zc_pool_create(&pool, heap, &layout, FRAMES);
    if (!error)
        error = zc_camera_import(camera, pool);
    if (!error)
        error = zc_camera_start(camera);
    if (error)
        snprintf(device_why, sizeof(device_why), "cannot capture %s: %s",
                 mode.format ? mode.format->name : "frames", strerror(-error));
    else
        failed = dequeue_last(camera, out);
    zc_camera_close(camera);
    zc_pool_unref(pool);
    return failed;
}

int device_flip(struct zc_display *display)
{
    struct zc_frame *shown;
    int error;

    do {
        if (wait_for(zc_display_fd(display)))
            FAIL("no flip came");
        error = zc_display_dispatch(display, &shown);
    } while (error == -EAGAIN);
    if (error)
        FAIL("dispatch: %s", strerror(-error));
    return 0;
}

int device_read(struct zc_frame *frame, uint8_t **pixels)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    size_t row = (size_t)layout->width * 4;
    void *plane[ZC_MAX_PLANES];

    *pixels = malloc(row * layout->height);
    if (zc_frame_begin_cpu(frame, ZC_CPU_READ, plane))
        FAIL("cannot read a frame");
    for (uint32_t y = 0; y < layout->height; y++)
        memcpy(*pixels + y * row, (char *)plane[0] + (size_t)y * layout->plane[0].stride,
               row);
    zc_frame_end_cpu(frame);
    return 0;
}

int device_show(struct devices *devices, struct zc_frame *frame, uint8_t **pixels)
{
    const struct zc_display_info *info = zc_display_info(devices->display);
    const struct zc_format *xr24 = zc_format_by_drm(DRM_FORMAT_XRGB8888);
    struct zc_frame *back = NULL;
    struct zc_layout layout;
    uint32_t reasons = 0;
    char text[128];
    int error, failed;

    if (zc_display_test(devices->display, frame, &reasons)) {
        zc_display_reason_text(reasons, text, sizeof(text));
        FAIL("the display cannot scan the frame out: %s", text);
    }
    error = zc_display_show(devices->display, frame);
    if (error)
        FAIL("show: %s", strerror(-error));
    if (device_flip(devices->display))
        return 1;
    if (!info->writeback)
        SKIP("the display has no writeback");
    error = zc_layout_solve(&layout, xr24, info->width, info->height, NULL);
    if (!error)
        error = zc_frame_create(&back, devices->heap, &layout);
    if (!error)
        error = zc_display_capture(devices->display, back);
    if (error)
        FAIL("writeback: %s", strerror(-error));
    failed = device_read(back, pixels);
    zc_frame_unref(back);
    return failed;
}

int device_compare(const uint8_t *got, const uint8_t *want, uint32_t width,
                   uint32_t height, int tolerance)
{
    int worst = -1;
    size_t at = 0, bad = 0, n = (size_t)width * height * 4;

    for (size_t i = 0; i < n; i++) {
        int difference = abs(got[i] - want[i]);

        if (i % 4 == 3)
            continue;
        bad += difference > tolerance;
        if (difference > worst) {
            worst = difference;
            at = i;
        }
    }
    if (!bad)
        return 0;
    at -= at % 4;
    FAIL(
        "%zu values differ by more than %d; the worst at %zu,%zu: got BGR %d %d %d, want "
        "%d %d %d",
        bad, tolerance, at / 4 % width, at / 4 / width, got[at], got[at + 1], got[at + 2],
        want[at], want[at + 1], want[at + 2]);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* alone - each device in the loop that programs have around it, and nothing else. */
#include "bench/measure/alone.h"
#include "bench/measure/session.h"
#include "tools/program/interrupt.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <poll.h>

#define CAMERA_FRAMES 6
/* Two that the GPU works on, so that it never waits for us. */
#define IN_FLIGHT 2
#define TARGETS (IN_FLIGHT + 1)
/* On screen, waiting for the flip, and one to go on with. */
#define DISPLAY_FRAMES 3

#define WAIT_MS 100
#define SILENCE_NS INT64_C(5000000000)

static const struct zc_align align = {.stride = 256, .rows = 4};

static int wait_for(int fd, short events)
{
    struct pollfd ready = {.fd = fd, .events = events};

    return poll(&ready, 1, WAIT_MS) < 0 && errno != EINTR ? -errno : 0;
}

static bool ends(int64_t until_ns)
{
    return interrupt_came() || zc_now_ns() >= until_ns;
}

/* Whether a device has said nothing for too long. */
static int check_silence(const struct pace *pace, int64_t began_ns, const char *device)
{
    int64_t heard = pace->last_ns > began_ns ? pace->last_ns : began_ns;

    if (zc_now_ns() - heard < SILENCE_NS)
        return 0;
    zc_log(ZC_LOG_ERROR, "the %s has said nothing for %lld seconds", device,
           (long long)(SILENCE_NS / 1000000000));
    return -ETIMEDOUT;
}

static int take_frames(struct zc_camera *camera, struct pace *pace, int64_t ns)
{
    int64_t began = zc_now_ns(), until = began + ns;
    int error = zc_camera_start(camera);

    pace_begin(pace);
    while (!error && !ends(until)) {
        struct zc_frame *frame;

        error = zc_camera_dequeue(camera, &frame);
        if (!error) {
            pace_tick(pace, zc_frame_meta(frame)->at_ns[ZC_STAGE_DEQUEUE]);
            zc_frame_unref(frame);
            error = zc_camera_refill(camera);
        } else if (error == -EAGAIN) {
            error = wait_for(zc_camera_fd(camera), POLLIN | POLLPRI);
            if (!error)
                error = check_silence(pace, began, "camera");
        }
    }
    zc_camera_stop(camera);
    return error;
}

int alone_camera(struct alone *alone, struct pace *pace, int64_t ns)
{
    struct zc_camera *camera = alone->rig->camera;
    struct zc_camera_mode mode = {
        .width = alone->width, .height = alone->height, .rate_num = ZC_RATE_HIGHEST};
    struct zc_layout layout;
    struct zc_pool *pool = NULL;
    int error;

    mode.format = zc_camera_format(camera, 0);
    error = zc_camera_set_mode(camera, &mode, &align, &layout);
    if (!error)
        error = zc_pool_create(&pool, alone->heap, &layout, CAMERA_FRAMES);
    if (!error)
        error = zc_camera_import(camera, pool);
    if (!error) {
        alone->format = layout.format->name;
        error = take_frames(camera, pace, ns);
    }
    zc_camera_stop(camera);
    zc_pool_unref(pool);
    return error;
}

static int make_frame(const struct alone *alone, uint32_t fourcc, struct zc_frame **frame)
{
    struct zc_layout layout;
    int error = zc_layout_solve(&layout, zc_format_by_drm(fourcc), alone->width,
                                alone->height, &align);

    return error ? error : zc_frame_create(frame, alone->heap, &layout);
}

static int finish_drawing(struct zc_frame *target)
{
    int fence = zc_frame_fence(target), error = 0;
    struct pollfd signalled = {.fd = fence, .events = POLLIN};

    if (fence < 0)
        return 0;
    while (poll(&signalled, 1, -1) < 0 && !error)
        error = errno == EINTR ? 0 : -errno;
    zc_frame_set_fence(target, -1);
    return error;
}

int alone_gpu(struct alone *alone, struct pace *pace, int64_t ns)
{
    struct zc_frame *source = NULL, *target[TARGETS] = {NULL};
    struct zc_gpu *gpu = alone->rig->gpu;
    int64_t until;
    int error = make_frame(alone, DRM_FORMAT_YUYV, &source);

    for (int i = 0; i < TARGETS && !error; i++)
        error = make_frame(alone, DRM_FORMAT_XRGB8888, &target[i]);
    /* The first drawing imports. */
    for (int i = 0; i < TARGETS && !error; i++)
        error = zc_gpu_convert(gpu, source, target[i], NULL);
    for (int i = 0; i < TARGETS && !error; i++)
        error = finish_drawing(target[i]);
    alone->format = "YUYV";
    pace_begin(pace);
    until = zc_now_ns() + ns;
    for (unsigned long n = 0; !error && !ends(until); n++) {
        error = finish_drawing(target[n % TARGETS]);
        if (!error)
            error = zc_gpu_convert(gpu, source, target[n % TARGETS], NULL);
        if (!error)
            error = finish_drawing(target[(n + 1) % TARGETS]);
        if (!error)
            pace_tick(pace, zc_now_ns());
    }
    for (int i = 0; i < TARGETS; i++) {
        if (target[i])
            finish_drawing(target[i]);
        zc_frame_unref(target[i]);
    }
    zc_frame_unref(source);
    return error;
}

/* Waits for the flip that is pending. */
static int wait_flip(struct zc_display *display, struct pace *pace, int64_t began_ns)
{
    struct zc_frame *shown;
    int error = -EAGAIN;

    while (error == -EAGAIN) {
        error = wait_for(zc_display_fd(display), POLLIN);
        if (!error)
            error = zc_display_dispatch(display, &shown);
        if (!error)
            pace_tick(pace, zc_frame_meta(shown)->at_ns[ZC_STAGE_FLIP]);
        else if (error == -EAGAIN && check_silence(pace, began_ns, "display"))
            error = -ETIMEDOUT;
    }
    return error;
}

static int show(struct zc_display *display, struct zc_frame *frame, int64_t until_ns)
{
    int error = zc_display_show(display, frame);

    /* Something of the driver's own is under way. */
    while (error == -EBUSY && !ends(until_ns)) {
        poll(NULL, 0, 1);
        error = zc_display_show(display, frame);
    }
    return error;
}

int alone_display(struct alone *alone, struct pace *pace, int64_t ns)
{
    struct zc_display *display = alone->rig->display;
    struct zc_frame *frame[DISPLAY_FRAMES] = {NULL};
    int64_t began, until;
    uint32_t reasons;
    int error = 0;

    for (int i = 0; i < DISPLAY_FRAMES && !error; i++)
        error = make_frame(alone, DRM_FORMAT_XRGB8888, &frame[i]);
    for (int i = 0; i < DISPLAY_FRAMES && !error; i++)
        error = zc_display_test(display, frame[i], &reasons);
    alone->format = "XR24";
    pace_begin(pace);
    began = zc_now_ns();
    until = began + ns;
    for (unsigned long n = 0; !error && !ends(until); n++) {
        error = show(display, frame[n % DISPLAY_FRAMES], until);
        if (!error)
            error = wait_flip(display, pace, began);
    }
    for (int i = 0; i < DISPLAY_FRAMES; i++)
        zc_frame_unref(frame[i]);
    return error == -EBUSY ? 0 : error;
}

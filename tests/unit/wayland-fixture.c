/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wayland-fixture - one compositor, one window, and nothing left of them. */
#include "wayland-fixture.h"
#include "../open-fds.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct script script;
struct compositor compositor;
struct zc_display *display;
struct zc_frame *frame[N];
static struct zc_heap *heap;
static int fds_before;

int fixture_setup(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){.clock_runs = true};
    script = (struct script){.dmabuf_version = 3, .clock = CLOCK_MONOTONIC};
    said_listen(ZC_LOG_WARNING);
    unsetenv("WAYLAND_DISPLAY");
    fds_before = open_fds();
    return zc_heap_open(&heap, FAKE_NODE);
}

void drop_frames(void)
{
    for (int i = 0; i < N; i++) {
        if (!frame[i])
            continue;
        zc_frame_unref(frame[i]);
        zc_frame_unkeep(frame[i]);
        frame[i] = NULL;
    }
}

int fixture_teardown(void **state)
{
    int left;

    (void)state;
    close_display();
    drop_frames();
    zc_heap_close(heap);
    if (compositor.pid) {
        struct seen seen = look();

        /* It may not have heard yet that the client went. */
        for (int i = 0; i < 100 && seen.clients; i++)
            seen = look();
        left = seen.clients + seen.buffers + seen.surfaces;
        compositor_stop(&compositor);
        if (left) {
            fprintf(stderr,
                    "left at the compositor: %d clients, %d buffers, %d surfaces\n",
                    seen.clients, seen.buffers, seen.surfaces);
            return -1;
        }
    }
    left = open_fds() - fds_before;
    if (left)
        fprintf(stderr, "%d fds are left\n", left);
    return left ? -1 : 0;
}

void start_compositor(void)
{
    compositor_start(&compositor, &script);
}

int open_display(void)
{
    return zc_display_open(&display, &(struct zc_display_config){
                                         .path = compositor.socket,
                                         .width = 640,
                                         .height = 480,
                                         .title = "test",
                                     });
}

void close_display(void)
{
    zc_display_close(display);
    display = NULL;
}

static void on_release(struct zc_frame *which, void *user)
{
    (void)which;
    *(bool *)user = true;
}

/* Each is kept by the test, and released when nobody else uses it. */
void make_frames(const char *format, uint32_t width, uint32_t height)
{
    struct zc_layout layout;

    assert_int_equal(
        zc_layout_solve(&layout, zc_format_by_name(format), width, height, NULL), 0);
    for (int i = 0; i < N; i++) {
        assert_int_equal(zc_frame_create(&frame[i], heap, &layout), 0);
        zc_frame_keep(frame[i]);
    }
}

void start(void)
{
    start_compositor();
    assert_int_equal(open_display(), 0);
    make_frames("XR24", 640, 480);
}

struct seen look(void)
{
    return compositor_do(&compositor, LOOK, 0, 0, 0);
}

int dispatch_once(struct zc_frame **shown)
{
    *shown = NULL;
    return zc_display_dispatch(display, shown);
}

struct zc_frame *dispatch(void)
{
    struct zc_frame *shown, *last = NULL;
    int error;

    while (!(error = dispatch_once(&shown)))
        last = shown ? shown : last;
    assert_int_equal(error, -EAGAIN);
    return last;
}

struct seen tell(enum command command, int64_t a, int64_t b, int64_t c)
{
    struct seen seen = compositor_do(&compositor, command, a, b, c);

    dispatch();
    /* What the display has answered. */
    seen = look();
    return seen;
}

void show(int index)
{
    assert_int_equal(zc_display_show(display, frame[index]), 0);
}

void present(int index, int64_t ns, int64_t flags)
{
    compositor_do(&compositor, PRESENT, ns, REFRESH_NS, flags);
    assert_ptr_equal(dispatch(), frame[index]);
}

/* The test's own reference is given up for a moment. */
bool is_free(int index)
{
    bool released = false, was_released;

    zc_frame_set_release(frame[index], on_release, &released);
    zc_frame_unref(frame[index]);
    was_released = released;
    zc_frame_ref(frame[index]);
    zc_frame_set_release(frame[index], NULL, NULL);
    return was_released;
}

struct zc_display_event event(void)
{
    struct zc_display_event event;

    assert_true(zc_display_next_event(display, &event));
    return event;
}

bool has_event(void)
{
    struct zc_display_event event;

    return zc_display_next_event(display, &event);
}

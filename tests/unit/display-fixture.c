/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display-fixture - one card, one display on it, and nothing left of them. */
#include "display-fixture.h"
#include "../open-fds.h"

#include <errno.h>
#include <stdio.h>
#include <unistd.h>

struct zc_display *display;
struct zc_heap *heap;
struct zc_pool *pool;
struct zc_frame *held[32]; /* every frame of every pool, until let_go() */
int n_held;
struct mock_drm before;
static int fds_before;

int fixture_setup(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){.now_ns = 1000000000};
    mock_drm_reset();
    said_listen(ZC_LOG_WARNING);
    fds_before = open_fds();
    return zc_heap_open(&heap, FAKE_NODE);
}

void let_go(void)
{
    while (n_held > 0)
        zc_frame_unref(held[--n_held]);
}

/* Whatever a test did: nothing of it may be left. */
int fixture_teardown(void **state)
{
    (void)state;
    zc_display_close(display);
    display = NULL;
    let_go();
    zc_pool_unref(pool);
    pool = NULL;
    zc_heap_close(heap);
    mock_drm_finish();
    if (mock_drm_leaks() || mock_drm.bad_handles || mock_drm.rmfbs_in_use ||
        mock_drm.hangs || mock_drm.master || open_fds() != fds_before) {
        fprintf(stderr, "leaks %d, bad handles %d, removed in use %d, hangs %d, fds %d\n",
                mock_drm_leaks(), mock_drm.bad_handles, mock_drm.rmfbs_in_use,
                mock_drm.hangs, open_fds() - fds_before);
        return -1;
    }
    return 0;
}

int open_config(const struct zc_display_config *config)
{
    before = mock_drm;
    return zc_display_open(&display, config);
}

void open_display(void)
{
    assert_int_equal(open_config(&(struct zc_display_config){.path = mock_drm.path[0]}),
                     0);
}

void hold_all(void)
{
    struct zc_frame *frame;

    while ((frame = zc_pool_acquire(pool)))
        held[n_held++] = frame;
}

void make_pool(const char *format, uint32_t width, uint32_t height, int n)
{
    struct zc_layout layout;

    assert_int_equal(
        zc_layout_solve(&layout, zc_format_by_name(format), width, height, NULL), 0);
    assert_int_equal(zc_pool_create(&pool, heap, &layout, n), 0);
    hold_all();
}

/* The display, and a pool of four XR24 frames. */
void start(void)
{
    open_display();
    make_pool("XR24", 640, 480, N);
}

void flip(struct zc_frame *expected)
{
    struct zc_frame *shown = NULL;

    assert_true(zc_display_pending(display));
    assert_int_equal(zc_display_dispatch(display, &shown), 0);
    assert_ptr_equal(shown, expected);
    assert_false(zc_display_pending(display));
}

void show_and_flip(struct zc_frame *frame)
{
    assert_int_equal(zc_display_show(display, frame), 0);
    flip(frame);
}

void close_display(void)
{
    zc_display_close(display);
    display = NULL;
}

uint64_t value(uint32_t object, const char *name)
{
    return *mock_drm_value(object, name);
}

uint32_t reasons_of(struct zc_frame *frame)
{
    uint32_t reasons = 0;

    assert_int_equal(zc_display_test(display, frame, &reasons), -ENOTSUP);
    return reasons;
}

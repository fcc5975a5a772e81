/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wayland, on a compositor of ours: what it offers, its buffers, and what it shows. */
#include "wayland-fixture.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void test_window_is_opened_and_nothing_is_shown(void **state)
{
    const struct zc_display_info *info;
    struct seen seen;

    (void)state;
    start_compositor();
    assert_int_equal(open_display(), 0);
    info = zc_display_info(display);
    assert_int_equal(info->kind, ZC_DISPLAY_WAYLAND);
    assert_string_equal(info->path, compositor.socket);
    assert_string_equal(info->connector, "window");
    assert_int_equal(info->width, 640);
    assert_int_equal(info->height, 480);
    assert_false(info->writeback);
    assert_false(info->vblank);
    assert_false(zc_display_pending(display));
    assert_int_equal(zc_display_connected(display), 1);
    seen = look();
    assert_int_equal(seen.commits, 0);
    assert_string_equal(seen.title, "test");
    assert_true(seen.decoration_asked);
    assert_string_equal(said, "");
}

static void test_environment_names_the_compositor(void **state)
{
    (void)state;
    start_compositor();
    setenv("WAYLAND_DISPLAY", compositor.socket, 1);
    for (int i = 0; i < 2; i++) {
        const struct zc_display_config config = {.path = i ? "auto" : "wayland"};

        assert_int_equal(zc_display_open(&display, &config), 0);
        assert_int_equal(zc_display_info(display)->kind, ZC_DISPLAY_WAYLAND);
        assert_string_equal(zc_display_info(display)->path, compositor.socket);
        close_display();
    }
    unsetenv("WAYLAND_DISPLAY");
}

static void assert_refused(int error, const char *words)
{
    assert_int_equal(open_display(), error);
    if (!strstr(said, words))
        fail_msg("no \"%s\" in \"%s\"", words, said);
}

static void test_no_compositor_is_told_of(void **state)
{
    (void)state;
    start_compositor();
    compositor_stop(&compositor);
    assert_int_equal(
        zc_display_open(&display, &(struct zc_display_config){.path = "no-such"}),
        -ENOENT);
    assert_non_null(strstr(said, "no-such"));
}

static void test_compositor_without_dma_bufs_is_told_of(void **state)
{
    (void)state;
    script.dmabuf_version = 0;
    start_compositor();
    assert_refused(-ENOTSUP, "takes no dma-bufs");
    compositor_stop(&compositor);
    script.dmabuf_version = 2;
    start_compositor();
    assert_refused(-ENOTSUP, "version 2");
}

static void test_compositor_without_windows_is_told_of(void **state)
{
    (void)state;
    script.no_shell = true;
    start_compositor();
    assert_refused(-ENOTSUP, "shows no windows");
}

/* ----------------------------------------------------------------- formats */

static void test_formats_of_version_3(void **state)
{
    (void)state;
    start_compositor();
    assert_int_equal(open_display(), 0);
    assert_true(zc_display_has_format(display, DRM_FORMAT_XRGB8888, 0));
    assert_true(zc_display_has_format(display, DRM_FORMAT_NV12, 0));
    assert_false(zc_display_has_format(display, DRM_FORMAT_YUYV, 0));
    assert_false(
        zc_display_has_format(display, DRM_FORMAT_XRGB8888, I915_FORMAT_MOD_X_TILED));
    assert_null(zc_display_info(display)->gpu);
}

static void test_formats_of_feedback_and_when_they_change(void **state)
{
    (void)state;
    script.dmabuf_version = 4;
    start_compositor();
    assert_int_equal(open_display(), 0);
    assert_true(zc_display_has_format(display, DRM_FORMAT_XRGB8888, 0));
    assert_true(zc_display_has_format(display, DRM_FORMAT_NV12, 0));
    dispatch();
    assert_false(has_event());
    tell(FEEDBACK, 0, 0, 0);
    assert_int_equal(event().kind, ZC_EVENT_FORMATS);
    assert_false(zc_display_has_format(display, DRM_FORMAT_XRGB8888, 0));
    assert_true(zc_display_has_format(display, DRM_FORMAT_NV12, 0));
}

/* It takes linear buffers by the name of "whatever there is". */
static void test_compositor_that_knows_no_modifiers(void **state)
{
    uint32_t reasons = 0;

    (void)state;
    script.implicit = true;
    start();
    assert_true(zc_display_has_format(display, DRM_FORMAT_XRGB8888, 0));
    assert_int_equal(zc_display_test(display, frame[0], &reasons), 0);
    assert_true(look().modifier == DRM_FORMAT_MOD_INVALID);
}

/* ----------------------------------------------------------------- buffers */

static void test_each_frame_is_imported_once(void **state)
{
    struct zc_counters before, after;
    uint32_t reasons = 0;

    (void)state;
    start();
    zc_counters_read(&before);
    for (int turn = 0; turn < 2; turn++)
        for (int i = 0; i < N; i++)
            assert_int_equal(zc_display_test(display, frame[i], &reasons), 0);
    assert_int_equal(look().creates, N);
    assert_true(look().modifier == DRM_FORMAT_MOD_LINEAR);
    for (int i = 0; i < 2 * N; i++) {
        show(i % N);
        assert_true(look().inode == zc_frame_identity(frame[i % N], 0));
        present(i % N, zc_now_ns(), 0);
    }
    zc_counters_read(&after);
    assert_int_equal(look().creates, N);
    assert_int_equal(look().commits, 2 * N);
    assert_int_equal(after.display_imports - before.display_imports, N);
    /* They go with their frames. */
    close_display();
    drop_frames();
    assert_int_equal(look().buffers, 0);
}

static void test_refused_buffer_has_a_reason(void **state)
{
    uint32_t reasons = 0;

    (void)state;
    script.max_stride = 2000;
    start();
    assert_int_equal(zc_display_test(display, frame[0], &reasons), -ENOTSUP);
    assert_int_equal(reasons, ZC_REASON_FRAMEBUFFER);
    assert_string_equal(said, "");
    assert_int_equal(zc_display_show(display, frame[0]), -ENOTSUP);
    assert_non_null(strstr(said, "cannot show a XR24 frame of 640x480, stride 2560"));
    assert_false(zc_display_pending(display));
    assert_true(is_free(0));
}

static void test_formats_and_colours_that_it_lacks_have_reasons(void **state)
{
    uint32_t reasons = 0;

    (void)state;
    start_compositor();
    assert_int_equal(open_display(), 0);
    make_frames("YUYV", 64, 64);
    assert_int_equal(zc_display_test(display, frame[0], &reasons), -ENOTSUP);
    assert_int_equal(reasons, ZC_REASON_FORMAT);
    /* Nobody tells the compositor of another matrix than that which all assume. */
    drop_frames();
    make_frames("NV12", 64, 64);
    reasons = 0;
    assert_int_equal(zc_display_test(display, frame[0], &reasons), 0);
    ((struct zc_layout *)zc_frame_layout(frame[1]))->colour.matrix = ZC_MATRIX_BT709;
    assert_int_equal(zc_display_test(display, frame[1], &reasons), -ENOTSUP);
    assert_int_equal(reasons, ZC_REASON_COLOUR);
}

/* What a program draws into that copies: no dma-buf, and mapped. */
static void test_memory_for_the_cpu(void **state)
{
    struct zc_frame *drawn[2], *shown;
    struct zc_pool *pool;
    struct zc_layout layout;
    void *plane[ZC_MAX_PLANES];
    struct seen seen;

    (void)state;
    start_compositor();
    assert_int_equal(open_display(), 0);
    assert_int_equal(zc_layout_solve(&layout, zc_format_by_name("XR24"), 320, 240, NULL),
                     0);
    assert_int_equal(zc_display_dumb_pool(display, &layout, 2, &pool), 0);
    for (int i = 0; i < 2; i++) {
        drawn[i] = zc_pool_acquire(pool);
        assert_int_equal(zc_frame_fd(drawn[i], 0), -1);
        assert_int_equal(zc_frame_begin_cpu(drawn[i], ZC_CPU_WRITE, plane), 0);
        memset(plane[0], 0x55, layout.bytes[0]);
        assert_int_equal(zc_frame_end_cpu(drawn[i]), 0);
        assert_int_equal(zc_display_show(display, drawn[i]), 0);
        seen = compositor_do(&compositor, PRESENT, zc_now_ns(), REFRESH_NS, 0);
        assert_int_equal(seen.width, 320);
        assert_int_equal(seen.height, 240);
        assert_true(seen.inode == 0);
        assert_int_equal(dispatch_once(&shown), 0);
        assert_ptr_equal(shown, drawn[i]);
        zc_frame_unref(drawn[i]);
    }
    dispatch();
    assert_int_equal(zc_pool_free(pool), 1);
    assert_int_equal(look().creates, 0);
    /* They outlive the display. */
    close_display();
    assert_int_equal(zc_pool_free(pool), 2);
    zc_pool_unref(pool);
    assert_int_equal(open_display(), 0);
    layout.format = zc_format_by_name("NV12");
    layout.n_planes = 2;
    assert_int_equal(zc_display_dumb_pool(display, &layout, 2, &pool), -EINVAL);
    assert_int_equal(zc_display_pool(display, &layout, 2, &pool), -ENOTSUP);
}

/* ---------------------------------------------------------------- what it shows */

static void test_flip_is_when_the_compositor_says(void **state)
{
    int64_t at_ns;

    (void)state;
    start();
    assert_int_equal(zc_display_info(display)->refresh_mhz, 0);
    show(0);
    assert_true(zc_display_pending(display));
    at_ns = zc_now_ns() + 5 * MS;
    present(0, at_ns, FLAGS_BLANK);
    assert_int_equal(zc_frame_meta(frame[0])->at_ns[ZC_STAGE_FLIP], at_ns);
    assert_true(zc_frame_meta(frame[0])->at_ns[ZC_STAGE_COMMIT] < at_ns);
    assert_true(zc_display_info(display)->vblank);
    assert_int_equal(zc_display_info(display)->refresh_mhz, 60000);
    assert_false(zc_display_pending(display));
}

static void test_only_a_real_blank_is_one(void **state)
{
    (void)state;
    start();
    for (int flags = 0; flags < 8; flags++) {
        show(0);
        present(0, zc_now_ns(), flags);
        assert_int_equal(zc_display_info(display)->vblank,
                         (flags & FLAGS_BLANK) == FLAGS_BLANK);
    }
}

/* A time from before the commit is none. */
static void test_impossible_times_are_not_believed(void **state)
{
    int64_t before;

    (void)state;
    start();
    before = zc_now_ns();
    show(0);
    present(0, before - 100 * MS, FLAGS_BLANK);
    assert_true(zc_frame_meta(frame[0])->at_ns[ZC_STAGE_FLIP] >= before);
}

static void test_times_of_another_clock_are_converted(void **state)
{
    struct timespec real;
    int64_t flip, now;

    (void)state;
    script.clock = CLOCK_REALTIME;
    start();
    show(0);
    clock_gettime(CLOCK_REALTIME, &real);
    now = zc_now_ns();
    present(0, real.tv_sec * INT64_C(1000000000) + real.tv_nsec + 20 * MS, FLAGS_BLANK);
    flip = zc_frame_meta(frame[0])->at_ns[ZC_STAGE_FLIP];
    assert_true(flip > now + 10 * MS && flip < now + 30 * MS);
    assert_false(zc_display_info(display)->vblank);
}

static void test_what_became_of_frames_is_counted(void **state)
{
    const struct zc_composition *all;

    (void)state;
    start();
    all = &zc_display_info(display)->composition;
    for (int i = 0; i < 3; i++) {
        show(0);
        present(0, zc_now_ns(), FLAGS_BLANK | (i ? FLAGS_PLANE : 0));
    }
    assert_int_equal(all->plane, 2);
    assert_int_equal(all->pass, 1);
    assert_int_equal(all->untold, 0);
}

static void test_without_presentation_nothing_is_told(void **state)
{
    (void)state;
    script.no_presentation = true;
    start();
    show(0);
    assert_true(zc_display_pending(display));
    compositor_do(&compositor, TAKE, 0, 0, 0);
    assert_ptr_equal(dispatch(), frame[0]);
    assert_false(zc_display_info(display)->vblank);
    assert_int_equal(zc_display_info(display)->composition.untold, 1);
    assert_int_equal(zc_display_info(display)->composition.pass, 0);
}

/* A compositor that has taken up a frame takes the next, before it has shown the first. */
static void test_several_are_on_their_way(void **state)
{
    struct zc_frame *shown;
    int64_t now;

    (void)state;
    start();
    show(0);
    compositor_do(&compositor, TAKE, 0, 0, 0);
    assert_null(dispatch());
    assert_false(zc_display_pending(display));
    show(1);
    assert_true(zc_display_pending(display));
    assert_int_equal(zc_display_show(display, frame[2]), -EBUSY);
    now = zc_now_ns();
    compositor_do(&compositor, PRESENT, now, REFRESH_NS, 0);
    assert_int_equal(dispatch_once(&shown), 0);
    assert_ptr_equal(shown, frame[0]);
    compositor_do(&compositor, PRESENT, now + REFRESH_NS, REFRESH_NS, 0);
    assert_int_equal(dispatch_once(&shown), 0);
    assert_ptr_equal(shown, frame[1]);
    assert_int_equal(zc_frame_meta(frame[1])->at_ns[ZC_STAGE_FLIP], now + REFRESH_NS);
    assert_int_equal(dispatch_once(&shown), -EAGAIN);
}

static void test_frame_that_is_not_shown_is_told(void **state)
{
    struct zc_frame *shown;

    (void)state;
    start();
    show(0);
    compositor_do(&compositor, TAKE, 0, 0, 0);
    compositor_do(&compositor, DISCARD, 0, 0, 0);
    assert_int_equal(dispatch_once(&shown), 0);
    assert_null(shown);
    assert_int_equal(zc_frame_meta(frame[0])->at_ns[ZC_STAGE_FLIP], 0);
    show(1);
    present(1, zc_now_ns(), 0);
}

static void test_there_is_room_for_no_more_than_so_many(void **state)
{
    int n = 0;

    (void)state;
    start();
    while (n < N && !zc_display_show(display, frame[n])) {
        n++;
        compositor_do(&compositor, TAKE, 0, 0, 0);
        dispatch();
    }
    assert_int_equal(n, 4);
    assert_true(zc_display_pending(display));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_window_is_opened_and_nothing_is_shown),
    TEST(test_environment_names_the_compositor),
    TEST(test_no_compositor_is_told_of),
    TEST(test_compositor_without_dma_bufs_is_told_of),
    TEST(test_compositor_without_windows_is_told_of),
    TEST(test_formats_of_version_3),
    TEST(test_formats_of_feedback_and_when_they_change),
    TEST(test_compositor_that_knows_no_modifiers),
    TEST(test_each_frame_is_imported_once),
    TEST(test_refused_buffer_has_a_reason),
    TEST(test_formats_and_colours_that_it_lacks_have_reasons),
    TEST(test_memory_for_the_cpu),
    TEST(test_flip_is_when_the_compositor_says),
    TEST(test_only_a_real_blank_is_one),
    TEST(test_impossible_times_are_not_believed),
    TEST(test_times_of_another_clock_are_converted),
    TEST(test_what_became_of_frames_is_counted),
    TEST(test_without_presentation_nothing_is_told),
    TEST(test_several_are_on_their_way),
    TEST(test_frame_that_is_not_shown_is_told),
    TEST(test_there_is_room_for_no_more_than_so_many),
};

TEST_MAIN("wayland", tests)

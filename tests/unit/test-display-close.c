/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display, its end: what is restored, captured before, and outlives it. */
#include "display-fixture.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

static void test_close_before_the_first_show_changes_nothing(void **state)
{
    (void)state;
    mock_drm_light();
    start();
    zc_display_test(display, zc_pool_frame(pool, 0), &(uint32_t){0});
    close_display();
    assert_int_equal(mock_drm.commits, 0);
    assert_true(mock_drm_same(&before, &mock_drm));
}

static void test_close_restores_what_was_lit(void **state)
{
    (void)state;
    mock_drm_light();
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    show_and_flip(zc_pool_frame(pool, 1));
    close_display();
    assert_true(mock_drm_same(&before, &mock_drm));
    assert_int_equal(value(MOCK_PRIMARY, "FB_ID"), MOCK_FOREIGN_FB);
    assert_int_equal(value(MOCK_PRIMARY, "rotation"), DRM_MODE_ROTATE_180);
    assert_string_equal(said, "");
}

static void test_close_restores_darkness(void **state)
{
    (void)state;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    close_display();
    assert_true(mock_drm_same(&before, &mock_drm));
    assert_int_equal(value(MOCK_CRTC, "ACTIVE"), 0);
}

static void test_close_without_the_old_picture_keeps_its_mode(void **state)
{
    (void)state;
    mock_drm_light();
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    mock_drm.fb[0] = mock_drm.fb[1] = (struct mock_fb){0};
    close_display();
    assert_int_equal(value(MOCK_CRTC, "ACTIVE"), 1);
    assert_int_equal(value(MOCK_PRIMARY, "FB_ID"), 0);
    assert_memory_equal(mock_drm_blob(value(MOCK_CRTC, "MODE_ID"))->data,
                        before.blob[0].data, sizeof(drmModeModeInfo));
}

static void test_close_goes_dark_where_nothing_else_is_taken(void **state)
{
    (void)state;
    mock_drm_light();
    mock_drm.needs_primary = true;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    mock_drm.fb[0] = (struct mock_fb){0};
    close_display();
    assert_int_equal(value(MOCK_CRTC, "ACTIVE"), 0);
    assert_int_equal(value(MOCK_CONNECTOR, "CRTC_ID"), 0);
}

static void test_close_waits_for_the_flip(void **state)
{
    (void)state;
    start();
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), 0);
    close_display();
    assert_null(mock_drm.event);
    assert_true(mock_drm_same(&before, &mock_drm));
}

static void test_close_waits_no_longer_than_it_must(void **state)
{
    int64_t began;

    (void)state;
    start();
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), 0);
    let_go();
    mock_drm.keeps_events = true;
    began = fake_kernel.now_ns;
    close_display();
    assert_true(fake_kernel.now_ns - began >= 0 &&
                fake_kernel.now_ns - began <= 1000000000);
    assert_int_equal(zc_pool_free(pool), N);
}

static void test_unplug_passes_up_and_closes_quietly(void **state)
{
    struct zc_frame *frame;
    int error = -EAGAIN;

    (void)state;
    mock_drm_light();
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 1)), 0);
    mock_drm.unplugged = true;
    for (int i = 0; i < 100 && error == -EAGAIN; i++)
        error = zc_display_dispatch(display, &frame);
    assert_int_equal(error, -ENODEV);
    said[0] = '\0';
    close_display();
    assert_string_equal(said, "");
}

static void test_show_after_unplug_is_enodev(void **state)
{
    (void)state;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    mock_drm.unplugged = true;
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), -ENODEV);
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 1)), -ENODEV);
}

static void test_frames_may_outlive_the_display(void **state)
{
    struct zc_frame *frame;

    (void)state;
    start();
    let_go();
    frame = zc_pool_acquire(pool);
    show_and_flip(frame);
    close_display();
    assert_int_equal(mock_drm.rmfbs, 1);
    zc_frame_unref(frame);
}

static void test_frames_may_go_before_the_display(void **state)
{
    (void)state;
    start();
    for (int i = 0; i < N; i++)
        show_and_flip(zc_pool_frame(pool, i));
    let_go();
    zc_pool_unref(pool);
    pool = NULL;
    assert_int_equal(mock_drm.rmfbs, 0); /* the one on screen keeps its pool */
    close_display();
    assert_int_equal(mock_drm.rmfbs, N);
}

/* ------------------------------------------------------- capture, dumb buffers */

static void test_capture_leaves_the_state_as_it_was(void **state)
{
    struct mock_drm shown;
    struct stat node;
    struct zc_pool *first;

    (void)state;
    start();
    first = pool;
    make_pool("XR24", 1024, 768, 1);
    show_and_flip(zc_pool_frame(first, 0));
    shown = mock_drm;
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 0)), 0);
    assert_int_equal(mock_drm.captures, 1);
    assert_int_equal(fstat(zc_frame_fd(zc_pool_frame(pool, 0), 0), &node), 0);
    assert_int_equal(mock_drm.captured_into, node.st_ino);
    assert_true(mock_drm_same(&shown, &mock_drm));
    assert_true(mock_drm.sequence - shown.sequence >= 6 &&
                mock_drm.sequence - shown.sequence <= 60);
    assert_int_equal(fake_kernel.fence_waits, 1);
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 0)), 0);
    assert_int_equal(mock_drm.addfbs, 2);
    show_and_flip(zc_pool_frame(first, 1));
    assert_int_equal(mock_drm.last_items, 1);
    zc_pool_unref(first);
}

static void test_capture_without_blanks_waits_by_time(void **state)
{
    (void)state;
    mock_drm.no_vblank = true;
    open_display();
    make_pool("XR24", 1024, 768, 2);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 1)), 0);
}

static void test_capture_refusals(void **state)
{
    struct zc_pool *small;

    (void)state;
    start();
    small = pool;
    make_pool("XR24", 1024, 768, 2);
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 0)), -EINVAL);
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), 0);
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 1)), -EBUSY);
    flip(zc_pool_frame(pool, 0));
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 0)), -EBUSY);
    assert_int_equal(zc_display_capture(display, zc_pool_frame(small, 0)), -EINVAL);
    mock_drm.commit_error = EINVAL;
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 1)), -EINVAL);
    assert_non_null(strstr(said, "possible clones"));
    zc_pool_unref(small);
}

static void test_capture_where_there_is_no_writeback(void **state)
{
    (void)state;
    mock_drm.no_writeback = true;
    start();
    assert_false(zc_display_info(display)->writeback);
    assert_int_equal(zc_display_capture(display, zc_pool_frame(pool, 0)), -ENOTSUP);
    assert_non_null(strstr(said, "no writeback connector"));
}

static void dumb_pool(const char *format, uint32_t width, uint32_t height, int n)
{
    struct zc_layout layout;

    assert_int_equal(
        zc_layout_solve(&layout, zc_format_by_name(format), width, height, NULL), 0);
    assert_int_equal(zc_display_dumb_pool(display, &layout, n, &pool), 0);
    hold_all();
}

static void test_dumb_frames_are_shown_without_prime(void **state)
{
    void *plane[ZC_MAX_PLANES];
    struct zc_frame *frame;

    (void)state;
    mock_drm.pitch_align = 256;
    open_display();
    dumb_pool("XR24", 600, 400, 3);
    frame = zc_pool_frame(pool, 0);
    assert_int_equal(zc_frame_layout(frame)->plane[0].stride, 2560);
    assert_int_equal(zc_frame_begin_cpu(frame, ZC_CPU_WRITE, plane), 0);
    memset(plane[0], 0x80, zc_frame_layout(frame)->bytes[0]);
    assert_int_equal(zc_frame_end_cpu(frame), 0);
    for (int i = 0; i < 6; i++)
        show_and_flip(zc_pool_frame(pool, i % 3));
    assert_int_equal(mock_drm.primes, 0);
    assert_int_equal(mock_drm.addfbs, 3);
    assert_int_equal(zc_display_verify(display, frame), -ENOTSUP);
    close_display();
    assert_int_equal(zc_frame_begin_cpu(frame, ZC_CPU_WRITE, plane), 0);
    memset(plane[0], 0, 4096);
    assert_int_equal(zc_frame_end_cpu(frame), 0);
}

static void test_dumb_frames_of_several_planes(void **state)
{
    (void)state;
    mock_drm.pitch_align = 64;
    open_display();
    dumb_pool("NV12", 330, 242, 1);
    assert_int_equal(zc_frame_layout(zc_pool_frame(pool, 0))->plane[1].stride, 384);
    show_and_flip(zc_pool_frame(pool, 0));
}

static void test_dumb_frames_that_fail_leave_nothing(void **state)
{
    struct zc_layout layout;

    (void)state;
    open_display();
    zc_layout_solve(&layout, zc_format_by_name("XR24"), 64, 64, NULL);
    mock_drm.addfb_error = EINVAL;
    assert_int_equal(zc_display_dumb_pool(display, &layout, 2, &pool), -EINVAL);
    assert_non_null(strstr(said, "dumb buffer 1 of 2"));
    layout.modifier = I915_FORMAT_MOD_X_TILED;
    assert_int_equal(zc_display_dumb_pool(display, &layout, 2, &pool), -EINVAL);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_close_before_the_first_show_changes_nothing),
    TEST(test_close_restores_what_was_lit),
    TEST(test_close_restores_darkness),
    TEST(test_close_without_the_old_picture_keeps_its_mode),
    TEST(test_close_goes_dark_where_nothing_else_is_taken),
    TEST(test_close_waits_for_the_flip),
    TEST(test_close_waits_no_longer_than_it_must),
    TEST(test_unplug_passes_up_and_closes_quietly),
    TEST(test_show_after_unplug_is_enodev),
    TEST(test_frames_may_outlive_the_display),
    TEST(test_frames_may_go_before_the_display),
    TEST(test_capture_leaves_the_state_as_it_was),
    TEST(test_capture_without_blanks_waits_by_time),
    TEST(test_capture_refusals),
    TEST(test_capture_where_there_is_no_writeback),
    TEST(test_dumb_frames_are_shown_without_prime),
    TEST(test_dumb_frames_of_several_planes),
    TEST(test_dumb_frames_that_fail_leave_nothing),
};

TEST_MAIN("display-close", tests)

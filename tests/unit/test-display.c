/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display, on a mock of libdrm: what it opens, what a frame costs, what a flip releases. */
#include "display-fixture.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/stat.h>
#include <unistd.h>

static void test_open_prefers_the_preferred_mode(void **state)
{
    const struct zc_display_info *info;

    (void)state;
    open_display();
    info = zc_display_info(display);
    assert_string_equal(info->path, mock_drm.path[0]);
    assert_string_equal(info->driver, "mock");
    assert_string_equal(info->connector, "HDMI-A-1");
    assert_int_equal(info->width, 1024);
    assert_int_equal(info->refresh_mhz, 60004);
    assert_false(info->mode_kept);
    assert_true(info->writeback);
    assert_int_equal(mock_drm.tests + mock_drm.commits, 0);
}

static void test_open_takes_the_wanted_mode_at_the_highest_rate(void **state)
{
    struct zc_display_config config = {.width = 640, .height = 480};

    (void)state;
    assert_int_equal(open_config(&config), 0);
    assert_int_equal(zc_display_info(display)->height, 480);
    assert_int_equal(zc_display_info(display)->refresh_mhz, 75000);
}

static void test_open_keeps_the_lit_mode(void **state)
{
    struct zc_display_config config = {.width = 640, .height = 480};

    (void)state;
    mock_drm_light();
    assert_int_equal(open_config(&config), 0);
    assert_true(zc_display_info(display)->mode_kept);
    assert_int_equal(zc_display_info(display)->width, 1024);
    assert_true(zc_display_info(display)->vblank);
}

static void test_open_denied_names_the_way_out(void **state)
{
    (void)state;
    mock_drm.busy[0] = true;
    assert_int_equal(open_config(&(struct zc_display_config){.path = mock_drm.path[0]}),
                     -EBUSY);
    assert_non_null(strstr(said, "fuser -v"));
    assert_non_null(strstr(said, mock_drm.path[0]));
}

static void test_open_goes_on_to_the_next_card(void **state)
{
    (void)state;
    mock_drm.n_cards = 2;
    mock_drm.busy[0] = true;
    assert_int_equal(open_config(NULL), 0);
    assert_string_equal(zc_display_info(display)->path, mock_drm.path[1]);
    assert_string_equal(said, "");
}

static void test_open_tells_every_cards_reason(void **state)
{
    (void)state;
    mock_drm.n_cards = 2;
    mock_drm.not_kms[0] = true;
    mock_drm.busy[1] = true;
    assert_int_equal(open_config(NULL), -EBUSY);
    assert_non_null(strstr(said, "no outputs"));
    assert_non_null(strstr(said, "master"));
}

static void test_open_refusals(void **state)
{
    struct zc_display_config config = {.path = mock_drm.path[0]};

    (void)state;
    mock_drm.disconnected = true;
    assert_int_equal(open_config(&config), -ENODEV);
    assert_non_null(strstr(said, "no connected output"));
    mock_drm.disconnected = false;
    mock_drm.no_atomic = true;
    assert_int_equal(open_config(&config), -ENOTSUP);
    mock_drm.no_atomic = false;
    mock_drm.absent = "MODE_ID";
    assert_int_equal(open_config(&config), -ENOTSUP);
    mock_drm.absent = NULL;
    mock_drm.n_cards = 0;
    assert_int_equal(open_config(NULL), -ENODEV);
    assert_non_null(strstr(said, "modprobe vkms"));
    config.path = "/nowhere/card0";
    assert_int_equal(open_config(&config), -ENOENT);
}

static void test_a_failing_blob_fails_open(void **state)
{
    (void)state;
    mock_drm.blob_error = ENOMEM;
    assert_int_equal(open_config(NULL), -ENOMEM);
}

/* ------------------------------------------------------------------- showing */

static void test_six_hundred_shows_cost_one_import_each(void **state)
{
    struct zc_counters a, b;

    (void)state;
    start();
    let_go();
    zc_counters_read(&a);
    for (int i = 0; i < 600; i++) {
        struct zc_frame *frame = zc_pool_acquire(pool);

        assert_non_null(frame);
        show_and_flip(frame);
        zc_frame_unref(frame);
        assert_int_equal(mock_drm.last_items, i ? 1 : mock_drm.last_items);
    }
    zc_counters_read(&b);
    assert_int_equal(b.display_imports - a.display_imports, N);
    assert_int_equal(b.cpu_maps - a.cpu_maps, 0);
    assert_int_equal(mock_drm.primes, N);
    assert_int_equal(mock_drm.addfbs, N);
    assert_int_equal(mock_drm.tests, 1);
    assert_int_equal(mock_drm.commits, 600);
    assert_int_equal(mock_drm.modesets, 1);
    assert_int_equal(mock_drm.last_flags,
                     DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK);
    close_display();
    assert_int_equal(mock_drm.rmfbs, N);
}

static void test_first_show_is_centred_and_alone(void **state)
{
    (void)state;
    mock_drm_light();
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(value(MOCK_PRIMARY, "CRTC_X"), 192);
    assert_int_equal(value(MOCK_PRIMARY, "CRTC_Y"), 144);
    assert_int_equal(value(MOCK_PRIMARY, "SRC_W"), 640 << 16);
    assert_int_equal(value(MOCK_PRIMARY, "rotation"), DRM_MODE_ROTATE_0);
    assert_int_equal(value(MOCK_CURSOR, "FB_ID"), 0);
    assert_int_equal(mock_drm.modesets, 0);
}

static void test_flips_release_the_frame_before(void **state)
{
    struct zc_frame *a, *b;

    (void)state;
    start();
    let_go();
    a = zc_pool_acquire(pool);
    b = zc_pool_acquire(pool);
    show_and_flip(a);
    zc_frame_unref(a);
    assert_int_equal(zc_pool_free(pool), 2);
    assert_int_equal(zc_display_show(display, b), 0);
    zc_frame_unref(b);
    assert_int_equal(zc_pool_free(pool), 2);
    flip(b);
    assert_int_equal(zc_pool_free(pool), 3);
    close_display();
    assert_int_equal(zc_pool_free(pool), 4);
}

static void test_stages_are_set(void **state)
{
    struct zc_frame *frame;

    (void)state;
    start();
    frame = zc_pool_frame(pool, 0);
    assert_int_equal(zc_display_show(display, frame), 0);
    assert_int_equal(zc_frame_meta(frame)->at_ns[ZC_STAGE_COMMIT], fake_kernel.now_ns);
    flip(frame);
    assert_int_equal(zc_frame_meta(frame)->at_ns[ZC_STAGE_FLIP], 1500250000);
    assert_true(zc_display_info(display)->vblank);
}

static void test_realtime_events_give_way_to_our_clock(void **state)
{
    struct zc_frame *frame;

    (void)state;
    mock_drm.not_monotonic = true;
    start();
    frame = zc_pool_frame(pool, 0);
    show_and_flip(frame);
    assert_int_equal(zc_frame_meta(frame)->at_ns[ZC_STAGE_FLIP], 1010000000);
    assert_false(zc_display_info(display)->vblank);
}

static void test_a_late_flip_keeps_its_own_time(void **state)
{
    struct zc_frame *frame, *shown;

    (void)state;
    start();
    frame = zc_pool_frame(pool, 0);
    fake_kernel.now_ns = 1100000000;
    assert_int_equal(zc_display_show(display, frame), 0);
    mock_drm.keeps_events = true;
    while (fake_kernel.now_ns < 1980000000)
        assert_int_equal(zc_display_dispatch(display, &shown), -EAGAIN);
    mock_drm.keeps_events = false;
    flip(frame);
    assert_int_equal(zc_frame_meta(frame)->at_ns[ZC_STAGE_FLIP], 1500250000);
}

static void test_a_flip_before_its_commit_is_not_believed(void **state)
{
    struct zc_frame *frame;

    (void)state;
    start();
    frame = zc_pool_frame(pool, 0);
    fake_kernel.now_ns = 1900000000;
    show_and_flip(frame);
    assert_int_equal(zc_frame_meta(frame)->at_ns[ZC_STAGE_FLIP], 1910000000);
}

static void test_fake_blanks_are_labelled(void **state)
{
    (void)state;
    mock_drm.no_vblank = true;
    start();
    for (int i = 0; i < N; i++)
        show_and_flip(zc_pool_frame(pool, i));
    assert_false(zc_display_info(display)->vblank);
}

/* A first flip may be told before the CRTC counts. */
static void test_blanks_that_come_late_are_found(void **state)
{
    (void)state;
    mock_drm.no_vblank = true;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_false(zc_display_info(display)->vblank);
    mock_drm.no_vblank = false;
    show_and_flip(zc_pool_frame(pool, 1));
    assert_true(zc_display_info(display)->vblank);
}

static void test_pending_is_busy(void **state)
{
    struct zc_frame *frame;

    (void)state;
    start();
    assert_int_equal(zc_display_dispatch(display, &frame), -EAGAIN);
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), 0);
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 1)), -EBUSY);
    assert_int_equal(mock_drm.commits, 1);
    flip(zc_pool_frame(pool, 0));
    assert_string_equal(said, "");
}

static void test_busy_modeset_is_done_blocking(void **state)
{
    (void)state;
    mock_drm.nonblock_modeset_error = EBUSY;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_false(mock_drm.last_flags & DRM_MODE_ATOMIC_NONBLOCK);
    show_and_flip(zc_pool_frame(pool, 1));
    assert_true(mock_drm.last_flags & DRM_MODE_ATOMIC_NONBLOCK);
}

static void test_modeset_with_an_event_is_done_without(void **state)
{
    (void)state;
    mock_drm.event_modeset_error = EBUSY;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(mock_drm.modesets, 1);
    assert_int_equal(mock_drm.last_items, 1); /* the flip that brings the event */
    show_and_flip(zc_pool_frame(pool, 1));
    assert_string_equal(said, "");
}

static void test_fence_goes_with_the_frame(void **state)
{
    int fence = eventfd(1, EFD_CLOEXEC);

    (void)state;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    zc_frame_set_fence(zc_pool_frame(pool, 1), fence);
    show_and_flip(zc_pool_frame(pool, 1));
    assert_int_equal(mock_drm.last_in_fence, fence);
    assert_int_equal(mock_drm.last_items, 2);
    assert_int_equal(fake_kernel.fence_waits, 0);
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(mock_drm.last_in_fence, -1);
}

static void test_fence_is_waited_for_where_planes_take_none(void **state)
{
    (void)state;
    mock_drm.absent = "IN_FENCE_FD";
    start();
    zc_frame_set_fence(zc_pool_frame(pool, 0), eventfd(1, EFD_CLOEXEC));
    show_and_flip(zc_pool_frame(pool, 0));
    assert_int_equal(mock_drm.last_in_fence, -1);
    assert_int_equal(fake_kernel.fence_waits, 1);
}

static void test_failing_builder_commits_nothing(void **state)
{
    (void)state;
    start();
    for (int at = 1; at <= 12; at++) {
        mock_drm.fail_add_at = at;
        assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 0)), -ENOMEM);
        assert_false(zc_display_pending(display));
    }
    assert_int_equal(mock_drm.commits, 0);
    assert_true(mock_drm_same(&before, &mock_drm));
    mock_drm.fail_add_at = 0;
    show_and_flip(zc_pool_frame(pool, 0));
}

static void test_failed_commit_keeps_no_frame(void **state)
{
    struct zc_frame *frame;

    (void)state;
    start();
    let_go();
    frame = zc_pool_acquire(pool);
    mock_drm.commit_error = EINVAL;
    assert_int_equal(zc_display_show(display, frame), -EINVAL);
    zc_frame_unref(frame);
    assert_int_equal(zc_pool_free(pool), N);
    assert_non_null(strstr(said, "HDMI-A-1"));
}

static void test_failed_flip_keeps_no_frame(void **state)
{
    (void)state;
    start();
    show_and_flip(zc_pool_frame(pool, 0));
    mock_drm.commit_error = EINVAL;
    assert_int_equal(zc_display_show(display, zc_pool_frame(pool, 1)), -EINVAL);
    assert_false(zc_display_pending(display));
    assert_int_equal(mock_drm.commits, 1);
    show_and_flip(zc_pool_frame(pool, 1));
}

/* -------------------------------------------------------------------- planes */

#define TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_open_prefers_the_preferred_mode),
    TEST(test_open_takes_the_wanted_mode_at_the_highest_rate),
    TEST(test_open_keeps_the_lit_mode),
    TEST(test_open_denied_names_the_way_out),
    TEST(test_open_goes_on_to_the_next_card),
    TEST(test_open_tells_every_cards_reason),
    TEST(test_open_refusals),
    TEST(test_a_failing_blob_fails_open),
    TEST(test_six_hundred_shows_cost_one_import_each),
    TEST(test_first_show_is_centred_and_alone),
    TEST(test_flips_release_the_frame_before),
    TEST(test_stages_are_set),
    TEST(test_realtime_events_give_way_to_our_clock),
    TEST(test_a_late_flip_keeps_its_own_time),
    TEST(test_a_flip_before_its_commit_is_not_believed),
    TEST(test_fake_blanks_are_labelled),
    TEST(test_blanks_that_come_late_are_found),
    TEST(test_pending_is_busy),
    TEST(test_busy_modeset_is_done_blocking),
    TEST(test_modeset_with_an_event_is_done_without),
    TEST(test_fence_goes_with_the_frame),
    TEST(test_fence_is_waited_for_where_planes_take_none),
    TEST(test_failing_builder_commits_nothing),
    TEST(test_failed_commit_keeps_no_frame),
    TEST(test_failed_flip_keeps_no_frame),
};

TEST_MAIN("display", tests)

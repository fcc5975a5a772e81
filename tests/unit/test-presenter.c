/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* presenter, on a mock card: which frame is shown, when, and what becomes of the others. */
#include "count-allocations.h"
#include "presenter-fixture.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS 100

static void test_each_frame_takes_its_way(void **state)
{
    (void)state;
    offer(0);
    assert_ptr_equal(state_now().waiting, held[0]);
    dispatch();
    assert_null(state_now().waiting);
    assert_ptr_equal(state_now().committed, held[0]);
    assert_int_equal(zc_presenter_fd(presenter), zc_display_fd(display));
    zc_frame_meta(held[0])->clock = ZC_CAPTURE_END_OF_FRAME;
    zc_frame_meta(held[0])->at_ns[ZC_STAGE_CAPTURE] = fake_kernel.now_ns - 5 * MS;
    dispatch();
    assert_null(state_now().committed);
    assert_ptr_equal(state_now().on_screen, held[0]);
    assert_ptr_equal(last_shown, held[0]);
    assert_true(state_now().latency_ns >= 5 * MS);
    assert_int_equal(zc_histogram_count(zc_presenter_latency(presenter)), 1);
    assert_int_equal(zc_presenter_fd(presenter), -1);
    assert_int_equal(zc_presenter_wait_ns(presenter), -1);
}

static void test_newest_wins_and_all_are_counted(void **state)
{
    (void)state;
    show(0);
    mock_drm.keeps_events = true;
    offer(1);
    dispatch();
    offer(2);
    offer(3);
    dispatch();
    assert_int_equal(state_now().superseded, 1);
    assert_ptr_equal(state_now().committed, held[1]);
    offer(0);
    zc_presenter_flush(presenter);
    zc_presenter_flush(presenter);
    assert_int_equal(state_now().superseded, 2);
    assert_int_equal(state_now().discarded, 1);
    mock_drm.keeps_events = false;
    offer(3);
    dispatch();
    dispatch();
    assert_ptr_equal(last_shown, held[3]);
    assert_int_equal(state_now().shown, 3);
    assert_int_equal(shown, 3);
}

/* A flip that nothing waits for is taken with the next frame. */
static void test_flips_are_awaited_only_where_they_must(void **state)
{
    (void)state;
    zc_presenter_set_await(presenter, false);
    offer(0);
    dispatch();
    assert_int_equal(zc_presenter_fd(presenter), -1);
    dispatch();
    assert_ptr_equal(state_now().committed, held[0]);
    offer(1);
    assert_int_equal(zc_presenter_fd(presenter), zc_display_fd(display));
    dispatch();
    assert_ptr_equal(state_now().on_screen, held[0]);
    assert_ptr_equal(state_now().committed, held[1]);
    assert_int_equal(zc_presenter_dispatch(presenter, true), 0);
    assert_ptr_equal(state_now().on_screen, held[1]);
}

static void test_busy_driver_is_asked_again(void **state)
{
    (void)state;
    show(0);
    mock_drm.commit_error = EBUSY;
    offer(1);
    dispatch();
    assert_ptr_equal(state_now().waiting, held[1]);
    assert_int_equal(zc_presenter_wait_ns(presenter), 2 * MS);
    dispatch();
    assert_ptr_equal(state_now().committed, held[1]);
    assert_string_equal(said, "");
}

static void test_driver_that_stays_busy_is_told_of(void **state)
{
    int error = 0;

    (void)state;
    show(0);
    offer(1);
    for (int i = 0; i < 100 && !error; i++) {
        mock_drm.commit_error = EBUSY;
        error = zc_presenter_dispatch(presenter, false);
        assert_int_equal(error, i * 100 > 5000 ? -ETIMEDOUT : 0);
        fake_kernel.now_ns += 100 * MS;
    }
    assert_int_equal(error, -ETIMEDOUT);
    assert_non_null(strstr(said, "no flip for 5 s"));
    mock_drm.commit_error = 0;
}

static void test_flip_that_never_comes_is_told_of(void **state)
{
    (void)state;
    show(0);
    mock_drm.keeps_events = true;
    offer(1);
    dispatch();
    fake_kernel.now_ns += 4000 * MS;
    dispatch();
    fake_kernel.now_ns += 1500 * MS;
    assert_int_equal(zc_presenter_dispatch(presenter, false), -ETIMEDOUT);
    assert_non_null(strstr(said, "no flip for 5 s"));
    mock_drm.keeps_events = false;
}

static void test_refused_frame_waits_on(void **state)
{
    (void)state;
    show(0);
    mock_drm.commit_error = EACCES;
    offer(1);
    assert_int_equal(zc_presenter_dispatch(presenter, false), -EACCES);
    assert_ptr_equal(state_now().waiting, held[1]);
    dispatch();
    assert_ptr_equal(state_now().committed, held[1]);
}

/* Frames that come faster than the display shows them: the newest of each refresh goes. */
static void test_latch_waits_for_a_newer_frame(void **state)
{
    int64_t wait;
    int commits;

    (void)state;
    config.commit_at_once = false;
    renew();
    show(0);
    show(1);
    assert_true(presenter->latch.refresh_ns > 0);
    zc_latch_flipped(&presenter->latch, fake_kernel.now_ns);
    presenter->latch.period_ns = MS;
    presenter->latch.spread_ns = 0;
    presenter->latch.ready_ns = fake_kernel.now_ns - MS;
    commits = mock_drm.commits;
    for (int i = 2; i < 4; i++) {
        offer(i);
        dispatch();
    }
    assert_int_equal(mock_drm.commits, commits);
    assert_int_equal(state_now().superseded, 1);
    wait = zc_presenter_wait_ns(presenter);
    assert_true(wait > 0 && wait < presenter->latch.refresh_ns);
    fake_kernel.now_ns += wait;
    dispatch();
    assert_int_equal(mock_drm.commits, commits + 1);
    assert_ptr_equal(state_now().committed, held[3]);

    /* Who wants each at once gets it so. */
    dispatch();
    zc_presenter_set_commit_at_once(presenter, true);
    presenter->latch.period_ns = MS;
    offer(0);
    dispatch();
    assert_ptr_equal(state_now().committed, held[0]);
}

static void test_redraw_is_counted_by_nobody(void **state)
{
    (void)state;
    zc_presenter_redraw(presenter); /* of nothing */
    dispatch();
    assert_int_equal(mock_drm.commits, 0);
    show(0);
    zc_presenter_redraw(presenter);
    dispatch();
    assert_int_equal(mock_drm.commits, 2);
    dispatch();
    assert_ptr_equal(state_now().on_screen, held[0]);
    assert_int_equal(state_now().shown, 1);
    assert_int_equal(shown, 1);
    /* One that a newer frame overtakes is not made. */
    zc_presenter_redraw(presenter);
    offer(1);
    dispatch();
    dispatch();
    dispatch();
    assert_int_equal(mock_drm.commits, 3);
    assert_int_equal(state_now().superseded, 0);
}

static void test_stop_waits_for_the_flip(void **state)
{
    (void)state;
    offer(0);
    dispatch();
    offer(1);
    zc_presenter_stop(presenter);
    assert_ptr_equal(state_now().on_screen, held[0]);
    assert_null(state_now().waiting);
    assert_int_equal(shown, 1);
    assert_false(zc_display_pending(display));
}

static void test_stop_is_bounded(void **state)
{
    int64_t before;

    (void)state;
    mock_drm.keeps_events = true;
    offer(0);
    dispatch();
    before = fake_kernel.now_ns;
    zc_presenter_stop(presenter);
    assert_true(polls >= 2);
    assert_true(fake_kernel.now_ns - before <= 1500 * MS);
    mock_drm.keeps_events = false;
}

static void count_release(struct zc_frame *frame, void *user)
{
    assert_int_equal(zc_frame_fence(frame), -1);
    ++*(int *)user;
}

/* As buffers of a decoder: each is let go once, when the next is on screen. */
static void test_frames_are_released_once(void **state)
{
    struct zc_frame *frame[N];
    int released[N] = {0};

    (void)state;
    zc_presenter_destroy(presenter);
    let_go();
    zc_pool_unref(pool);
    pool = NULL;
    assert_int_equal(zc_presenter_create(&presenter, &config), 0);
    for (int i = 0; i < N; i++) {
        struct zc_layout layout;

        assert_int_equal(
            zc_layout_solve(&layout, zc_format_by_name("XR24"), 640, 480, NULL), 0);
        assert_int_equal(zc_frame_create(&frame[i], heap, &layout), 0);
        zc_frame_set_release(frame[i], count_release, &released[i]);
        zc_presenter_offer(presenter, frame[i], 0);
        dispatch();
        dispatch();
        for (int k = 0; k <= i; k++)
            assert_int_equal(released[k], k < i);
    }
    zc_presenter_stop(presenter);
    zc_presenter_destroy(presenter);
    presenter = NULL;
    assert_int_equal(released[N - 1], 0);
    close_display();
    assert_int_equal(released[N - 1], 1);
}

static void test_nothing_is_allocated_once_it_runs(void **state)
{
    int before;

    (void)state;
    for (int i = 0; i < N; i++)
        show(i);
    before = allocations;
    for (int i = 0; i < ROUNDS; i++)
        show(i % N);
    assert_int_equal(allocations - before, 0);
    assert_int_equal(state_now().shown, N + ROUNDS);
    assert_true(state_now().fps > 20 && state_now().fps < 60);
}

static const struct CMUnitTest tests[] = {
    PRESENTER_TEST(test_each_frame_takes_its_way),
    PRESENTER_TEST(test_newest_wins_and_all_are_counted),
    PRESENTER_TEST(test_flips_are_awaited_only_where_they_must),
    PRESENTER_TEST(test_busy_driver_is_asked_again),
    PRESENTER_TEST(test_driver_that_stays_busy_is_told_of),
    PRESENTER_TEST(test_flip_that_never_comes_is_told_of),
    PRESENTER_TEST(test_refused_frame_waits_on),
    PRESENTER_TEST(test_latch_waits_for_a_newer_frame),
    PRESENTER_TEST(test_redraw_is_counted_by_nobody),
    PRESENTER_TEST(test_stop_waits_for_the_flip),
    PRESENTER_TEST(test_stop_is_bounded),
    PRESENTER_TEST(test_frames_are_released_once),
    PRESENTER_TEST(test_nothing_is_allocated_once_it_runs),
};

TEST_MAIN("presenter", tests)

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wayland, on a compositor of ours: frames that it keeps, windows that nobody sees, its death. */
#include "count-allocations.h"
#include "wayland-fixture.h"

#include "../open-fds.h"
#include "base/ioctl.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>

#define DEATHS 20

static struct zc_presenter *presenter;
static int shown;

static void on_shown(struct zc_frame *which, void *user)
{
    (void)which;
    (void)user;
    shown++;
}

static int setup(void **state)
{
    shown = 0;
    return fixture_setup(state);
}

static int teardown(void **state)
{
    zc_presenter_destroy(presenter);
    presenter = NULL;
    return fixture_teardown(state);
}

static void start_presenter(void)
{
    const struct zc_presenter_config config = {
        .display = display,
        .commit_at_once = true,
        .shown = on_shown,
    };

    assert_int_equal(zc_presenter_create(&presenter, &config), 0);
}

static struct zc_presenter_state state_now(void)
{
    struct zc_presenter_state now;

    zc_presenter_state(presenter, &now);
    return now;
}

static void offer(int index)
{
    zc_presenter_offer(presenter, zc_frame_ref(frame[index]), 0);
    assert_int_equal(zc_presenter_dispatch(presenter, false), 0);
}

/* As a program's loop does. */
static int poll_and_dispatch(void)
{
    struct pollfd wait = {zc_presenter_fd(presenter), POLLIN, 0};

    assert_true(wait.fd >= 0);
    poll(&wait, 1, 200);
    return zc_presenter_dispatch(presenter, wait.revents);
}

/* ------------------------------------------------------------------- frames */

/* A frame is free when the compositor gives it back, not when another is on screen. */
static void test_frames_are_the_compositors_until_it_gives_them_back(void **state)
{
    (void)state;
    start();
    compositor_do(&compositor, HOARD, 1, 0, 0);
    for (int i = 0; i < 3; i++) {
        show(i);
        present(i, zc_now_ns(), 0);
    }
    for (int i = 0; i < 3; i++)
        assert_false(is_free(i));
    compositor_do(&compositor, HOARD, 0, 0, 0);
    show(3);
    present(3, zc_now_ns(), 0);
    dispatch();
    assert_true(is_free(2));
    assert_false(is_free(3));
    /* What it never gave back goes with the window. */
    close_display();
    for (int i = 0; i < N; i++)
        assert_true(is_free(i));
}

static void test_frame_that_is_replaced_unseen_comes_back(void **state)
{
    (void)state;
    start();
    show(0);
    compositor_do(&compositor, TAKE, 0, 0, 0);
    dispatch();
    show(1);
    compositor_do(&compositor, DISCARD, 0, 0, 0);
    present(1, zc_now_ns(), 0);
    assert_true(is_free(0));
}

static void test_frames_that_die_first_take_their_buffers_along(void **state)
{
    uint32_t reasons = 0;

    (void)state;
    start();
    for (int i = 0; i < N; i++)
        assert_int_equal(zc_display_test(display, frame[i], &reasons), 0);
    drop_frames();
    dispatch();
    assert_int_equal(look().buffers, 0);
}

/* -------------------------------------------------------------- a hidden window */

/* Nothing times out, no frame is lost, and it is back at once. */
static void test_hidden_window_waits_for_ever(void **state)
{
    (void)state;
    start();
    start_presenter();
    offer(0);
    fake_kernel.now_ns = zc_now_ns();
    fake_kernel.clock_runs = false;
    for (int i = 1; i < 100; i++) {
        fake_kernel.now_ns += 1000 * MS;
        offer(1 + i % (N - 1));
    }
    assert_int_equal(state_now().shown, 0);
    assert_int_equal(state_now().superseded, 98);
    assert_ptr_equal(state_now().committed, frame[0]);
    for (int i = 1; i < N; i++)
        if (state_now().waiting != frame[i])
            assert_true(is_free(i));
    fake_kernel.clock_runs = true;
    compositor_do(&compositor, PRESENT, zc_now_ns(), REFRESH_NS, 0);
    assert_int_equal(poll_and_dispatch(), 0);
    assert_int_equal(state_now().shown, 1);
    assert_int_equal(shown, 1);
    assert_null(state_now().waiting);
    assert_int_equal(look().commits, 2);
    assert_string_equal(said, "");
}

static void test_hundred_times_hidden_and_back(void **state)
{
    (void)state;
    start();
    start_presenter();
    for (int i = 0; i < 100; i++) {
        offer(0);
        offer(1);
        offer(2);
        for (int k = 0; k < 2; k++) {
            compositor_do(&compositor, PRESENT, zc_now_ns(), REFRESH_NS, 0);
            assert_int_equal(poll_and_dispatch(), 0);
        }
        assert_int_equal(state_now().shown, 2 * (i + 1));
        assert_int_equal(state_now().superseded, i + 1);
    }
    assert_int_equal(look().buffers, 2);
}

/* What the compositor drops is counted as what the mailbox does. */
static void test_dropped_frame_is_superseded(void **state)
{
    (void)state;
    start();
    start_presenter();
    offer(0);
    compositor_do(&compositor, TAKE, 0, 0, 0);
    assert_int_equal(poll_and_dispatch(), 0);
    offer(1);
    compositor_do(&compositor, DISCARD, 0, 0, 0);
    assert_int_equal(poll_and_dispatch(), 0);
    assert_int_equal(state_now().superseded, 1);
    compositor_do(&compositor, PRESENT, zc_now_ns(), REFRESH_NS, 0);
    assert_int_equal(poll_and_dispatch(), 0);
    assert_int_equal(state_now().shown, 1);
    assert_ptr_equal(state_now().on_screen, frame[1]);
}

static void test_redraw_shows_the_last_again(void **state)
{
    (void)state;
    start();
    start_presenter();
    offer(0);
    compositor_do(&compositor, PRESENT, zc_now_ns(), REFRESH_NS, 0);
    assert_int_equal(poll_and_dispatch(), 0);
    zc_presenter_redraw(presenter);
    assert_int_equal(zc_presenter_dispatch(presenter, false), 0);
    assert_int_equal(look().commits, 2);
    compositor_do(&compositor, PRESENT, zc_now_ns(), REFRESH_NS, 0);
    assert_int_equal(poll_and_dispatch(), 0);
    assert_int_equal(state_now().shown, 1);
    assert_false(is_free(0));
}

/* Of our own: libwayland has its objects, two for each commit. */
static void test_nothing_is_allocated_once_it_runs(void **state)
{
    int before = 0;

    (void)state;
    start();
    start_presenter();
    for (int i = 0; i < 20 * N; i++) {
        if (i == 2 * N)
            before = allocations;
        offer(i % N);
        compositor_do(&compositor, PRESENT, zc_now_ns(), REFRESH_NS, 0);
        assert_int_equal(poll_and_dispatch(), 0);
    }
    assert_int_equal(allocations - before, 0);
    assert_int_equal(state_now().shown, 20 * N);
}

/* -------------------------------------------------------------------- fences */

static void test_fences_that_cannot_be_handed_on_are_waited_for(void **state)
{
    int ends[2];

    (void)state;
    start();
    assert_int_equal(pipe(ends), 0);
    zc_frame_set_fence(frame[0], ends[0]);
    show(0);
    assert_int_equal(fake_kernel.fence_waits, 1);
    present(0, zc_now_ns(), 0);
    show(1);
    assert_int_equal(fake_kernel.fence_waits, 1);
    zc_frame_set_fence(frame[0], -1);
    zc_close(&ends[1]);
}

/* --------------------------------------------------------------------- deaths */

static void test_death_is_told_once(void **state)
{
    struct zc_frame *which;

    (void)state;
    start();
    show(0);
    compositor_kill(&compositor);
    assert_int_equal(dispatch_once(&which), -ENODEV);
    assert_non_null(strstr(said, "is gone"));
    assert_non_null(strstr(said, compositor.socket));
    said[0] = '\0';
    assert_int_equal(dispatch_once(&which), -ENODEV);
    assert_int_equal(zc_display_connected(display), -ENODEV);
    assert_int_equal(zc_display_show(display, frame[1]), -EBUSY);
    assert_string_equal(said, "");
    close_display();
    for (int i = 0; i < N; i++)
        assert_true(is_free(i));
}

static void test_error_of_the_protocol_is_told(void **state)
{
    struct zc_frame *which;

    (void)state;
    start();
    show(0);
    present(0, zc_now_ns(), 0);
    compositor_do(&compositor, THROW_OUT, 0, 0, 0);
    assert_int_equal(dispatch_once(&which), -EPROTO);
    assert_non_null(strstr(said, "error 7 of wl_surface@"));
    assert_int_equal(zc_display_show(display, frame[1]), -EPROTO);
}

static void test_death_while_a_frame_is_imported(void **state)
{
    uint32_t reasons = 0;

    (void)state;
    start();
    compositor_kill(&compositor);
    assert_int_equal(zc_display_test(display, frame[0], &reasons), -ENODEV);
    assert_int_equal(reasons, 0);
    assert_int_equal(zc_display_show(display, frame[0]), -ENODEV);
}

static void test_presenter_tells_of_the_death(void **state)
{
    (void)state;
    start();
    start_presenter();
    offer(0);
    compositor_kill(&compositor);
    assert_int_equal(poll_and_dispatch(), -ENODEV);
    /* It ends at once, whatever is on its way. */
    zc_presenter_stop(presenter);
    zc_presenter_destroy(presenter);
    presenter = NULL;
    close_display();
    assert_true(is_free(0));
}

static void test_twenty_deaths_leave_nothing(void **state)
{
    int fds = 0;

    (void)state;
    for (int i = 0; i < DEATHS; i++) {
        start();
        start_presenter();
        for (int k = 0; k < 3; k++) {
            offer(k);
            compositor_do(&compositor, i % 2 ? PRESENT : TAKE, zc_now_ns(), REFRESH_NS,
                          0);
            assert_int_equal(poll_and_dispatch(), 0);
        }
        compositor_kill(&compositor);
        assert_int_equal(poll_and_dispatch(), -ENODEV);
        zc_presenter_destroy(presenter);
        presenter = NULL;
        close_display();
        for (int k = 0; k < N; k++)
            assert_true(is_free(k));
        drop_frames();
        if (i == 0)
            fds = open_fds();
        assert_int_equal(open_fds(), fds);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_frames_are_the_compositors_until_it_gives_them_back),
    TEST(test_frame_that_is_replaced_unseen_comes_back),
    TEST(test_frames_that_die_first_take_their_buffers_along),
    TEST(test_hidden_window_waits_for_ever),
    TEST(test_hundred_times_hidden_and_back),
    TEST(test_dropped_frame_is_superseded),
    TEST(test_redraw_shows_the_last_again),
    TEST(test_nothing_is_allocated_once_it_runs),
    TEST(test_fences_that_cannot_be_handed_on_are_waited_for),
    TEST(test_death_is_told_once),
    TEST(test_error_of_the_protocol_is_told),
    TEST(test_death_while_a_frame_is_imported),
    TEST(test_presenter_tells_of_the_death),
    TEST(test_twenty_deaths_leave_nothing),
};

TEST_MAIN("wayland-loss", tests)

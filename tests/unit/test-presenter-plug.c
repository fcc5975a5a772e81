/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* presenter, on a mock card: a display that is unplugged, and one that comes back. */
#include "presenter-fixture.h"

#include <errno.h>
#include <string.h>

static void look(void)
{
    fake_kernel.now_ns += 1000 * MS;
    dispatch();
}

static void test_unplug_keeps_the_newest_till_it_is_back(void **state)
{
    int commits;

    (void)state;
    config.plugged = on_plugged;
    renew();
    show(0);
    mock_drm.disconnected = true;
    look();
    look();
    assert_int_equal(unplugs, 1);
    assert_true(state_now().unplugged);
    assert_true(zc_presenter_wait_ns(presenter) <= 250 * MS);
    commits = mock_drm.commits;
    offer(1);
    offer(2);
    dispatch();
    assert_int_equal(mock_drm.commits, commits);
    mock_drm.disconnected = false;
    look();
    assert_int_equal(comebacks, 1);
    assert_false(state_now().unplugged);
    assert_ptr_equal(state_now().committed, held[2]);
    dispatch();
    assert_int_equal(state_now().shown, 2);
    assert_int_equal(state_now().superseded, 1);
}

/* After it is told, nothing comes on screen any more. */
static void test_unplug_is_told_after_the_flip(void **state)
{
    (void)state;
    config.plugged = on_plugged;
    config.await = false;
    renew();
    offer(0);
    dispatch();
    mock_drm.disconnected = mock_drm.keeps_events = true;
    presenter->looked_ns = 0;
    dispatch();
    assert_true(state_now().unplugged);
    assert_int_equal(unplugs, 0);
    assert_int_equal(zc_presenter_fd(presenter), zc_display_fd(display));
    mock_drm.keeps_events = false;
    dispatch();
    assert_int_equal(shown, 1);
    assert_int_equal(unplugs, 1);
}

/* One that never comes is not waited for long. */
static void test_unplug_is_told_without_the_flip(void **state)
{
    (void)state;
    config.plugged = on_plugged;
    renew();
    offer(0);
    dispatch();
    mock_drm.disconnected = mock_drm.keeps_events = true;
    presenter->looked_ns = 0;
    dispatch();
    assert_int_equal(unplugs, 0);
    fake_kernel.now_ns += 100 * MS;
    dispatch();
    assert_int_equal(unplugs, 1);
    mock_drm.keeps_events = false;
}

/* Who opens the display anew meanwhile is told of the new one only. */
static void test_unplug_is_forgotten_with_the_display(void **state)
{
    (void)state;
    config.plugged = on_plugged;
    renew();
    offer(0);
    dispatch();
    mock_drm.disconnected = mock_drm.keeps_events = true;
    presenter->looked_ns = 0;
    dispatch();
    zc_presenter_set_display(presenter, NULL);
    fake_kernel.now_ns += 100 * MS;
    dispatch();
    assert_int_equal(unplugs, 0);
    assert_false(state_now().unplugged);
    mock_drm.keeps_events = false;
}

static void test_still_picture_comes_back(void **state)
{
    (void)state;
    config.plugged = on_plugged;
    renew();
    show(0);
    mock_drm.disconnected = true;
    look();
    mock_drm.disconnected = false;
    look();
    assert_ptr_equal(state_now().committed, held[0]);
    dispatch();
    assert_ptr_equal(state_now().on_screen, held[0]);
    assert_int_equal(state_now().shown, 1);
}

/* A commit that fails for want of a display is no error. */
static void test_refusal_of_an_unplugged_display_is_none(void **state)
{
    (void)state;
    config.plugged = on_plugged;
    renew();
    show(0);
    mock_drm.disconnected = true;
    mock_drm.commit_error = EINVAL;
    offer(1);
    dispatch();
    assert_int_equal(unplugs, 1);
    assert_ptr_equal(state_now().waiting, held[1]);
}

static void test_card_that_goes(void **state)
{
    (void)state;
    config.plugged = on_plugged;
    renew();
    show(0);
    mock_drm.unplugged = true;
    fake_kernel.now_ns += 1000 * MS;
    assert_int_equal(zc_presenter_dispatch(presenter, false), -ENODEV);
    assert_int_equal(unplugs, 0);
    mock_drm.unplugged = false;
}

static const struct CMUnitTest tests[] = {
    PRESENTER_TEST(test_unplug_keeps_the_newest_till_it_is_back),
    PRESENTER_TEST(test_unplug_is_told_after_the_flip),
    PRESENTER_TEST(test_unplug_is_told_without_the_flip),
    PRESENTER_TEST(test_unplug_is_forgotten_with_the_display),
    PRESENTER_TEST(test_still_picture_comes_back),
    PRESENTER_TEST(test_refusal_of_an_unplugged_display_is_none),
    PRESENTER_TEST(test_card_that_goes),
};

TEST_MAIN("presenter-plug", tests)

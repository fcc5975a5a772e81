/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* display, on a card that another opened: whose master it is, and whose fd. */
#include "display-fixture.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static int card = -1;

static int setup(void **state)
{
    int failed = fixture_setup(state);

    card = open(mock_drm.path[0], O_RDWR | O_CLOEXEC | O_NONBLOCK);
    return failed || card < 0;
}

/* Master is not ours to drop: it is as it was. */
static int teardown(void **state)
{
    bool touched = mock_drm.set_masters || mock_drm.drop_masters;

    zc_display_close(display);
    display = NULL;
    touched |= mock_drm.set_masters || mock_drm.drop_masters;
    mock_drm.master = false;
    if (card >= 0)
        close(card);
    card = -1;
    return fixture_teardown(state) || touched ? -1 : 0;
}

static struct zc_display_config by_fd(void)
{
    return (struct zc_display_config){.use_fd = true, .fd = card};
}

static void open_by_fd(void)
{
    const struct zc_display_config config = by_fd();

    assert_int_equal(open_config(&config), 0);
}

static void refused(struct zc_display_config config, int error, const char *text)
{
    said[0] = '\0';
    assert_int_equal(open_config(&config), error);
    assert_non_null(strstr(said, text));
}

static void test_the_fd_is_named_as_its_card(void **state)
{
    struct zc_display_config config = by_fd();

    (void)state;
    config.path = "/nowhere/card0";
    assert_int_equal(open_config(&config), 0);
    assert_string_equal(zc_display_info(display)->path, mock_drm.path[0]);
    assert_int_not_equal(zc_display_fd(display), card);
}

static void test_frames_are_shown_and_all_is_restored(void **state)
{
    (void)state;
    mock_drm_light();
    open_by_fd();
    make_pool("XR24", 640, 480, 2);
    show_and_flip(held[0]);
    show_and_flip(held[1]);
    assert_false(mock_drm_same(&before, &mock_drm));
    close_display();
    assert_true(mock_drm_same(&before, &mock_drm));
    assert_true(mock_drm.master);
    assert_int_equal(fcntl(card, F_GETFL) & O_NONBLOCK, O_NONBLOCK);
}

static void test_the_caller_may_close_the_fd(void **state)
{
    (void)state;
    open_by_fd();
    close(card);
    card = -1;
    make_pool("XR24", 640, 480, 1);
    show_and_flip(held[0]);
}

static void test_an_fd_that_waits_is_asked_first(void **state)
{
    struct zc_frame *shown;

    (void)state;
    assert_int_equal(fcntl(card, F_SETFL, 0), 0);
    open_by_fd();
    make_pool("XR24", 640, 480, 1);
    assert_int_equal(zc_display_dispatch(display, &shown), -EAGAIN);
    show_and_flip(held[0]);
    assert_int_equal(zc_display_dispatch(display, &shown), -EAGAIN);
    close_display();
    assert_int_equal(fcntl(card, F_GETFL) & O_NONBLOCK, 0);
}

static void test_an_fd_that_is_not_master(void **state)
{
    (void)state;
    mock_drm.busy[0] = true;
    refused(by_fd(), -EACCES, "not master now");
    assert_non_null(strstr(said, mock_drm.path[0]));
}

static void test_an_fd_that_is_none(void **state)
{
    (void)state;
    refused((struct zc_display_config){.use_fd = true, .fd = -1}, -EBADF, "fd -1");
}

static void test_a_card_of_another_driver(void **state)
{
    struct zc_display_config config = by_fd();

    (void)state;
    config.driver = "vkms";
    refused(config, -ENODEV, "its driver is mock, not vkms");
}

static void test_a_lease_has_its_own_objects_only(void **state)
{
    struct zc_display_config config = by_fd();

    (void)state;
    mock_drm.lease = true;
    mock_drm_light();
    config.plane_id = MOCK_OVERLAY;
    refused(config, -ENOENT, "there are: 60 (primary)");
    open_by_fd();
    assert_false(zc_display_info(display)->writeback);
    make_pool("XR24", 640, 480, 1);
    show_and_flip(held[0]);
    assert_int_equal(value(MOCK_CURSOR, "FB_ID"), MOCK_FOREIGN_FB + 1);
    close_display();
    assert_true(mock_drm_same(&before, &mock_drm));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_the_fd_is_named_as_its_card),
    TEST(test_frames_are_shown_and_all_is_restored),
    TEST(test_the_caller_may_close_the_fd),
    TEST(test_an_fd_that_waits_is_asked_first),
    TEST(test_an_fd_that_is_not_master),
    TEST(test_an_fd_that_is_none),
    TEST(test_a_card_of_another_driver),
    TEST(test_a_lease_has_its_own_objects_only),
};

TEST_MAIN("display-fd", tests)

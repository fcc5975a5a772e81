/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, on a mock of libv4l2: a signal that goes, comes back, and changes its mode. */
#include "camera-fixture.h"

#include <errno.h>
#include <string.h>

static int setup(void **state)
{
    if (camera_setup(state))
        return -1;
    mock_v4l2.input.capabilities = V4L2_IN_CAP_DV_TIMINGS;
    mock_v4l2.input.width = mock_v4l2.input.set_width = 640;
    return zc_camera_open(&camera, FAKE_NODE);
}

static void start(void)
{
    camera_stream(2);
}

/* An event of the driver, read as a program does. */
static int event(void)
{
    struct zc_frame *frame;

    mock_v4l2.input.events = 1;
    return zc_camera_dequeue(camera, &frame);
}

static void test_each_kind_of_loss_is_said_once(void **state)
{
    static const struct {
        int error;
        enum zc_camera_signal signal;
    } cases[] = {
        {ENOLINK, ZC_SIGNAL_NONE},
        {ENOLCK, ZC_SIGNAL_NO_LOCK},
        {ERANGE, ZC_SIGNAL_OUT_OF_RANGE},
    };

    (void)state;
    start();
    assert_true(mock_v4l2.input.subscribed);
    for (int i = 0; i < 3; i++) {
        mock_v4l2.input.query_error = cases[i].error;
        assert_int_equal(event(), -EAGAIN);
        assert_int_equal(zc_camera_signal(camera), cases[i].signal);
        assert_non_null(strstr(said, FAKE_NODE));
        assert_non_null(strstr(said, zc_camera_signal_text(cases[i].signal)));
        assert_non_null(strstr(said, "HDMI 0"));
        said[0] = '\0';
        assert_int_equal(zc_camera_ask_signal(camera), 0);
        assert_string_equal(said, "");
    }
    mock_v4l2.input.query_error = 0;
    assert_int_equal(event(), -EAGAIN);
    assert_int_equal(zc_camera_signal(camera), ZC_SIGNAL_GOOD);
    assert_non_null(strstr(said, "is back"));
}

static void test_status_tells_of_inputs_without_timings(void **state)
{
    static const struct {
        uint32_t status;
        enum zc_camera_signal signal;
    } cases[] = {
        {V4L2_IN_ST_NO_POWER, ZC_SIGNAL_NONE},
        {V4L2_IN_ST_NO_SIGNAL | V4L2_IN_ST_NO_H_LOCK, ZC_SIGNAL_NONE},
        {V4L2_IN_ST_NO_H_LOCK, ZC_SIGNAL_NO_LOCK},
        {V4L2_IN_ST_NO_SYNC, ZC_SIGNAL_NO_LOCK},
        {V4L2_IN_ST_HFLIP | V4L2_IN_ST_NO_COLOR, ZC_SIGNAL_GOOD},
    };

    (void)state;
    mock_v4l2.input.capabilities = 0;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        mock_v4l2.input.status = cases[i].status;
        assert_int_equal(zc_camera_ask_signal(camera), 0);
        assert_int_equal(zc_camera_signal(camera), cases[i].signal);
    }
    /* Timings that the driver cannot sense now say nothing. */
    mock_v4l2.input.capabilities = V4L2_IN_CAP_DV_TIMINGS;
    mock_v4l2.input.query_error = EBUSY;
    mock_v4l2.input.status = V4L2_IN_ST_NO_SIGNAL;
    assert_int_equal(zc_camera_ask_signal(camera), 0);
    assert_int_equal(zc_camera_signal(camera), ZC_SIGNAL_NONE);
}

static void test_a_signal_that_is_missing_at_first_is_said(void **state)
{
    (void)state;
    mock_v4l2.input.query_error = ENOLINK;
    start();
    assert_int_equal(zc_camera_signal(camera), ZC_SIGNAL_NONE);
    assert_non_null(strstr(said, "no signal"));
}

static void test_another_mode_at_first_is_said(void **state)
{
    (void)state;
    start();
    assert_string_equal(said, "");
    mock_v4l2.input.width = 1280;
    start();
    assert_non_null(strstr(said, "another mode"));
}

static void test_another_mode_is_told_and_followed(void **state)
{
    (void)state;
    start();
    assert_int_equal(event(), -EAGAIN);
    assert_string_equal(said, "");
    mock_v4l2.input.width = 1280;
    assert_int_equal(event(), -ENOLINK);
    assert_non_null(strstr(said, "another mode"));
    assert_int_equal(zc_camera_follow(camera), 0);
    assert_int_equal(mock_v4l2.input.set_width, 1280);
    start();
    assert_int_equal(zc_frame_layout(zc_pool_frame(pool, 0))->width, 1280);
    assert_int_equal(event(), -EAGAIN);
}

static void test_a_signal_may_come_back_in_another_mode(void **state)
{
    (void)state;
    start();
    mock_v4l2.input.query_error = ENOLINK;
    assert_int_equal(zc_camera_ask_signal(camera), 0);
    mock_v4l2.input.query_error = 0;
    assert_int_equal(zc_camera_ask_signal(camera), 0);
    mock_v4l2.input.query_error = ENOLCK;
    assert_int_equal(zc_camera_ask_signal(camera), 0);
    mock_v4l2.input.query_error = 0;
    mock_v4l2.input.width = 1280;
    assert_int_equal(zc_camera_ask_signal(camera), -ENOLINK);
}

static void test_nothing_is_followed_without_a_signal(void **state)
{
    (void)state;
    start();
    mock_v4l2.input.width = 1280;
    mock_v4l2.input.query_error = ENOLCK;
    assert_int_equal(zc_camera_follow(camera), 0);
    assert_int_equal(mock_v4l2.input.set_width, 640);
}

static void test_standards_are_followed(void **state)
{
    (void)state;
    mock_v4l2.input.capabilities = V4L2_IN_CAP_STD;
    mock_v4l2.input.standards = V4L2_STD_ALL;
    mock_v4l2.input.standard = mock_v4l2.input.set_standard = V4L2_STD_NTSC;
    start();
    assert_int_equal(event(), -EAGAIN);
    mock_v4l2.input.standard = V4L2_STD_PAL;
    assert_int_equal(event(), -ENOLINK);
    assert_int_equal(zc_camera_follow(camera), 0);
    assert_true(mock_v4l2.input.set_standard == V4L2_STD_PAL);
    start();
    assert_int_equal(event(), -EAGAIN);
}

/* Neither timings nor a standard to compare: the driver's word is taken. */
static void test_a_change_that_cannot_be_compared_is_believed(void **state)
{
    (void)state;
    mock_v4l2.input.capabilities = 0;
    start();
    assert_int_equal(event(), -ENOLINK);
    mock_v4l2.input.status = V4L2_IN_ST_NO_SIGNAL;
    assert_int_equal(event(), -EAGAIN);
    mock_v4l2.input.status = 0;
    assert_int_equal(event(), -EAGAIN);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, camera_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_each_kind_of_loss_is_said_once),
    TEST(test_status_tells_of_inputs_without_timings),
    TEST(test_a_signal_that_is_missing_at_first_is_said),
    TEST(test_another_mode_at_first_is_said),
    TEST(test_another_mode_is_told_and_followed),
    TEST(test_a_signal_may_come_back_in_another_mode),
    TEST(test_nothing_is_followed_without_a_signal),
    TEST(test_standards_are_followed),
    TEST(test_a_change_that_cannot_be_compared_is_believed),
};

TEST_MAIN("camera-signal", tests)

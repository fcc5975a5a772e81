/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, on a mock of libv4l2 that has modes as UVC cameras do: what is chosen, and refused. */
#include "camera/camera-private.h"
#include "fake-kernel.h"
#include "mock-v4l2.h"
#include "said.h"
#include "test.h"

#include <errno.h>
#include <string.h>

static struct zc_camera *camera;
static struct zc_layout layout;

/* A webcam whose large sizes are MJPG, left in the largest. */
static int setup(void **state)
{
    static const struct mock_size sizes[] = {
        {V4L2_PIX_FMT_MJPEG, 1920, 1080}, {V4L2_PIX_FMT_MJPEG, 640, 480},
        {V4L2_PIX_FMT_YUYV, 640, 480},    {V4L2_PIX_FMT_YUYV, 320, 240},
        {V4L2_PIX_FMT_YUYV, 1280, 720},   {V4L2_PIX_FMT_NV12, 848, 480},
    };

    (void)state;
    fake_kernel = (struct fake_kernel){0};
    mock_v4l2_reset();
    mock_v4l2.formats[0] = V4L2_PIX_FMT_MJPEG;
    mock_v4l2.formats[1] = V4L2_PIX_FMT_YUYV;
    mock_v4l2.formats[2] = V4L2_PIX_FMT_NV12;
    memcpy(mock_v4l2.sizes, sizes, sizeof(sizes));
    mock_v4l2.pixelformat = V4L2_PIX_FMT_MJPEG;
    mock_v4l2.width = 1920;
    mock_v4l2.height = 1080;
    said_listen(ZC_LOG_ERROR);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    zc_camera_close(camera);
    camera = NULL;
    return mock_v4l2.open ? -1 : 0;
}

static int set_mode(struct zc_camera_mode *mode)
{
    zc_camera_close(camera);
    assert_int_equal(zc_camera_open(&camera, FAKE_NODE), 0);
    return zc_camera_set_mode(camera, mode, NULL, &layout);
}

static void test_left_in_mjpg_it_opens_with_the_nearest_size(void **state)
{
    struct zc_camera_mode mode = {0};

    (void)state;
    assert_int_equal(set_mode(&mode), 0);
    assert_string_equal(mode.format->name, "YUYV");
    assert_int_equal(mode.width, 1280);
    assert_int_equal(mode.height, 720);
    assert_int_equal(layout.width, 1280);
    mode = (struct zc_camera_mode){.format = zc_format_by_name("NV12")};
    assert_int_equal(set_mode(&mode), 0);
    assert_int_equal(mode.width, 848);
}

static void test_a_size_that_nobody_lists_is_the_drivers(void **state)
{
    struct zc_camera_mode mode = {.format = zc_format_by_name("YUYV")};

    (void)state;
    mock_v4l2.lists_no_sizes = true;
    assert_int_equal(set_mode(&mode), 0);
    assert_int_equal(mode.width, 640);
    assert_int_equal(layout.bytes[0], 640 * 480 * 2);
}

static void test_a_size_that_is_asked_for_chooses_the_format(void **state)
{
    struct zc_camera_mode mode = {.width = 848, .height = 480};

    (void)state;
    assert_int_equal(set_mode(&mode), 0);
    assert_string_equal(mode.format->name, "NV12");
}

static void test_a_size_of_mjpg_alone_is_said_to_be_that(void **state)
{
    struct zc_camera_mode mode = {.width = 1920, .height = 1080};

    (void)state;
    assert_int_equal(set_mode(&mode), -ERANGE);
    assert_non_null(strstr(said, "1920x1080 only as MJPG (compressed)"));
    assert_non_null(strstr(said, "it has 640x480, 320x240, 1280x720"));
}

static void test_a_size_of_another_format_is_said(void **state)
{
    struct zc_camera_mode mode = {zc_format_by_name("YUYV"), 848, 480, 0, 0};

    (void)state;
    assert_int_equal(set_mode(&mode), -ERANGE);
    assert_non_null(strstr(said, "848x480 in NV12: choose that format"));
}

static void test_a_camera_of_mjpg_alone_is_said_to_be_that(void **state)
{
    (void)state;
    mock_v4l2.formats[1] = mock_v4l2.formats[2] = 0;
    assert_int_equal(zc_camera_open(&camera, FAKE_NODE), -ENOTSUP);
    assert_non_null(strstr(said, "no format that is known here, but MJPG (compressed)"));
}

static void test_devices_that_are_no_camera_are_said_to_be_that(void **state)
{
    static const struct {
        uint32_t capabilities;
        const char *says;
    } cases[] = {
        {V4L2_CAP_STREAMING | V4L2_CAP_VIDEO_M2M_MPLANE, "memory to memory"},
        {V4L2_CAP_STREAMING | V4L2_CAP_VIDEO_OUTPUT, "captures no video"},
        {V4L2_CAP_READWRITE | V4L2_CAP_VIDEO_CAPTURE, "cannot stream"},
    };

    (void)state;
    for (int i = 0; i < 3; i++) {
        mock_v4l2.capabilities = cases[i].capabilities;
        assert_int_equal(zc_camera_open(&camera, FAKE_NODE), -ENOTSUP);
        assert_non_null(strstr(said, FAKE_NODE));
        assert_non_null(strstr(said, cases[i].says));
    }
}

/* Whoever names it has set up its pipeline. */
static void test_a_camera_of_the_media_controller_opens_by_name(void **state)
{
    struct zc_camera_mode mode = {0};

    (void)state;
    mock_v4l2.capabilities = V4L2_CAP_STREAMING | V4L2_CAP_VIDEO_CAPTURE | V4L2_CAP_IO_MC;
    assert_int_equal(set_mode(&mode), 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_left_in_mjpg_it_opens_with_the_nearest_size),
    TEST(test_a_size_that_nobody_lists_is_the_drivers),
    TEST(test_a_size_that_is_asked_for_chooses_the_format),
    TEST(test_a_size_of_mjpg_alone_is_said_to_be_that),
    TEST(test_a_size_of_another_format_is_said),
    TEST(test_a_camera_of_mjpg_alone_is_said_to_be_that),
    TEST(test_devices_that_are_no_camera_are_said_to_be_that),
    TEST(test_a_camera_of_the_media_controller_opens_by_name),
};

TEST_MAIN("camera-choice", tests)

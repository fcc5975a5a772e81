/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow, on mocks: which of the camera's formats it takes where the size decides. */
#include "flow-fixture.h"
#include "mock-v4l2.h"
#include "said.h"
#include "test.h"

#include <errno.h>
#include <string.h>

/* As a USB camera has them: not each size in each format. */
static const struct mock_size sizes[] = {
    {V4L2_PIX_FMT_YUYV, 640, 480},   {V4L2_PIX_FMT_YUYV, 320, 200},
    {V4L2_PIX_FMT_NV12, 640, 480},   {V4L2_PIX_FMT_NV12, 320, 240},
    {V4L2_PIX_FMT_XBGR32, 640, 480},
};

static void ask_for(enum zc_path path, uint32_t width, uint32_t height)
{
    memcpy(mock_v4l2.sizes, sizes, sizeof(sizes));
    config.path = path;
    config.mode = (struct zc_camera_mode){.width = width, .height = height};
}

static void assert_plan(enum zc_path path, const char *format)
{
    struct zc_flow *flow;
    struct zc_flow_info info;

    assert_int_equal(zc_flow_create(&flow, &config), 0);
    zc_flow_info(flow, &info);
    assert_int_equal(info.path, path);
    assert_string_equal(info.mode.format->name, format);
    zc_flow_destroy(flow);
}

static void test_gpu_takes_a_format_that_has_the_size(void **state)
{
    (void)state;
    ask_for(ZC_PATH_GPU, 0, 0);
    assert_plan(ZC_PATH_GPU, "YUYV");
    ask_for(ZC_PATH_GPU, 640, 480);
    assert_plan(ZC_PATH_GPU, "YUYV");
    ask_for(ZC_PATH_GPU, 320, 240);
    assert_plan(ZC_PATH_GPU, "NV12");
}

static void test_direct_takes_a_format_that_has_the_size(void **state)
{
    (void)state;
    ask_for(ZC_PATH_DIRECT, 640, 480);
    assert_plan(ZC_PATH_DIRECT, "XR24");
    ask_for(ZC_PATH_DIRECT, 320, 240);
    assert_plan(ZC_PATH_DIRECT, "NV12");
}

static void test_auto_takes_the_gpu_where_no_plane_has_the_size(void **state)
{
    (void)state;
    ask_for(ZC_PATH_AUTO, 320, 200);
    assert_plan(ZC_PATH_GPU, "YUYV");
    said_listen(ZC_LOG_ERROR);
    config.path = ZC_PATH_DIRECT;
    assert_int_equal(zc_flow_create(&(struct zc_flow *){NULL}, &config), -ENOTSUP);
    assert_non_null(strstr(said, "takes any format of that size of camera"));
}

/* Where no format has it, the camera says what there is. */
static void test_a_size_that_is_nowhere(void **state)
{
    (void)state;
    ask_for(ZC_PATH_GPU, 100, 100);
    assert_int_equal(zc_flow_create(&(struct zc_flow *){NULL}, &config), -ERANGE);
    assert_non_null(strstr(said, "no size 100x100 in YUYV; it has 640x480, 320x200"));
}

/* A format that is asked for is that, whatever sizes it has. */
static void test_a_format_that_is_asked_for(void **state)
{
    (void)state;
    ask_for(ZC_PATH_GPU, 320, 240);
    config.mode.format = zc_format_by_name("YUYV");
    assert_int_equal(zc_flow_create(&(struct zc_flow *){NULL}, &config), -ERANGE);
    assert_non_null(strstr(said, "it has 320x240 in NV12: choose that format"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, flow_setup, flow_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_gpu_takes_a_format_that_has_the_size),
    TEST(test_direct_takes_a_format_that_has_the_size),
    TEST(test_auto_takes_the_gpu_where_no_plane_has_the_size),
    TEST(test_a_size_that_is_nowhere),
    TEST(test_a_format_that_is_asked_for),
};

TEST_MAIN("flow-format", tests)

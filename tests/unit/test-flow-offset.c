/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow, on mocks, with a camera whose pixels begin some bytes into the buffers. */
#include "flow-fixture.h"
#include "mock-drm.h"
#include "mock-gl.h"
#include "mock-v4l2.h"
#include "test.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>

static void reopen_with_offset(uint32_t format)
{
    mock_v4l2.mplane = true;
    mock_v4l2.data_offset[0] = 128;
    mock_v4l2.formats[0] = format;
    mock_v4l2.formats[1] = 0;
    zc_camera_close(config.camera);
    assert_int_equal(zc_camera_open(&config.camera, FAKE_NODE), 0);
}

static uint32_t offset_on_screen(void)
{
    uint64_t *id = mock_drm_value(MOCK_PRIMARY, "FB_ID");

    return mock_drm_fb(*id)->offset;
}

static void test_display_begins_where_the_pixels_do(void **state)
{
    struct zc_flow *flow;

    (void)state;
    reopen_with_offset(V4L2_PIX_FMT_XBGR32);
    flow = start();
    assert_int_equal(flow->plan.path, ZC_PATH_DIRECT);
    run_rounds(flow);
    assert_int_equal(mock_drm.addfbs, FRAMES);
    assert_int_equal(offset_on_screen(), 128);
    assert_int_equal(results_of(flow).at_camera.same, FRAMES);
    assert_nothing_copied(flow);

    mock_v4l2.data_offset[0] = 64;
    for (int i = 0; i < 2 * FRAMES; i++)
        turn(flow);
    assert_int_equal(offset_on_screen(), 64);
    assert_int_equal(results_of(flow).imports, FRAMES);
    assert_int_equal(mock_drm.rmfbs_in_use, 0);
    end(flow);
}

static int image_offset(void)
{
    const int *attrib = mock_gl.image_attribs;

    while (*attrib != EGL_DMA_BUF_PLANE0_OFFSET_EXT)
        attrib += 2;
    return attrib[1];
}

static void test_gpu_begins_where_the_pixels_do(void **state)
{
    struct zc_flow *flow;

    (void)state;
    config.path = ZC_PATH_GPU;
    reopen_with_offset(V4L2_PIX_FMT_YUYV);
    flow = start();
    run_rounds(flow);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], 2 * FRAMES);
    assert_int_equal(results_of(flow).info.source->plane[0].offset, 128);
    assert_nothing_copied(flow);

    mock_v4l2.data_offset[0] = 64;
    for (int i = 0; i < 2 * FRAMES; i++)
        turn(flow);
    assert_int_equal(image_offset(), 64);
    assert_int_equal(results_of(flow).imports, FRAMES);
    end(flow);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, flow_setup, flow_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_display_begins_where_the_pixels_do),
    TEST(test_gpu_begins_where_the_pixels_do),
};

TEST_MAIN("flow-offset", tests)

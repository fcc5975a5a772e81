/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, on a mock of libv4l2: modes, imports once a frame, losses, refusals. */
#include "camera/camera-private.h"
#include "fake-kernel.h"
#include "mock-v4l2.h"
#include "said.h"
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static struct zc_camera *camera;
static struct zc_heap *heap;
static struct zc_layout layout;

static int setup(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){0};
    mock_v4l2_reset();
    said_listen(ZC_LOG_ERROR);
    return zc_heap_open(&heap, FAKE_NODE);
}

static int teardown(void **state)
{
    (void)state;
    zc_camera_close(camera);
    camera = NULL;
    zc_heap_close(heap);
    return mock_v4l2.open || mock_v4l2.streaming ? -1 : 0;
}

static void open_camera(void)
{
    assert_int_equal(zc_camera_open(&camera, FAKE_NODE), 0);
}

static struct zc_pool *start(int n)
{
    struct zc_camera_mode mode = {.format = zc_format_by_name("YUYV")};
    struct zc_pool *pool;

    open_camera();
    assert_int_equal(zc_camera_set_mode(camera, &mode, NULL, &layout), 0);
    assert_int_equal(zc_pool_create(&pool, heap, &layout, n), 0);
    assert_int_equal(zc_camera_import(camera, pool), 0);
    assert_int_equal(zc_camera_start(camera), 0);
    return pool;
}

static void test_mode_left_free_is_the_drivers(void **state)
{
    struct zc_camera_mode mode = {0};

    (void)state;
    open_camera();
    assert_int_equal(zc_camera_set_mode(camera, &mode, NULL, &layout), 0);
    assert_string_equal(mode.format->name, "YUYV");
    assert_int_equal(mode.width, 640);
    assert_int_equal(mode.rate_num, 60);
    assert_int_equal(layout.plane[0].stride, 1280);
    assert_int_equal(layout.bytes[0], 1280 * 480);
}

static void test_refused_modes_list_what_there_is(void **state)
{
    struct zc_camera_mode grey = {.format = zc_format_by_name("GREY")};
    struct zc_camera_mode huge = {.width = 4000, .height = 480};
    struct zc_camera_mode fast = {.rate_num = 240, .rate_den = 1};

    (void)state;
    open_camera();
    assert_int_equal(zc_camera_set_mode(camera, &grey, NULL, &layout), -ENOTSUP);
    assert_non_null(strstr(said, "it has YUYV, NV12, XR24"));
    assert_int_equal(zc_camera_set_mode(camera, &huge, NULL, &layout), -ERANGE);
    assert_non_null(strstr(said, "640x480"));
    assert_int_equal(zc_camera_set_mode(camera, &fast, NULL, &layout), -ERANGE);
    assert_non_null(strstr(said, "240"));
}

static void test_highest_rate(void **state)
{
    struct zc_camera_mode mode = {.rate_num = ZC_RATE_HIGHEST};

    (void)state;
    open_camera();
    assert_int_equal(zc_camera_set_mode(camera, &mode, NULL, &layout), 0);
    assert_int_equal(mode.rate_num, MOCK_RATE_HIGHEST);
    assert_int_equal(mode.rate_den, 1);
}

static void test_drivers_stride_wins(void **state)
{
    struct zc_camera_mode mode = {.format = zc_format_by_name("NV12")};

    (void)state;
    mock_v4l2.extra_stride = 32;
    open_camera();
    assert_int_equal(zc_camera_set_mode(camera, &mode, NULL, &layout), 0);
    assert_int_equal(layout.plane[0].stride, 672);
    assert_int_equal(layout.plane[1].stride, 672);
    assert_int_equal(layout.plane[1].offset, 672 * 480);
}

static void test_colour_follows_v4l2(void **state)
{
    struct zc_colour colour;

    (void)state;
    zc_camera_colour(&colour, V4L2_COLORSPACE_REC709, V4L2_YCBCR_ENC_DEFAULT,
                     V4L2_QUANTIZATION_DEFAULT);
    assert_int_equal(colour.matrix, ZC_MATRIX_BT709);
    assert_int_equal(colour.range, ZC_RANGE_LIMITED);
    zc_camera_colour(&colour, V4L2_COLORSPACE_JPEG, V4L2_YCBCR_ENC_DEFAULT,
                     V4L2_QUANTIZATION_DEFAULT);
    assert_int_equal(colour.matrix, ZC_MATRIX_BT601);
    assert_int_equal(colour.range, ZC_RANGE_FULL);
    zc_camera_colour(&colour, V4L2_COLORSPACE_SMPTE170M, V4L2_YCBCR_ENC_709,
                     V4L2_QUANTIZATION_FULL_RANGE);
    assert_int_equal(colour.matrix, ZC_MATRIX_BT709);
    assert_int_equal(colour.range, ZC_RANGE_FULL);
}

static void test_each_frame_is_attached_once(void **state)
{
    struct zc_pool *pool = start(4);
    struct zc_frame *frame;

    (void)state;
    for (int i = 0; i < 600; i++) {
        assert_true(mock_v4l2_finish(i * 1000000));
        assert_int_equal(zc_camera_dequeue(camera, &frame), 0);
        assert_int_equal(zc_frame_meta(frame)->sequence, i);
        zc_frame_unref(frame);
        assert_int_equal(zc_camera_refill(camera), 0);
    }
    assert_int_equal(mock_v4l2.dqbufs, 600);
    assert_int_equal(mock_v4l2.attaches, 4);
    assert_int_equal(zc_camera_lost(camera), 0);
    zc_camera_stop(camera);
    zc_pool_unref(pool);
}

static void test_sequence_gaps_are_losses(void **state)
{
    struct zc_pool *pool = start(2);
    struct zc_frame *frames[2], *frame;

    (void)state;
    for (int i = 0; i < 2; i++) {
        assert_true(mock_v4l2_finish(0));
        assert_int_equal(zc_camera_dequeue(camera, &frames[i]), 0);
    }
    assert_int_equal(zc_camera_dequeue(camera, &frame), -EAGAIN);
    for (int i = 0; i < 3; i++)
        assert_false(mock_v4l2_finish(0));
    zc_frame_unref(frames[0]);
    zc_frame_unref(frames[1]);
    assert_int_equal(zc_camera_refill(camera), 0);
    assert_true(mock_v4l2_finish(0));
    assert_int_equal(zc_camera_dequeue(camera, &frame), 0);
    assert_int_equal(zc_camera_lost(camera), 3);
    zc_frame_unref(frame);
    zc_camera_stop(camera);
    zc_pool_unref(pool);
}

static void test_sequence_wraps_without_loss(void **state)
{
    struct zc_pool *pool = start(2);
    struct zc_frame *frame;

    (void)state;
    mock_v4l2.sequence = UINT32_MAX;
    for (int i = 0; i < 2; i++) {
        assert_true(mock_v4l2_finish(0));
        assert_int_equal(zc_camera_dequeue(camera, &frame), 0);
        zc_frame_unref(frame);
    }
    assert_int_equal(zc_camera_lost(camera), 0);
    zc_camera_stop(camera);
    zc_pool_unref(pool);
}

static void test_timestamps_are_labelled(void **state)
{
    struct zc_pool *pool = start(2);
    struct zc_frame *frame;
    static const struct {
        uint32_t flags;
        enum zc_capture_clock clock;
    } cases[] = {
        {V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC, ZC_CAPTURE_END_OF_FRAME},
        {V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC | V4L2_BUF_FLAG_TSTAMP_SRC_SOE,
         ZC_CAPTURE_START_OF_EXPOSURE},
        {V4L2_BUF_FLAG_TIMESTAMP_COPY, ZC_CAPTURE_UNKNOWN},
        {0, ZC_CAPTURE_UNKNOWN},
    };

    (void)state;
    fake_kernel.now_ns = 2000000;
    for (int i = 0; i < 4; i++) {
        mock_v4l2.buffer_flags = cases[i].flags;
        assert_true(mock_v4l2_finish(1234000));
        assert_int_equal(zc_camera_dequeue(camera, &frame), 0);
        assert_int_equal(zc_frame_meta(frame)->clock, cases[i].clock);
        assert_int_equal(zc_frame_meta(frame)->at_ns[ZC_STAGE_CAPTURE], 1234000);
        assert_int_equal(zc_frame_meta(frame)->at_ns[ZC_STAGE_DEQUEUE], 2000000);
        zc_frame_unref(frame);
        assert_int_equal(zc_camera_refill(camera), 0);
    }
    zc_camera_stop(camera);
    zc_pool_unref(pool);
}

static void test_refused_heap_is_named(void **state)
{
    struct zc_camera_mode mode = {0};
    struct zc_pool *pool;

    (void)state;
    open_camera();
    assert_int_equal(zc_camera_set_mode(camera, &mode, NULL, &layout), 0);
    assert_int_equal(zc_pool_create(&pool, heap, &layout, 2), 0);
    mock_v4l2.qbuf_error = EFAULT;
    assert_int_equal(zc_camera_import(camera, pool), -EFAULT);
    assert_non_null(strstr(said, "contiguous"));
    assert_int_equal(mock_v4l2.memory, 0);
    assert_int_equal(zc_pool_free(pool), 2);
    mock_v4l2.qbuf_error = 0;
    mock_v4l2.reqbufs_error = EINVAL;
    assert_int_equal(zc_camera_import(camera, pool), -ENOTSUP);
    zc_pool_unref(pool);
}

static void test_export_gives_dma_bufs(void **state)
{
    struct zc_camera_mode mode = {0};
    struct zc_pool *pool;
    struct zc_frame *frame;

    (void)state;
    open_camera();
    assert_int_equal(zc_camera_set_mode(camera, &mode, NULL, &layout), 0);
    assert_int_equal(zc_camera_export(camera, 3, &pool), 0);
    assert_int_equal(zc_camera_start(camera), 0);
    assert_true(mock_v4l2_finish(0));
    assert_int_equal(zc_camera_dequeue(camera, &frame), 0);
    assert_int_not_equal(zc_frame_identity(frame, 0), 0);
    zc_frame_unref(frame);
    zc_camera_stop(camera);
    zc_pool_unref(pool);
}

static void test_planes_in_buffers_of_their_own(void **state)
{
    struct zc_camera_mode mode = {.format = zc_format_by_name("NV12M")};
    struct zc_pool *pool;

    (void)state;
    mock_v4l2.mplane = true;
    mock_v4l2.formats[0] = V4L2_PIX_FMT_NV12M;
    open_camera();
    assert_int_equal(zc_camera_set_mode(camera, &mode, NULL, &layout), 0);
    assert_int_equal(layout.n_buffers, 2);
    assert_int_equal(zc_pool_create(&pool, heap, &layout, 2), 0);
    assert_int_equal(zc_camera_import(camera, pool), 0);
    assert_int_equal(zc_camera_start(camera), 0);
    assert_int_equal(mock_v4l2.attaches, 4);
    assert_int_equal(zc_camera_verify(camera, zc_pool_frame(pool, 0)), 1);
    zc_camera_stop(camera);
    zc_pool_unref(pool);
}

static void test_verify_finds_another_dma_buf(void **state)
{
    struct zc_pool *pool = start(3);

    (void)state;
    assert_int_equal(zc_camera_verify(camera, zc_pool_frame(pool, 1)), 1);
    mock_v4l2.copies = true;
    assert_int_equal(zc_camera_verify(camera, zc_pool_frame(pool, 1)), 0);
    zc_camera_stop(camera);
    assert_int_equal(zc_camera_verify(camera, zc_pool_frame(pool, 1)), -ENOTSUP);
    zc_pool_unref(pool);
}

static void test_unplug_is_enodev(void **state)
{
    struct zc_pool *pool = start(2);
    struct zc_frame *frame;

    (void)state;
    mock_v4l2.dqbuf_error = ENODEV;
    assert_int_equal(zc_camera_dequeue(camera, &frame), -ENODEV);
    assert_non_null(strstr(said, "unplugged"));
    mock_v4l2.dqbuf_error = 0;
    zc_camera_stop(camera);
    zc_pool_unref(pool);
}

/* What the driver answers is what counts, and nothing is set by asking. */
static void test_a_layout_is_tried(void **state)
{
    const struct zc_format *yuyv = zc_format_by_name("YUYV");
    const struct zc_align wide = {.stride = 256};

    (void)state;
    open_camera();
    assert_int_equal(zc_camera_try_layout(camera, yuyv, 320, 240, &wide, &layout), 0);
    assert_int_equal(layout.plane[0].stride, 768);
    assert_int_equal(layout.bytes[0], 768 * 240);
    mock_v4l2.fixed_stride = true;
    assert_int_equal(zc_camera_try_layout(camera, yuyv, 320, 240, &wide, &layout), 0);
    assert_int_equal(layout.plane[0].stride, 640);
    assert_int_equal(layout.bytes[0], 640 * 240);
    assert_int_equal(mock_v4l2.width, 640);
    assert_int_equal(zc_camera_try_layout(camera, yuyv, 4000, 240, NULL, &layout),
                     -ERANGE);
    assert_int_equal(
        zc_camera_try_layout(camera, zc_format_by_name("GREY"), 640, 480, NULL, &layout),
        -ERANGE);
    assert_string_equal(said, "");
}

static void test_the_pixels_place_is_told_once_there_are_buffers(void **state)
{
    uint32_t offset[ZC_MAX_PLANES] = {0};
    struct zc_pool *pool;

    (void)state;
    open_camera();
    assert_int_equal(zc_camera_ask_offset(camera, offset), -ENOTSUP);
    zc_camera_close(camera);
    mock_v4l2.mplane = true;
    mock_v4l2.data_offset[0] = 128;
    pool = start(2);
    assert_int_equal(zc_camera_ask_offset(camera, offset), 0);
    assert_int_equal(offset[0], 128);
    assert_int_equal(offset[1], 0);
    zc_camera_stop(camera);
    zc_pool_unref(pool);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_a_layout_is_tried),
    TEST(test_the_pixels_place_is_told_once_there_are_buffers),
    TEST(test_mode_left_free_is_the_drivers),
    TEST(test_refused_modes_list_what_there_is),
    TEST(test_highest_rate),
    TEST(test_drivers_stride_wins),
    TEST(test_colour_follows_v4l2),
    TEST(test_each_frame_is_attached_once),
    TEST(test_sequence_gaps_are_losses),
    TEST(test_sequence_wraps_without_loss),
    TEST(test_timestamps_are_labelled),
    TEST(test_refused_heap_is_named),
    TEST(test_export_gives_dma_bufs),
    TEST(test_planes_in_buffers_of_their_own),
    TEST(test_verify_finds_another_dma_buf),
    TEST(test_unplug_is_enodev),
};

TEST_MAIN("camera", tests)

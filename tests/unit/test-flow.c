/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow, on mocks of all devices: what it costs, what it counts, what it refuses. */
#include "flow-fixture.h"
#include "base/rect.h"
#include "flow/presenter-private.h"
#include "mock-drm.h"
#include "mock-gl.h"
#include "mock-v4l2.h"
#include "said.h"
#include "test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void test_direct_costs_one_import_a_frame(void **state)
{
    struct zc_flow *flow = start();
    struct zc_flow_snapshot now;

    (void)state;
    assert_int_equal(flow->plan.path, ZC_PATH_DIRECT);
    run_rounds(flow);
    zc_flow_snapshot(flow, &now);
    assert_int_equal(now.captured, ROUNDS);
    assert_int_equal(now.shown, ROUNDS);
    assert_int_equal(now.superseded, 0);
    assert_int_equal(mock_v4l2.attaches, FRAMES);
    assert_int_equal(mock_drm.primes, FRAMES);
    assert_int_equal(mock_drm.addfbs, FRAMES);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], 0);
    assert_int_equal(fake_kernel.allocations, FRAMES);
    assert_int_equal(mock_drm.modesets, 1);
    assert_nothing_copied(flow);
    end(flow);
}

static void test_gpu_costs_one_image_a_frame(void **state)
{
    struct zc_flow *flow;
    struct zc_flow_snapshot now;

    (void)state;
    config.path = ZC_PATH_GPU;
    flow = start();
    run_rounds(flow);
    zc_flow_snapshot(flow, &now);
    assert_int_equal(now.shown, ROUNDS);
    assert_int_equal(mock_v4l2.attaches, FRAMES);
    assert_int_equal(mock_gl.made[MOCK_IMAGE], 2 * FRAMES);
    assert_int_equal(mock_drm.primes, FRAMES);
    assert_int_equal(mock_drm.addfbs, FRAMES);
    assert_int_equal(fake_kernel.allocations, 2 * FRAMES);
    assert_nothing_copied(flow);
    end(flow);
}

static void test_newest_frame_wins(void **state)
{
    struct zc_flow *flow = start();
    struct zc_flow_snapshot now;

    (void)state;
    turn(flow);
    mock_drm.keeps_events = true;
    fake_kernel.now_ns += 16 * MS;
    assert_true(mock_v4l2_finish(fake_kernel.now_ns));
    assert_int_equal(zc_flow_step(flow, 0), 0);
    for (int i = 0; i < 3; i++) {
        fake_kernel.now_ns += 16 * MS;
        assert_true(mock_v4l2_finish(fake_kernel.now_ns));
    }
    assert_int_equal(zc_flow_step(flow, 0), 0);
    zc_flow_snapshot(flow, &now);
    assert_int_equal(now.captured, 5);
    assert_int_equal(now.shown, 1);
    assert_int_equal(now.superseded, 2);
    mock_drm.keeps_events = false;
    assert_int_equal(zc_flow_step(flow, 0), 0);
    assert_int_equal(zc_flow_step(flow, 0), 0);
    assert_int_equal(zc_frame_meta(flow->presenter->on_screen)->sequence, 4);
    zc_flow_snapshot(flow, &now);
    assert_int_equal(now.shown + now.superseded, now.captured);
    end(flow);
}

/* Until nothing waits any longer. */
static void settle(struct zc_flow *flow)
{
    for (int i = 0; i < 10; i++)
        assert_int_equal(zc_flow_step(flow, 100), 0);
    assert_null(flow->presenter->mailbox.newest);
    assert_false(zc_display_pending(config.display));
}

static void test_late_commit_lets_the_newest_by(void **state)
{
    struct zc_flow *flow;
    uint64_t superseded;
    int commits;

    (void)state;
    mock_drm.flips_now = true;
    flow = start();
    for (int i = 0; i < FRAMES; i++)
        turn(flow);
    settle(flow);
    assert_true(flow->presenter->latch.refresh_ns > 0);

    /* A camera that is much faster than the display. */
    flow->presenter->latch.period_ns = MS;
    flow->presenter->latch.spread_ns = 0;
    flow->presenter->latch.ready_ns = fake_kernel.now_ns - MS;
    display_is_silent = true;
    zc_latch_flipped(&flow->presenter->latch, fake_kernel.now_ns);
    commits = mock_drm.commits;
    superseded = flow->presenter->mailbox.superseded;
    for (int i = 0; i < 2; i++) {
        assert_true(mock_v4l2_finish(fake_kernel.now_ns));
        assert_int_equal(zc_flow_step(flow, 0), 0);
    }
    assert_int_equal(mock_drm.commits, commits);
    assert_int_equal(flow->presenter->mailbox.superseded, superseded + 1);

    assert_int_equal(zc_flow_step(flow, 100), 0);
    assert_int_equal(mock_drm.commits, commits + 1);
    assert_true(fake_kernel.now_ns - flow->presenter->latch.flip_ns <
                flow->presenter->latch.refresh_ns);
    display_is_silent = false;
    assert_int_equal(zc_flow_step(flow, 0), 0);
    assert_int_equal(zc_frame_meta(flow->presenter->on_screen)->sequence, FRAMES + 1);
    end(flow);
}

static void test_losses_are_reported(void **state)
{
    struct zc_flow *flow = start();
    struct zc_flow_snapshot now;

    (void)state;
    turn(flow);
    mock_v4l2.sequence += 7;
    turn(flow);
    mock_v4l2.buffer_flags |= V4L2_BUF_FLAG_ERROR;
    turn(flow);
    zc_flow_snapshot(flow, &now);
    assert_int_equal(now.lost, 7);
    assert_int_equal(now.damaged, 1);
    assert_int_equal(now.shown, 2);
    end(flow);
}

static void test_false_timestamps_give_no_latency(void **state)
{
    struct zc_flow *flow = start();
    struct zc_flow_snapshot now;

    (void)state;
    assert_true(mock_v4l2_finish(fake_kernel.now_ns + 15 * MS));
    for (int i = 0; i < 3; i++)
        assert_int_equal(zc_flow_step(flow, 0), 0);
    zc_flow_snapshot(flow, &now);
    assert_int_equal(now.shown, 1);
    assert_int_equal(now.latency_ns, -1);
    end(flow);
}

static void test_copying_driver_is_found(void **state)
{
    struct zc_flow *flow;

    (void)state;
    mock_v4l2.copies = true;
    flow = start();
    turn(flow);
    assert_int_equal(results_of(flow).copies, 1);
    assert_string_equal(results_of(flow).copied_by, "camera");
    assert_int_equal(results_of(flow).at_camera.different, FRAMES);
    end(flow);
}

static void test_copying_display_is_found(void **state)
{
    struct zc_flow *flow;

    (void)state;
    mock_drm.copies = true;
    flow = start();
    turn(flow);
    assert_int_equal(results_of(flow).copies, 1);
    assert_string_equal(results_of(flow).copied_by, "display");
    assert_int_equal(results_of(flow).at_camera.same, FRAMES);
    assert_int_equal(results_of(flow).at_display.different, FRAMES);
    end(flow);
}

static void test_cpu_maps_are_copies(void **state)
{
    struct zc_flow *flow = start();
    void *plane[ZC_MAX_PLANES];

    (void)state;
    turn(flow);
    assert_int_equal(zc_frame_begin_cpu(flow->presenter->on_screen, ZC_CPU_READ, plane),
                     0);
    assert_int_equal(zc_frame_end_cpu(flow->presenter->on_screen), 0);
    assert_string_equal(results_of(flow).copied_by, "cpu");
    assert_int_equal(results_of(flow).counts.cpu_maps, 1);
    end(flow);
}

/* A mock from Mesa's source: the dma-buf is the same, and is copied all the same. */
static void test_retiling_is_a_copy(void **state)
{
    struct zc_flow *flow;

    (void)state;
    zc_gpu_close(config.gpu);
    mock_gl.devices[0].renderer = "V3D 4.2.14.0";
    assert_int_equal(zc_gpu_open(&config.gpu, NULL), 0);
    config.path = ZC_PATH_GPU;
    flow = start();
    turn(flow);
    assert_int_equal(results_of(flow).copies, 1);
    assert_int_equal(results_of(flow).counts.copies, 1);
    assert_string_equal(results_of(flow).copied_by, "gpu");
    assert_string_equal(results_of(flow).copied_why,
                        "the GPU driver re-tiles each frame (renderer V3D 4.2.14.0)");
    end(flow);
    config.path = ZC_PATH_DIRECT;
    flow = start();
    turn(flow);
    assert_int_equal(results_of(flow).copies, 0);
    end(flow);
}

/* AMD's drivers refuse a buffer that is shorter than rows up to a multiple of 16. */
static void test_gpu_has_room_behind_the_picture(void **state)
{
    static const struct {
        const char *format;
        uint32_t height, rows[2];
    } cases[] = {{"NV12", 1068, {1072, 544}}, {"YUYV", 300, {304}}, {"YUYV", 480, {480}}};

    (void)state;
    config.path = ZC_PATH_GPU;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        const struct zc_layout *source;
        struct zc_flow *flow;
        size_t length = 0;

        config.mode = (struct zc_camera_mode){
            .format = zc_format_by_name(cases[i].format),
            .width = 640,
            .height = cases[i].height,
        };
        flow = start();
        source = &flow->plan.source;
        for (int plane = 0; plane < source->n_planes; plane++)
            length = source->plane[plane].offset +
                     (size_t)cases[i].rows[plane] * source->plane[plane].stride;
        assert_int_equal(source->bytes[0], length);
        if (source->n_planes > 1)
            assert_int_equal(source->plane[1].offset,
                             cases[i].height * source->plane[0].stride);
        assert_int_equal(
            flow->plan.target.bytes[0] % (16 * flow->plan.target.plane[0].stride), 0);
        turn(flow);
        end(flow);
    }
}

static void test_auto_takes_the_gpu_where_it_must(void **state)
{
    struct zc_flow *flow;

    (void)state;
    memset(mock_v4l2.formats, 0, sizeof(mock_v4l2.formats));
    mock_v4l2.formats[0] = V4L2_PIX_FMT_GREY; /* which no plane takes */
    zc_camera_close(config.camera);
    assert_int_equal(zc_camera_open(&config.camera, FAKE_NODE), 0);
    flow = start();
    assert_int_equal(flow->plan.path, ZC_PATH_GPU);
    assert_true(flow->refused[0]);
    end(flow);
    config.op.rotate = 90;
    flow = start();
    assert_int_equal(flow->plan.path, ZC_PATH_GPU);
    assert_false(flow->refused[0]);
    assert_int_equal(flow->plan.to.width, 360);
    assert_int_equal(flow->plan.to.height, 480);
    end(flow);
}

static void test_impossible_paths_are_refused(void **state)
{
    struct zc_flow *flow;

    (void)state;
    config.path = ZC_PATH_DIRECT;
    config.op.rotate = 90;
    assert_int_equal(zc_flow_create(&flow, &config), -ENOTSUP);
    assert_non_null(strstr(said, "gpu path"));
    config.op.rotate = 0;
    config.mode.format = zc_format_by_name("YUYV");
    assert_int_equal(zc_flow_create(&flow, &config), -ENOTSUP);
    assert_non_null(strstr(said, "YUYV"));
    config.path = ZC_PATH_GPU;
    mock_gl.image_fails_at = 1;
    assert_int_equal(zc_flow_create(&flow, &config), -ENOTSUP);
}

static void test_refused_heap_leaves_nothing(void **state)
{
    struct zc_flow *flow;

    (void)state;
    mock_v4l2.qbuf_error = EFAULT;
    assert_int_equal(zc_flow_create(&flow, &config), -EFAULT);
    assert_non_null(strstr(said, "refuses frames of the heap"));
    assert_int_equal(mock_drm.addfbs, mock_drm.rmfbs);
    mock_v4l2.qbuf_error = 0;
    flow = start();
    turn(flow);
    end(flow);
}

static void test_silence_is_noticed(void **state)
{
    struct zc_flow *flow = start();

    (void)state;
    turn(flow);
    fake_kernel.now_ns += 4000 * MS;
    assert_int_equal(zc_flow_step(flow, 0), 0);
    fake_kernel.now_ns += 2000 * MS;
    assert_int_equal(zc_flow_step(flow, 0), -ETIMEDOUT);
    end(flow);
}

static void test_unplug_is_passed_on(void **state)
{
    struct zc_flow *flow = start();

    (void)state;
    turn(flow);
    mock_v4l2.dqbuf_error = ENODEV;
    assert_int_equal(zc_flow_step(flow, 0), -ENODEV);
    mock_v4l2.dqbuf_error = 0;
    mock_drm.unplugged = true;
    fake_kernel.now_ns += 16 * MS;
    assert_true(mock_v4l2_finish(fake_kernel.now_ns));
    assert_int_equal(zc_flow_step(flow, 0), -ENODEV);
    end(flow);
}

static void test_results_tell_the_plan_and_the_times(void **state)
{
    struct zc_flow_results results;
    struct zc_flow *flow;

    (void)state;
    config.path = ZC_PATH_GPU;
    flow = start();
    for (int i = 0; i < 3; i++)
        turn(flow);
    results = results_of(flow);
    assert_int_equal(results.info.path, ZC_PATH_GPU);
    assert_string_equal(results.memory, "import");
    assert_string_equal(results.heap_name, zc_heap_name(config.heap));
    assert_string_equal(results.target_heap, zc_heap_name(config.heap));
    assert_string_equal(results.camera_path, FAKE_NODE);
    assert_ptr_equal(results.gpu, zc_gpu_info(config.gpu));
    assert_ptr_equal(results.display, zc_display_info(config.display));
    assert_int_equal(results.at_gpu.same + results.at_gpu.untold, 2 * FRAMES);
    assert_int_equal(zc_histogram_count(results.latency), 3);
    for (enum zc_part part = 0; part < ZC_PART_COUNT; part++)
        assert_int_equal(zc_histogram_count(results.part[part]), 3);
    end(flow);

    config.path = ZC_PATH_DIRECT;
    flow = start();
    turn(flow);
    results = results_of(flow);
    assert_null(results.gpu);
    assert_null(results.target_heap);
    assert_int_equal(zc_histogram_count(results.part[ZC_PART_WORK]), 0);
    assert_int_equal(zc_histogram_count(results.part[ZC_PART_WAIT]), 1);
    end(flow);
}

static void test_picture_without_writeback_is_the_last_frame(void **state)
{
    struct zc_frame *frame;
    struct zc_flow *flow;
    const char *how;

    (void)state;
    zc_display_close(config.display);
    mock_drm.no_writeback = true;
    assert_int_equal(zc_display_open(&config.display, &display_config), 0);
    flow = start();
    assert_int_equal(zc_flow_capture(flow, &frame, &how), -ENOENT);
    assert_null(frame);
    turn(flow);
    zc_flow_stop(flow);
    assert_int_equal(zc_flow_capture(flow, &frame, &how), 0);
    assert_ptr_equal(frame, flow->presenter->on_screen);
    assert_non_null(strstr(how, "scanned out last"));
    zc_frame_unref(frame);
    zc_flow_destroy(flow);
}

static void test_pictures_are_fitted(void **state)
{
    static const struct {
        uint32_t width, height, into_width, into_height;
        struct zc_rect fit;
    } cases[] = {
        {640, 480, 640, 480, {0, 0, 640, 480}},
        {640, 480, 1920, 1080, {240, 0, 1440, 1080}},
        {1920, 1080, 640, 480, {0, 60, 640, 360}},
        {480, 640, 640, 480, {140, 0, 360, 480}},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        struct zc_rect fit = zc_rect_fit(cases[i].width, cases[i].height,
                                         cases[i].into_width, cases[i].into_height);

        assert_memory_equal(&fit, &cases[i].fit, sizeof(fit));
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, flow_setup, flow_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_direct_costs_one_import_a_frame),
    TEST(test_gpu_costs_one_image_a_frame),
    TEST(test_newest_frame_wins),
    TEST(test_late_commit_lets_the_newest_by),
    TEST(test_losses_are_reported),
    TEST(test_false_timestamps_give_no_latency),
    TEST(test_copying_driver_is_found),
    TEST(test_copying_display_is_found),
    TEST(test_cpu_maps_are_copies),
    TEST(test_retiling_is_a_copy),
    TEST(test_gpu_has_room_behind_the_picture),
    TEST(test_auto_takes_the_gpu_where_it_must),
    TEST(test_impossible_paths_are_refused),
    TEST(test_refused_heap_leaves_nothing),
    TEST(test_silence_is_noticed),
    TEST(test_unplug_is_passed_on),
    TEST(test_results_tell_the_plan_and_the_times),
    TEST(test_picture_without_writeback_is_the_last_frame),
    TEST(test_pictures_are_fitted),
};

TEST_MAIN("flow", tests)

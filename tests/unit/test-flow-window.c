/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow into a window: mocks of camera and GPU, and a compositor of ours. */
#include "compositor.h"
#include "flow-fixture.h"
#include "mock-v4l2.h"
#include "said.h"
#include "test.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <time.h>

#define REFRESH_NS 16666667
#define FLAGS_PLANE 8

static struct script script;
static struct compositor compositor;

static int setup(void **state)
{
    if (flow_setup(state))
        return -1;
    zc_display_close(config.display);
    config.display = NULL;
    script = (struct script){.dmabuf_version = 3, .clock = CLOCK_MONOTONIC};
    return 0;
}

static int teardown(void **state)
{
    int result = flow_teardown(state);

    compositor_stop(&compositor);
    return result;
}

static void open_window(void)
{
    compositor_start(&compositor, &script);
    assert_int_equal(zc_display_open(&config.display,
                                     &(struct zc_display_config){
                                         .path = compositor.socket,
                                         .width = 640,
                                         .height = 480,
                                     }),
                     0);
}

/* A frame of the camera goes its way, and is shown. */
static struct seen go_round(struct zc_flow *flow, int flags)
{
    struct seen seen;

    turn(flow);
    seen = compositor_do(&compositor, PRESENT, fake_kernel.now_ns, REFRESH_NS, flags);
    turn(flow);
    return seen;
}

static void run(struct zc_flow *flow, int turns)
{
    for (int i = 0; i < turns; i++)
        go_round(flow, FLAGS_PLANE);
}

/* What is on its way is shown: the clock of the test stands still, so it would be waited for. */
static void finish(struct zc_flow *flow)
{
    for (int i = 0; i < 3; i++)
        compositor_do(&compositor, PRESENT, fake_kernel.now_ns, REFRESH_NS, 0);
    end(flow);
}

static void test_gpu_path(void **state)
{
    struct zc_flow_results results;
    struct zc_flow *flow;

    (void)state;
    open_window();
    config.path = ZC_PATH_GPU;
    flow = start();
    run(flow, 20);
    for (int i = 0; i < 5; i++)
        go_round(flow, 0);
    results = results_of(flow);
    assert_true(results.counts.shown >= 20);
    assert_int_equal(results.composition.plane + results.composition.pass,
                     results.counts.shown);
    assert_true(results.composition.pass >= 4);
    assert_int_equal(results.composition.untold, 0);
    assert_nothing_copied(flow);
    assert_int_equal(results.at_display.same, 0);
    assert_true(results.at_display.untold > 0);
    assert_int_equal(compositor_do(&compositor, LOOK, 0, 0, 0).creates,
                     results.at_display.untold);
    finish(flow);
}

/* The next flow on the same window counts anew. */
static void test_composition_is_of_each_flow(void **state)
{
    (void)state;
    open_window();
    config.path = ZC_PATH_GPU;
    for (int i = 0; i < 2; i++) {
        struct zc_flow *flow = start();
        struct zc_flow_results results;

        run(flow, 10);
        results = results_of(flow);
        assert_int_equal(results.composition.plane, results.counts.shown);
        finish(flow);
    }
}

static void test_direct_path(void **state)
{
    struct zc_flow_info info;
    struct zc_flow *flow;

    (void)state;
    open_window();
    config.path = ZC_PATH_DIRECT;
    flow = start();
    zc_flow_info(flow, &info);
    run(flow, 20);
    assert_true(results_of(flow).counts.shown >= 15);
    assert_ptr_equal(info.shown, info.source);
    assert_nothing_copied(flow);
    finish(flow);
}

/* -------------------------------------------------------------------- resizes */

static void settle(struct zc_flow *flow)
{
    fake_kernel.now_ns += 250 * MS;
    run(flow, 4);
}

static void test_resize_is_drawn_for(void **state)
{
    struct zc_flow_info info;
    struct zc_flow *flow;
    struct seen seen;

    (void)state;
    open_window();
    config.path = ZC_PATH_GPU;
    flow = start();
    zc_flow_info(flow, &info);
    run(flow, 20);
    for (int width = 700; width <= 1280; width += 20) {
        compositor_do(&compositor, RESIZE, width, 480, 0);
        run(flow, 2);
    }
    /* While it changes, the compositor scales what there is. */
    assert_int_equal(info.shown->width, 640);
    settle(flow);
    assert_int_equal(info.shown->width, 1280);
    assert_int_equal(info.shown->height, 480);
    seen = compositor_do(&compositor, LOOK, 0, 0, 0);
    assert_int_equal(seen.width, 1280);
    assert_int_equal(seen.destination[0], 1280);
    /* The frames of before are gone; what is made at a resize is no work of the flow. */
    run(flow, 10);
    seen = compositor_do(&compositor, LOOK, 0, 0, 0);
    assert_int_equal(seen.buffers, seen.creates / 2);
    assert_nothing_copied(flow);
    finish(flow);
}

static void test_size_that_is_refused_is_scaled(void **state)
{
    struct zc_flow_info info;
    struct zc_flow *flow;
    uint64_t shown;

    (void)state;
    script.max_stride = 4000;
    open_window();
    config.path = ZC_PATH_GPU;
    flow = start();
    zc_flow_info(flow, &info);
    run(flow, 10);
    compositor_do(&compositor, RESIZE, 1280, 960, 0);
    run(flow, 2);
    said_listen(ZC_LOG_WARNING);
    settle(flow);
    assert_non_null(strstr(said, "the gpu path"));
    assert_int_equal(info.shown->width, 640);
    shown = results_of(flow).counts.shown;
    run(flow, 10);
    assert_true(results_of(flow).counts.shown >= shown + 8);
    assert_int_equal(compositor_do(&compositor, LOOK, 0, 0, 0).destination[0], 1280);
    finish(flow);
}

static void test_hundred_resizes_leave_nothing(void **state)
{
    struct zc_flow *flow;
    struct seen seen;

    (void)state;
    open_window();
    config.path = ZC_PATH_GPU;
    flow = start();
    for (int i = 0; i < 100; i++) {
        compositor_do(&compositor, RESIZE, 640 + i, 480, 0);
        run(flow, 1);
        settle(flow);
    }
    run(flow, 10);
    seen = compositor_do(&compositor, LOOK, 0, 0, 0);
    assert_int_equal(seen.width, 739);
    assert_int_equal(seen.buffers, seen.creates / 100);
    finish(flow);
}

/* --------------------------------------------------------------------- losses */

/* The camera goes on, and no frame is lost to a window that nobody sees. */
static void test_hidden_window_stops_nothing(void **state)
{
    struct zc_flow *flow;
    uint64_t captured;

    (void)state;
    open_window();
    config.path = ZC_PATH_GPU;
    flow = start();
    run(flow, 10);
    captured = results_of(flow).counts.captured;
    for (int i = 0; i < 600; i++)
        turn(flow);
    assert_int_equal(results_of(flow).counts.captured, captured + 600);
    run(flow, 5);
    assert_true(results_of(flow).composition.plane >= 14);
    finish(flow);
}

static void test_death_ends_the_flow(void **state)
{
    struct zc_flow *flow;
    int error = 0;

    (void)state;
    open_window();
    config.path = ZC_PATH_GPU;
    flow = start();
    run(flow, 10);
    compositor_kill(&compositor);
    for (int i = 0; i < 10 && !error; i++)
        error = zc_flow_step(flow, 0);
    assert_int_equal(error, -ENODEV);
    assert_non_null(strstr(said, "is gone"));
    end(flow);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_gpu_path),
    TEST(test_composition_is_of_each_flow),
    TEST(test_direct_path),
    TEST(test_resize_is_drawn_for),
    TEST(test_size_that_is_refused_is_scaled),
    TEST(test_hundred_resizes_leave_nothing),
    TEST(test_hidden_window_stops_nothing),
    TEST(test_death_ends_the_flow),
};

TEST_MAIN("flow-window", tests)

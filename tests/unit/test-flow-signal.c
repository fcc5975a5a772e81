/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow, on mocks, with a camera whose signal goes and comes back. */
#include "flow-fixture.h"
#include "mock-v4l2.h"
#include "said.h"
#include "test.h"

#include <errno.h>
#include <string.h>

#define SECOND (1000 * MS)

static struct zc_flow_snapshot snapshot(const struct zc_flow *flow)
{
    struct zc_flow_snapshot now;

    zc_flow_snapshot(flow, &now);
    return now;
}

static void pass(struct zc_flow *flow, int seconds)
{
    for (int i = 0; i < seconds; i++) {
        fake_kernel.now_ns += SECOND;
        assert_int_equal(zc_flow_step(flow, 0), 0);
    }
}

static void lose(uint32_t status)
{
    mock_v4l2.input.status = status;
}

static void test_silence_without_a_signal_is_no_fault(void **state)
{
    struct zc_flow *flow = start();

    (void)state;
    turn(flow);
    said_listen(ZC_LOG_WARNING);
    lose(V4L2_IN_ST_NO_SIGNAL);
    pass(flow, 30);
    assert_non_null(strstr(said, "no signal"));
    assert_int_equal(snapshot(flow).signal, ZC_SIGNAL_NONE);
    assert_int_equal(snapshot(flow).signal_losses, 1);
    assert_int_equal(snapshot(flow).signal_lost_ns, 29 * SECOND);

    lose(0);
    pass(flow, 4);
    assert_non_null(strstr(said, "is back"));
    assert_int_equal(snapshot(flow).signal, ZC_SIGNAL_GOOD);
    assert_int_equal(snapshot(flow).signal_lost_ns, 30 * SECOND);
    turn(flow);
    assert_int_equal(snapshot(flow).shown, 2);
    end(flow);
}

static void test_silence_with_a_signal_is_one(void **state)
{
    struct zc_flow *flow = start();

    (void)state;
    lose(V4L2_IN_ST_NO_SIGNAL);
    pass(flow, 2);
    lose(0);
    pass(flow, 5);
    fake_kernel.now_ns += SECOND;
    assert_int_equal(zc_flow_step(flow, 0), -ETIMEDOUT);
    end(flow);
}

/* Frames of noise go on being shown: what they are is said. */
static void test_losses_are_counted_while_frames_come(void **state)
{
    struct zc_flow *flow;

    (void)state;
    lose(V4L2_IN_ST_NO_H_LOCK);
    flow = start();
    turn(flow);
    lose(0);
    mock_v4l2.input.events = 1;
    turn(flow);
    lose(V4L2_IN_ST_NO_SIGNAL);
    mock_v4l2.input.events = 1;
    turn(flow);
    assert_int_equal(snapshot(flow).signal_losses, 2);
    assert_int_equal(snapshot(flow).shown, 3);
    end(flow);
}

static void test_the_signal_is_asked_for_once_a_second(void **state)
{
    struct zc_flow *flow = start();
    int before = mock_v4l2.input.asked;
    int64_t began_ns = fake_kernel.now_ns;

    (void)state;
    run_rounds(flow);
    assert_true(mock_v4l2.input.asked > before);
    assert_true(mock_v4l2.input.asked - before <=
                (fake_kernel.now_ns - began_ns) / SECOND);
    end(flow);
}

static void test_a_change_of_mode_is_passed_on(void **state)
{
    struct zc_flow *flow;

    (void)state;
    mock_v4l2.input.capabilities = V4L2_IN_CAP_DV_TIMINGS;
    mock_v4l2.input.width = mock_v4l2.input.set_width = 640;
    flow = start();
    turn(flow);
    mock_v4l2.input.width = 320;
    mock_v4l2.input.events = 1;
    assert_int_equal(zc_flow_step(flow, 0), -ENOLINK);
    end(flow);
    assert_int_equal(zc_camera_follow(config.camera), 0);
    flow = start();
    turn(flow);
    assert_int_equal(results_of(flow).info.source->width, 320);
    assert_int_equal(snapshot(flow).shown, 1);
    end(flow);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, flow_setup, flow_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_silence_without_a_signal_is_no_fault),
    TEST(test_silence_with_a_signal_is_one),
    TEST(test_losses_are_counted_while_frames_come),
    TEST(test_the_signal_is_asked_for_once_a_second),
    TEST(test_a_change_of_mode_is_passed_on),
};

TEST_MAIN("flow-signal", tests)

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow-fixture - mocks of all devices, opened for a flow, and its turns. */
#include "flow-fixture.h"
#include "count-allocations.h"
#include "mock-drm.h"
#include "mock-gl.h"
#include "mock-v4l2.h"
#include "said.h"
#include "test.h"

#include <poll.h>

const struct zc_display_config display_config = {.width = 640, .height = 480};
struct zc_flow_config config;
bool display_is_silent;

/* Every device always may have something to say; time passes only where it is waited for. */
int poll(struct pollfd *fds, nfds_t n, int timeout_ms)
{
    for (nfds_t i = 0; i < n; i++)
        fds[i].revents = i == 1 && display_is_silent ? 0 : POLLIN;
    if (!n && timeout_ms > 0)
        fake_kernel.now_ns += timeout_ms * MS;
    return n;
}

/* Waits for a moment, not for a device: nothing comes before it. */
int ppoll(struct pollfd *fds, nfds_t n, const struct timespec *timeout,
          const sigset_t *signals)
{
    assert_null(signals);
    for (nfds_t i = 0; i < n; i++)
        fds[i].revents = 0;
    fake_kernel.now_ns += timeout->tv_sec * 1000 * MS + timeout->tv_nsec;
    return 0;
}

int flow_setup(void **state)
{
    (void)state;
    fake_kernel = (struct fake_kernel){.now_ns = 1000 * MS};
    mock_v4l2_reset();
    mock_drm_reset();
    mock_gl_reset();
    said_listen(ZC_LOG_ERROR);
    display_is_silent = false;
    config = (struct zc_flow_config){.path = ZC_PATH_AUTO};
    return zc_heap_open(&config.heap, FAKE_NODE) || zc_gpu_open(&config.gpu, NULL) ||
           zc_camera_open(&config.camera, FAKE_NODE) ||
           zc_display_open(&config.display, &display_config);
}

int flow_teardown(void **state)
{
    (void)state;
    zc_display_close(config.display);
    zc_camera_close(config.camera);
    zc_gpu_close(config.gpu);
    zc_heap_close(config.heap);
    mock_drm_finish();
    return mock_drm_leaks() || mock_gl.live[MOCK_IMAGE] ? -1 : 0;
}

void turn(struct zc_flow *flow)
{
    fake_kernel.now_ns += 16 * MS;
    assert_true(mock_v4l2_finish(fake_kernel.now_ns));
    for (int i = 0; i < 3; i++)
        assert_int_equal(zc_flow_step(flow, 0), 0);
}

struct zc_flow *start(void)
{
    struct zc_flow *flow;

    assert_int_equal(zc_flow_create(&flow, &config), 0);
    assert_int_equal(zc_flow_start(flow), 0);
    return flow;
}

void end(struct zc_flow *flow)
{
    zc_flow_stop(flow);
    zc_flow_destroy(flow);
}

void run_rounds(struct zc_flow *flow)
{
    int before;

    for (int i = 0; i < FRAMES * 2; i++)
        turn(flow);
    before = allocations;
    for (int i = FRAMES * 2; i < ROUNDS; i++)
        turn(flow);
    assert_int_equal(allocations - before, 0);
}

struct zc_flow_results results_of(const struct zc_flow *flow)
{
    struct zc_flow_results results;

    zc_flow_results(flow, &results);
    return results;
}

void assert_nothing_copied(struct zc_flow *flow)
{
    struct zc_flow_results results = results_of(flow);

    assert_int_equal(results.copies, 0);
    assert_int_equal(results.counts.cpu_maps, 0);
    assert_null(results.copied_by);
    assert_null(results.copied_why);
    assert_int_equal(results.allocations, 0);
    assert_int_equal(results.imports, 0);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * wayland, on a compositor of ours that has linux-drm-syncobj-v1: with timelines that a fake
 * has, and with those of this machine's GPU, if it has one.
 */
#include "count-allocations.h"
#include "fake-syncobj.h"
#include "wayland-fixture.h"

#include "../open-fds.h"
#include "base/ioctl.h"
#include "display/wayland/sync.h"

#include <drm.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>

#define DEATHS 20

/* ------------------------------------------------------------- whose timelines */

static enum { FAKE, NONE, REAL } device;
static int compositors_device = -1; /* the compositor's way to them */

int __real_sync_device_open(const char *gpu, char *path);
int __wrap_sync_device_open(const char *gpu, char *path);

int __wrap_sync_device_open(const char *gpu, char *path)
{
    if (device == REAL)
        return __real_sync_device_open(gpu, path);
    if (device == NONE)
        return -ENOTSUP;
    strcpy(path, "the fake GPU");
    return open("/dev/null", O_RDWR | O_CLOEXEC);
}

/* In the compositor's process. */
static uint32_t import(int fd)
{
    struct drm_syncobj_handle handle = {.fd = fd};

    assert_int_equal(
        zc_ioctl(compositors_device, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &handle), 0);
    return handle.handle;
}

static void forget(uint32_t handle)
{
    zc_ioctl(compositors_device, DRM_IOCTL_SYNCOBJ_DESTROY,
             &(struct drm_syncobj_destroy){.handle = handle});
}

static bool is_reached(int fd, uint64_t point)
{
    uint32_t handle = import(fd);
    uint64_t reached = 0;
    struct drm_syncobj_timeline_array query = {(uintptr_t)&handle, (uintptr_t)&reached, 1,
                                               0};

    assert_int_equal(zc_ioctl(compositors_device, DRM_IOCTL_SYNCOBJ_QUERY, &query), 0);
    forget(handle);
    return reached >= point;
}

static void reach(int fd, uint64_t point)
{
    uint32_t handle = import(fd);
    struct drm_syncobj_timeline_array signal = {(uintptr_t)&handle, (uintptr_t)&point, 1,
                                                0};

    assert_int_equal(
        zc_ioctl(compositors_device, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &signal), 0);
    forget(handle);
}

static const struct timelines timelines = {is_reached, reach};

static int setup(void **state)
{
    int error = fixture_setup(state);

    fake_syncobjs_reset();
    fake_kernel.ioctl = fake_syncobj_ioctl;
    device = FAKE;
    script.timelines = &timelines;
    return error;
}

static int teardown(void **state)
{
    int error = fixture_teardown(state);

    if (fake_syncobjs.alive)
        fprintf(stderr, "%d syncobjs are left\n", fake_syncobjs.alive);
    return error || fake_syncobjs.alive ? -1 : 0;
}

/* What the compositor does, and what the kernel does then. */
static struct seen order(enum command command, int64_t a)
{
    struct seen seen = compositor_do(&compositor, command, a, REFRESH_NS, 0);

    fake_syncobjs_turn();
    return seen;
}

static struct zc_frame *present_now(void)
{
    order(PRESENT, zc_now_ns());
    return dispatch();
}

static void say_nothing_of_it(void)
{
    if (strcmp(said, ""))
        fail_msg("it said \"%s\"", said);
}

/* ------------------------------------------------------------------ the points */

static void test_frame_is_free_when_its_point_is_reached(void **state)
{
    struct seen seen;

    (void)state;
    start();
    show(0);
    seen = look();
    assert_true(seen.acquire > 0);
    assert_int_equal(seen.release, 1);
    assert_ptr_equal(present_now(), frame[0]);
    assert_false(is_free(0));
    show(1);
    assert_true(look().acquire > seen.acquire);
    /* Each buffer's own, so that they may come in any order. */
    assert_int_equal(look().release, 1);
    assert_ptr_equal(present_now(), frame[1]);
    assert_true(is_free(0));
    assert_false(is_free(1));
    assert_int_equal(look().points, 1);
    assert_int_equal(look().releases, 0);
    show(0);
    assert_int_equal(look().release, 2);
    assert_ptr_equal(present_now(), frame[0]);
    assert_true(is_free(1));
    assert_false(is_free(0));
    /* Ours, and one for each buffer that was made. */
    assert_int_equal(look().timelines, 3);
    say_nothing_of_it();
}

/* Nothing comes by the connection then. */
static void test_reached_point_wakes(void **state)
{
    struct pollfd wait;

    (void)state;
    start();
    compositor_do(&compositor, HOARD, 1, 0, 0);
    for (int i = 0; i < 2; i++) {
        show(i);
        assert_ptr_equal(present_now(), frame[i]);
    }
    wait = (struct pollfd){zc_display_fd(display), POLLIN, 0};
    assert_int_equal(poll(&wait, 1, 0), 0);
    assert_int_equal(zc_display_wait_ns(display), -1);
    assert_false(is_free(0));
    order(HOARD, 0);
    assert_int_equal(poll(&wait, 1, 1000), 1);
    dispatch();
    assert_true(is_free(0));
    assert_false(is_free(1));
    assert_int_equal(poll(&wait, 1, 0), 0);
}

/* Of a surface with points, buffers' own events may mean anything. */
static void test_releases_of_buffers_are_not_believed(void **state)
{
    (void)state;
    start();
    compositor_do(&compositor, HOARD, 2, 0, 0);
    for (int i = 0; i < 2; i++) {
        show(i);
        assert_ptr_equal(present_now(), frame[i]);
    }
    assert_int_equal(look().releases, 1);
    assert_false(is_free(0));
    order(HOARD, 0);
    dispatch();
    assert_true(is_free(0));
}

static void test_compositor_waits_for_the_fence(void **state)
{
    int ends[2];

    (void)state;
    start();
    show(0);
    assert_ptr_equal(present_now(), frame[0]);
    assert_int_equal(pipe(ends), 0);
    zc_frame_set_fence(frame[1], ends[0]);
    show(1);
    assert_null(present_now());
    assert_false(is_free(0));
    assert_int_equal(write(ends[1], "", 1), 1);
    fake_syncobjs_turn();
    assert_ptr_equal(present_now(), frame[1]);
    assert_true(is_free(0));
    /* Nobody of us has. */
    assert_int_equal(fake_kernel.fence_waits, 0);
    zc_frame_set_fence(frame[1], -1);
    zc_close(&ends[1]);
}

/* It is read twice, and free after the second time. */
static void test_frame_that_is_shown_again_has_another_point(void **state)
{
    (void)state;
    start();
    compositor_do(&compositor, HOARD, 1, 0, 0);
    for (int i = 0; i < 2; i++) {
        show(0);
        assert_ptr_equal(present_now(), frame[0]);
    }
    assert_int_equal(look().release, 2);
    order(HOARD, 0);
    dispatch();
    assert_int_equal(look().points, 1);
    assert_false(is_free(0));
    show(1);
    assert_ptr_equal(present_now(), frame[1]);
    assert_true(is_free(0));
}

/* Nor does the point of the first do for the second. */
static void test_earlier_point_frees_nothing(void **state)
{
    (void)state;
    start();
    for (int i = 0; i < 4; i++) {
        if (i == 3)
            compositor_do(&compositor, HOARD, 1, 0, 0);
        show(i % 2);
        assert_ptr_equal(present_now(), frame[i % 2]);
    }
    compositor_do(&compositor, HOARD, 3, 0, 0);
    show(2);
    assert_ptr_equal(present_now(), frame[2]);
    /* Its second point was kept, and that of the other one has woken us. */
    assert_true(is_free(1));
    assert_false(is_free(0));
    order(HOARD, 0);
    dispatch();
    assert_true(is_free(0));
}

/* A commit of no buffer has no points, and one of shared memory may have none. */
static void test_commits_without_a_dma_buf_have_no_points(void **state)
{
    struct zc_frame *drawn;
    struct zc_pool *pool;

    (void)state;
    start();
    assert_int_equal(zc_display_dumb_pool(display, zc_frame_layout(frame[0]), 1, &pool),
                     0);
    for (int i = 0; i < 3; i++) {
        show(i);
        assert_ptr_equal(present_now(), frame[i]);
        tell(RESIZE, 320 + 10 * i, 200, 0);
        drawn = zc_pool_acquire(pool);
        assert_non_null(drawn);
        assert_int_equal(zc_display_show(display, drawn), 0);
        assert_ptr_equal(present_now(), drawn);
        zc_frame_unref(drawn);
        assert_true(is_free(i));
    }
    show(3);
    assert_ptr_equal(present_now(), frame[3]);
    assert_int_equal(zc_pool_free(pool), 1);
    zc_pool_unref(pool);
    say_nothing_of_it();
}

/* Of our own: libwayland has its objects. */
static void test_nothing_is_allocated_once_it_runs(void **state)
{
    int before = 0, fds = 0;

    (void)state;
    start();
    for (int i = 0; i < 20 * N; i++) {
        if (i == 2 * N) {
            before = allocations;
            fds = open_fds();
        }
        show(i % N);
        assert_ptr_equal(present_now(), frame[i % N]);
    }
    assert_int_equal(allocations - before, 0);
    assert_int_equal(open_fds(), fds);
    assert_int_equal(look().timelines, 1 + N);
}

/* -------------------------------------------------------------- where it fails */

static void assert_syncs_by_events(void)
{
    start();
    for (int i = 0; i < 2; i++) {
        show(i);
        assert_ptr_equal(present_now(), frame[i]);
    }
    dispatch();
    assert_true(is_free(0));
    assert_int_equal(look().releases, 1);
    assert_int_equal(look().timelines, 0);
    assert_int_equal(look().release, 0);
    say_nothing_of_it();
}

static void test_machine_without_timelines(void **state)
{
    (void)state;
    device = NONE;
    assert_syncs_by_events();
}

static void test_kernel_that_does_not_wake(void **state)
{
    (void)state;
    fake_syncobjs.fails = DRM_IOCTL_SYNCOBJ_EVENTFD;
    fake_syncobjs.error = -EINVAL;
    assert_syncs_by_events();
    assert_int_equal(fake_syncobjs.alive, 0);
}

static void test_compositor_without_timelines(void **state)
{
    (void)state;
    script.timelines = NULL;
    assert_syncs_by_events();
    assert_int_equal(fake_syncobjs.alive, 0);
}

/* The GPU is unplugged, say. */
static void test_points_that_cannot_be_set_are_told(void **state)
{
    static const unsigned long requests[] = {DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL,
                                             DRM_IOCTL_SYNCOBJ_EVENTFD};

    (void)state;
    start();
    show(0);
    assert_ptr_equal(present_now(), frame[0]);
    for (int i = 0; i < 2; i++) {
        said[0] = '\0';
        fake_syncobjs.fails = requests[i];
        fake_syncobjs.error = -ENODEV;
        assert_int_equal(zc_display_show(display, frame[1]), -ENODEV);
        assert_non_null(strstr(said, "cannot be set by the fake GPU: No such device"));
        assert_true(is_free(1));
        assert_false(zc_display_pending(display));
    }
    fake_syncobjs.fails = 0;
    show(1);
    assert_ptr_equal(present_now(), frame[1]);
    assert_true(is_free(0));
}

static void test_timeline_that_cannot_be_made_is_told(void **state)
{
    static const unsigned long requests[] = {DRM_IOCTL_SYNCOBJ_CREATE,
                                             DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD};
    uint32_t reasons = 0;

    (void)state;
    start();
    for (int i = 0; i < 2; i++) {
        fake_syncobjs.fails = requests[i];
        fake_syncobjs.error = -ENOMEM;
        assert_int_equal(zc_display_test(display, frame[0], &reasons), -ENOMEM);
    }
    fake_syncobjs.fails = 0;
    assert_int_equal(zc_display_test(display, frame[0], &reasons), 0);
    assert_int_equal(look().buffers, 1);
}

static void test_compositor_that_reaches_no_point(void **state)
{
    (void)state;
    start();
    compositor_do(&compositor, HOARD, 1, 0, 0);
    for (int i = 0; i < N; i++) {
        show(i);
        assert_ptr_equal(present_now(), frame[i]);
    }
    for (int i = 0; i < N; i++)
        assert_false(is_free(i));
    close_display();
    for (int i = 0; i < N; i++)
        assert_true(is_free(i));
    assert_int_equal(fake_syncobjs.alive, 0);
}

static void test_twenty_deaths_leave_nothing(void **state)
{
    struct zc_frame *which;
    int fds = 0;

    (void)state;
    for (int i = 0; i < DEATHS; i++) {
        start();
        for (int k = 0; k < 3; k++) {
            show(k);
            if (k < 2)
                assert_ptr_equal(present_now(), frame[k]);
        }
        compositor_kill(&compositor);
        assert_int_equal(dispatch_once(&which), -ENODEV);
        close_display();
        for (int k = 0; k < N; k++)
            assert_true(is_free(k));
        assert_int_equal(fake_syncobjs.alive, 0);
        drop_frames();
        if (i == 0)
            fds = open_fds();
        assert_int_equal(open_fds(), fds);
    }
}

/* ----------------------------------------------------------- this machine's own */

static int pass_on(int fd, unsigned long request, void *arg)
{
    return zc_fd_ioctl(fd, request, arg);
}

static void test_timelines_of_this_machine(void **state)
{
    struct pollfd wait;

    (void)state;
    device = REAL;
    fake_kernel.ioctl = pass_on;
    start();
    for (int i = 0; i < 3 * N; i++) {
        show(i % N);
        assert_int_equal(look().release, 1 + i / N);
        assert_ptr_equal(present_now(), frame[i % N]);
        if (i)
            assert_true(is_free((i - 1) % N));
    }
    compositor_do(&compositor, HOARD, 1, 0, 0);
    show(0);
    assert_ptr_equal(present_now(), frame[0]);
    wait = (struct pollfd){zc_display_fd(display), POLLIN, 0};
    assert_int_equal(poll(&wait, 1, 0), 0);
    assert_false(is_free(N - 1));
    order(HOARD, 0);
    assert_int_equal(poll(&wait, 1, 5000), 1);
    dispatch();
    assert_true(is_free(N - 1));
    assert_int_equal(look().releases, 0);
    say_nothing_of_it();
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_frame_is_free_when_its_point_is_reached),
    TEST(test_reached_point_wakes),
    TEST(test_releases_of_buffers_are_not_believed),
    TEST(test_compositor_waits_for_the_fence),
    TEST(test_frame_that_is_shown_again_has_another_point),
    TEST(test_earlier_point_frees_nothing),
    TEST(test_commits_without_a_dma_buf_have_no_points),
    TEST(test_nothing_is_allocated_once_it_runs),
    TEST(test_machine_without_timelines),
    TEST(test_kernel_that_does_not_wake),
    TEST(test_compositor_without_timelines),
    TEST(test_points_that_cannot_be_set_are_told),
    TEST(test_timeline_that_cannot_be_made_is_told),
    TEST(test_compositor_that_reaches_no_point),
    TEST(test_twenty_deaths_leave_nothing),
};

static const struct CMUnitTest tests_of_device[] = {
    TEST(test_timelines_of_this_machine),
};

static int run_with_device(void)
{
    char path[32];
    int failed;

    fake_kernel.ioctl = pass_on;
    compositors_device = __real_sync_device_open(NULL, path);
    if (compositors_device < 0) {
        printf("1..0 # SKIP no render node of this machine has timelines\n");
        return 0;
    }
    failed =
        cmocka_run_group_tests_name("wayland-sync-device", tests_of_device, NULL, NULL);
    zc_close(&compositors_device);
    return failed;
}

/* "device": with the timelines of this machine. */
int main(int argc, char **argv)
{
    return argc > 1 && !strcmp(argv[1], "device")
               ? run_with_device()
               : cmocka_run_group_tests_name("wayland-sync", tests, NULL, NULL);
}

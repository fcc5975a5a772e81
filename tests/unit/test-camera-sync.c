/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, on a mock of libv4l2: whose frames are synced, when, and that it is counted. */
#include "camera-fixture.h"

#define FRAMES 3

/* @synced: as a driver that writes with the CPU is, on a machine whose caches need it. */
static void start(bool synced)
{
    assert_int_equal(zc_camera_open(&camera, FAKE_NODE), 0);
    camera->synced = synced;
    camera_stream(FRAMES);
}

static void turn(void)
{
    zc_frame_unref(camera_next());
    assert_int_equal(zc_camera_refill(camera), 0);
}

static uint64_t counted(void)
{
    struct zc_counters now;

    zc_counters_read(&now);
    return now.cpu_syncs;
}

static void test_who_writes_with_the_cpu(void **state)
{
    static const struct {
        const char *driver, *bus;
        bool by_cpu;
    } cases[] = {
        {"uvcvideo", "usb-0000:00:14.0-1", true},
        {"zc3xx", "usb-3f980000.usb-1.2", true},
        {"vivid", "platform:vivid-000", true},
        {"vimc", "platform:vimc.0", true},
        {"unicam", "platform:fe801000.csi", false},
        {"rkisp1", "platform:rkisp1", false},
        {"cx23885", "PCI:0000:03:00.0", false},
        {"vividly", "platform:usb-like", false},
    };

    (void)state;
    for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
        assert_int_equal(zc_camera_needs_sync(cases[i].driver, cases[i].bus, false),
                         cases[i].by_cpu);
        assert_false(zc_camera_needs_sync(cases[i].driver, cases[i].bus, true));
    }
}

static void test_this_machine_is_asked(void **state)
{
    (void)state;
    mock_v4l2.driver = "uvcvideo";
    mock_v4l2.bus = "usb-0000:00:14.0-1";
    assert_int_equal(zc_camera_open(&camera, FAKE_NODE), 0);
    assert_int_equal(camera->synced, !ZC_COHERENT);
}

static void test_frames_are_synced_around_the_driver(void **state)
{
    uint64_t before = counted();

    (void)state;
    start(true);
    assert_int_equal(fake_kernel.sync_starts, FRAMES);
    assert_int_equal(fake_kernel.sync_ends, 0);
    for (int i = 0; i < 10; i++)
        turn();
    assert_int_equal(fake_kernel.sync_starts, FRAMES + 10);
    assert_int_equal(fake_kernel.sync_ends, 10);
    assert_int_equal(counted() - before, 10);
}

static void test_others_are_not(void **state)
{
    uint64_t before = counted();

    (void)state;
    start(false);
    for (int i = 0; i < 10; i++)
        turn();
    assert_int_equal(fake_kernel.sync_starts + fake_kernel.sync_ends, 0);
    assert_int_equal(counted() - before, 0);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, camera_setup, camera_teardown)

static const struct CMUnitTest tests[] = {
    TEST(test_who_writes_with_the_cpu),
    TEST(test_this_machine_is_asked),
    TEST(test_frames_are_synced_around_the_driver),
    TEST(test_others_are_not),
};

TEST_MAIN("camera-sync", tests)

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* What is said to be on screen, of vertical blanks and captures that are made up. */
#include "bench/observe/pairing.h"
#include "test.h"

#include <linux/videodev2.h>
#include <stdlib.h>
#include <string.h>

#define MS INT64_C(1000000)
#define REFRESH (16 * MS)

struct rig {
    struct camera_trace camera;
    struct pairing pairing;
    uint64_t vblank;
};

static int setup(void **state)
{
    struct rig *rig = calloc(1, sizeof(*rig));

    camera_trace_init(&rig->camera, 0);
    assert_int_equal(pairing_init(&rig->pairing, &rig->camera, 100), 0);
    *state = rig;
    return 0;
}

static int teardown(void **state)
{
    struct rig *rig = *state;

    pairing_finish(&rig->pairing);
    free(rig);
    return 0;
}

static void dequeue(struct rig *rig, uint32_t sequence, int64_t captured,
                    int64_t dequeued, int64_t flags)
{
    struct trace_record record = {
        .time_ns = dequeued,
        .value = {0, V4L2_BUF_TYPE_VIDEO_CAPTURE, flags, captured, sequence},
    };

    camera_trace_take(&rig->camera, &record);
}

static void capture(struct rig *rig, uint32_t sequence, int64_t at)
{
    dequeue(rig, sequence, at, at + MS, V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC);
}

/* The next vertical blank, at which @frame is in the framebuffer @fb. */
static void blank(struct rig *rig, uint32_t fb, uint32_t frame, bool flipped)
{
    struct vblank vblank = {
        .sequence = ++rig->vblank,
        .time_ns = 1000 * MS + (int64_t)rig->vblank * REFRESH,
        .flipped = flipped,
        .seen = {SIGHT_FRAME, fb, frame},
    };

    pairing_vblank(&rig->pairing, &vblank);
}

static int64_t blank_time(uint64_t n)
{
    return 1000 * MS + (int64_t)n * REFRESH;
}

static void each_frame_once(void **state)
{
    struct rig *rig = *state;

    for (uint32_t i = 0; i < 10; i++) {
        capture(rig, i, blank_time(i + 1) - 5 * MS);
        blank(rig, 1 + i % 3, i, i > 0);
    }
    assert_int_equal(rig->pairing.shown, 9);
    assert_int_equal(rig->pairing.latency.n, 9);
    for (size_t i = 0; i < 9; i++) {
        assert_int_equal(rig->pairing.latency.value[i], 5 * MS);
        assert_int_equal(rig->pairing.camera_part.value[i], MS);
        assert_int_equal(rig->pairing.program_part.value[i], 4 * MS);
        assert_int_equal(rig->pairing.time.value[i], (int64_t)(i + 1) * REFRESH);
    }
    assert_int_equal(rig->pairing.repeated, 0);
    assert_int_equal(rig->pairing.skipped, 0);
    assert_int_equal(rig->pairing.uncertain, 0);
}

/* What is committed after the vertical blank, but before it was looked at, or waits for its
 * fence, is of the blank that completes it. */
static void committed_early(void **state)
{
    struct rig *rig = *state;

    for (uint32_t i = 0; i < 3; i++)
        capture(rig, i, blank_time(1) - 5 * MS + i * 16 * MS);
    blank(rig, 1, 0, false);
    blank(rig, 2, 1, false);
    assert_int_equal(rig->pairing.shown, 0);
    assert_int_equal(rig->pairing.repeated, 1);
    blank(rig, 2, 1, false);
    assert_int_equal(rig->pairing.shown, 0);
    /* Completed, and the next one is committed already. */
    blank(rig, 3, 2, true);
    assert_int_equal(rig->pairing.shown, 1);
    assert_int_equal(rig->pairing.latency.value[0], 3 * REFRESH + 5 * MS - 16 * MS);
    blank(rig, 3, 2, true);
    assert_int_equal(rig->pairing.shown, 2);
    assert_int_equal(rig->pairing.uncertain, 0);
}

static void repeated_and_skipped(void **state)
{
    struct rig *rig = *state;

    for (uint32_t i = 0; i < 8; i++)
        if (i != 5)
            capture(rig, i, blank_time(1) - 5 * MS + i * MS / 4);
    blank(rig, 1, 0, true);
    blank(rig, 1, 0, false);
    blank(rig, 2, 1, true);
    blank(rig, 2, 1, false);
    blank(rig, 2, 1, false);
    /* 2, 3 and 4 came and were not shown; 5 never came. */
    blank(rig, 3, 6, true);
    assert_int_equal(rig->pairing.shown, 2);
    assert_int_equal(rig->pairing.repeated, 3);
    assert_int_equal(rig->pairing.skipped, 3);
    assert_int_equal(rig->camera.lost, 1);
    assert_int_equal(rig->pairing.out_of_order, 0);
}

static void wraps(void **state)
{
    struct rig *rig = *state;

    for (uint32_t i = 0; i < 6; i++) {
        capture(rig, UINT32_MAX - 2 + i, blank_time(i + 1) - 5 * MS);
        blank(rig, 1 + i % 2, UINT32_MAX - 2 + i, i > 0);
    }
    assert_int_equal(rig->pairing.shown, 5);
    assert_int_equal(rig->pairing.skipped, 0);
    assert_int_equal(rig->pairing.restarts, 0);
    assert_int_equal(rig->pairing.out_of_order, 0);
    assert_int_equal(rig->camera.restarts, 0);
    assert_int_equal(rig->camera.lost, 0);
}

static void restarts(void **state)
{
    struct rig *rig = *state;

    for (uint32_t i = 0; i < 3; i++) {
        capture(rig, 100 + i, blank_time(i + 1) - 5 * MS);
        blank(rig, 1 + i % 2, 100 + i, i > 0);
    }
    for (uint32_t i = 0; i < 3; i++) {
        capture(rig, i, blank_time(i + 4) - 6 * MS);
        blank(rig, 3 + i % 2, i, true);
    }
    assert_int_equal(rig->pairing.restarts, 1);
    assert_int_equal(rig->pairing.out_of_order, 0);
    assert_int_equal(rig->pairing.skipped, 0);
    assert_int_equal(rig->pairing.shown, 5);
    assert_int_equal(rig->pairing.latency.value[4], 6 * MS);
}

static void older_frame(void **state)
{
    struct rig *rig = *state;

    for (uint32_t i = 0; i < 3; i++)
        capture(rig, i, blank_time(1) - 5 * MS + i * MS);
    blank(rig, 1, 0, true);
    blank(rig, 2, 2, true);
    blank(rig, 3, 1, true);
    assert_int_equal(rig->pairing.out_of_order, 1);
    assert_int_equal(rig->pairing.restarts, 0);
}

static void unread_and_dark(void **state)
{
    struct rig *rig = *state;
    struct vblank none = {.sequence = 2, .time_ns = blank_time(2), .flipped = true};

    capture(rig, 0, blank_time(1) - MS);
    capture(rig, 1, blank_time(3) - MS);
    blank(rig, 1, 0, true);
    none.seen = (struct sight){SIGHT_UNREAD, 2, 0};
    pairing_vblank(&rig->pairing, &none);
    none.sequence = 5; /* 3 and 4 were missed */
    none.seen = (struct sight){SIGHT_DARK, 0, 0};
    pairing_vblank(&rig->pairing, &none);
    rig->vblank = 5;
    blank(rig, 1, 1, true);
    assert_int_equal(rig->pairing.unread, 1);
    assert_int_equal(rig->pairing.dark, 1);
    assert_int_equal(rig->pairing.missed_vblanks, 2);
    assert_int_equal(rig->pairing.shown, 1);
    assert_int_equal(rig->pairing.repeated, 0);
}

/* One framebuffer that is drawn into again and again. */
static void drawn_over(void **state)
{
    struct rig *rig = *state;

    for (uint32_t i = 0; i < 4; i++) {
        capture(rig, i, blank_time(i + 1) - 5 * MS);
        blank(rig, 1, i, false);
    }
    assert_int_equal(rig->pairing.shown, 3);
    assert_int_equal(rig->pairing.uncertain, 0);
}

static void told_of_nothing(void **state)
{
    struct rig *rig = *state;

    for (uint32_t i = 0; i < 4; i++) {
        capture(rig, i, blank_time(i + 1) - 5 * MS);
        blank(rig, 1 + i, i, false);
    }
    /* Of a driver that tells of no completion each is taken for one refresh late. */
    assert_int_equal(rig->pairing.shown, 2);
    assert_int_equal(rig->pairing.uncertain, 2);
    blank(rig, 4, 3, true);
    blank(rig, 4, 3, true);
    assert_int_equal(rig->pairing.uncertain, 3);
}

static void false_times(void **state)
{
    const int64_t monotonic = V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC;
    struct rig *rig = *state;

    capture(rig, 0, blank_time(1) - 5 * MS);
    blank(rig, 1, 0, true);
    /* Of another clock; to come; still the last frame's; none at all. */
    dequeue(rig, 1, blank_time(2) - 5 * MS, blank_time(2) - MS, 0);
    blank(rig, 2, 1, true);
    dequeue(rig, 2, blank_time(9), blank_time(3) - MS, monotonic);
    blank(rig, 3, 2, true);
    dequeue(rig, 3, blank_time(1) - 5 * MS, blank_time(4) - MS, monotonic);
    blank(rig, 1, 3, true);
    blank(rig, 2, 77, true);
    assert_int_equal(rig->pairing.shown, 4);
    assert_int_equal(rig->pairing.untimed, 4);
    assert_int_equal(rig->pairing.latency.n, 0);
    assert_int_equal(rig->camera.untimed, 3);
    capture(rig, 78, blank_time(6) - 5 * MS);
    blank(rig, 3, 78, true);
    assert_int_equal(rig->pairing.latency.n, 1);
}

static void other_cameras(void **state)
{
    struct rig *rig = *state;
    struct trace_record record = {
        .time_ns = 9,
        .value = {3, V4L2_BUF_TYPE_VIDEO_CAPTURE, V4L2_BUF_FLAG_TIMESTAMP_MONOTONIC, 7,
                  1},
    };

    camera_trace_take(&rig->camera, &record);
    assert_int_equal(rig->camera.captured, 0);
    assert_int_equal(rig->camera.other_minor, 3);
    record.value[1] = V4L2_BUF_TYPE_META_CAPTURE;
    camera_trace_init(&rig->camera, -1);
    camera_trace_take(&rig->camera, &record);
    assert_int_equal(rig->camera.minor, -1);
    record.value[1] = V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE;
    camera_trace_take(&rig->camera, &record);
    assert_int_equal(rig->camera.minor, 3);
    assert_int_equal(rig->camera.captured, 1);
    assert_null(camera_trace_find(&rig->camera, 1 + CAMERA_TRACE_FRAMES));
    assert_non_null(camera_trace_find(&rig->camera, 1));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

static const struct CMUnitTest tests[] = {
    TEST(each_frame_once), TEST(committed_early), TEST(repeated_and_skipped),
    TEST(wraps),           TEST(restarts),        TEST(older_frame),
    TEST(unread_and_dark), TEST(drawn_over),      TEST(told_of_nothing),
    TEST(false_times),     TEST(other_cameras),
};
TEST_MAIN("pairing", tests)

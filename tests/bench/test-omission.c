/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* omission - stalls, and what is none. */
#include "tools/document/omission.h"

#include "fake-bench.h"
#include "test.h"

#define MS INT64_C(1000000)

static void room_for(struct samples *samples, size_t n)
{
    assert_int_equal(samples_init(samples, n), 0);
}

/* Shows @n frames at 60 Hz, of 20 ms each, with a stall before the middle one. */
static void show(struct samples *latency, struct omission *omission, int n,
                 int64_t stall_ns)
{
    int64_t at = 1000 * MS;

    for (int i = 0; i < n; i++) {
        at += 16666667 + (i == n / 2 ? stall_ns : 0);
        omission_add(omission, latency, at, 20 * MS);
    }
}

static void stall_moves_the_99th_percentile(void **state)
{
    struct samples with, without;
    struct omission omission;

    (void)state;
    room_for(&with, 1100);
    room_for(&without, 1100);
    omission_begin(&omission, 0);
    show(&without, &omission, 1000, 200 * MS);
    assert_int_equal(without.n, 1000);
    assert_int_equal(samples_percentile(&without, 99), 20 * MS);
    omission_begin(&omission, 16666667);
    show(&with, &omission, 1000, 200 * MS);
    assert_int_equal(omission.missed, 12);
    assert_int_equal(with.n, 1012);
    assert_true(samples_percentile(&with, 99) > 30 * MS);
    assert_int_equal(samples_percentile(&with, 100), 20 * MS + 12 * INT64_C(16666667));
    assert_int_equal(samples_percentile(&with, 50), 20 * MS);
    samples_finish(&with);
    samples_finish(&without);
}

static void late_frame_hides_what_came_after_it(void **state)
{
    struct samples latency;
    struct omission omission;

    (void)state;
    room_for(&latency, 100);
    omission_begin(&omission, 10 * MS);
    assert_int_equal(omission_add(&omission, &latency, 1000 * MS, 20 * MS), 0);
    /* Captured in time, held for 100 ms: the frames after it are superseded by the next. */
    assert_int_equal(omission_add(&omission, &latency, 1110 * MS, 120 * MS), 0);
    assert_int_equal(omission_add(&omission, &latency, 1120 * MS, 20 * MS), 10);
    assert_int_equal(samples_percentile(&latency, 100), 120 * MS);
    samples_finish(&latency);
}

static void jitter_is_no_stall(void **state)
{
    struct samples latency;
    struct omission omission;
    uint64_t seed = 9;

    (void)state;
    room_for(&latency, 1000);
    omission_begin(&omission, 16666667);
    for (int i = 0; i < 1000; i++)
        omission_add(&omission, &latency,
                     i * INT64_C(16666667) + (int64_t)(8e6 * fake_uniform(&seed)),
                     20 * MS);
    assert_int_equal(omission.missed, 0);
    samples_finish(&latency);
}

static void endless_stall_ends(void **state)
{
    struct samples latency;
    struct omission omission;

    (void)state;
    room_for(&latency, 10);
    omission_begin(&omission, 1);
    omission_add(&omission, &latency, 0, 5);
    omission_add(&omission, &latency, INT64_MAX - 10, 5);
    assert_int_equal(latency.n, 10);
    assert_true(latency.dropped > UINT64_C(1) << 62);
    omission_add(&omission, &latency, INT64_MIN, INT64_MAX);
    omission_add(&omission, &latency, INT64_MAX, INT64_MIN);
    samples_finish(&latency);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(stall_moves_the_99th_percentile),
    cmocka_unit_test(late_frame_hides_what_came_after_it),
    cmocka_unit_test(jitter_is_no_stall),
    cmocka_unit_test(endless_stall_ends),
};
TEST_MAIN("bench-omission", tests)

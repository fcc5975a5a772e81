/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* stats - histograms against the exact percentiles of the same values, sorted. */
#include "test.h"
#include "zerocopy.h"

#include <math.h>
#include <stdlib.h>

#define MS INT64_C(1000000)

static int setup(void **state)
{
    return zc_histogram_create((struct zc_histogram **)state);
}

static int teardown(void **state)
{
    zc_histogram_destroy(*state);
    return 0;
}

/* Numerical Recipes' generator: the same values everywhere. */
static uint64_t next(uint64_t *seed)
{
    *seed = *seed * UINT64_C(6364136223846793005) + UINT64_C(1442695040888963407);
    return *seed >> 33;
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static void near(int64_t got, int64_t want)
{
    if (llabs(got - want) > want / 64)
        fail_msg("%lld is not within 1/64 of %lld", (long long)got, (long long)want);
}

/* Adds the values, and checks every percentile that they carry. */
static void check(struct zc_histogram *h, int64_t *values, int n)
{
    static const double percents[] = {1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9};
    double sum = 0;

    for (int i = 0; i < n; i++) {
        zc_histogram_add(h, values[i]);
        sum += values[i];
    }
    qsort(values, n, sizeof(*values), by_value);
    assert_int_equal(zc_histogram_count(h), n);
    assert_int_equal(zc_histogram_percentile(h, 0), values[0]);
    assert_int_equal(zc_histogram_percentile(h, 100), values[n - 1]);
    assert_true(fabs((double)zc_histogram_mean(h) - sum / n) <= 0.5);
    for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++) {
        int rank = ceil(n * percents[i] / 100 - 1e-6);

        near(zc_histogram_percentile(h, percents[i]), values[rank - 1]);
    }
}

static void uniform(void **state)
{
    static int64_t values[10000];
    uint64_t seed = 1;

    for (int i = 0; i < 10000; i++)
        values[i] = next(&seed) % (33 * MS);
    check(*state, values, 10000);
}

static void constant(void **state)
{
    struct zc_histogram *h = *state;
    static int64_t values[10000];

    for (int i = 0; i < 10000; i++)
        values[i] = 16666667;
    check(h, values, 10000);
    /* Minimum and maximum close in on it. */
    assert_int_equal(zc_histogram_percentile(h, 50), 16666667);
    assert_int_equal(zc_histogram_mean(h), 16666667);
}

static void bimodal(void **state)
{
    static int64_t values[10000];
    uint64_t seed = 2;

    for (int i = 0; i < 10000; i++)
        values[i] = i % 10 ? 20000 + (int64_t)(next(&seed) % 500)
                           : 33 * MS + (int64_t)(next(&seed) % MS);
    check(*state, values, 10000);
}

static void wide(void **state)
{
    static int64_t values[10000];
    uint64_t seed = 3;

    for (int i = 0; i < 10000; i++)
        values[i] = next(&seed) << (next(&seed) % 12) >> (next(&seed) % 31);
    check(*state, values, 10000);
}

static void every_bucket_is_within_a_64th(void **state)
{
    for (int shift = 0; shift < 42; shift++) {
        for (int step = 0; step < 64; step++) {
            struct zc_histogram *h;
            int64_t low = INT64_C(1) << shift, value = low + low * step / 64;

            /* Neighbours keep minimum and maximum from giving the value away. */
            assert_int_equal(zc_histogram_create(&h), 0);
            for (int i = 0; i < 10; i++)
                zc_histogram_add(h, 0);
            for (int i = 0; i < 10; i++)
                zc_histogram_add(h, value);
            for (int i = 0; i < 10; i++)
                zc_histogram_add(h, (INT64_C(1) << 42) - 1);
            near(zc_histogram_percentile(h, 50), value);
            zc_histogram_destroy(h);
        }
    }
    (void)state;
}

static void short_values_are_exact(void **state)
{
    for (int value = 1; value <= 100; value++)
        for (int i = 0; i < 10; i++)
            zc_histogram_add(*state, value);
    for (int percent = 1; percent < 100; percent++)
        assert_int_equal(zc_histogram_percentile(*state, percent), percent);
}

static void percentiles_need_ten_beyond(void **state)
{
    static const struct {
        double percent;
        int n;
    } rule[] = {{50, 20}, {90, 100}, {10, 100}, {99, 1000}, {99.9, 10000}};
    struct zc_histogram *h = *state;
    size_t next_rule = 0;

    for (int n = 1; n <= 10000; n++) {
        zc_histogram_add(h, MS);
        for (size_t i = next_rule; i < sizeof(rule) / sizeof(rule[0]); i++)
            if (n < rule[i].n && zc_histogram_percentile(h, rule[i].percent) != -1)
                fail_msg("%f is said of %d values", rule[i].percent, n);
        while (next_rule < sizeof(rule) / sizeof(rule[0]) && n >= rule[next_rule].n)
            assert_int_equal(zc_histogram_percentile(h, rule[next_rule++].percent), MS);
    }
    assert_int_equal(next_rule, sizeof(rule) / sizeof(rule[0]));
}

static void empty_says_nothing(void **state)
{
    assert_int_equal(zc_histogram_count(*state), 0);
    assert_int_equal(zc_histogram_mean(*state), -1);
    assert_int_equal(zc_histogram_percentile(*state, 0), -1);
    assert_int_equal(zc_histogram_percentile(*state, 50), -1);
    assert_int_equal(zc_histogram_percentile(*state, 100), -1);
    zc_histogram_destroy(NULL);
}

static void one_value_is_minimum_and_maximum(void **state)
{
    zc_histogram_add(*state, 12345678);
    assert_int_equal(zc_histogram_percentile(*state, 0), 12345678);
    assert_int_equal(zc_histogram_percentile(*state, 100), 12345678);
    assert_int_equal(zc_histogram_mean(*state), 12345678);
}

static void percents_out_of_range_say_nothing(void **state)
{
    for (int i = 0; i < 10000; i++)
        zc_histogram_add(*state, MS);
    assert_int_equal(zc_histogram_percentile(*state, -1), -1);
    assert_int_equal(zc_histogram_percentile(*state, 100.1), -1);
    assert_int_equal(zc_histogram_percentile(*state, NAN), -1);
}

static void negative_values_are_no_durations(void **state)
{
    zc_histogram_add(*state, -1);
    zc_histogram_add(*state, INT64_MIN);
    assert_int_equal(zc_histogram_count(*state), 0);
    assert_int_equal(zc_histogram_percentile(*state, 0), -1);
    zc_histogram_add(*state, 5);
    assert_int_equal(zc_histogram_count(*state), 1);
    assert_int_equal(zc_histogram_percentile(*state, 0), 5);
    assert_int_equal(zc_histogram_mean(*state), 5);
}

static void overflow_counts_and_is_the_maximum(void **state)
{
    for (int i = 0; i < 10; i++)
        zc_histogram_add(*state, MS);
    for (int i = 0; i < 90; i++)
        zc_histogram_add(*state, INT64_C(1) << 42);
    zc_histogram_add(*state, INT64_MAX);
    assert_int_equal(zc_histogram_count(*state), 101);
    assert_int_equal(zc_histogram_percentile(*state, 0), MS);
    assert_true(zc_histogram_percentile(*state, 100) == INT64_MAX);
    assert_true(zc_histogram_percentile(*state, 90) == INT64_MAX);
}

static void mean_of_the_longest_does_not_wrap(void **state)
{
    zc_histogram_add(*state, INT64_MAX);
    zc_histogram_add(*state, INT64_MAX);
    assert_true(zc_histogram_mean(*state) == INT64_MAX);
}

static void values_come_in_order(void **state)
{
    static const struct {
        int64_t value;
        uint64_t count;
    } want[] = {{3, 1}, {63, 2}, {1000000, 3}, {INT64_C(1) << 43, 2}};
    int64_t value;
    uint64_t count;
    int bin = 0;

    assert_false(zc_histogram_next(*state, &bin, &value, &count));
    for (size_t i = sizeof(want) / sizeof(want[0]); i-- > 0;)
        for (uint64_t n = 0; n < want[i].count; n++)
            zc_histogram_add(*state, want[i].value);
    zc_histogram_add(*state, -7);
    bin = 0;
    for (size_t i = 0; i < sizeof(want) / sizeof(want[0]); i++) {
        assert_true(zc_histogram_next(*state, &bin, &value, &count));
        near(value, want[i].value);
        assert_int_equal(count, want[i].count);
    }
    assert_false(zc_histogram_next(*state, &bin, &value, &count));
    assert_false(zc_histogram_next(*state, &bin, &value, &count));
    assert_int_equal(zc_histogram_negative(*state), 1);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    TEST(uniform),
    TEST(constant),
    TEST(bimodal),
    TEST(wide),
    cmocka_unit_test(every_bucket_is_within_a_64th),
    TEST(short_values_are_exact),
    TEST(percentiles_need_ten_beyond),
    TEST(empty_says_nothing),
    TEST(one_value_is_minimum_and_maximum),
    TEST(percents_out_of_range_say_nothing),
    TEST(negative_values_are_no_durations),
    TEST(overflow_counts_and_is_the_maximum),
    TEST(mean_of_the_longest_does_not_wrap),
    TEST(values_come_in_order),
};
TEST_MAIN("stats", tests)

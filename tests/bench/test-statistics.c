/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* statistics - figures, fits and intervals against distributions that are known. */
#include "tools/compare/bootstrap.h"
#include "fake-bench.h"
#include "tools/document/figure.h"
#include "said.h"
#include "test.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define N 20000
#define MS INT64_C(1000000)

static const double percents[] = {50, 90, 99, 99.9};
static const char *const keys[] = {"p50", "p90", "p99", "p999"};

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

static int64_t int_of(const json_t *object, const char *key)
{
    assert_true(json_is_integer(json_object_get(object, key)));
    return json_integer_value(json_object_get(object, key));
}

static json_t *describe(const struct samples *samples)
{
    json_t *figure = json_object();

    assert_true(figure_describe(figure, samples) >= 0);
    return figure;
}

static void room_for(struct samples *samples, size_t n)
{
    assert_int_equal(samples_init(samples, n), 0);
}

/* --- percentiles --- */

/* Of values as @draw makes them, whose value at a share is told by @quantile. */
static void check_distribution(double (*draw)(uint64_t *seed),
                               double (*quantile)(double share), double offset,
                               double tolerance)
{
    struct samples samples;
    uint64_t seed = 7;
    json_t *figure;

    room_for(&samples, N);
    for (int i = 0; i < N; i++)
        samples_add(&samples, (int64_t)(1e6 * (offset + draw(&seed))));
    figure = describe(&samples);
    for (size_t i = 0; i < 4; i++) {
        double want = 1e6 * (offset + quantile(percents[i] / 100));
        double got = (double)int_of(figure, keys[i]);

        if (fabs(got - want) > tolerance * want)
            fail_msg("%s is %f, not %f", keys[i], got, want);
        assert_int_equal(int_of(figure, keys[i]),
                         samples_percentile(&samples, percents[i]));
    }
    json_decref(figure);
    samples_finish(&samples);
}

static double uniform_quantile(double share)
{
    return share;
}

static double exponential_quantile(double share)
{
    return -log(1 - share);
}

/* By halving: there is no closed form. */
static double normal_quantile(double share)
{
    double low = -10, high = 10;

    for (int i = 0; i < 80; i++) {
        double middle = (low + high) / 2;

        if (0.5 * erfc(-middle / M_SQRT2) < share)
            low = middle;
        else
            high = middle;
    }
    return low;
}

static void uniform_percentiles(void **state)
{
    (void)state;
    check_distribution(fake_uniform, uniform_quantile, 0, 0.02);
}

static void exponential_percentiles(void **state)
{
    (void)state;
    check_distribution(fake_exponential, exponential_quantile, 0, 0.1);
}

static void normal_percentiles(void **state)
{
    (void)state;
    check_distribution(fake_normal, normal_quantile, 20, 0.01);
}

static void percentiles_are_those_of_sorted_values(void **state)
{
    struct samples samples;
    int64_t sorted[777];
    uint64_t seed = 3;

    (void)state;
    room_for(&samples, 777);
    for (int i = 0; i < 777; i++) {
        sorted[i] = (int64_t)(fake_bits(&seed) << (fake_bits(&seed) % 30)) - 1000000;
        samples_add(&samples, sorted[i]);
    }
    qsort(sorted, 777, sizeof(*sorted), by_value);
    for (int percent = 0; percent <= 100; percent++) {
        int rank = (int)ceil(777.0 * percent / 100);

        assert_int_equal(samples_percentile(&samples, percent),
                         sorted[rank ? rank - 1 : 0]);
    }
    samples_finish(&samples);
}

static void extremes_do_not_overflow(void **state)
{
    struct samples samples;

    (void)state;
    room_for(&samples, 2);
    samples_add(&samples, INT64_MIN);
    samples_add(&samples, INT64_MAX);
    assert_true(samples_percentile(&samples, 0) == INT64_MIN);
    assert_true(samples_percentile(&samples, 100) == INT64_MAX);
    samples_finish(&samples);
}

static void nothing_has_no_percentile(void **state)
{
    struct samples samples;

    (void)state;
    room_for(&samples, 1);
    assert_int_equal(samples_percentile(&samples, 50), -1);
    samples_add(&samples, 5);
    assert_int_equal(samples_percentile(&samples, -1), -1);
    assert_int_equal(samples_percentile(&samples, 101), -1);
    assert_int_equal(samples_percentile(&samples, NAN), -1);
    assert_int_equal(samples_percentile(&samples, 50), 5);
    samples_add(&samples, 6);
    assert_int_equal(samples.dropped, 1);
    assert_int_equal(samples_percentile(&samples, 100), 5);
    samples_finish(&samples);
    samples_finish(&samples);
}

static void unmeetable_room_is_refused(void **state)
{
    struct samples samples;

    (void)state;
    said_listen(ZC_LOG_ERROR);
    assert_int_equal(samples_init(&samples, SIZE_MAX / 4), -12);
    assert_null(samples.value);
    assert_non_null(strstr(said, "no memory"));
}

static void percentiles_need_ten_beyond(void **state)
{
    static const size_t least[] = {20, 100, 1000, 10000};

    (void)state;
    for (size_t i = 0; i < 4; i++) {
        struct samples samples;

        for (size_t n = least[i] - 1; n <= least[i]; n++) {
            json_t *figure;

            room_for(&samples, n);
            for (size_t j = 0; j < n; j++)
                samples_add(&samples, MS);
            figure = describe(&samples);
            assert_int_equal(json_is_null(json_object_get(figure, keys[i])),
                             n < least[i]);
            json_decref(figure);
            samples_finish(&samples);
        }
    }
}

/* --- bins --- */

static void bins_are_narrow_and_count_all(void **state)
{
    struct samples samples;
    int64_t n = 0, last = -1;
    uint64_t seed = 5;
    size_t index;
    json_t *figure, *bin;

    (void)state;
    room_for(&samples, N);
    for (int i = 0; i < N; i++)
        samples_add(&samples, (int64_t)(fake_bits(&seed) >> (fake_bits(&seed) % 31)));
    figure = describe(&samples);
    qsort(samples.value, N, sizeof(int64_t), by_value);
    json_array_foreach(json_object_get(figure, "bins"), index, bin) {
        int64_t value = json_integer_value(json_array_get(bin, 0));
        int64_t count = json_integer_value(json_array_get(bin, 1));

        assert_true(value > last && count > 0);
        assert_true((double)(samples.value[n + count - 1] - samples.value[n]) <=
                    (double)samples.value[n] / 64);
        assert_true(value >= samples.value[n] && value <= samples.value[n + count - 1]);
        n += count;
        last = value;
    }
    assert_int_equal(n, N);
    json_decref(figure);
    samples_finish(&samples);
}

static void constants_stay_exact(void **state)
{
    struct samples samples;
    json_t *figure, *bins;

    (void)state;
    room_for(&samples, 1000);
    for (int i = 0; i < 1000; i++)
        samples_add(&samples, 16666667);
    figure = describe(&samples);
    bins = json_object_get(figure, "bins");
    assert_int_equal(json_array_size(bins), 1);
    assert_int_equal(json_integer_value(json_array_get(json_array_get(bins, 0), 0)),
                     16666667);
    assert_int_equal(int_of(figure, "mean"), 16666667);
    assert_null(json_object_get(figure, "independent"));
    json_decref(figure);
    samples_finish(&samples);
}

static void negative_values_are_counted_apart(void **state)
{
    struct samples samples;
    json_t *figure = json_object();

    (void)state;
    room_for(&samples, 3);
    samples_add(&samples, -1);
    assert_int_equal(figure_describe(figure, &samples), 1);
    assert_int_equal(json_object_size(figure), 0);
    samples_add(&samples, 7);
    samples_add(&samples, INT64_MIN);
    assert_int_equal(figure_describe(figure, &samples), 2);
    assert_int_equal(int_of(figure, "n"), 1);
    assert_int_equal(int_of(figure, "negative"), 2);
    assert_int_equal(int_of(figure, "min"), 7);
    json_decref(figure);
    samples_finish(&samples);
}

static void longest_values_do_not_overflow(void **state)
{
    struct samples samples;
    json_t *figure;

    (void)state;
    room_for(&samples, 3);
    for (int i = 0; i < 3; i++)
        samples_add(&samples, INT64_MAX - i);
    figure = describe(&samples);
    assert_true(int_of(figure, "mean") >= INT64_MAX - 2);
    json_decref(figure);
    samples_finish(&samples);
}

/* --- how many values are independent --- */

static void slow_drift_counts_as_few_values(void **state)
{
    struct samples drifting, independent;
    json_t *figure;
    uint64_t seed = 1;

    (void)state;
    room_for(&drifting, 10000);
    room_for(&independent, 10000);
    for (int i = 0; i < 10000; i++) {
        double phase = sin(i / 200.0), noise = fake_normal(&seed);

        samples_add(&drifting, (int64_t)(1e7 + 1e6 * phase + 1e5 * noise));
        samples_add(&independent, (int64_t)(1e7 + 1e6 * noise));
    }
    figure = describe(&drifting);
    assert_true(int_of(figure, "independent") < 500);
    json_decref(figure);
    figure = describe(&independent);
    if (json_object_get(figure, "independent"))
        assert_true(int_of(figure, "independent") > 4000);
    json_decref(figure);
    samples_finish(&drifting);
    samples_finish(&independent);
}

/* --- series --- */

static void series_keep_the_extremes(void **state)
{
    struct samples times, values;
    bool low = false, high = false;
    size_t index;
    json_t *series, *point;
    int64_t last = -1;

    (void)state;
    room_for(&times, 54321);
    room_for(&values, 54321);
    for (int i = 0; i < 54321; i++) {
        samples_add(&times, i);
        samples_add(&values, i == 4321 ? 9 : i == 4322 ? 100000 : 500);
    }
    series = figure_series(&times, &values, 2000);
    assert_true(json_array_size(series) >= 1000);
    assert_true(json_array_size(series) <= 2000);
    json_array_foreach(series, index, point) {
        int64_t at = json_integer_value(json_array_get(point, 0));
        int64_t value = json_integer_value(json_array_get(point, 1));

        assert_true(at > last);
        last = at;
        low = low || (at == 4321 && value == 9);
        high = high || (at == 4322 && value == 100000);
    }
    assert_true(low && high);
    json_decref(series);
    values.n = 3;
    series = figure_series(&times, &values, 2000);
    assert_int_equal(json_array_size(series), 3);
    json_decref(series);
    samples_finish(&times);
    samples_finish(&values);
}

/* --- fits --- */

static void fit_is_not_moved_by_one_outlier(void **state)
{
    static const int64_t pixels[] = {307200, 921600, 2073600, 3686400, 8294400};
    int64_t ns[5];
    double base, slope;

    (void)state;
    for (int i = 0; i < 5; i++)
        ns[i] = 50000 + pixels[i] * 3 / 2;
    ns[3] *= 10;
    assert_int_equal(figure_fit(pixels, ns, 5, &base, &slope), 0);
    assert_true(fabs(slope - 1.5) < 0.01);
    assert_true(fabs(base - 50000) < 50);
}

static void fit_needs_two_sizes(void **state)
{
    static const int64_t same[] = {5, 5, 5};
    double base, slope;

    (void)state;
    assert_int_equal(figure_fit(same, same, 3, &base, &slope), -33);
    assert_int_equal(figure_fit(same, same, 1, &base, &slope), -33);
    assert_int_equal(figure_fit(same, same, 0, &base, &slope), -33);
}

/* --- intervals --- */

static void pool_of(struct bootstrap_values *values, double (*draw)(uint64_t *seed),
                    int n, double scale, uint64_t *seed)
{
    struct samples samples;
    json_t *figures = json_array();

    room_for(&samples, (size_t)n);
    for (int i = 0; i < n; i++)
        samples_add(&samples, (int64_t)(scale * draw(seed)));
    json_array_append_new(figures, describe(&samples));
    assert_int_equal(bootstrap_pool(values, figures), 0);
    json_decref(figures);
    samples_finish(&samples);
}

/* Of 90 % intervals about nine of ten hold the true ratio. */
static void check_coverage(double percent, int n)
{
    enum { trials = 200 };
    uint64_t seed = 11;
    int held = 0;

    for (int i = 0; i < trials; i++) {
        struct bootstrap_values a, b;
        struct bootstrap_ratio ratio;

        pool_of(&a, fake_exponential, n, 1e6, &seed);
        pool_of(&b, fake_exponential, n, 1.3e6, &seed);
        assert_int_equal(bootstrap_compare(&ratio, &a, &b, percent, 0.9), 0);
        held += ratio.low <= 1.3 && ratio.high >= 1.3;
        bootstrap_finish(&a);
        bootstrap_finish(&b);
    }
    if (held < trials * 84 / 100 || held > trials * 98 / 100)
        fail_msg("%d of %d intervals hold the ratio", held, trials);
}

static void median_intervals_cover(void **state)
{
    (void)state;
    check_coverage(50, 150);
}

static void tail_intervals_cover(void **state)
{
    (void)state;
    check_coverage(99, 2000);
}

static void intervals_repeat(void **state)
{
    struct bootstrap_values a, b;
    struct bootstrap_ratio one, two;
    uint64_t seed = 2;

    (void)state;
    pool_of(&a, fake_exponential, 500, 1e6, &seed);
    pool_of(&b, fake_exponential, 500, 1e6, &seed);
    assert_int_equal(bootstrap_compare(&one, &a, &b, 50, 0.999), 0);
    assert_int_equal(bootstrap_compare(&two, &a, &b, 50, 0.999), 0);
    assert_memory_equal(&one, &two, sizeof(one));
    assert_true(one.low < one.ratio && one.ratio < one.high);
    bootstrap_finish(&a);
    bootstrap_finish(&b);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(uniform_percentiles),
    cmocka_unit_test(exponential_percentiles),
    cmocka_unit_test(normal_percentiles),
    cmocka_unit_test(percentiles_are_those_of_sorted_values),
    cmocka_unit_test(extremes_do_not_overflow),
    cmocka_unit_test(nothing_has_no_percentile),
    cmocka_unit_test(unmeetable_room_is_refused),
    cmocka_unit_test(percentiles_need_ten_beyond),
    cmocka_unit_test(bins_are_narrow_and_count_all),
    cmocka_unit_test(constants_stay_exact),
    cmocka_unit_test(negative_values_are_counted_apart),
    cmocka_unit_test(longest_values_do_not_overflow),
    cmocka_unit_test(slow_drift_counts_as_few_values),
    cmocka_unit_test(series_keep_the_extremes),
    cmocka_unit_test(fit_is_not_moved_by_one_outlier),
    cmocka_unit_test(fit_needs_two_sizes),
    cmocka_unit_test(median_intervals_cover),
    cmocka_unit_test(tail_intervals_cover),
    cmocka_unit_test(intervals_repeat),
};
TEST_MAIN("bench-statistics", tests)

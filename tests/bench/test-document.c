/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* document - what is set, what sticks, and documents against golden files. */
#include "tools/document/check.h"
#include "fake-flow.h"
#include "said.h"
#include "support.h"

#include <errno.h>

static int setup(void **state)
{
    said_listen(ZC_LOG_ERROR);
    return document_create((struct document **)state, "flow", 0, NULL);
}

static int teardown(void **state)
{
    document_destroy(*state);
    return 0;
}

static const json_t *at(struct document *document, const char *key)
{
    return json_object_get(document_json(document), key);
}

static void new_document_says_where_and_when(void **state)
{
    static const char *const keys[] = {"schema",  "version", "command",
                                       "started", "ended",   "host",
                                       "clocks",  "runs",    "elapsed_ns"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
        assert_non_null(at(*state, keys[i]));
    assert_string_equal(json_string_value(at(*state, "schema")), "zerocopy/1");
    assert_string_equal(json_string_value(at(*state, "version")), zc_version());
    assert_int_equal(strlen(json_string_value(at(*state, "started"))), 20);
    assert_true(json_integer_value(json_object_get(at(*state, "host"), "cpus")) > 0);
    assert_true(json_integer_value(at(*state, "elapsed_ns")) > 0);
    assert_int_equal(document_check(*state), 0);
}

static void arguments_are_kept(void **state)
{
    char *arguments[] = {"--size", "640x\xff"};
    struct document *document;
    json_t *list;

    (void)state;
    assert_int_equal(document_create(&document, "flow", 2, arguments), 0);
    list = (json_t *)at(document, "arguments");
    assert_string_equal(json_string_value(json_array_get(list, 0)), "--size");
    assert_string_equal(json_string_value(json_array_get(list, 1)), "640x?");
    document_destroy(document);
    document_destroy(NULL);
}

static void keys_are_paths(void **state)
{
    document_set_int(*state, "config.a.b", 1);
    document_set_int(*state, "config.a.b", 2);
    document_set_string(*state, "config.a.c", NULL);
    assert_int_equal(document_check(*state), 0);
    assert_int_equal(json_integer_value(json_object_get(
                         json_object_get(at(*state, "config"), "a"), "b")),
                     2);
    assert_int_equal(json_object_size(json_object_get(at(*state, "config"), "a")), 1);
}

static void places_of_another_kind_fail(void **state)
{
    static const char *const keys[] = {"",       ".",    "config.", ".config",
                                       "config", "runs", "schema.x"};

    (void)state;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct document *document;

        assert_int_equal(document_create(&document, "flow", 0, NULL), 0);
        document_set_string(document, keys[i], "value");
        document_set_int(document, "config.x", 1);
        assert_int_equal(document_check(document), -EINVAL);
        document_destroy(document);
    }
}

static void run_members_need_a_run(void **state)
{
    struct samples one;

    run_set_int(*state, "counts.shown", 1);
    document_begin_run(*state, "late");
    assert_int_equal(document_check(*state), -EINVAL);
    assert_non_null(strstr(said, "\"counts.shown\" failed: no run"));
    assert_int_equal(samples_init(&one, 1), 0);
    samples_add(&one, 1);
    document_destroy(*state);
    assert_int_equal(setup(state), 0);
    run_add_figure(*state, &(struct figure){"x", "ns", BETTER_LOWER, &one});
    run_add_floor(*state, "x", 1);
    run_add_stage(*state, "x", &one);
    run_set_series(*state, &one, &one);
    assert_int_equal(document_check(*state), -EINVAL);
    samples_finish(&one);
}

static void structure_of_own_document_is_checked(void **state)
{
    document_begin_run(*state, "x");
    run_set_int(*state, "labels.size", 5);
    assert_int_equal(document_check(*state), -EINVAL);
    assert_non_null(
        strstr(said, "runs[0].labels.size: should be a string, is an integer"));
}

static void warnings_are_kept_once(void **state)
{
    for (int i = 0; i < 6; i++)
        document_warn(*state, "camera %d is slow", i / 3);
    assert_int_equal(json_array_size(at(*state, "warnings")), 2);
}

static void empty_figures_are_left_out(void **state)
{
    struct samples none = {0};

    document_begin_run(*state, "x");
    run_add_figure(*state, &(struct figure){"x", "ns", BETTER_LOWER, &none});
    run_add_stage(*state, "x", &none);
    assert_int_equal(document_check(*state), 0);
    assert_null(json_object_get(json_array_get(at(*state, "runs"), 0), "figures"));
}

static void dropped_and_negative_values_are_warned_of(void **state)
{
    struct samples few;

    assert_int_equal(samples_init(&few, 2), 0);
    samples_add(&few, -4);
    samples_add(&few, 4);
    samples_add(&few, 4);
    document_begin_run(*state, "x");
    run_add_figure(*state, &(struct figure){"latency", "ns", BETTER_LOWER, &few});
    assert_int_equal(json_array_size(at(*state, "warnings")), 2);
    assert_int_equal(document_check(*state), 0);
    samples_finish(&few);
}

static void floor_is_the_sum_of_its_parts(void **state)
{
    json_t *floor;

    document_begin_run(*state, "x");
    run_add_floor(*state, "exposure", 8);
    run_add_floor(*state, "scan-out", 16);
    floor = json_object_get(json_array_get(at(*state, "runs"), 0), "floor");
    assert_int_equal(json_integer_value(json_object_get(floor, "total_ns")), 24);
    assert_int_equal(json_array_size(json_object_get(floor, "parts")), 2);
    run_add_floor(*state, "endless", INT64_MAX);
    assert_int_equal(document_check(*state), -EINVAL);
}

static void fit_is_added(void **state)
{
    static const int64_t pixels[] = {1000, 2000, 3000}, ns[] = {2500, 4500, 6500};
    json_t *fit;

    document_add_fit(*state, "one size only", "alloc", pixels, ns, 1);
    document_add_fit(*state, "gpu", "alloc", pixels, ns, 3);
    assert_int_equal(json_array_size(at(*state, "fits")), 1);
    fit = json_array_get(at(*state, "fits"), 0);
    assert_int_equal(json_integer_value(json_object_get(fit, "base_ns")), 500);
    assert_int_equal(json_integer_value(json_object_get(fit, "slope_ps_per_pixel")),
                     2000);
    assert_int_equal(document_check(*state), 0);
}

static void document_is_as_before(void **state)
{
    static const struct {
        const char *name;
        struct document *(*make)(void);
    } all[] = {{"alloc.json", fake_alloc},
               {"gpu-run.json", fake_gpu_run},
               {"hostile.json", fake_hostile},
               {"empty.json", fake_empty}};

    (void)state;
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
        struct document *document = all[i].make();
        char *text = json_dumps(document_json(document), JSON_INDENT(1)), *lines;

        assert_true(asprintf(&lines, "%s\n", text) > 0);
        assert_golden(all[i].name, lines);
        free(lines);
        free(text);
        document_destroy(document);
    }
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    TEST(new_document_says_where_and_when),
    TEST(arguments_are_kept),
    TEST(keys_are_paths),
    TEST(places_of_another_kind_fail),
    TEST(run_members_need_a_run),
    TEST(structure_of_own_document_is_checked),
    TEST(warnings_are_kept_once),
    TEST(empty_figures_are_left_out),
    TEST(dropped_and_negative_values_are_warned_of),
    TEST(floor_is_the_sum_of_its_parts),
    TEST(fit_is_added),
    TEST(document_is_as_before),
};
TEST_MAIN("bench-document", tests)

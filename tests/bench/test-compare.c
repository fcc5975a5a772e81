/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compare - verdicts on measurements whose difference is known. */
#include "bench/commands.h"
#include "tools/compare/compare.h"

#include "fake-bench.h"
#include "said.h"
#include "support.h"

#include <fcntl.h>
#include <unistd.h>

static char *output;

static int setup(void **state)
{
    (void)state;
    said_listen(ZC_LOG_ERROR);
    output = NULL;
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    free(output);
    return 0;
}

/* Compares, keeps what is printed in output, and releases both. */
static int compare(struct document *a, struct document *b, bool force)
{
    size_t size;
    FILE *out;
    int result;

    free(output);
    out = open_memstream(&output, &size);
    assert_int_equal(document_check(a), 0);
    assert_int_equal(document_check(b), 0);
    result = compare_documents(out, document_json(a), document_json(b), force);
    assert_int_equal(fclose(out), 0);
    document_destroy(a);
    document_destroy(b);
    return result;
}

static void assert_output(const char *text)
{
    if (!strstr(output, text))
        fail_msg("there is no \"%s\" in:\n%s", text, output);
}

static json_t *root_of(struct document *document)
{
    return (json_t *)document_json(document);
}

/* A document of one count of @count in 1000 frames. */
static struct document *counted(const char *key, int64_t count, int64_t frames)
{
    struct document *document = fake_one(200, 1e6, 0.1, 1);
    char path[64];

    snprintf(path, sizeof(path), "counts.%s", key);
    run_set_int(document, "counts.captured", frames);
    run_set_int(document, "counts.shown", frames);
    run_set_int(document, path, count);
    return document;
}

/* --- figures --- */

static void itself_is_the_same(void **state)
{
    (void)state;
    assert_int_equal(compare(fake_flow(), fake_flow(), false), 0);
    assert_output("none of");
    assert_output("latency p99");
    assert_null(strstr(output, "WORSE"));
    assert_null(strstr(output, "better\n  "));
}

static void another_run_of_the_same_is_the_same(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 60; seed += 2)
        assert_int_equal(compare(fake_one(1000, 1e7, 0.1, seed),
                                 fake_one(1000, 1e7, 0.1, seed + 1), false),
                         0);
}

static void slower_is_worse(void **state)
{
    (void)state;
    assert_int_equal(
        compare(fake_one(1000, 1e7, 0.1, 1), fake_one(1000, 1.2e7, 0.1, 2), false), 1);
    assert_output("latency p50  10.0 ms");
    assert_output("WORSE");
    assert_output("2 of 2 rows worse, 0 better");
}

static void faster_is_better(void **state)
{
    (void)state;
    assert_int_equal(
        compare(fake_one(1000, 1.2e7, 0.1, 1), fake_one(1000, 1e7, 0.1, 2), false), 0);
    assert_output("none of 2 rows worse, 2 better");
}

static void noise_is_no_verdict(void **state)
{
    (void)state;
    assert_int_equal(
        compare(fake_one(60, 1e7, 1.5, 1), fake_one(60, 1.3e7, 1.5, 2), false), 0);
    assert_output("same");
}

static void less_than_a_bin_is_the_same(void **state)
{
    (void)state;
    assert_int_equal(
        compare(fake_one(1000, 1e7, 0, 1), fake_one(1000, 1.01e7, 0, 1), false), 0);
    assert_int_equal(
        compare(fake_one(1000, 1e7, 0, 1), fake_one(1000, 1.03e7, 0, 1), false), 1);
}

static void few_values_are_not_judged(void **state)
{
    (void)state;
    assert_int_equal(compare(fake_one(19, 1e7, 0, 1), fake_one(500, 9e7, 0, 1), false),
                     0);
    assert_output("n 19");
    assert_output("too few");
}

/* Adds a run of a figure that is better as @better says. */
static struct document *rated(enum better better, double value)
{
    struct document *document = fake_one(200, 1e6, 0.1, 1);
    struct samples samples;

    assert_int_equal(samples_init(&samples, 100), 0);
    for (int i = 0; i < 100; i++)
        samples_add(&samples, (int64_t)value);
    run_add_figure(document, &(struct figure){"rate", "millihertz", better, &samples});
    samples_finish(&samples);
    return document;
}

static void direction_is_the_figures(void **state)
{
    (void)state;
    assert_int_equal(
        compare(rated(BETTER_HIGHER, 60000), rated(BETTER_HIGHER, 50000), false), 1);
    assert_int_equal(
        compare(rated(BETTER_HIGHER, 50000), rated(BETTER_HIGHER, 60000), false), 0);
    assert_int_equal(compare(rated(BETTER_NONE, 60000), rated(BETTER_NONE, 20000), false),
                     0);
    assert_output("differs");
}

static void ratios_with_zero(void **state)
{
    (void)state;
    assert_int_equal(compare(rated(BETTER_LOWER, 0), rated(BETTER_LOWER, 0), false), 0);
    assert_int_equal(compare(rated(BETTER_LOWER, 0), rated(BETTER_LOWER, 9), false), 1);
    assert_output("from 0");
    assert_int_equal(compare(rated(BETTER_LOWER, 9), rated(BETTER_LOWER, 0), false), 0);
    assert_output("0.000");
    assert_int_equal(compare(rated(BETTER_HIGHER, 0), rated(BETTER_HIGHER, 9), false), 0);
}

static void other_unit_is_not_compared(void **state)
{
    struct document *a = rated(BETTER_LOWER, 1), *b = rated(BETTER_LOWER, 900);
    json_t *runs = json_object_get(root_of(b), "runs");

    (void)state;
    json_object_set_new(
        json_array_get(json_object_get(json_array_get(runs, 0), "figures"), 1), "unit",
        json_string("ns"));
    assert_int_equal(compare(a, b, false), 0);
    assert_output("units differ");
}

/* --- runs --- */

static void missing_runs_are_named(void **state)
{
    struct document *a = fake_one(100, 1e7, 0.1, 1), *b = fake_one(100, 1e7, 0.1, 1);

    (void)state;
    fake_add_run(a, "gpu", 100, 1e7, 0.1, 1);
    fake_add_run(b, "copy", 100, 1e7, 0.1, 1);
    assert_int_equal(compare(a, b, false), 0);
    assert_output("gpu: only in A");
    assert_output("copy: only in B");
}

static void nothing_in_common_is_refused(void **state)
{
    (void)state;
    assert_int_equal(compare(fake_one(100, 1e7, 0.1, 1), fake_empty(), true), 1);
    assert_non_null(strstr(said, "not compared: no run"));
    assert_string_equal(strstr(output, "verdict") ? "verdict" : "", "");
}

/* Two runs of the same labels know how much runs differ. */
static void repeated_runs_are_pooled(void **state)
{
    struct document *a = fake_one(500, 1e7, 0.01, 1), *b = fake_one(500, 1e7, 0.01, 2);

    (void)state;
    fake_add_run(a, "direct", 500, 2e7, 0.01, 3);
    fake_add_run(b, "direct", 500, 2e7, 0.01, 4);
    assert_int_equal(compare(a, b, false), 0);
    assert_output("direct: 2 runs in A, 2 in B");
}

/* --- what cannot be compared --- */

static void assert_refused(const char *object, const char *key, json_t *value,
                           const char *what)
{
    struct document *a = fake_one(100, 1e7, 0.1, 1), *b = fake_one(100, 1e7, 0.1, 1);
    json_t *root = root_of(b), *changed = json_deep_copy(root);
    size_t size;
    FILE *out;

    json_object_set_new(object ? json_object_get(changed, object) : changed, key, value);
    out = open_memstream(&output, &size);
    said[0] = '\0';
    assert_int_equal(compare_documents(out, root_of(a), changed, false), 1);
    fflush(out);
    assert_string_equal(output, "");
    if (!strstr(said, what))
        fail_msg("said \"%s\", not \"%s\"", said, what);
    assert_int_equal(compare_documents(out, root_of(a), changed, true), 0);
    fclose(out);
    assert_output("warning: ");
    assert_output(what);
    free(output);
    output = NULL;
    json_decref(changed);
    document_destroy(a);
    document_destroy(b);
}

static void other_machines_are_refused(void **state)
{
    (void)state;
    assert_refused("host", "machine", json_string("aarch64"),
                   "host.machine is \"x86_64\" in A and \"aarch64\" in B");
    assert_refused("host", "cpu", json_string("Other CPU"), "host.cpu is");
    assert_refused("host", "cpus", json_integer(64), "host.cpus is 2 in A and 64 in B");
    assert_refused("host", "hypervisor", json_string("KVM"), "host.hypervisor is");
}

static void other_schema_and_command_are_refused(void **state)
{
    (void)state;
    assert_refused(NULL, "schema", json_string("zerocopy/2"), "schema is \"zerocopy/1\"");
    assert_refused(NULL, "command", json_string("throughput"),
                   "command is \"zc-bench flow\"");
}

static void other_kernel_is_what_one_compares(void **state)
{
    struct document *a = fake_one(100, 1e7, 0.1, 1), *b = fake_one(100, 1e7, 0.1, 1);

    (void)state;
    document_set_string(b, "host.kernel", "7.2.0");
    assert_int_equal(compare(a, b, false), 0);
    assert_output("Linux 7.2.0");
}

/* --- counts --- */

static void copies_from_none_are_worse(void **state)
{
    (void)state;
    assert_int_equal(compare(counted("bytes_copied", 0, 1000),
                             counted("bytes_copied", 1, 1000), false),
                     1);
    assert_output("from 0");
    assert_int_equal(compare(counted("bytes_copied", 1000, 1000),
                             counted("bytes_copied", 2000, 2000), false),
                     0);
    assert_int_equal(compare(counted("bytes_copied", 1000, 1000),
                             counted("bytes_copied", 0, 1000), false),
                     0);
    assert_output("better");
}

static void losses_by_chance_are_not_worse(void **state)
{
    (void)state;
    assert_int_equal(compare(counted("lost", 0, 1000), counted("lost", 1, 1000), false),
                     0);
    assert_int_equal(compare(counted("lost", 10, 1000), counted("lost", 21, 2000), false),
                     0);
    assert_int_equal(compare(counted("lost", 0, 1000), counted("lost", 20, 1000), false),
                     1);
    assert_int_equal(compare(counted("lost", 20, 1000), counted("lost", 0, 1000), false),
                     0);
    assert_int_equal(
        compare(counted("lost", 50000, 100000), counted("lost", 60000, 100000), false),
        1);
    assert_int_equal(
        compare(counted("lost", 50000, 100000), counted("lost", 50100, 100000), false),
        0);
}

static void other_counts_are_shown_only(void **state)
{
    (void)state;
    assert_int_equal(
        compare(counted("syscalls", 9000, 1000), counted("syscalls", 90000, 1000), false),
        0);
    assert_output("system calls a frame");
    assert_output("10.000");
}

/* Counted in one round of ten, as many a frame. */
static void calls_are_of_their_own_frames(void **state)
{
    struct document *one_round = counted("syscalls", 900, 1000);

    (void)state;
    run_set_int(one_round, "syscall_frames", 100);
    assert_int_equal(compare(counted("syscalls", 9000, 1000), one_round, false), 0);
    assert_output("system calls a frame");
    assert_output("1.000");
}

/* As the tables of each of the two say it. */
static void a_frame_is_a_frame_shown(void **state)
{
    struct document *superseded = counted("cpu_user_ns", 6000000, 100);

    (void)state;
    run_set_int(superseded, "counts.captured", 300);
    assert_int_equal(compare(counted("cpu_user_ns", 3000000, 100), superseded, false), 0);
    assert_output("CPU, user a frame");
    assert_output("2.000");
}

static void huge_counts_do_not_hang(void **state)
{
    const int64_t most = INT64_C(1) << 53;

    (void)state;
    assert_int_equal(compare(counted("lost", most, 1), counted("lost", most, 1), false),
                     0);
    assert_int_equal(
        compare(counted("lost", 0, most), counted("lost", most, most), false), 1);
}

/* --- the command --- */

static void wrong_use_is_2(void **state)
{
    char *nothing[] = {"compare", NULL}, *other[] = {"compare", "--frce", "a", "b", NULL};
    char *missing[] = {"compare", "/nowhere/a", "/nowhere/b", NULL};
    char *show[] = {"show", NULL};
    int before = dup(STDERR_FILENO), null = open("/dev/null", O_WRONLY);

    (void)state;
    dup2(null, STDERR_FILENO);
    assert_int_equal(command_compare(1, nothing), 2);
    assert_int_equal(command_compare(4, other), 2);
    assert_int_equal(command_compare(3, missing), 1);
    assert_int_equal(command_show(1, show), 2);
    dup2(before, STDERR_FILENO);
    close(before);
    close(null);
    assert_non_null(strstr(said, "/nowhere/a"));
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    TEST(itself_is_the_same),
    TEST(another_run_of_the_same_is_the_same),
    TEST(slower_is_worse),
    TEST(faster_is_better),
    TEST(noise_is_no_verdict),
    TEST(less_than_a_bin_is_the_same),
    TEST(few_values_are_not_judged),
    TEST(direction_is_the_figures),
    TEST(ratios_with_zero),
    TEST(other_unit_is_not_compared),
    TEST(missing_runs_are_named),
    TEST(nothing_in_common_is_refused),
    TEST(repeated_runs_are_pooled),
    TEST(other_machines_are_refused),
    TEST(other_schema_and_command_are_refused),
    TEST(other_kernel_is_what_one_compares),
    TEST(copies_from_none_are_worse),
    TEST(losses_by_chance_are_not_worse),
    TEST(other_counts_are_shown_only),
    TEST(huge_counts_do_not_hang),
    TEST(calls_are_of_their_own_frames),
    TEST(a_frame_is_a_frame_shown),
    TEST(wrong_use_is_2),
};
TEST_MAIN("bench-compare", tests)

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report - the document and its text against golden files, and failures that stick.
 *
 * With ZC_GOLDEN_UPDATE=1 in the environment the golden files are written, not compared.
 */
#include "fake-runs.h"
#include "test.h"

#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char last_error[1024];

static void keep(enum zc_log_level level, const char *message, void *user)
{
    (void)user;
    if (level == ZC_LOG_ERROR)
        snprintf(last_error, sizeof(last_error), "%s", message);
}

static int setup(void **state)
{
    last_error[0] = '\0';
    zc_log_set(ZC_LOG_DEBUG, keep, NULL);
    return zc_report_create((struct zc_report **)state);
}

static int teardown(void **state)
{
    zc_report_destroy(*state);
    return 0;
}

/* --- golden files --- */

static char *read_whole(const char *path)
{
    char *text = NULL;
    size_t size = 0, room = 0;
    FILE *file = fopen(path, "r");

    if (!file)
        return NULL;
    do {
        text = realloc(text, room += 4096);
        size += fread(text + size, 1, room - size - 1, file);
    } while (size == room - 1);
    text[size] = '\0';
    fclose(file);
    return text;
}

static void assert_golden(const char *name, const char *got)
{
    char path[512], *want;

    snprintf(path, sizeof(path), "%s/%s", GOLDEN, name);
    if (getenv("ZC_GOLDEN_UPDATE")) {
        FILE *file = fopen(path, "w");

        assert_non_null(file);
        fputs(got, file);
        fclose(file);
    }
    want = read_whole(path);
    if (!want || strcmp(want, got))
        fail_msg("%s differs:\n%s", name, got);
    free(want);
}

static void assert_golden_text(struct zc_report *report, const char *name)
{
    char *text = NULL;

    assert_int_equal(zc_report_text(report, &text), 0);
    assert_golden(name, text);
    free(text);
}

/* The document as written to a file, parsed again. */
static json_t *written(struct zc_report *report)
{
    char folder[] = "/tmp/zc-report-XXXXXX", path[64];
    json_t *document;

    assert_non_null(mkdtemp(folder));
    snprintf(path, sizeof(path), "%s/run.json", folder);
    assert_int_equal(zc_report_write_json(report, path), 0);
    document = json_load_file(path, 0, NULL);
    assert_non_null(document);
    unlink(path);
    assert_int_equal(rmdir(folder), 0); /* nothing else was left there */
    return document;
}

/* Only the runs: version and host are not the same everywhere. */
static void assert_golden_runs(struct zc_report *report, const char *name)
{
    json_t *document = written(report);
    char *runs = json_dumps(json_object_get(document, "runs"), JSON_INDENT(2)), *lines;

    assert_true(asprintf(&lines, "%s\n", runs) > 0);
    assert_golden(name, lines);
    free(lines);
    free(runs);
    json_decref(document);
}

/* --- text and document of whole runs --- */

static void one_run_is_a_page(void **state)
{
    fake_gpu_run(*state);
    assert_golden_text(*state, "run-gpu.txt");
    assert_golden_runs(*state, "run-gpu.json");
}

static void copies_are_said_with_stage_and_reason(void **state)
{
    fake_copy_run(*state);
    assert_golden_text(*state, "run-copy.txt");
    assert_golden_runs(*state, "run-copy.json");
}

static void missing_keys_leave_out_lines(void **state)
{
    zc_report_begin_run(*state, "nearly nothing");
    zc_report_set_string(*state, "camera.device", "/dev/video0");
    zc_report_set_string(*state, "display.format", "XR24");
    zc_report_set_string(*state, "camera.name", NULL);
    fake_set_times(*state, "latency.capture_to_flip", 0, 0, 0);
    assert_golden_text(*state, "run-little.txt");
    assert_golden_runs(*state, "run-little.json");
}

static void runs_stand_side_by_side(void **state)
{
    fake_direct_run(*state);
    fake_gpu_run(*state);
    fake_copy_run(*state);
    assert_golden_text(*state, "compare.txt");
    assert_golden_runs(*state, "compare.json");
}

static void three_widest_runs_fit_80_columns(void **state)
{
    char *text;

    for (int i = 0; i < 3; i++) {
        zc_report_begin_run(*state, "a title — much longer than any column");
        zc_report_set_string(*state, "camera.format", "NV12M");
        zc_report_set_int(*state, "camera.width", 32768);
        zc_report_set_int(*state, "camera.height", 32768);
        zc_report_set_int(*state, "frames.shown", INT64_MAX);
        zc_report_set_int(*state, "cpu_ns_per_frame", INT64_MIN);
    }
    assert_int_equal(zc_report_text(*state, &text), 0);
    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        int columns = 0;

        for (char *c = line; *c; c++)
            columns += (*c & 0xc0) != 0x80;
        assert_true(columns >= 0 && columns <= 80);
    }
    free(text);
    assert_golden_text(*state, "compare-wide.txt");
}

static void runs_without_keys_show_dashes(void **state)
{
    zc_report_begin_run(*state, "one");
    zc_report_begin_run(*state, "two");
    assert_golden_text(*state, "compare-empty.txt");
}

/* --- the document --- */

static void document_has_schema_version_and_host(void **state)
{
    json_t *document, *host;

    zc_report_begin_run(*state, "only");
    document = written(*state);
    assert_string_equal(json_string_value(json_object_get(document, "schema")),
                        "zc-run/1");
    assert_string_equal(json_string_value(json_object_get(document, "version")),
                        zc_version());
    host = json_object_get(document, "host");
    assert_string_equal(json_string_value(json_object_get(host, "kernel")),
                        "6.12.48-amd64");
    assert_string_equal(json_string_value(json_object_get(host, "machine")), "x86_64");
    assert_int_equal(json_array_size(json_object_get(document, "runs")), 1);
    json_decref(document);
}

static void later_values_replace_earlier(void **state)
{
    json_t *document, *run;

    zc_report_begin_run(*state, "only");
    zc_report_set_int(*state, "frames.shown", 1);
    zc_report_set_int(*state, "frames.shown", 2);
    document = written(*state);
    run = json_array_get(json_object_get(document, "runs"), 0);
    assert_int_equal(
        json_integer_value(json_object_get(json_object_get(run, "frames"), "shown")), 2);
    json_decref(document);
}

static void bytes_that_are_no_utf8_are_replaced(void **state)
{
    json_t *document, *run;

    zc_report_begin_run(*state, "Cam\xe9ra");
    document = written(*state);
    run = json_array_get(json_object_get(document, "runs"), 0);
    assert_string_equal(json_string_value(json_object_get(run, "title")), "Cam?ra");
    json_decref(document);
}

static void control_characters_stay_off_the_terminal(void **state)
{
    char *text;

    zc_report_begin_run(*state, "only");
    zc_report_set_string(*state, "camera.device", "/dev/video0");
    zc_report_set_string(*state, "camera.name", "\033[2Jcam\r");
    assert_int_equal(zc_report_text(*state, &text), 0);
    assert_non_null(strstr(text, "?[2Jcam?\n"));
    free(text);
}

static void failures_stick(void **state)
{
    char *text = NULL;

    zc_report_begin_run(*state, "only");
    zc_report_set_string(*state, "camera", "not an object");
    zc_report_set_string(*state, "camera.device", "/dev/video0");
    zc_report_set_int(*state, "frames..shown", 1);
    zc_report_set_int(*state, "frames.shown", 1);
    assert_int_equal(zc_report_text(*state, &text), -EINVAL);
    assert_null(text);
    assert_non_null(strstr(last_error, "\"camera.device\""));
    assert_int_equal(zc_report_write_json(*state, "/dev/null"), -EINVAL);
}

static void set_before_a_run_fails(void **state)
{
    char *text;

    zc_report_set_bool(*state, "gpu.software", true);
    zc_report_begin_run(*state, "only");
    assert_int_equal(zc_report_text(*state, &text), -EINVAL);
}

static void places_of_another_kind_fail(void **state)
{
    static const char *const keys[] = {"", ".", "camera.", ".camera", "camera"};

    (void)state;
    for (size_t i = 0; i < sizeof(keys) / sizeof(keys[0]); i++) {
        struct zc_report *report;
        char *text;

        assert_int_equal(zc_report_create(&report), 0);
        zc_report_begin_run(report, "only");
        zc_report_set_string(report, "camera.device", "/dev/video0");
        zc_report_set_string(report, keys[i], "value");
        assert_int_equal(zc_report_text(report, &text), -EINVAL);
        zc_report_destroy(report);
    }
}

static void array_is_not_made_of_a_string(void **state)
{
    char *text;

    zc_report_begin_run(*state, "only");
    zc_report_add_string(*state, "title", "more");
    assert_int_equal(zc_report_text(*state, &text), -EINVAL);
}

static void unwritable_files_are_said(void **state)
{
    zc_report_begin_run(*state, "only");
    assert_int_equal(zc_report_write_json(*state, "/nowhere/run.json"), -ENOENT);
    assert_non_null(strstr(last_error, "/nowhere/run.json"));
    if (!access("/dev/full", W_OK))
        assert_int_equal(zc_report_write_json(*state, "/dev/full"), -ENOSPC);
}

/* The one test of the file's very bytes. */
static void dash_is_standard_output(void **state)
{
    static const char format[] = "{\n"
                                 "  \"schema\": \"zc-run/1\",\n"
                                 "  \"version\": \"%s\",\n"
                                 "  \"host\": {\n"
                                 "    \"kernel\": \"6.12.48-amd64\",\n"
                                 "    \"machine\": \"x86_64\"\n"
                                 "  },\n"
                                 "  \"runs\": [\n"
                                 "    {\n"
                                 "      \"title\": \"only\"\n"
                                 "    }\n"
                                 "  ]\n"
                                 "}\n";
    char path[] = "/tmp/zc-stdout-XXXXXX", want[512], *got;
    int file = mkstemp(path), before, result;

    zc_report_begin_run(*state, "only");
    fflush(stdout);
    before = dup(STDOUT_FILENO);
    dup2(file, STDOUT_FILENO);
    result = zc_report_write_json(*state, "-");
    dup2(before, STDOUT_FILENO);
    close(before);
    close(file);
    assert_int_equal(result, 0);
    got = read_whole(path);
    unlink(path);
    snprintf(want, sizeof(want), format, zc_version());
    assert_string_equal(got, want);
    free(got);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    TEST(one_run_is_a_page),
    TEST(copies_are_said_with_stage_and_reason),
    TEST(missing_keys_leave_out_lines),
    TEST(runs_stand_side_by_side),
    TEST(three_widest_runs_fit_80_columns),
    TEST(runs_without_keys_show_dashes),
    TEST(document_has_schema_version_and_host),
    TEST(later_values_replace_earlier),
    TEST(bytes_that_are_no_utf8_are_replaced),
    TEST(control_characters_stay_off_the_terminal),
    TEST(failures_stick),
    TEST(set_before_a_run_fails),
    TEST(places_of_another_kind_fail),
    TEST(array_is_not_made_of_a_string),
    TEST(unwritable_files_are_said),
    TEST(dash_is_standard_output),
};
TEST_MAIN("report", tests)

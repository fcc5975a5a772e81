/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* views - text, CSV and HTML against golden files, and what must hold of any document. */
#include "bench/commands.h"
#include "fake-flow.h"
#include "tools/view/render.h"
#include "said.h"
#include "support.h"
#include "tools/view/view.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
    const char *name;
    struct document *(*make)(void);
} all[] = {{"flow", fake_flow}, {"alloc", fake_alloc},     {"gpu-run", fake_gpu_run},
           {"tour", fake_tour}, {"hostile", fake_hostile}, {"empty", fake_empty}};

#define ALL (sizeof(all) / sizeof(all[0]))

static void assert_views(void (*render)(FILE *out, const json_t *document),
                         const char *suffix)
{
    for (size_t i = 0; i < ALL; i++) {
        struct document *document = all[i].make();
        char *text = rendered(render, document_json(document)), name[64];

        snprintf(name, sizeof(name), "%s.%s", all[i].name, suffix);
        assert_golden(name, text);
        free(text);
        document_destroy(document);
    }
}

static void text_is_as_before(void **state)
{
    (void)state;
    assert_views(render_text, "txt");
}

static void csv_is_as_before(void **state)
{
    (void)state;
    assert_views(render_csv, "csv");
}

static void html_is_as_before(void **state)
{
    (void)state;
    assert_views(render_html, "html");
}

/* --- text --- */

static void assert_fits_terminal(const json_t *document)
{
    char *text = rendered(render_text, document);

    for (char *line = strtok(text, "\n"); line; line = strtok(NULL, "\n")) {
        if (view_columns(line) > 100)
            fail_msg("%zu columns: %s", view_columns(line), line);
        for (char *c = line; *c; c++)
            assert_true((unsigned char)*c >= ' ' && *c != 0x7f);
    }
    free(text);
}

static void lines_fit_the_terminal(void **state)
{
    (void)state;
    for (size_t i = 0; i < ALL; i++) {
        struct document *document = all[i].make();

        assert_fits_terminal(document_json(document));
        document_destroy(document);
    }
}

static void many_runs_go_on_below(void **state)
{
    struct document *document = fake_one(100, 1e6, 0.1, 1);
    char title[64], *text;

    (void)state;
    for (int i = 0; i < 20; i++) {
        snprintf(title, sizeof(title), "a way with a longer title, %d", i);
        fake_add_run(document, title, 100, 1e6, 0.1, (uint64_t)i);
    }
    assert_int_equal(document_check(document), 0);
    assert_fits_terminal(document_json(document));
    text = rendered(render_text, document_json(document));
    assert_non_null(strstr(text, "a way with a longer tit…"));
    free(text);
    document_destroy(document);
}

static void histogram_is_60_columns_at_most(void **state)
{
    struct document *document = fake_flow();
    char *text = rendered(render_text, document_json(document));
    char *line = strstr(text, "from … on");

    (void)state;
    assert_non_null(line);
    line = strchr(line, '\n') + 1;
    while (*line != '\n') {
        char *end = strchr(line, '\n');

        *end = '\0';
        assert_true(view_columns(line) <= 60);
        line = end + 1;
    }
    free(text);
    document_destroy(document);
}

/* --- numbers --- */

static void assert_quantity(const char *unit, double value, const char *want)
{
    view_text text;

    view_quantity(text, unit, value);
    assert_string_equal(text, want);
}

static void quantities_have_their_unit(void **state)
{
    (void)state;
    assert_quantity("ns", 0, "0 ns");
    assert_quantity("ns", 999, "999 ns");
    assert_quantity("ns", 1500, "1.50 µs");
    assert_quantity("ns", 16666667, "16.7 ms");
    assert_quantity("ns", 123456789012, "123 s");
    assert_quantity("bytes", 1228800, "1.17 MiB");
    assert_quantity("millihertz", 59940, "59.9 Hz");
    assert_quantity("count", 1234567, "1234567");
    assert_quantity("count", 0.5, "0.50");
    assert_quantity("furlongs", 12, "12 furlongs");
}

/* --- HTML --- */

static void html_fetches_and_runs_nothing(void **state)
{
    static const char *const not_there[] = {"<script", "http:",   "https:", "url(",
                                            "@import", "onload=", "\033",   "src="};

    (void)state;
    for (size_t i = 0; i < ALL; i++) {
        struct document *document = all[i].make();
        char *text = rendered(render_html, document_json(document));

        for (size_t j = 0; j < sizeof(not_there) / sizeof(not_there[0]); j++)
            if (strstr(text, not_there[j]))
                fail_msg("%s has %s", all[i].name, not_there[j]);
        free(text);
        document_destroy(document);
    }
}

/* --- files --- */

static char folder[64];

static int setup(void **state)
{
    (void)state;
    strcpy(folder, "/tmp/zc-views-XXXXXX");
    said_listen(ZC_LOG_ERROR);
    return mkdtemp(folder) ? 0 : -1;
}

static int teardown(void **state)
{
    (void)state;
    return rmdir(folder);
}

/* Runs @call with stdout going to @path, and returns what it returned. */
static int to_file(const char *path, int (*call)(void *), void *user)
{
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0666), before, result;

    fflush(stdout);
    before = dup(STDOUT_FILENO);
    dup2(file, STDOUT_FILENO);
    result = call(user);
    fflush(stdout);
    dup2(before, STDOUT_FILENO);
    close(before);
    close(file);
    return result;
}

struct write_call {
    const json_t *document;
    struct outputs outputs;
};

static int write_it(void *user)
{
    struct write_call *call = user;

    return render_outputs(call->document, &call->outputs);
}

static int show_it(void *user)
{
    char *arguments[] = {"show", user, NULL};

    return command_show(2, arguments);
}

static void show_prints_what_was_printed(void **state)
{
    struct document *document = fake_flow();
    char json[80], first[80], second[80], *one, *two;
    struct write_call call = {.document = document_json(document), .outputs.json = json};

    (void)state;
    snprintf(json, sizeof(json), "%s/run.json", folder);
    snprintf(first, sizeof(first), "%s/first", folder);
    snprintf(second, sizeof(second), "%s/second", folder);
    assert_int_equal(to_file(first, write_it, &call), 0);
    assert_int_equal(to_file(second, show_it, json), 0);
    one = read_whole(first);
    two = read_whole(second);
    assert_true(strlen(one) > 100);
    assert_string_equal(one, two);
    free(one);
    free(two);
    document_destroy(document);
    unlink(json);
    unlink(first);
    unlink(second);
}

static void written_json_is_the_document(void **state)
{
    struct document *document = fake_hostile();
    struct write_call call = {.document = document_json(document), .outputs.json = "-"};
    char path[80];
    json_t *again;

    (void)state;
    snprintf(path, sizeof(path), "%s/run.json", folder);
    assert_int_equal(to_file(path, write_it, &call), 0);
    assert_int_equal(document_read(&again, path), 0);
    assert_true(json_equal(again, document_json(document)));
    json_decref(again);
    document_destroy(document);
    unlink(path);
}

static void failed_write_leaves_what_was_there(void **state)
{
    struct document *document = fake_empty();
    char path[80];
    struct write_call call = {.document = document_json(document), .outputs.csv = path};

    (void)state;
    snprintf(path, sizeof(path), "%s/none/run.csv", folder);
    assert_int_equal(to_file("/dev/null", write_it, &call), -ENOENT);
    assert_non_null(strstr(said, "none/run.csv: No such file"));
    if (!access("/dev/full", W_OK)) {
        strcpy(path, "/dev/full");
        assert_int_equal(to_file("/dev/null", write_it, &call), -ENOSPC);
    }
    document_destroy(document);
}

static void only_one_view_goes_to_stdout(void **state)
{
    struct document *document = fake_empty();
    struct write_call call = {.document = document_json(document),
                              .outputs = {.json = "-", .html = "-"}};

    (void)state;
    assert_int_equal(to_file("/dev/null", write_it, &call), -EINVAL);
    document_destroy(document);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    cmocka_unit_test(text_is_as_before),
    cmocka_unit_test(csv_is_as_before),
    cmocka_unit_test(html_is_as_before),
    cmocka_unit_test(lines_fit_the_terminal),
    cmocka_unit_test(many_runs_go_on_below),
    cmocka_unit_test(histogram_is_60_columns_at_most),
    cmocka_unit_test(quantities_have_their_unit),
    cmocka_unit_test(html_fetches_and_runs_nothing),
    TEST(show_prints_what_was_printed),
    TEST(written_json_is_the_document),
    TEST(failed_write_leaves_what_was_there),
    TEST(only_one_view_goes_to_stdout),
};
TEST_MAIN("bench-views", tests)

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* read - files that are no document: said what is wrong, and where; never a crash. */
#include "tools/document/check.h"
#include "tools/compare/compare.h"
#include "tools/document/document.h"
#include "fake-bench.h"
#include "tools/view/render.h"
#include "said.h"
#include "support.h"

#include <errno.h>
#include <unistd.h>

static char path[64];

static int setup(void **state)
{
    (void)state;
    strcpy(path, "/tmp/zc-read-XXXXXX");
    close(mkstemp(path));
    said_listen(ZC_LOG_ERROR);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    return unlink(path);
}

static int read_bytes(const char *bytes, size_t size)
{
    FILE *file = fopen(path, "w");
    json_t *document;
    int result;

    assert_non_null(file);
    assert_int_equal(fwrite(bytes, 1, size, file), size);
    fclose(file);
    result = document_read(&document, path);
    assert_int_equal(!result, !!document);
    json_decref(document);
    return result;
}

/* The text is refused, and @what is in what is said. */
static void assert_refused(const char *text, const char *what)
{
    said[0] = '\0';
    assert_int_equal(read_bytes(text, strlen(text)), -EINVAL);
    if (!strstr(said, what))
        fail_msg("said \"%s\", not \"%s\"", said, what);
}

static void unreadable_files(void **state)
{
    json_t *document;

    (void)state;
    assert_int_equal(document_read(&document, "/nowhere/run.json"), -ENOENT);
    assert_non_null(strstr(said, "/nowhere/run.json: No such file"));
    assert_int_equal(document_read(&document, "/tmp"), -EISDIR);
    assert_non_null(strstr(said, "Is a directory"));
}

static void no_json(void **state)
{
    char *deep = malloc(100001);

    (void)state;
    assert_refused("", ":1:0: no JSON");
    assert_refused("\n\n  {\"a\": NaN}", ":3:");
    assert_refused("{\"a\": 1e999}", "no JSON: real number overflow");
    assert_refused("{\"a\": 99999999999999999999}", "no JSON: too big integer");
    assert_refused("{\"a\": 1, \"a\": 2}", "duplicate");
    assert_refused("{\"a\": \"\\u0000\"}", "no JSON");
    assert_refused("{\"a\": \"\xff\"}", "no JSON: unable to decode");
    memset(deep, '[', 100000);
    deep[100000] = '\0';
    assert_refused(deep, "no JSON: maximum parsing depth");
    free(deep);
}

static void other_json(void **state)
{
    (void)state;
    assert_refused("[]", "the document: should be an object, is a list");
    assert_refused("{}", "schema: should be a string, is missing");
    assert_refused("{\"schema\": \"zc-bench/1\"}",
                   "schema: is \"zc-bench/1\", should be \"zerocopy/1\"");
    assert_refused("{\"schema\": 1}", "schema: should be a string, is an integer");
}

/* --- a whole document with one thing wrong --- */

static char *whole(void)
{
    struct document *document = fake_hostile();
    char *text = json_dumps(document_json(document), 0);

    document_destroy(document);
    return text;
}

static void truncated_at_every_byte(void **state)
{
    char *text = whole();
    size_t size = strlen(text);

    (void)state;
    assert_int_equal(read_bytes(text, size), 0);
    for (size_t i = 0; i < size; i++)
        if (read_bytes(text, i) != -EINVAL)
            fail_msg("%zu of %zu bytes were taken for a document", i, size);
    free(text);
}

/* Whatever passes the check goes through all views. */
static bool use(const json_t *document)
{
    char why[256] = "", *text;
    FILE *nowhere;

    if (check_document(document, why, sizeof(why))) {
        assert_true(why[0]);
        return false;
    }
    free(rendered(render_text, document));
    free(rendered(render_csv, document));
    text = rendered(render_html, document);
    assert_null(strstr(text, "<script"));
    /* No number in a drawing is none. */
    assert_null(strstr(text, "nan"));
    assert_null(strstr(text, "inf"));
    free(text);
    nowhere = fopen("/dev/null", "w");
    compare_documents(nowhere, document, document, true);
    fclose(nowhere);
    return true;
}

static void random_bytes_changed(void **state)
{
    char *text = whole();
    size_t size = strlen(text);
    uint64_t seed = 1;
    int taken = 0;

    (void)state;
    for (int i = 0; i < 3000; i++) {
        char *other = strdup(text);
        json_t *document;

        for (int j = 0; j <= i % 4; j++)
            other[fake_bits(&seed) % size] = (char)fake_bits(&seed);
        document = json_loadb(other, size, 0, NULL);
        if (document)
            taken += use(document);
        json_decref(document);
        free(other);
    }
    assert_true(taken > 0);
    free(text);
}

/* --- each value of a document replaced, or taken away --- */

enum { kinds = 12 };

static json_t *replacement(int kind)
{
    static const char *const texts[kinds - 1] = {"null",
                                                 "true",
                                                 "-1",
                                                 "0",
                                                 "9007199254740992",
                                                 "9223372036854775807",
                                                 "1.5",
                                                 "\"\\u001b<script>\"",
                                                 "[]",
                                                 "[[1, 2, 3]]",
                                                 "{}"};
    json_t *deep = json_object();

    if (kind < kinds - 1) {
        json_decref(deep);
        return json_loads(texts[kind], JSON_DECODE_ANY, NULL);
    }
    for (int i = 0; i < 1000; i++)
        deep = json_pack("{s:o}", "config", deep);
    return deep;
}

static json_t *root;
static int refused, passed;

static void try_it(void)
{
    if (use(root))
        passed++;
    else
        refused++;
}

static void mutate(json_t *parent)
{
    json_t *copy = json_copy(parent), *value;
    const char *key;
    size_t index;

    json_object_foreach(copy, key, value) {
        for (int kind = 0; kind < kinds; kind++) {
            json_object_set_new(parent, key, replacement(kind));
            try_it();
        }
        json_object_del(parent, key);
        try_it();
        json_object_set(parent, key, value);
        mutate(value);
    }
    json_array_foreach(copy, index, value) {
        for (int kind = 0; kind < kinds; kind++) {
            json_array_set_new(parent, index, replacement(kind));
            try_it();
        }
        json_array_set(parent, index, value);
        mutate(value);
    }
    json_decref(copy);
}

static void every_value_replaced(void **state)
{
    char *text = whole();

    (void)state;
    root = json_loads(text, 0, NULL);
    mutate(root);
    assert_true(use(root));
    assert_true(refused > 500 && passed > 200);
    json_decref(root);
    free(text);
}

/* Changes the figure of a valid document by what @change says, which is then wrong. */
static void assert_wrong(const char *key, json_t *value, const char *what)
{
    struct document *document = fake_one(100, 1e6, 0.1, 1);
    json_t *run = json_array_get(json_object_get(document_json(document), "runs"), 0);
    json_t *figure = json_array_get(json_object_get(run, "figures"), 0);
    char why[256] = "";

    assert_int_equal(check_document(document_json(document), why, sizeof(why)), 0);
    json_object_set_new(strcmp(key, "latency_figure") ? figure : run, key, value);
    assert_int_equal(check_document(document_json(document), why, sizeof(why)), -EINVAL);
    if (!strstr(why, what))
        fail_msg("said \"%s\", not \"%s\"", why, what);
    document_destroy(document);
}

static void what_no_schema_says(void **state)
{
    (void)state;
    assert_wrong("n", json_integer(99),
                 "runs[0].figures[0]: bins count 100 values, n says 99");
    assert_wrong("min", json_integer(1 << 30), "min is above p50");
    assert_wrong("p90", json_integer(0), "p50 is above p90");
    assert_wrong("mean", json_integer(0), "mean is not between min and max");
    assert_wrong("bins", json_pack("[[i, i]]", 0, 100), "bins[0] is not between");
    assert_wrong("independent", json_integer(101), "independent is above n");
    assert_wrong("latency_figure", json_string("delay"), "there is no figure \"delay\"");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
static const struct CMUnitTest tests[] = {
    TEST(unreadable_files),     TEST(no_json),
    TEST(other_json),           TEST(truncated_at_every_byte),
    TEST(random_bytes_changed), TEST(every_value_replaced),
    TEST(what_no_schema_says),
};
TEST_MAIN("bench-read", tests)

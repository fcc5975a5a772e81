/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compare - whether one measurement is worse than another. Knows the JSON only. */
#include "tools/compare/compare.h"

#include "base/percentile.h"
#include "tools/compare/bootstrap.h"
#include "tools/compare/compare-private.h"
#include "tools/view/view.h"
#include "zerocopy.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static enum compare_verdict judge(const struct bootstrap_ratio *ratio, const char *better)
{
    bool above = ratio->low > 1, below = ratio->high < 1;

    if (!above && !below)
        return COMPARE_SAME;
    if (!strcmp(better, "lower"))
        return above ? COMPARE_WORSE : COMPARE_BETTER;
    if (!strcmp(better, "higher"))
        return above ? COMPARE_BETTER : COMPARE_WORSE;
    return COMPARE_DIFFERS;
}

/* --- figures --- */

/* What is compared: two pools of one figure. */
struct pair {
    const char *name, *unit, *better;
    struct bootstrap_values a, b;
};

static void begin_row(struct comparison *comparison, const struct pair *pair,
                      double percent)
{
    table_add_row(&comparison->table);
    table_set(&comparison->table, 0, "%.60s p%g", pair->name, percent);
}

static void compare_percentile(struct comparison *comparison, const struct pair *pair,
                               double percent)
{
    double a = bootstrap_percentile(&pair->a, percent);
    double b = bootstrap_percentile(&pair->b, percent);
    struct bootstrap_ratio ratio;
    view_text text;

    begin_row(comparison, pair, percent);
    view_quantity(text, pair->unit, a);
    table_set(&comparison->table, 1, "%s", text);
    view_quantity(text, pair->unit, b);
    table_set(&comparison->table, 2, "%s", text);
    compare_put_ratio(comparison, a, b);
    if (bootstrap_compare(&ratio, &pair->a, &pair->b, percent, COMPARE_CONFIDENCE)) {
        comparison->table.failed = true;
        return;
    }
    ratio.low /= 1 + COMPARE_RESOLUTION;
    ratio.high *= 1 + COMPARE_RESOLUTION;
    if (isinf(ratio.low))
        table_set(&comparison->table, 4, "-");
    else if (isinf(ratio.high))
        table_set(&comparison->table, 4, "%.3f … any", ratio.low);
    else
        table_set(&comparison->table, 4, "%.3f … %.3f", ratio.low, ratio.high);
    compare_put_verdict(comparison, judge(&ratio, pair->better));
}

static void compare_pair(struct comparison *comparison, const struct pair *pair)
{
    double least = fmin(pair->a.n, pair->b.n);

    if (!zc_percentile_carried((uint64_t)least, 50)) {
        begin_row(comparison, pair, 50);
        table_set(&comparison->table, 1, "n %.0f", pair->a.n);
        table_set(&comparison->table, 2, "n %.0f", pair->b.n);
        table_set(&comparison->table, 4, "too few");
        compare_put_verdict(comparison, COMPARE_UNJUDGED);
        return;
    }
    compare_percentile(comparison, pair, 50);
    if (zc_percentile_carried((uint64_t)least, 99))
        compare_percentile(comparison, pair, 99);
}

/* The figures @name of all runs in the list. */
static json_t *gather(const json_t *runs, const char *name)
{
    json_t *figures = json_array(), *run;
    size_t index;

    json_array_foreach((json_t *)runs, index, run) {
        json_t *figure = (json_t *)view_figure(run, "figures", name);

        if (figure)
            json_array_append(figures, figure);
    }
    return figures;
}

static void put_note(struct comparison *comparison, const char *name, const char *note)
{
    table_add_row(&comparison->table);
    table_set(&comparison->table, 0, "%.60s", name);
    table_set(&comparison->table, 4, "%s", note);
}

static void compare_figure(struct comparison *comparison, const json_t *a,
                           const json_t *b, const char *name)
{
    json_t *of_a = gather(a, name), *of_b = gather(b, name);
    const json_t *first_a = json_array_get(of_a, 0), *first_b = json_array_get(of_b, 0);
    struct pair pair = {.name = name,
                        .unit = view_string(first_b, "unit"),
                        .better = view_string(first_b, "better")};

    if (!first_a || !first_b)
        put_note(comparison, name, first_a ? "only in A" : "only in B");
    else if (strcmp(view_string(first_a, "unit"), pair.unit))
        put_note(comparison, name, "units differ");
    else if (bootstrap_pool(&pair.a, of_a) || bootstrap_pool(&pair.b, of_b))
        comparison->table.failed = true;
    else
        compare_pair(comparison, &pair);
    bootstrap_finish(&pair.a);
    bootstrap_finish(&pair.b);
    json_decref(of_a);
    json_decref(of_b);
}

/* --- runs --- */

static bool same_measurement(const json_t *a, const json_t *b)
{
    const json_t *of_a = json_object_get(a, "labels"),
                 *of_b = json_object_get(b, "labels");

    if (!json_object_size(of_a) && !json_object_size(of_b))
        return !strcmp(view_string(a, "title"), view_string(b, "title"));
    return json_equal(of_a, of_b);
}

/* All runs of @document that measure what @run does. */
static json_t *matching(const json_t *document, const json_t *run)
{
    json_t *runs = json_array(), *other;
    size_t index;

    json_array_foreach(json_object_get(document, "runs"), index, other)
        if (same_measurement(run, other))
            json_array_append(runs, other);
    return runs;
}

static void put_heading(struct comparison *comparison, const json_t *run, size_t of_a,
                        size_t of_b)
{
    struct table *table = &comparison->table;

    if (!of_a || !of_b)
        table_add_heading(table, "%s: only in %s", view_string(run, "title"),
                          of_a ? "A" : "B");
    else if (of_a > 1 || of_b > 1)
        table_add_heading(table, "%s: %zu runs in A, %zu in B", view_string(run, "title"),
                          of_a, of_b);
    else
        table_add_heading(table, "%s", view_string(run, "title"));
}

static void compare_runs(struct comparison *comparison, const json_t *a, const json_t *b)
{
    json_t *both =
        json_pack("{s:[O, O]}", "runs", json_array_get(a, 0), json_array_get(b, 0));
    json_t *names = view_names(both, "figures", "name"), *name;
    size_t index;

    json_array_foreach(names, index, name)
        compare_figure(comparison, a, b, json_string_value(name));
    compare_counts(comparison, a, b);
    json_decref(names);
    json_decref(both);
}

/* Goes through the runs of A, each measurement once; where @rest, through those of B that A
 * has not. */
static void compare_all(struct comparison *comparison, const json_t *a, const json_t *b,
                        bool rest)
{
    size_t index;
    json_t *run;

    json_array_foreach(json_object_get(rest ? b : a, "runs"), index, run) {
        json_t *of_a = matching(a, run), *of_b = matching(b, run);

        if (json_array_get(rest ? of_b : of_a, 0) == run &&
            !(rest && json_array_size(of_a))) {
            put_heading(comparison, run, json_array_size(of_a), json_array_size(of_b));
            if (json_array_size(of_a) && json_array_size(of_b))
                compare_runs(comparison, of_a, of_b);
        }
        json_decref(of_a);
        json_decref(of_b);
    }
}

/* --- whether they can be compared --- */

/* What must be alike: not the kernel's version, which may be what is to be compared. */
static const char *const alike[] = {"schema",   "command",   "host.machine",
                                    "host.cpu", "host.cpus", "host.hypervisor"};

static void value_text(char *text, size_t size, const json_t *value)
{
    if (json_is_string(value))
        snprintf(text, size, "\"%.80s\"", json_string_value(value));
    else if (json_is_integer(value))
        snprintf(text, size, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    else
        snprintf(text, size, "nothing");
}

/* Says what differs, and returns whether something does. */
static bool differs(FILE *out, const json_t *a, const json_t *b, bool force)
{
    bool any = false;

    for (size_t i = 0; i < sizeof(alike) / sizeof(alike[0]); i++) {
        const json_t *of_a = view_find(a, alike[i]), *of_b = view_find(b, alike[i]);
        char text_a[96], text_b[96], *line;

        if (of_a == of_b || json_equal(of_a, of_b))
            continue;
        any = true;
        value_text(text_a, sizeof(text_a), of_a);
        value_text(text_b, sizeof(text_b), of_b);
        if (!force) {
            zc_log(
                ZC_LOG_ERROR,
                "not compared: %s is %s in A and %s in B; --force compares them all the "
                "same",
                alike[i], text_a, text_b);
        } else if (asprintf(&line, "warning: %s is %s in A and %s in B", alike[i], text_a,
                            text_b) >= 0) {
            view_put_wrapped(out, line, 0, 9);
            free(line);
        }
    }
    return any;
}

static void put_document(FILE *out, const char *name, const json_t *document)
{
    char *line;

    if (asprintf(&line, "%s: %s of %s, version %s, Linux %s%s", name,
                 view_string(document, "command"), view_string(document, "started"),
                 view_string(document, "version"), view_string(document, "host.kernel"),
                 strcmp(view_string(document, "ended"), "complete") ? ", interrupted"
                                                                    : "") < 0)
        return;
    view_put_wrapped(out, line, 0, 3);
    free(line);
}

static void put_result(FILE *out, const struct comparison *comparison)
{
    if (comparison->worse)
        fprintf(out, "verdict: %zu of %zu rows worse, %zu better\n", comparison->worse,
                comparison->rows, comparison->better);
    else
        fprintf(out, "verdict: none of %zu rows worse, %zu better\n", comparison->rows,
                comparison->better);
}

int compare_documents(FILE *out, const json_t *a, const json_t *b, bool force)
{
    static const char *const head[] = {"", "A", "B", "B/A", "99.9 % interval", "verdict"};
    struct comparison comparison = {0};
    bool failed;

    if (differs(out, a, b, force) && !force)
        return 1;
    table_init(&comparison.table, 6);
    table_add_row(&comparison.table);
    for (size_t i = 0; i < sizeof(head) / sizeof(head[0]); i++)
        table_set(&comparison.table, i, "%s", head[i]);
    compare_all(&comparison, a, b, false);
    compare_all(&comparison, a, b, true);
    failed = comparison.table.failed;
    if (failed) {
        zc_log(ZC_LOG_ERROR, "compare: no memory");
    } else if (!comparison.rows) {
        zc_log(ZC_LOG_ERROR,
               "not compared: no run of A has the labels of one of B, and a "
               "figure of the same name and unit");
    } else {
        put_document(out, "A", a);
        put_document(out, "B", b);
        fputc('\n', out);
        table_print(out, &comparison.table);
        fputc('\n', out);
        put_result(out, &comparison);
    }
    table_finish(&comparison.table);
    return failed || !comparison.rows || comparison.worse;
}

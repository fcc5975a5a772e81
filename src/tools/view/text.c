/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text - the document for a terminal: a table, a histogram, warnings and a verdict. */
#include "tools/view/text.h"

#include "tools/view/render.h"
#include "tools/view/table.h"
#include "tools/view/view.h"

#include <stdlib.h>
#include <string.h>

/* --- what it was --- */

static void put_where(FILE *out, const json_t *document)
{
    const json_t *host = json_object_get(document, "host");
    view_text elapsed, cpus;
    char *line;

    view_quantity_at(elapsed, "ns", document, "elapsed_ns");
    view_quantity_at(cpus, "count", host, "cpus");
    fputs("zc-bench ", out);
    view_put_clean(out, view_string(document, "command"),
                   strnlen(view_string(document, "command"), 40));
    fputs(", ", out);
    view_put_clean(out, view_string(document, "started"),
                   strnlen(view_string(document, "started"), 24));
    fprintf(out, ", %s%s\n", elapsed,
            strcmp(view_string(document, "ended"), "complete") ? ", interrupted" : "");
    if (asprintf(&line, "Linux %s %s, %s%s%s CPU%s%s%s%s%s", view_string(host, "kernel"),
                 view_string(host, "machine"), view_string(host, "cpu"),
                 *view_string(host, "cpu") ? ", " : "", cpus,
                 strcmp(cpus, "1") ? "s" : "",
                 *view_string(host, "hypervisor") ? ", on " : "",
                 view_string(host, "hypervisor"),
                 *view_string(document, "clocks.source") ? ", clock " : "",
                 view_string(document, "clocks.source")) >= 0) {
        view_put_wrapped(out, line, 0, 2);
        free(line);
    }
}

/* The labels that all runs share, in a line rather than in a row. */
static void put_common(FILE *out, const json_t *document)
{
    json_t *labels = view_keys(document, "labels"), *label;
    const json_t *run = json_array_get(json_object_get(document, "runs"), 0);
    char *text = NULL;
    size_t size, index, shown = 0;
    FILE *line = open_memstream(&text, &size);

    json_array_foreach(labels, index, label)
    {
        const char *key = json_string_value(label);
        const char *value =
            json_string_value(json_object_get(json_object_get(run, "labels"), key));

        if (line && value && view_label_same(document, key))
            fprintf(line, "%s%s %s", shown++ ? ", " : "", key, value);
    }
    if (line)
        fclose(line);
    if (shown)
        view_put_wrapped(out, text, 0, 2);
    free(text);
    json_decref(labels);
}

/* --- the table of runs: a column each --- */

static size_t runs_of(const json_t *document)
{
    return json_array_size(json_object_get(document, "runs"));
}

static const json_t *run_of(const json_t *document, size_t index)
{
    return json_array_get(json_object_get(document, "runs"), index);
}

/* A row of numbers of one scale. @value: of each run, negative where there is none. */
static void add_numbers(struct table *table, const char *name, const char *unit,
                        const double *value, size_t n)
{
    double low = 0, high = 0;
    struct view_scale scale;
    view_text text;

    for (size_t i = 0; i < n; i++) {
        if (value[i] > 0 && (!(low > 0) || value[i] < low))
            low = value[i];
        high = value[i] > high ? value[i] : high;
    }
    scale = view_scale_for(unit, low, high);
    table_add_row(table);
    table_set(table, 0, "%s%s%s", name, *scale.unit ? ", " : "", scale.unit);
    for (size_t i = 0; i < n; i++) {
        view_number(text, &scale, value[i]);
        table_set(table, i + 1, "%s", value[i] < 0 ? "-" : text);
    }
}

static void add_labels(struct table *table, const json_t *document)
{
    json_t *labels = view_keys(document, "labels"), *label;
    size_t index;

    json_array_foreach(labels, index, label)
    {
        const char *key = json_string_value(label);

        if (view_label_same(document, key))
            continue;
        table_add_row(table);
        table_set(table, 0, "%s", key);
        for (size_t i = 0; i < runs_of(document); i++) {
            const json_t *of_run = json_object_get(run_of(document, i), "labels");
            const char *value = json_string_value(json_object_get(of_run, key));

            table_set(table, i + 1, "%s", value ? value : "-");
        }
    }
    json_decref(labels);
}

/* A row of what @key is of the figure @name in each run; none where it is in no run. */
static void add_values(struct table *table, const json_t *document, const char *list,
                       const char *name, const char *key, double *value)
{
    const char *unit = "count";
    bool any = false;
    view_text row;

    for (size_t i = 0; i < runs_of(document); i++) {
        const json_t *figure = view_figure(run_of(document, i), list, name);
        int64_t found;

        value[i] = -1;
        if (!view_int(figure, key, &found))
            continue;
        any = true;
        value[i] = (double)found;
        if (strcmp(key, "n") && strcmp(key, "dropped"))
            unit = view_string(figure, "unit");
    }
    snprintf(row, sizeof(row), "%.40s %s", name, strcmp(key, "p999") ? key : "p99.9");
    if (any)
        add_numbers(table, row, unit, value, runs_of(document));
}

static bool is_main(const json_t *document, const char *name)
{
    for (size_t i = 0; i < runs_of(document); i++) {
        const json_t *figure = view_main(run_of(document, i));

        if (figure && !strcmp(view_string(figure, "name"), name))
            return true;
    }
    return false;
}

static void add_figures(struct table *table, const json_t *document, double *value)
{
    static const char *const whole[] = {"p50", "p90", "p99",     "p999",
                                        "max", "n",   "dropped", NULL};
    static const char *const brief[] = {"p50", "p99", "max", "dropped", NULL};
    json_t *names = view_names(document, "figures", "name"), *name;
    size_t index;

    json_array_foreach(names, index, name)
    {
        const char *text = json_string_value(name);
        const char *const *key = is_main(document, text) ? whole : brief;

        for (; *key; key++)
            add_values(table, document, "figures", text, *key, value);
    }
    json_decref(names);
}

/* Means, for only these add up. */
static void add_stages(struct table *table, const json_t *document, double *value)
{
    json_t *names = view_names(document, "stages", "name"), *name;
    size_t index;

    json_array_foreach(names, index, name)
        add_values(table, document, "stages", json_string_value(name), "mean", value);
    json_decref(names);
}

static void add_rate(struct table *table, const json_t *document, double *value)
{
    bool any = false;

    for (size_t i = 0; i < runs_of(document); i++) {
        if (view_rate(run_of(document, i), &value[i]))
            any = true;
        else
            value[i] = -1;
    }
    if (any)
        add_numbers(table, "frames a second", "millihertz", value, runs_of(document));
}

static void add_counts(struct table *table, const json_t *document, double *value)
{
    json_t *keys = view_keys(document, "counts"), *key;
    size_t index;

    json_array_foreach(keys, index, key)
    {
        struct view_count fallback;
        const struct view_count *count;
        bool a_frame = false;
        view_text name, row;
        int64_t shown;

        count = view_count_for(json_string_value(key), &fallback, name);
        for (size_t i = 0; i < runs_of(document); i++) {
            if (!view_count_value(run_of(document, i), count, &value[i]))
                value[i] = -1;
            if (view_int(run_of(document, i), "counts.shown", &shown))
                a_frame = count->a_frame;
        }
        snprintf(row, sizeof(row), "%.40s%s", count->name, a_frame ? " a frame" : "");
        add_numbers(table, row, count->unit, value, runs_of(document));
    }
    json_decref(keys);
}

static void put_runs(FILE *out, const json_t *document)
{
    double *value = calloc(runs_of(document) + 1, sizeof(*value));
    struct table table;

    table_init(&table, runs_of(document) + 1);
    table.failed = !value;
    table_add_row(&table);
    for (size_t i = 0; i < runs_of(document); i++)
        table_set(&table, i + 1, "%s", view_string(run_of(document, i), "title"));
    if (value) {
        add_labels(&table, document);
        add_figures(&table, document, value);
        add_stages(&table, document, value);
        add_rate(&table, document, value);
        add_counts(&table, document, value);
    }
    table_print(out, &table);
    table_finish(&table);
    free(value);
}

/* --- what is to be known of it --- */

static void put_fits(FILE *out, const json_t *document)
{
    json_t *fit;
    size_t index;

    json_array_foreach(json_object_get(document, "fits"), index, fit)
    {
        int64_t base = 0, slope = 0;
        view_text from, frame;
        char *line;

        view_int(fit, "base_ns", &base);
        view_int(fit, "slope_ps_per_pixel", &slope);
        view_quantity(from, "ns", (double)base);
        view_quantity(frame, "ns", (double)base + (double)slope * 1920 * 1080 / 1e3);
        if (asprintf(&line, "fit: %s, %s: %s and %.3f ns a pixel, so %s a 1080p frame",
                     view_string(fit, "label"), view_string(fit, "figure"), from,
                     (double)slope / 1e3, frame) < 0)
            continue;
        view_put_wrapped(out, line, 0, 5);
        free(line);
    }
}

static void put_warnings(FILE *out, const json_t *document)
{
    json_t *warning;
    size_t index;

    json_array_foreach(json_object_get(document, "warnings"), index, warning)
    {
        fputs("warning: ", out);
        view_put_wrapped(out, json_string_value(warning), 9, 9);
    }
}

/* How far each run's median is above what no program can be below of; the best is named
 * where there are several. */
static void put_verdict(FILE *out, const json_t *document)
{
    const json_t *best = NULL;
    double least = 0;
    view_text median, floor;
    int64_t p50, total;
    char *line;

    for (size_t i = 0; i < runs_of(document); i++) {
        const json_t *run = run_of(document, i);

        if (strcmp(view_string(view_main(run), "unit"), "ns") ||
            !view_int(view_main(run), "p50", &p50) ||
            !view_int(run, "floor.total_ns", &total) || !total)
            continue;
        if (best && (double)p50 / (double)total >= least)
            continue;
        best = run;
        least = (double)p50 / (double)total;
    }
    if (!best)
        return;
    view_quantity_at(median, "ns", view_main(best), "p50");
    view_quantity_at(floor, "ns", best, "floor.total_ns");
    if (asprintf(&line, "verdict: %.40s%s%.40s p50 %s is %.2f × its floor of %s",
                 runs_of(document) > 1 ? view_string(best, "title") : "",
                 runs_of(document) > 1 ? ": " : "", view_string(view_main(best), "name"),
                 median, least, floor) < 0)
        return;
    view_put_wrapped(out, line, 0, 2);
    free(line);
}

void render_text(FILE *out, const json_t *document)
{
    put_where(out, document);
    put_common(out, document);
    if (runs_of(document)) {
        fputc('\n', out);
        if (!strcmp(view_string(document, "command"), "alloc"))
            text_put_alloc(out, document);
        else
            put_runs(out, document);
        text_put_histogram(out, document);
    }
    if (json_array_size(json_object_get(document, "fits")) ||
        json_array_size(json_object_get(document, "warnings")) || runs_of(document))
        fputc('\n', out);
    put_fits(out, document);
    put_warnings(out, document);
    put_verdict(out, document);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text-runs - runs as tables: several beside each other, or one with its percentiles. */
#include "tools/view/table.h"
#include "tools/view/text.h"
#include "tools/view/view.h"

#include <stdlib.h>
#include <string.h>

/* --- several: a column each --- */

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

/* What the runs do not share of their objects @member; the others stand above. */
static void add_facts(struct table *table, const json_t *document, const char *member)
{
    json_t *keys = view_keys(document, member), *name;
    size_t index;

    json_array_foreach(keys, index, name) {
        const char *key = json_string_value(name);
        view_text text;

        if (view_same(document, member, key))
            continue;
        view_words(text, key);
        table_add_row(table);
        table_set(table, 0, "%s", text);
        for (size_t i = 0; i < view_runs(document); i++) {
            const json_t *of_run = json_object_get(view_run(document, i), member);
            const json_t *value = json_object_get(of_run, key);

            table_set(table, i + 1, "%s", value ? view_scalar(text, value) : "-");
        }
    }
    json_decref(keys);
}

/* A row of what @key is of the figure @name in each run; none where it is in no run. */
static void add_values(struct table *table, const json_t *document, const char *list,
                       const char *name, const char *key, double *value)
{
    const char *unit = "count";
    bool any = false;
    view_text row;

    for (size_t i = 0; i < view_runs(document); i++) {
        const json_t *figure = view_figure(view_run(document, i), list, name);
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
        add_numbers(table, row, unit, value, view_runs(document));
}

static bool is_main(const json_t *document, const char *name)
{
    for (size_t i = 0; i < view_runs(document); i++) {
        const json_t *figure = view_main(view_run(document, i));

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

    json_array_foreach(names, index, name) {
        const char *text = json_string_value(name);
        const char *const *key = is_main(document, text) ? whole : brief;

        for (; *key; key++)
            add_values(table, document, "figures", text, *key, value);
    }
    json_decref(names);
}

/* Means, for only these add up, and medians. */
static void add_stages(struct table *table, const json_t *document, double *value)
{
    json_t *names = view_names(document, "stages", "name"), *name;
    size_t index;

    json_array_foreach(names, index, name) {
        const char *text = json_string_value(name);

        add_values(table, document, "stages", text, "mean", value);
        add_values(table, document, "stages", text, "p50", value);
    }
    json_decref(names);
}

static void add_rate(struct table *table, const json_t *document, double *value)
{
    bool any = false;

    for (size_t i = 0; i < view_runs(document); i++) {
        if (view_rate(view_run(document, i), &value[i]))
            any = true;
        else
            value[i] = -1;
    }
    if (any)
        add_numbers(table, "frames a second", "millihertz", value, view_runs(document));
}

static void add_counts(struct table *table, const json_t *document, double *value)
{
    json_t *keys = view_keys(document, "counts"), *key;
    size_t index;

    json_array_foreach(keys, index, key) {
        struct view_count fallback;
        const struct view_count *count;
        bool a_frame = false;
        view_text name, row;
        int64_t shown;

        count = view_count_for(json_string_value(key), &fallback, name);
        for (size_t i = 0; i < view_runs(document); i++) {
            if (!view_count_value(view_run(document, i), count, &value[i]))
                value[i] = -1;
            if (view_int(view_run(document, i), "counts.shown", &shown))
                a_frame = count->a_frame;
        }
        snprintf(row, sizeof(row), "%.40s%s", count->name, a_frame ? " a frame" : "");
        add_numbers(table, row, count->unit, value, view_runs(document));
    }
    json_decref(keys);
}

static void add_columns(struct table *table, const json_t *document, double *value)
{
    table_add_row(table);
    for (size_t i = 0; i < view_runs(document); i++)
        table_set(table, i + 1, "%s", view_string(view_run(document, i), "title"));
    add_facts(table, document, "labels");
    add_facts(table, document, "plan");
    add_figures(table, document, value);
    add_stages(table, document, value);
}

/* --- one run: a row each figure and stage, a column each percentile --- */

static const char *const columns[] = {"min", "mean", "p50", "p90",
                                      "p99", "p999", "max", "n"};
#define COLUMNS (sizeof(columns) / sizeof(columns[0]))

static void add_distribution(struct table *table, const json_t *figure,
                             const char *indent)
{
    int64_t low = 0, high = 0, value;
    struct view_scale scale;
    view_text text;

    view_int(figure, "max", &high);
    if (!view_int(figure, "p50", &low))
        low = high;
    scale = view_scale_for(view_string(figure, "unit"), (double)low, (double)high);
    table_add_row(table);
    table_set(table, 0, "%s%.40s%s%s", indent, view_string(figure, "name"),
              *scale.unit ? ", " : "", scale.unit);
    for (size_t i = 0; i < COLUMNS; i++) {
        snprintf(text, sizeof(text), "-");
        if (i == COLUMNS - 1)
            view_quantity_at(text, "count", figure, columns[i]);
        else if (view_int(figure, columns[i], &value))
            view_number(text, &scale, (double)value);
        table_set(table, i + 1, "%s", text);
    }
}

static void put_distributions(FILE *out, const json_t *run)
{
    struct table table;
    size_t index;
    json_t *figure;

    if (!view_main(run))
        return;
    table_init(&table, COLUMNS + 1);
    table_add_row(&table);
    for (size_t i = 0; i < COLUMNS; i++)
        table_set(&table, i + 1, "%s", strcmp(columns[i], "p999") ? columns[i] : "p99.9");
    json_array_foreach(json_object_get(run, "figures"), index, figure)
        add_distribution(&table, figure, "");
    json_array_foreach(json_object_get(run, "stages"), index, figure)
        add_distribution(&table, figure, "  ");
    table_print(out, &table);
    table_finish(&table);
    fputc('\n', out);
}

void text_put_runs(FILE *out, const json_t *document)
{
    double *value = calloc(view_runs(document) + 1, sizeof(*value));
    struct table table;

    table_init(&table, view_runs(document) + 1);
    table.failed = !value;
    if (view_runs(document) == 1)
        put_distributions(out, view_run(document, 0));
    else if (value)
        add_columns(&table, document, value);
    if (value) {
        add_rate(&table, document, value);
        add_counts(&table, document, value);
    }
    table_print(out, &table);
    table_finish(&table);
    free(value);
}

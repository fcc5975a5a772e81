/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text-alloc - allocations as text: grouped by size, a row for each step, a column for each
 * heap. A run is one heap and size; its steps are its figures, or the label "step".
 */
#include "tools/view/table.h"
#include "tools/view/text.h"
#include "tools/view/view.h"

#include <stdlib.h>
#include <string.h>

static const char *label(const json_t *run, const char *key)
{
    const char *value =
        json_string_value(json_object_get(json_object_get(run, "labels"), key));

    return value ? value : "";
}

/* What the runs of one row share: all labels but the heap. */
static bool same_row(const json_t *a, const json_t *b)
{
    const json_t *both[] = {json_object_get(a, "labels"), json_object_get(b, "labels")};
    const char *key;
    json_t *value;

    for (int i = 0; i < 2; i++) {
        json_object_foreach((json_t *)both[i], key, value)
            if (strcmp(key, "heap") && !json_equal(value, json_object_get(both[!i], key)))
                return false;
    }
    return true;
}

static const char *column_name(const json_t *run)
{
    return *label(run, "heap") ? label(run, "heap") : view_string(run, "title");
}

/* The run of heap @name in the row of @first, or NULL. */
static const json_t *beside(const json_t *document, const json_t *first, const char *name)
{
    size_t index;
    json_t *run;

    json_array_foreach(json_object_get(document, "runs"), index, run)
        if (!strcmp(column_name(run), name) && same_row(run, first))
            return run;
    return NULL;
}

static json_t *columns_of(const json_t *document)
{
    json_t *names = json_array(), *run, *other;
    size_t index, i;

    json_array_foreach(json_object_get(document, "runs"), index, run) {
        bool known = false;

        json_array_foreach(names, i, other)
            known = known || !strcmp(json_string_value(other), column_name(run));
        if (!known)
            json_array_append_new(names, json_string(column_name(run)));
    }
    return names;
}

/* What tells the row from others of its size: the labels, but for size, heap and
 * those that all runs share. */
static void row_title(char *title, size_t room, const json_t *document, const json_t *run,
                      const char *figure, const char *unit)
{
    const char *key;
    json_t *value;
    size_t used = (size_t)snprintf(title, room, "%.60s", figure);

    json_object_foreach(json_object_get(run, "labels"), key, value)
        if (strcmp(key, "heap") && strcmp(key, "size") && used < room &&
            !view_same(document, "labels", key))
            used += (size_t)snprintf(title + used, room - used, ", %.60s",
                                     json_string_value(value));
    if (used < room)
        snprintf(title + used, room - used, "%s%s", *unit ? ", " : "", unit);
}

static void add_row(struct table *table, const json_t *document, const json_t *run,
                    const char *name, const char *statistic, const json_t *columns)
{
    const char *unit = view_string(view_figure(run, "figures", name), "unit");
    bool count = !strcmp(statistic, "n"), median = !strcmp(statistic, "p50");
    double low = 0, high = 0;
    struct view_scale scale;
    char title[256], what[80];
    size_t index;
    json_t *column;

    /* Twice: what scale they have together, and then the cells. */
    for (int pass = 0; pass < 2; pass++) {
        json_array_foreach((json_t *)columns, index, column) {
            const json_t *other = beside(document, run, json_string_value(column));
            int64_t value;
            view_text text = "-";
            bool there = view_int(view_figure(other, "figures", name), statistic, &value);

            if (!pass && there) {
                low = value && (!(low > 0) || (double)value < low) ? (double)value : low;
                high = (double)value > high ? (double)value : high;
            } else if (pass) {
                if (there)
                    view_number(text, &scale, (double)value);
                table_set(table, index + 1, "%s", text);
            }
        }
        if (pass)
            break;
        scale = view_scale_for(count ? "" : unit, low, high);
        snprintf(what, sizeof(what), "%.60s%s%s", name, median ? "" : " ",
                 median ? "" : statistic);
        row_title(title, sizeof(title), document, run, what, scale.unit);
        table_add_row(table);
        table_set(table, 0, "%s", title);
    }
}

/* Whether @run is the first of those that share its row, or (by @size) its size. */
static bool is_first(const json_t *document, const json_t *run, size_t index, bool size)
{
    for (size_t i = 0; i < index; i++) {
        const json_t *other = json_array_get(json_object_get(document, "runs"), i);

        if (size ? !strcmp(label(other, "size"), label(run, "size"))
                 : same_row(other, run))
            return false;
    }
    return true;
}

/* Percentiles are there only where enough values carry them. */
static bool any_has(const json_t *document, const json_t *run, const char *name,
                    const char *statistic, const json_t *columns)
{
    json_t *column;
    size_t index;
    int64_t value;

    json_array_foreach((json_t *)columns, index, column) {
        const json_t *other = beside(document, run, json_string_value(column));

        if (view_int(view_figure(other, "figures", name), statistic, &value))
            return true;
    }
    return false;
}

/* The medians of all figures; the last of them is their sum: how it spreads, too. */
static void add_rows(struct table *table, const json_t *document, const json_t *run,
                     const json_t *names, const json_t *columns)
{
    static const char *const spread[] = {"p90", "p99", "max", "n"};
    const char *last = NULL;
    json_t *name;
    size_t index;

    json_array_foreach((json_t *)names, index, name) {
        if (!any_has(document, run, json_string_value(name), "p50", columns))
            continue;
        last = json_string_value(name);
        add_row(table, document, run, last, "p50", columns);
    }
    for (size_t i = 0; last && i < sizeof(spread) / sizeof(spread[0]); i++)
        if (any_has(document, run, last, spread[i], columns))
            add_row(table, document, run, last, spread[i], columns);
}

/* All rows of the size of @first. */
static void add_size(struct table *table, const json_t *document, const json_t *first,
                     const json_t *columns)
{
    json_t *names = view_names(document, "figures", "name"), *run;
    size_t index;

    if (*label(first, "size"))
        table_add_heading(table, "%s", label(first, "size"));
    json_array_foreach(json_object_get(document, "runs"), index, run)
        if (!strcmp(label(run, "size"), label(first, "size")) &&
            is_first(document, run, index, false))
            add_rows(table, document, run, names, columns);
    json_decref(names);
}

void text_put_alloc(FILE *out, const json_t *document)
{
    json_t *columns = columns_of(document), *run, *column;
    struct table table;
    size_t index;

    table_init(&table, json_array_size(columns) + 1);
    table_add_row(&table);
    table_set(&table, 0, "medians");
    json_array_foreach(columns, index, column)
        table_set(&table, index + 1, "%s", json_string_value(column));
    json_array_foreach(json_object_get(document, "runs"), index, run)
        if (is_first(document, run, index, true))
            add_size(&table, document, run, columns);
    table_print(out, &table);
    table_finish(&table);
    json_decref(columns);
}

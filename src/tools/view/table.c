/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * table - rows of cells in columns. Touches nothing but its own memory. libsmartcols
 * would count columns by the locale, which these programs do not set; and it neither cuts a
 * wide table into parts nor has lines over all columns.
 */
#include "tools/view/table.h"

#include "tools/view/view.h"

#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define LINE_COLUMNS 100
#define WIDEST_FIRST 44
#define WIDEST_OTHER 24
#define GAP 2

struct table_row {
    char **cell; /* as many as the table has columns; NULL: empty */
    bool heading;
};

void table_init(struct table *table, size_t columns)
{
    *table = (struct table){.columns = columns};
}

void table_finish(struct table *table)
{
    for (size_t i = 0; i < table->rows; i++) {
        for (size_t j = 0; j < table->columns; j++)
            free(table->row[i].cell[j]);
        free(table->row[i].cell);
    }
    free(table->row);
    *table = (struct table){0};
}

void table_add_row(struct table *table)
{
    struct table_row *rows =
        reallocarray(table->row, table->rows + 1, sizeof(*table->row));
    char **cell = calloc(table->columns, sizeof(*cell));

    if (rows)
        table->row = rows;
    if (!rows || !cell) {
        free(cell);
        table->failed = true;
        return;
    }
    table->row[table->rows++] = (struct table_row){.cell = cell};
}

static void set(struct table *table, size_t column, const char *format, va_list args)
{
    char **cell;

    if (table->failed)
        return;
    cell = &table->row[table->rows - 1].cell[column];
    free(*cell);
    if (vasprintf(cell, format, args) < 0) {
        *cell = NULL;
        table->failed = true;
    }
}

void table_add_heading(struct table *table, const char *format, ...)
{
    va_list args;

    table_add_row(table);
    va_start(args, format);
    set(table, 0, format, args);
    va_end(args);
    if (!table->failed)
        table->row[table->rows - 1].heading = true;
}

void table_set(struct table *table, size_t column, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    set(table, column, format, args);
    va_end(args);
}

static const char *text_of(const struct table *table, size_t row, size_t column)
{
    const char *text = table->row[row].cell[column];

    return text ? text : "";
}

static size_t width_of(const struct table *table, size_t column)
{
    size_t widest = column ? WIDEST_OTHER : WIDEST_FIRST, width = 0;

    for (size_t i = 0; i < table->rows; i++) {
        size_t wanted =
            table->row[i].heading ? 0 : view_columns(text_of(table, i, column));

        width = wanted > width ? wanted : width;
    }
    return width < widest ? width : widest;
}

/* Columns from @first to before @end, after the first one. */
static void print_part(FILE *out, const struct table *table, size_t first, size_t end,
                       const size_t *width)
{
    for (size_t i = 0; i < table->rows; i++) {
        const char *title = text_of(table, i, 0);
        size_t last = end;

        if (table->row[i].heading) {
            view_put_cell(out, title,
                          view_columns(title) < LINE_COLUMNS ? view_columns(title)
                                                             : LINE_COLUMNS,
                          false);
            fputc('\n', out);
            continue;
        }
        while (last > first && !*text_of(table, i, last - 1))
            last--;
        fprintf(out, "%*s", GAP, "");
        view_put_cell(out, title,
                      last > first || view_columns(title) > width[0]
                          ? width[0]
                          : view_columns(title),
                      false);
        for (size_t j = first; j < last; j++) {
            fprintf(out, "%*s", GAP, "");
            view_put_cell(out, text_of(table, i, j), width[j], true);
        }
        fputc('\n', out);
    }
}

void table_print(FILE *out, const struct table *table)
{
    size_t *width = calloc(table->columns, sizeof(*width)), first = 1;

    if (!width || table->failed) {
        fputs("(no memory for this table)\n", out);
        free(width);
        return;
    }
    for (size_t j = 0; j < table->columns; j++)
        width[j] = width_of(table, j);
    do {
        size_t used = GAP + width[0], end = first;

        while (end < table->columns &&
               (end == first || used + GAP + width[end] <= LINE_COLUMNS))
            used += GAP + width[end++];
        if (first > 1)
            fputc('\n', out);
        print_part(out, table, first, end, width);
        first = end;
    } while (first < table->columns);
    free(width);
}

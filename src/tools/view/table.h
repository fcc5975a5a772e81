/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * table.h - rows of cells, printed in columns as wide as they need, on lines of at most
 * 100 columns.
 */
#ifndef BENCH_TABLE_H
#define BENCH_TABLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

struct table_row;

/** Begin with table_init(). Rows that memory lacks for are told by table_print(). */
struct table {
    struct table_row *row;
    size_t rows, columns;
    bool failed;
};

/** Begins a table of @columns columns; the first stands to the left, others to the right. */
void table_init(struct table *table, size_t columns);
void table_finish(struct table *table);

/** Adds a row whose cells are empty. */
void table_add_row(struct table *table);
/** Adds a line that goes over all columns. */
void table_add_heading(struct table *table, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/** Sets a cell of the last row. */
void table_set(struct table *table, size_t column, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/** Prints it; what is too wide goes on below, with the first column again. */
void table_print(FILE *out, const struct table *table);

#endif

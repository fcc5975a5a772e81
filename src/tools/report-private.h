/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * report-private.h - reading the document, and putting it on a terminal.
 */
#ifndef ZC_REPORT_PRIVATE_H
#define ZC_REPORT_PRIVATE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/** What stands at a dotted path of @run, or NULL. Borrowed. */
json_t *zc_doc_find(const json_t *run, const char *key);

/** The string at @key, or NULL. Belongs to @run. */
const char *zc_doc_string(const json_t *run, const char *key);

/** Whether there is an integer at @key; writes it to *value. */
bool zc_doc_int(const json_t *run, const char *key, int64_t *value);

/** A line that is put together; what does not fit is cut off. */
struct zc_line {
    char text[1024];
    size_t used;
};

/** Appends to @line. */
void zc_line_add(struct zc_line *line, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/** Appends @value / @unit, rounded to @decimals (0 to 3), in no locale. */
void zc_line_add_decimal(struct zc_line *line, int64_t value, int64_t unit, int decimals);

/** Appends where it ran: "Linux 6.12.0 x86_64". */
void zc_line_add_host(struct zc_line *line, const json_t *host);

/** Appends in which stage copies were made, and why; nothing where it is not known. */
void zc_line_add_copy_reason(struct zc_line *line, const json_t *run);

/** Columns that @text takes on a terminal: each character of UTF-8 is one. */
int zc_text_columns(const char *text);

/** Puts @text in @columns columns, padded or cut, to the right or left. */
void zc_text_put_cell(FILE *out, const char *text, int columns, bool right);

/**
 * Puts @text and a newline, from column @at on; where it would pass column 80 it goes on
 * in the next line at column @hang. Control characters become '?'.
 */
void zc_text_put_wrapped(FILE *out, const char *text, int at, int hang);

/** Renders one run as groups of lines. */
void zc_text_put_run(FILE *out, const json_t *run, const json_t *host);

/** Renders the lines of a run that name its devices and heap, and of its clocks. */
void zc_text_put_devices(FILE *out, const json_t *run);
void zc_text_put_clocks(FILE *out, const json_t *run);

/** Renders several runs as one table, a column each. */
void zc_text_put_table(FILE *out, const json_t *runs, const json_t *host);

#endif

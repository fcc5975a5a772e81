/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * view.h - what the views of a document share: reading it, and writing numbers.
 *
 * The documents have passed check_document(); what is optional may be missing. All text is
 * of C's locale: a program that renders sets no LC_NUMERIC.
 */
#ifndef BENCH_VIEW_H
#define BENCH_VIEW_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

/* A number as it is shown, and what goes with it. */
typedef char view_text[64];

/** What stands at a dotted path, or NULL. Borrowed. */
const json_t *view_find(const json_t *object, const char *path);
/** The string there, or "". Borrowed. */
const char *view_string(const json_t *object, const char *path);
/** Whether there is an integer; writes it to *value. */
bool view_int(const json_t *object, const char *path, int64_t *value);

/** How many runs there are, and one of them. */
size_t view_runs(const json_t *document);
const json_t *view_run(const json_t *document, size_t index);
/** The figure (or stage) of this name in the list @key of @run, or NULL. */
const json_t *view_figure(const json_t *run, const char *key, const char *name);
/** The run's main figure: latency_figure, else "latency", else the first; or NULL. */
const json_t *view_main(const json_t *run);

/**
 * Each distinct string of member @member in the lists @key of all runs, each after the
 * one that it comes after in its run. A new list; NULL where memory ran out.
 */
json_t *view_names(const json_t *document, const char *key, const char *member);
/** The same of the keys of the objects @key. */
json_t *view_keys(const json_t *document, const char *key);

/** Whether @key of the objects @member has one value, or none, in all runs. */
bool view_same(const json_t *document, const char *member, const char *key);

/** How a row or column of numbers is written. */
struct view_scale {
    double per;       /* divide by it */
    const char *unit; /* "ms"; "" for none */
    int decimals;
};

/** A scale for values of @unit between @low and @high, with which the low one is legible. */
struct view_scale view_scale_for(const char *unit, double low, double high);
/** The number alone. */
void view_number(view_text out, const struct view_scale *scale, double value);
/** Number and unit: "18.5 ms". */
void view_quantity(view_text out, const char *unit, double value);
/** The same of the integer at @path of @object, or "-". */
void view_quantity_at(view_text out, const char *unit, const json_t *object,
                      const char *path);

/** A key as words: without its underscores. @out may be @key. */
void view_words(view_text out, const char *key);
/** A string, an integer or a boolean as text: borrowed of @value, or @fallback. */
const char *view_scalar(view_text fallback, const json_t *value);

/** How a count is shown. */
struct view_count {
    const char *key, *name;
    const char *unit;
    bool a_frame;       /* divided by the frames shown, where these are known */
    const char *frames; /* of the run: in place of all shown, where the run has it */
};
/** Of a count; @fallback is filled where none is known of this key, and then returned. */
const struct view_count *view_count_for(const char *key, struct view_count *fallback,
                                        view_text name);
/** Frames a second in millihertz, of what the run says; false where it says nothing. */
bool view_rate(const json_t *run, double *millihertz);
/** How many frames @count of @run is divided by; 0 where it is not, or by none. */
int64_t view_count_frames(const json_t *run, const struct view_count *count);
/** The value of @count in @run as it is shown; false where it has none. */
bool view_count_value(const json_t *run, const struct view_count *count, double *value);

/** Columns that @text takes on a terminal: each character of UTF-8 is one. */
size_t view_columns(const char *text);
/** Writes @text without control characters. */
void view_put_clean(FILE *out, const char *text, size_t bytes);
/** Writes @text in @width columns, padded or cut, to the right or left. */
void view_put_cell(FILE *out, const char *text, size_t width, bool right);
/** Writes @text, over lines of at most 100 columns; the later ones begin at @hang. */
void view_put_wrapped(FILE *out, const char *text, size_t at, size_t hang);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-report - one JSON document; the table is rendered from it.
 */
#include "bench-report.h"

#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

/* A percentile needs this many values beyond it. */
#define BEYOND 10

static const char *const ways[] = {"-", "warm pool", "back to back", "cold"};

struct row *bench_row(struct bench_report *report, uint64_t bytes, enum way way,
                      const char *what, unsigned calls)
{
    struct row *row = &report->rows[report->n];

    if (report->n == sizeof(report->rows) / sizeof(report->rows[0]))
        return NULL;
    *row = (struct row){.bytes = bytes, .way = way, .what = what, .calls = calls};
    report->n++;
    for (int h = 0; h < 2; h++) {
        row->ns[h] = calloc(calls, sizeof(*row->ns[h]));
        if (!row->ns[h])
            return NULL;
    }
    return row;
}

void bench_free(struct bench_report *report)
{
    for (size_t i = 0; i < report->n; i++)
        for (int h = 0; h < 2; h++)
            free(report->rows[i].ns[h]);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* Of sorted times; null where there are too few. */
static json_t *percentile(const int64_t *ns, unsigned calls, unsigned percent)
{
    if (calls * (100 - percent) < 100 * BEYOND)
        return json_null();
    return json_integer(ns[(uint64_t)(calls - 1) * percent / 100]);
}

static void set_percentile(json_t *object, const struct row *row, unsigned percent)
{
    json_t *of[2];
    char key[32];

    for (int h = 0; h < 2; h++)
        of[h] = percentile(row->ns[h], row->calls, percent);
    snprintf(key, sizeof(key), "p%u_ratio", percent);
    if (json_is_integer(of[1]) && json_integer_value(of[0]) > 0)
        json_object_set_new(
            object, key,
            json_real((double)json_integer_value(of[1]) / json_integer_value(of[0])));
    else
        json_object_set_new(object, key, json_null());
    snprintf(key, sizeof(key), "p%u_ns", percent);
    json_object_set_new(object, key, json_pack("[oo]", of[0], of[1]));
}

static json_t *row_json(struct row *row)
{
    json_t *object =
        json_pack("{s:I, s:s, s:s, s:i}", "bytes", (json_int_t)row->bytes, "way",
                  ways[row->way], "what", row->what, "calls", row->calls);

    for (int h = 0; h < 2; h++)
        qsort(row->ns[h], row->calls, sizeof(*row->ns[h]), by_value);
    set_percentile(object, row, 50);
    set_percentile(object, row, 99);
    return object;
}

static bool is_quickest(json_t *row)
{
    return !strcmp(json_string_value(json_object_get(row, "what")), "alloc+free") &&
           !strcmp(json_string_value(json_object_get(row, "way")),
                   ways[WAY_BACK_TO_BACK]);
}

/* What statistics cost, of what the smallest buffer costs when nothing else does. */
static void set_accounting(json_t *document, uint64_t accounting_ns)
{
    json_t *rows = json_object_get(document, "rows"), *row;
    int64_t whole = 0;
    size_t i;

    json_array_foreach(rows, i, row) if (!whole && is_quickest(row)) whole =
        json_integer_value(json_array_get(json_object_get(row, "p50_ns"), 0));
    json_object_set_new(document, "accounting_ns", json_integer(accounting_ns));
    json_object_set_new(document, "accounting_percent",
                        whole ? json_real(100.0 * accounting_ns / whole) : json_null());
}

static json_t *report_json(struct bench_report *report)
{
    struct utsname system;
    json_t *document, *rows = json_array();

    uname(&system);
    for (size_t i = 0; i < report->n; i++)
        json_array_append_new(rows, row_json(&report->rows[i]));
    document =
        json_pack("{s:s, s:s, s:s, s:[ss], s:o}", "schema", "zc-heaps-bench/1", "kernel",
                  system.release, "machine", system.machine, "heaps",
                  report->pair.heap[0].name, report->pair.heap[1].name, "rows", rows);
    if (report->accounting_ns)
        set_accounting(document, report->accounting_ns);
    return document;
}

static void print_us(json_t *ns)
{
    if (json_is_integer(ns))
        printf(" %12.1f", json_integer_value(ns) / 1000.0);
    else
        printf(" %12s", "-");
}

static void print_percentile(json_t *row, const char *key, const char *ratio_key)
{
    json_t *pair = json_object_get(row, key), *ratio = json_object_get(row, ratio_key);

    print_us(json_array_get(pair, 0));
    print_us(json_array_get(pair, 1));
    if (json_is_real(ratio))
        printf(" %7.1f", json_real_value(ratio));
    else
        printf(" %7s", "-");
}

static void print_row(json_t *row)
{
    uint64_t bytes = json_integer_value(json_object_get(row, "bytes"));
    const char *unit = bytes < MIB(1) ? "KiB" : "MiB";

    printf("%3" PRIu64 " %s  %-12s  %-17s %6" PRId64, bytes >> (bytes < MIB(1) ? 10 : 20),
           unit, json_string_value(json_object_get(row, "way")),
           json_string_value(json_object_get(row, "what")),
           (int64_t)json_integer_value(json_object_get(row, "calls")));
    print_percentile(row, "p50_ns", "p50_ratio");
    print_percentile(row, "p99_ns", "p99_ratio");
    printf("\n");
}

static void print_text(json_t *document)
{
    json_t *heaps = json_object_get(document, "heaps"), *row, *accounting;
    const char *name = json_string_value(json_array_get(heaps, 0));
    const char *against = json_string_value(json_array_get(heaps, 1));
    size_t i;

    printf("%s (A) against %s (B), Linux %s; times in µs; B/A: how many times as fast A "
           "is\n\n",
           name, against, json_string_value(json_object_get(document, "kernel")));
    printf("%7s  %-12s  %-17s %6s %12s %12s %7s %12s %12s %7s\n", "size", "way", "what",
           "calls", "p50 A", "p50 B", "B/A", "p99 A", "p99 B", "B/A");
    json_array_foreach(json_object_get(document, "rows"), i, row) print_row(row);
    accounting = json_object_get(document, "accounting_percent");
    if (json_is_real(accounting))
        printf("\nstatistics cost: %" PRId64 " ns an allocation, %.2f %% of alloc+free "
               "of 4 KiB, back to back (p50)\n",
               (int64_t)json_integer_value(json_object_get(document, "accounting_ns")),
               json_real_value(accounting));
}

void bench_print(struct bench_report *report, bool json)
{
    json_t *document = report_json(report);

    if (json) {
        json_dumpf(document, stdout, JSON_INDENT(2));
        printf("\n");
    } else {
        print_text(document);
    }
    json_decref(document);
}

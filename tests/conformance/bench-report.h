/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench-report.h - times of two heaps, as a table and as JSON.
 */
#ifndef BENCH_REPORT_H
#define BENCH_REPORT_H

#include "heap.h"

#include <stdbool.h>

/** The heap that is measured, and the one that it is compared with. */
struct pair {
    struct heap heap[2];
};

enum way {
    WAY_NONE,
    WAY_WARM,         /* there is zeroed memory in the pool */
    WAY_BACK_TO_BACK, /* nobody had time to zero any */
    WAY_COLD,         /* the pool is empty */
};

struct row {
    uint64_t bytes;
    enum way way;
    const char *what;
    unsigned calls;
    int64_t *ns[2];
};

struct bench_report {
    struct pair pair;
    struct row rows[64];
    size_t n;
    uint64_t accounting_ns; /* what statistics cost an allocation; 0: unknown */
};

/** Adds a row with room for @calls times of each heap. Returns NULL without memory. */
struct row *bench_row(struct bench_report *report, uint64_t bytes, enum way way,
                      const char *what, unsigned calls);
void bench_print(struct bench_report *report, bool json);
void bench_free(struct bench_report *report);

#endif

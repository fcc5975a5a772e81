/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench.h - how long heaps take, side by side.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stddef.h>

struct bench_options {
    const char *against;
    unsigned calls;
    bool json;
};

/** Measures @n nodes (none: the default one). Returns the exit code. */
int bench_run(const struct bench_options *options, char **nodes, size_t n);

#endif

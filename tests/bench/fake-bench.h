/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-bench.h - documents as measurements would fill them, the same at every call.
 */
#ifndef FAKE_BENCH_H
#define FAKE_BENCH_H

#include "tools/document/document.h"

/** Numbers that are the same everywhere. */
uint64_t fake_bits(uint64_t *seed);
/** In (0, 1). */
double fake_uniform(uint64_t *seed);
double fake_normal(uint64_t *seed);
double fake_exponential(uint64_t *seed);

/** Begins a document of a machine and a time that are the same everywhere. */
struct document *fake_begin(const char *command, int argc, char **argv);

/** Three ways from camera to display. */
struct document *fake_flow(void);
/** Allocations of three heaps and sizes, with fits. */
struct document *fake_alloc(void);
/** Names that steer a terminal or end an HTML element, a run of one value, an empty one. */
struct document *fake_hostile(void);
/** No runs at all. */
struct document *fake_empty(void);
/** What zc-probe found: one of each that it has. */
struct document *fake_probe(void);

/**
 * A document of one run of one figure of @n values around @median_ns, that spread by
 * @spread (0.1: some ten percent).
 */
struct document *fake_one(int n, double median_ns, double spread, uint64_t seed);
/** The same run again in @document. */
void fake_add_run(struct document *document, const char *title, int n, double median_ns,
                  double spread, uint64_t seed);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text.h - the parts of the text view.
 */
#ifndef BENCH_TEXT_H
#define BENCH_TEXT_H

#include <jansson.h>
#include <stdio.h>

/** A line of the labels and of the plan that all runs share. */
void text_put_common(FILE *out, const json_t *document);
/** Devices and clocks, a line each. */
void text_put_devices(FILE *out, const json_t *document);
/** Of each run what its number of copies rests on. */
void text_put_proof(FILE *out, const json_t *document);

/** Several runs as one table, a column each; of one run the percentiles. */
void text_put_runs(FILE *out, const json_t *document);
/** The table of allocations: a row for each size and step, a column for each heap. */
void text_put_alloc(FILE *out, const json_t *document);

/** The main figure of the first run that has one, over a logarithmic scale. */
void text_put_histogram(FILE *out, const json_t *document);

#endif

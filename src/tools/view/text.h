/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * text.h - the parts of the text view.
 */
#ifndef BENCH_TEXT_H
#define BENCH_TEXT_H

#include <jansson.h>
#include <stdio.h>

/** The table of allocations: a row for each size and step, a column for each heap. */
void text_put_alloc(FILE *out, const json_t *document);

/** The main figure of the first run that has one, over a logarithmic scale. */
void text_put_histogram(FILE *out, const json_t *document);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * html.h - the sections of the page. Each writes nothing where the document has nothing
 * for it.
 */
#ifndef BENCH_HTML_H
#define BENCH_HTML_H

#include "tools/view/view.h"

/** The colour of the run of this index, where plots show it. */
void html_put_swatch(FILE *out, size_t index);
/** The list that says which colour is which run, of at most @most. */
void html_put_legend(FILE *out, const json_t *document, size_t most);

/** Of what the mean latency of each run consists. */
void html_put_stages(FILE *out, const json_t *document);
/** The main figure at each percentile. */
void html_put_curve(FILE *out, const json_t *document);
/** The latency over time. */
void html_put_series(FILE *out, const json_t *document);
/** The straight lines of cost over size. */
void html_put_cost(FILE *out, const json_t *document);
/** All figures, all counts, and what it was measured on. */
void html_put_tables(FILE *out, const json_t *document);

#endif

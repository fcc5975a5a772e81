/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * render.h - the views of a document: each is made of the JSON alone, so that "show" of a
 * file prints what the measurement printed.
 */
#ifndef BENCH_RENDER_H
#define BENCH_RENDER_H

#include <jansson.h>
#include <stdio.h>

typedef void render_view(FILE *out, const json_t *document);

/** The document itself. */
void render_json(FILE *out, const json_t *document);
/** Tables, one log histogram, the warnings, and a verdict against the floor. */
void render_text(FILE *out, const json_t *document);
/** A line a figure, with a header line. */
void render_csv(FILE *out, const json_t *document);
/** One static page with inline SVG; no scripts, nothing fetched. */
void render_html(FILE *out, const json_t *document);

/**
 * Writes one view to @path, which appears whole or not at all; "-" is stdout. Returns 0, or
 * a negative errno value, and has then said why on the log.
 */
int render_to(render_view *render, const json_t *document, const char *path);

/* Where a document is to go; NULL: nowhere. "-" is stdout. */
struct outputs {
    const char *json, *csv, *html;
};

/**
 * Text to stdout (unless another view goes there), and what is asked for to its file, which
 * appears whole or not at all. All are tried; what fails is said on the log. Returns 0, or
 * the first negative errno value.
 */
int render_outputs(const json_t *document, const struct outputs *outputs);

#endif

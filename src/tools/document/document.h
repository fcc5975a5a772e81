/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * document.h - the one JSON document of a measurement, schema "zerocopy/1" (schema.json),
 * from which text, CSV and HTML are rendered.
 *
 * Setting never fails visibly; the first failure is kept and comes out of
 * document_check(). Keys are dotted paths ("config.seconds"). Not thread-safe.
 */
#ifndef BENCH_DOCUMENT_H
#define BENCH_DOCUMENT_H

#include "tools/document/samples.h"

#include <jansson.h>
#include <stdbool.h>

struct document;
struct zc_histogram;

enum better {
    BETTER_NONE, /* no judgement: compare shows it and does not fail for it */
    BETTER_LOWER,
    BETTER_HIGHER,
};

/* One figure of a run. */
struct figure {
    const char *name; /* "latency", "cpu", "alloc", ... */
    const char *unit; /* "ns", "bytes", "millihertz", "count" */
    enum better better;
    const struct samples *samples;
};

/**
 * Begins the document of @command ("zc-bench flow") called with these arguments: schema, version,
 * the time of day, and what host it is. Returns 0, or a negative errno value.
 */
int document_create(struct document **out, const char *command, int argc, char **argv);
void document_destroy(struct document *document);

/**
 * Sets what is of the whole document. A NULL string is left out. "ended" is "complete"
 * unless it is set, and "elapsed_ns" the time from the document's begin to the last
 * document_json().
 */
void document_set_string(struct document *document, const char *key, const char *value);
void document_set_int(struct document *document, const char *key, int64_t value);
void document_set_bool(struct document *document, const char *key, bool value);

/**
 * Appends @object, which it takes over (NULL: there was no memory for it), to the list at
 * @key ("probe.cells"), which is made where it is missing.
 */
void document_add(struct document *document, const char *key, json_t *object);

/** Adds a warning, a sentence with advice; the same one is kept once. */
void document_warn(struct document *document, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/**
 * Begins a run; what is set by run_* goes there. @title: its name in tables. Members of
 * "labels" are strings, those of "counts" integers of 0 or more, those of "devices", "plan"
 * (what was settled before it) and "proof" (what its number of copies rests on) strings,
 * integers or booleans. "elapsed_ns" is how long frames flowed, and "latency_figure" names
 * the run's main figure where that is neither called "latency" nor the first.
 */
void document_begin_run(struct document *document, const char *title);
void run_set_string(struct document *document, const char *key, const char *value);
void run_set_int(struct document *document, const char *key, int64_t value);
/** The same of a value that is negative where it is not known, and then left out. */
void run_set_known(struct document *document, const char *key, int64_t value);

/**
 * Adds a figure: n, min, mean, p50, p90, p99, p99.9, max (null where n does not carry it)
 * and sparse bins. A figure without values is left out. Negative values are no durations:
 * they are counted, left out of all the rest, and warned of, as dropped ones are.
 */
void run_add_figure(struct document *document, const struct figure *figure);

/** Adds a stage of the run's latency, in their order; stages add up to it. */
void run_add_stage(struct document *document, const char *name,
                   const struct samples *samples);

/** The same of the durations in a histogram: a figure of which less is better; a stage. */
void run_add_durations(struct document *document, const char *name,
                       const struct zc_histogram *histogram);
void run_add_stage_durations(struct document *document, const char *name,
                             const struct zc_histogram *histogram);

/** Adds a part of the run's floor: the least that any program can reach. */
void run_add_floor(struct document *document, const char *name, int64_t ns);

/** Sets the latency over time: at each time (ns, from the run's begin) a value. */
void run_set_series(struct document *document, const struct samples *times,
                    const struct samples *values);

/**
 * Adds a straight line fitted (by Theil and Sen) through (pixels, ns): slope and base.
 * @label: which path it is; @figure: of which figure the points are medians.
 */
void document_add_fit(struct document *document, const char *label, const char *figure,
                      const int64_t *pixels, const int64_t *ns, size_t n);

/**
 * The first failure of a set, or what is wrong in the document's structure, such as a
 * label that is no string; said on the log. Returns 0, or a negative errno value.
 */
int document_check(const struct document *document);
/** The document, borrowed; valid while nothing is set. */
const json_t *document_json(const struct document *document);

/**
 * Reads a file ("-": stdin) and checks it against the schema; says on the log where it is
 * wrong and in what. The caller releases *out by json_decref(); NULL after an error.
 * Returns 0, -EINVAL where the file is no such document, or another negative errno value.
 */
int document_read(json_t **out, const char *path);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* document - the JSON document of a measurement. Knows no device: others set its keys. */
#include "tools/document/document.h"

#include "tools/document/check.h"
#include "tools/document/figure.h"
#include "tools/document/host.h"
#include "zerocopy.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* As many as a page shows; each stretch of the values gives two. */
#define SERIES_POINTS 2000

struct document {
    json_t *root;
    json_t *run; /* borrowed from root; NULL before the first */
    int64_t begin_ns;
    bool elapsed_set;
    int error; /* the first that a set met */
    char failed_key[64];
};

static void fail(struct document *document, const char *key, int error)
{
    if (document->error)
        return;
    document->error = error;
    snprintf(document->failed_key, sizeof(document->failed_key), "%s", key);
}

static bool holds_others(const json_t *value)
{
    return json_is_object(value) || json_is_array(value);
}

/* The object that holds the last part of @key, made where it is missing; *last is that
 * part. NULL where the key is malformed, or a part is something else than an object. */
static json_t *parent_of(json_t *object, const char *key, const char **last)
{
    char part[64];
    const char *dot;

    for (; (dot = strchr(key, '.')); key = dot + 1) {
        int length = (int)(dot - key);
        json_t *child;

        if (!length || length >= (int)sizeof(part))
            return NULL;
        snprintf(part, sizeof(part), "%.*s", length, key);
        child = json_object_get(object, part);
        if (!child && !json_object_set_new(object, part, json_object()))
            child = json_object_get(object, part);
        if (!json_is_object(child))
            return NULL;
        object = child;
    }
    *last = key;
    return *key ? object : NULL;
}

/* Takes over @value. What holds others is never replaced by a value, nor the other way. */
static void set(struct document *document, json_t *object, const char *key, json_t *value)
{
    const char *last;
    json_t *parent, *before;

    if (!value) {
        fail(document, key, -ENOMEM);
        return;
    }
    parent = object ? parent_of(object, key, &last) : NULL;
    before = parent ? json_object_get(parent, last) : NULL;
    if (!parent || (before && (holds_others(before) || holds_others(value)))) {
        fail(document, key, -EINVAL);
        json_decref(value);
    } else if (json_object_set_new(parent, last, value)) {
        fail(document, key, -ENOMEM);
    }
}

/* Takes over @value: appends it to the list @key, which is made where it is missing. */
static void append(struct document *document, json_t *object, const char *key,
                   json_t *value)
{
    json_t *list = object ? json_object_get(object, key) : NULL;

    if (!value) {
        fail(document, key, -ENOMEM);
        return;
    }
    if (object && !list) {
        json_object_set_new(object, key, json_array());
        list = json_object_get(object, key);
    }
    if (!json_is_array(list)) {
        fail(document, key, -EINVAL);
        json_decref(value);
    } else if (json_array_append_new(list, value)) {
        fail(document, key, -ENOMEM);
    }
}

/* --- the whole document --- */

static json_t *now_text(void)
{
    char text[sizeof("2026-01-31T23:59:59Z") + 16] = "";
    time_t now = time(NULL);
    struct tm utc;

    if (gmtime_r(&now, &utc))
        strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", &utc);
    return json_string(text);
}

int document_create(struct document **out, const char *command, int argc, char **argv)
{
    struct document *document = calloc(1, sizeof(*document));
    json_t *place = host_describe("");

    if (document)
        document->root = json_pack(
            "{s:s, s:s, s:o, s:[], s:o, s:i, s:s, s:O*, s:O*, s:{}, s:[], s:[], s:[]}",
            "schema", CHECK_SCHEMA, "version", zc_version(), "command",
            host_text(command), "arguments", "started", now_text(), "elapsed_ns", 0,
            "ended", "complete", "host", json_object_get(place, "host"), "clocks",
            json_object_get(place, "clocks"), "config", "runs", "fits", "warnings");
    json_decref(place);
    if (!document || !document->root) {
        zc_log(ZC_LOG_ERROR, "document: no memory");
        free(document);
        return -ENOMEM;
    }
    document->begin_ns = zc_now_ns();
    for (int i = 0; i < argc; i++)
        append(document, document->root, "arguments", host_text(argv[i]));
    *out = document;
    return 0;
}

void document_destroy(struct document *document)
{
    if (!document)
        return;
    json_decref(document->root);
    free(document);
}

void document_set_string(struct document *document, const char *key, const char *value)
{
    if (value) /* what is not known is left out */
        set(document, document->root, key, host_text(value));
}

void document_set_int(struct document *document, const char *key, int64_t value)
{
    set(document, document->root, key, json_integer(value));
    if (!strcmp(key, "elapsed_ns"))
        document->elapsed_set = true;
}

void document_set_bool(struct document *document, const char *key, bool value)
{
    set(document, document->root, key, json_boolean(value));
}

void document_add(struct document *document, const char *key, json_t *object)
{
    const char *last = key;
    json_t *parent = parent_of(document->root, key, &last);

    append(document, parent, last, object);
}

void document_warn(struct document *document, const char *format, ...)
{
    json_t *warnings = json_object_get(document->root, "warnings"), *warning, *other;
    char *text;
    size_t index;
    va_list args;
    int length;

    va_start(args, format);
    length = vasprintf(&text, format, args);
    va_end(args);
    if (length < 0) {
        fail(document, "warnings", -ENOMEM);
        return;
    }
    warning = host_text(text);
    free(text);
    json_array_foreach(warnings, index, other) {
        if (json_equal(warning, other)) {
            json_decref(warning);
            return;
        }
    }
    append(document, document->root, "warnings", warning);
}

/* --- runs --- */

void document_begin_run(struct document *document, const char *title)
{
    json_t *run = json_object();

    document->run = NULL;
    append(document, document->root, "runs", run);
    if (document->error == -ENOMEM)
        return;
    document->run = run;
    run_set_string(document, "title", title ? title : "");
}

void run_set_string(struct document *document, const char *key, const char *value)
{
    if (value)
        set(document, document->run, key, host_text(value));
}

void run_set_int(struct document *document, const char *key, int64_t value)
{
    set(document, document->run, key, json_integer(value));
}

void run_set_known(struct document *document, const char *key, int64_t value)
{
    if (value >= 0)
        run_set_int(document, key, value);
}

/* Puts @object, which is taken over, into the list, and warns of what its values left out.
 * @negative: how many of these were, or a negative errno value. */
static void add_values(struct document *document, const char *list, json_t *object,
                       const char *name, int64_t negative)
{
    int64_t dropped = json_integer_value(json_object_get(object, "dropped"));

    if (negative < 0)
        fail(document, name, (int)negative);
    else if (negative)
        document_warn(document,
                      "%s: left out %" PRId64 " below zero: the clocks at its two ends "
                      "differ",
                      name, negative);
    if (negative >= 0 && json_object_get(object, "n"))
        append(document, document->run, list, json_incref(object));
    if (dropped)
        document_warn(document,
                      "%s: left out %" PRId64
                      " that came when its room was full: measure "
                      "for a shorter time",
                      name, dropped);
    json_decref(object);
}

static json_t *figure_object(const char *name, const char *unit, enum better better)
{
    static const char *const words[] = {
        [BETTER_NONE] = "none", [BETTER_LOWER] = "lower", [BETTER_HIGHER] = "higher"};

    return json_pack("{s:o, s:o, s:s}", "name", host_text(name), "unit", host_text(unit),
                     "better", words[better]);
}

static json_t *stage_object(const char *name)
{
    return json_pack("{s:o, s:s}", "name", host_text(name), "unit", "ns");
}

static void add_samples(struct document *document, const char *list, json_t *object,
                        const char *name, const struct samples *samples)
{
    add_values(document, list, object, name,
               object ? figure_describe(object, samples) : -ENOMEM);
}

void run_add_figure(struct document *document, const struct figure *figure)
{
    add_samples(document, "figures",
                figure_object(figure->name, figure->unit, figure->better), figure->name,
                figure->samples);
}

void run_add_stage(struct document *document, const char *name,
                   const struct samples *samples)
{
    add_samples(document, "stages", stage_object(name), name, samples);
}

void run_add_durations(struct document *document, const char *name,
                       const struct zc_histogram *histogram)
{
    json_t *object = figure_object(name, "ns", BETTER_LOWER);

    add_values(document, "figures", object, name,
               object ? figure_describe_histogram(object, histogram) : -ENOMEM);
}

void run_add_stage_durations(struct document *document, const char *name,
                             const struct zc_histogram *histogram)
{
    json_t *object = stage_object(name);

    add_values(document, "stages", object, name,
               object ? figure_describe_histogram(object, histogram) : -ENOMEM);
}

void run_add_floor(struct document *document, const char *name, int64_t ns)
{
    json_t *floor = document->run ? json_object_get(document->run, "floor") : NULL;
    int64_t total = json_integer_value(json_object_get(floor, "total_ns"));

    if (document->run && !floor) {
        json_object_set_new(document->run, "floor", json_object());
        floor = json_object_get(document->run, "floor");
    }
    if (!floor || __builtin_add_overflow(total, ns, &total)) {
        fail(document, "floor", -EINVAL);
        return;
    }
    json_object_set_new(floor, "total_ns", json_integer(total));
    append(document, floor, "parts",
           json_pack("{s:o, s:I}", "name", host_text(name), "ns", (json_int_t)ns));
}

void run_set_series(struct document *document, const struct samples *times,
                    const struct samples *values)
{
    set(document, document->run, "series", figure_series(times, values, SERIES_POINTS));
}

void document_add_fit(struct document *document, const char *label, const char *figure,
                      const int64_t *pixels, const int64_t *ns, size_t n)
{
    double base, slope;
    json_t *points;
    int error = figure_fit(pixels, ns, n, &base, &slope);

    if (error) {
        if (error != -EDOM) /* of fewer than two sizes there is nothing to say */
            fail(document, "fits", error);
        return;
    }
    points = json_array();
    for (size_t i = 0; i < n; i++)
        json_array_append_new(
            points, json_pack("[I, I]", (json_int_t)pixels[i], (json_int_t)ns[i]));
    append(document, document->root, "fits",
           json_pack("{s:o, s:o, s:I, s:I, s:o}", "label", host_text(label), "figure",
                     host_text(figure), "base_ns", (json_int_t)llround(base),
                     "slope_ps_per_pixel", (json_int_t)llround(slope * 1000), "points",
                     points));
}

/* --- reading it back --- */

int document_check(const struct document *document)
{
    char why[512];

    if (document->error) {
        zc_log(ZC_LOG_ERROR, "document: setting \"%s\" failed: %s", document->failed_key,
               document->error == -EINVAL ? "no run, or no such place in it"
                                          : strerror(-document->error));
        return document->error;
    }
    if (check_document(document_json(document), why, sizeof(why))) {
        zc_log(ZC_LOG_ERROR, "document: %s", why);
        return -EINVAL;
    }
    return 0;
}

const json_t *document_json(const struct document *document)
{
    if (!document->elapsed_set)
        json_object_set_new(document->root, "elapsed_ns",
                            json_integer(zc_now_ns() - document->begin_ns));
    return document->root;
}

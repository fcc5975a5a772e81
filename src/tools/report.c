/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report - the JSON document of what was run. Knows no device: others set its keys. */
#include "tools/file/outfile.h"
#include "tools/report-private.h"
#include "flow/stats.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

struct zc_report {
    json_t *document;
    json_t *runs; /* borrowed from document */
    json_t *run;  /* borrowed from runs; NULL before the first */
    int error;    /* the first that a set met */
    char failed_key[64];
};

static void fail(struct zc_report *report, const char *key, int error)
{
    if (report->error)
        return;
    report->error = error;
    snprintf(report->failed_key, sizeof(report->failed_key), "%s", key);
}

/* A string of bytes that may be no UTF-8: a device's name comes as its maker wrote it. */
static json_t *text_value(const char *text)
{
    json_t *value = json_string(text);
    char *ascii;

    if (value)
        return value;
    ascii = strdup(text);
    if (!ascii)
        return NULL;
    for (char *c = ascii; *c; c++)
        if (*c & 0x80)
            *c = '?';
    value = json_string(ascii);
    free(ascii);
    return value;
}

/* The object that holds the last part of @key, made where it is missing; *last is that
 * part. NULL where the key is malformed, or a part is something else than an object. */
static json_t *parent_of(json_t *run, const char *key, const char **last)
{
    char part[64];
    const char *dot;

    for (; (dot = strchr(key, '.')); key = dot + 1) {
        int length = dot - key;
        json_t *child;

        if (!length || length >= (int)sizeof(part))
            return NULL;
        snprintf(part, sizeof(part), "%.*s", length, key);
        child = json_object_get(run, part);
        if (!child && !json_object_set_new(run, part, json_object()))
            child = json_object_get(run, part);
        if (!json_is_object(child))
            return NULL;
        run = child;
    }
    *last = key;
    return *key ? run : NULL;
}

/* Takes over @value. An object is never replaced by a value, nor a value by an object. */
static void set(struct zc_report *report, const char *key, json_t *value)
{
    const char *last;
    json_t *parent, *before;

    if (!value) {
        fail(report, key, -ENOMEM);
        return;
    }
    parent = report->run ? parent_of(report->run, key, &last) : NULL;
    before = parent ? json_object_get(parent, last) : NULL;
    if (!parent || (before && json_is_object(before) != json_is_object(value))) {
        fail(report, key, -EINVAL);
        json_decref(value);
    } else if (json_object_set_new(parent, last, value)) {
        fail(report, key, -ENOMEM);
    }
}

int zc_report_create(struct zc_report **out)
{
    struct zc_report *report = calloc(1, sizeof(*report));
    struct utsname host = {0};

    uname(&host);
    if (report)
        report->document =
            json_pack("{s:s, s:s, s:{s:o, s:o}, s:[]}", "schema", "zc-run/1", "version",
                      zc_version(), "host", "kernel", text_value(host.release), "machine",
                      text_value(host.machine), "runs");
    if (!report || !report->document) {
        zc_log(ZC_LOG_ERROR, "report: no memory");
        free(report);
        return -ENOMEM;
    }
    report->runs = json_object_get(report->document, "runs");
    *out = report;
    return 0;
}

void zc_report_destroy(struct zc_report *report)
{
    if (!report)
        return;
    json_decref(report->document);
    free(report);
}

void zc_report_begin_run(struct zc_report *report, const char *title)
{
    json_t *run = json_object();

    report->run = NULL;
    if (json_array_append_new(report->runs, run)) {
        fail(report, "title", -ENOMEM);
        return;
    }
    report->run = run;
    zc_report_set_string(report, "title", title);
}

void zc_report_set_string(struct zc_report *report, const char *key, const char *value)
{
    if (value) /* what is not known is left out */
        set(report, key, text_value(value));
}

void zc_report_set_int(struct zc_report *report, const char *key, int64_t value)
{
    set(report, key, json_integer(value));
}

void zc_report_set_bool(struct zc_report *report, const char *key, bool value)
{
    set(report, key, json_boolean(value));
}

static json_t *duration(int64_t value_ns)
{
    return value_ns < 0 ? json_null() : json_integer(value_ns);
}

void zc_report_set_histogram(struct zc_report *report, const char *key,
                             const struct zc_histogram *histogram)
{
    set(report, key,
        json_pack("{s:I, s:o, s:o, s:o, s:o, s:o, s:o, s:I, s:I}", "n",
                  (json_int_t)histogram->count, "min",
                  duration(zc_histogram_percentile(histogram, 0)), "mean",
                  duration(zc_histogram_mean(histogram)), "p50",
                  duration(zc_histogram_percentile(histogram, 50)), "p90",
                  duration(zc_histogram_percentile(histogram, 90)), "p99",
                  duration(zc_histogram_percentile(histogram, 99)), "max",
                  duration(zc_histogram_percentile(histogram, 100)), "underflow",
                  (json_int_t)histogram->underflow, "overflow",
                  (json_int_t)histogram->overflow));
}

void zc_report_add_string(struct zc_report *report, const char *key, const char *value)
{
    json_t *array = report->run ? zc_doc_find(report->run, key) : NULL;

    if (!value)
        return;
    if (!array) {
        set(report, key, json_array());
        array = report->run ? zc_doc_find(report->run, key) : NULL;
    }
    if (!json_is_array(array))
        fail(report, key, -EINVAL);
    else if (json_array_append_new(array, text_value(value)))
        fail(report, key, -ENOMEM);
}

/* Says the failure that was kept, if there is one. */
static int check(const struct zc_report *report)
{
    if (report->error)
        zc_log(ZC_LOG_ERROR, "report: setting \"%s\" failed: %s", report->failed_key,
               report->error == -EINVAL ? "no run, or no such place in it"
                                        : strerror(-report->error));
    return report->error;
}

int zc_report_write_json(const struct zc_report *report, const char *path)
{
    struct outfile file;
    int result = check(report);

    if (result)
        return result;
    result = outfile_open(&file, path);
    if (!result) {
        errno = 0;
        if (json_dumpf(report->document, file.stream, JSON_INDENT(2)) ||
            fputc('\n', file.stream) == EOF)
            result = errno ? -errno : -EIO;
        result = outfile_close(&file, result);
    }
    if (result)
        zc_log(ZC_LOG_ERROR, "report: cannot write %s: %s", path, strerror(-result));
    return result;
}

int zc_report_text(const struct zc_report *report, char **text)
{
    const json_t *host = json_object_get(report->document, "host");
    int result = check(report);
    char *buffer = NULL;
    size_t size;
    FILE *out;

    if (result)
        return result;
    out = open_memstream(&buffer, &size);
    if (out && json_array_size(report->runs) == 1)
        zc_text_put_run(out, json_array_get(report->runs, 0), host);
    else if (out)
        zc_text_put_table(out, report->runs, host);
    if (!out || fclose(out)) {
        zc_log(ZC_LOG_ERROR, "report: no memory for its text");
        free(buffer);
        return -ENOMEM;
    }
    *text = buffer;
    return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* verdict - the worst of all that is not allowed. */
#include "audit/verdict.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* A GPU in software maps each dma-buf that it imports, once for each use. */
#define IMPORTS 8

json_t *verdict_read(const char *file)
{
    FILE *stream = fopen(file, "re");
    json_t *reports = json_array();
    int c;

    while (stream && (c = fgetc(stream)) != EOF) {
        json_error_t error;
        json_t *one;

        if (c == '\n')
            continue;
        ungetc(c, stream);
        one = json_loadf(stream, JSON_DISABLE_EOF_CHECK, &error);
        if (!one) {
            fprintf(stderr, "zc-audit: the tracer's report is damaged: %s\n", error.text);
            json_decref(reports);
            reports = NULL;
            break;
        }
        json_array_append_new(reports, one);
    }
    if (stream)
        fclose(stream);
    return reports;
}

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

static json_t *sentence(const json_t *finding)
{
    const char *element = text_of(finding, "element");

    return json_sprintf("%s%s%s", element, *element ? " " : "", text_of(finding, "what"));
}

static bool is_allowed(const struct audit_rules *rules, const json_t *finding)
{
    for (int i = 0; i < rules->n_allowed; i++)
        if (!strcmp(rules->allowed[i], text_of(finding, "element")) ||
            !strcmp(rules->allowed[i], text_of(finding, "factory")))
            return true;
    return false;
}

static enum audit_exit worse(enum audit_exit a, enum audit_exit b)
{
    if (a == AUDIT_COPIES || b == AUDIT_COPIES)
        return AUDIT_COPIES;
    return a == AUDIT_UNKNOWN ? a : b;
}

static enum audit_exit judge_findings(const json_t *report,
                                      const struct audit_rules *rules, json_t *why)
{
    enum audit_exit result = AUDIT_CLEAN;
    json_t *finding;
    size_t i;

    json_array_foreach(json_object_get(report, "findings"), i, finding) {
        const char *kind = text_of(finding, "kind");
        bool copy = !strcmp(kind, "copy");

        if (!copy && strcmp(kind, "doubt"))
            continue;
        if (is_allowed(rules, finding)) {
            json_array_append_new(
                why, json_sprintf("%s is allowed", text_of(finding, "element")));
            continue;
        }
        json_array_append_new(why, sentence(finding));
        result = worse(result, copy ? AUDIT_COPIES : AUDIT_UNKNOWN);
    }
    return result;
}

/* Each map of GStreamer's has one mapping at most. More are somebody else's. */
static enum audit_exit judge_mappings(const json_t *report, const struct watch *watch,
                                      json_t *why)
{
    unsigned frames = 0;
    uint64_t spare =
        json_is_true(json_object_get(report, "gpu-in-software")) ? IMPORTS : 0;
    json_t *file;
    size_t i;

    json_array_foreach(json_object_get(report, "dma-bufs"), i, file) {
        uint64_t inode = json_integer_value(json_object_get(file, "inode"));
        uint64_t maps = json_integer_value(json_object_get(file, "maps"));

        frames += watch_mappings(watch, inode) > maps + spare;
    }
    if (!frames)
        return AUDIT_CLEAN;
    json_array_append_new(
        why, json_sprintf("somebody maps frames beside GStreamer: %u dma-bufs", frames));
    return AUDIT_UNKNOWN;
}

/* Of a program that has no tracer: by its system calls alone. */
static enum audit_exit judge_calls(const struct watch *watch, json_t *why)
{
    int accessed = watch_accessed(watch);

    if (!watch->works)
        return AUDIT_UNKNOWN;
    if (accessed) {
        json_array_append_new(
            why, json_sprintf("the CPU accesses %d dma-bufs again and again (seen: "
                              "DMA_BUF_IOCTL_SYNC)",
                              accessed));
        return AUDIT_COPIES;
    }
    if (watch->mappings[WATCH_CAMERA] && watch->mappings[WATCH_DISPLAY]) {
        json_array_append_new(
            why, json_string("the CPU copies from the camera's buffers to the display's "
                             "(inferred: both are mapped)"));
        return AUDIT_COPIES;
    }
    if (watch->mappings[WATCH_CAMERA]) {
        json_array_append_new(
            why, json_string("the camera's buffers are mapped for the CPU, and "
                             "what it does there cannot be seen"));
        return AUDIT_UNKNOWN;
    }
    if (watch_unsynced(watch) && !watch->software_gpu) {
        json_array_append_new(why,
                              json_string("dma-bufs are mapped for the CPU, and what "
                                          "it does there cannot be seen"));
        return AUDIT_UNKNOWN;
    }
    if (!watch->dequeues || !watch->imports) {
        json_array_append_new(
            why, json_string("no camera's dma-buf was given to a GPU or a display here"));
        return AUDIT_UNKNOWN;
    }
    json_array_append_new(
        why,
        json_string("a GPU or a display has imported dma-bufs, and the CPU has accessed "
                    "none again and again (inferred from system calls)"));
    if (watch_unsynced(watch))
        json_array_append_new(
            why, json_string("the GPU is a renderer in software: the CPU draws"));
    return AUDIT_CLEAN;
}

enum audit_exit verdict_of(const json_t *reports, const struct watch *watch,
                           const struct audit_rules *rules, json_t *why)
{
    enum audit_exit result = AUDIT_CLEAN;
    json_t *report;
    size_t i;

    json_array_foreach(reports, i, report) {
        json_int_t passes = json_integer_value(json_object_get(report, "gpu-passes"));

        result = worse(result, judge_findings(report, rules, why));
        result = worse(result, judge_mappings(report, watch, why));
        if (passes && rules->no_gpu_pass) {
            json_array_append_new(why, json_sprintf("GPU passes: %d", (int)passes));
            result = AUDIT_COPIES;
        }
    }
    if (!json_array_size(reports)) {
        json_array_append_new(
            why,
            json_string("there is no report of the tracer: the program uses no "
                        "GStreamer, or GStreamer did not find it (GST_PLUGIN_PATH)"));
        result = judge_calls(watch, why);
    }
    if (*watch->copying_driver)
        json_array_append_new(why, json_sprintf("the camera's driver, %s, copies each "
                                                "picture out of USB packets",
                                                watch->copying_driver));
    return result;
}

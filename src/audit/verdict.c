/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* verdict - the worst of all that is not allowed. */
#include "audit/verdict.h"
#include "audit/driver.h"

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
    if (!watch->queues || !watch->imports) {
        json_array_append_new(
            why, json_string("no camera's dma-buf was given to a GPU or a display here"));
        return AUDIT_UNKNOWN;
    }
    if (!watch_shared(watch) && !watch->unread) {
        json_array_append_new(
            why,
            json_string("no dma-buf that the camera fills was imported by a GPU or a "
                        "display: what these have is other memory"));
        return AUDIT_UNKNOWN;
    }
    json_array_append_new(
        why, json_sprintf("a GPU or a display has imported %d dma-bufs that the camera "
                          "fills%s, and the CPU has accessed none again and again "
                          "(inferred from system calls)",
                          watch_shared(watch),
                          watch->unread ? ", of those that could be told" : ""));
    if (watch_unsynced(watch))
        json_array_append_new(
            why, json_string("the GPU is a renderer in software: the CPU draws"));
    return AUDIT_CLEAN;
}

static bool is_of(const struct watch *watch, const char *name)
{
    char within[64];

    snprintf(within, sizeof(within), "/%s/", name);
    for (int i = 0; i < watch->n_devices; i++)
        if (strstr(watch->device[i].path, within))
            return true;
    return false;
}

/* Of devices that the program does not use, it is told, and is no matter. */
static enum audit_exit judge_bounces(const struct audit_seen *seen, json_t *why)
{
    const struct bounce *bounce = &seen->bounce;
    const char *unseen = bounce_unseen(bounce);
    enum audit_exit result = AUDIT_CLEAN;
    uint64_t others = 0;

    if (unseen)
        json_array_append_new(
            why, json_sprintf("bounce buffers (swiotlb) cannot be seen: %s", unseen));
    for (int i = 0; i < bounce->n_devices; i++) {
        if (!is_of(&seen->watch, bounce->device[i].name)) {
            others += bounce->device[i].bytes;
            continue;
        }
        json_array_append_new(
            why, json_sprintf("%s has bounce buffers, which the kernel copies with the "
                              "CPU: %llu bytes in %llu mappings (seen: trace event "
                              "swiotlb:swiotlb_bounced)",
                              bounce->device[i].name,
                              (unsigned long long)bounce->device[i].bytes,
                              (unsigned long long)bounce->device[i].times));
        result = AUDIT_COPIES;
    }
    if (others)
        json_array_append_new(
            why, json_sprintf("bounce buffers of devices that are none of the program's "
                              "cameras, displays and GPUs: %llu bytes",
                              (unsigned long long)others));
    if (bounce->lost && result == AUDIT_CLEAN) {
        json_array_append_new(why,
                              json_sprintf("the kernel lost %llu lines on bounce buffers",
                                           (unsigned long long)bounce->lost));
        result = AUDIT_UNKNOWN;
    }
    return result;
}

/* What they do is behind one and the same dma-buf, and is no choice of the program's. */
static void name_drivers(const struct watch *watch, json_t *why)
{
    for (int i = 0; i < watch->n_devices; i++) {
        const char *driver = watch->device[i].driver, *does;
        bool told = false;

        does = driver_does(driver, watch->device[i].path);
        for (int k = 0; does && k < i && !told; k++)
            told = !strcmp(watch->device[k].driver, driver) &&
                   driver_does(driver, watch->device[k].path);
        if (does && !told)
            json_array_append_new(
                why,
                json_sprintf("driver %s %s (inferred from what it is)", driver, does));
    }
}

enum audit_exit verdict_of(const json_t *reports, const struct audit_seen *seen,
                           const struct audit_rules *rules, json_t *why)
{
    const struct watch *watch = &seen->watch;
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
    result = worse(result, judge_bounces(seen, why));
    name_drivers(watch, why);
    return result;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text - what was found, for a terminal. Reads the document only. */
#include "probe/text.h"

#include "probe/wrap.h"
#include "tools/view/view.h"

#include <string.h>

/* ------------------------------------------------------------ what there is */

static void put_named(FILE *out, const json_t *list, const char *title, const char *tail)
{
    size_t index, width = 0;
    json_t *item;

    if (!json_array_size(list))
        return;
    fprintf(out, "\n%s\n", title);
    json_array_foreach((json_t *)list, index, item) {
        size_t own = view_columns(view_string(item, "name"));

        width = own > width ? own : width;
    }
    json_array_foreach((json_t *)list, index, item) {
        const char *why = view_string(item, "why");
        char line[1200];

        fputs("  ", out);
        view_put_cell(out, view_string(item, "name"), width, false);
        snprintf(line, sizeof(line), "%s%s%s%s%s", *why ? "cannot be tried: " : "",
                 *why ? why : view_string(item, "path"), *why ? "" : tail,
                 *why                          ? ""
                 : *view_string(item, "about") ? ", "
                                               : "",
                 *why ? "" : view_string(item, "about"));
        fputs("  ", out);
        wrap_text(out, line, width + 4, width + 4);
    }
}

static void put_memories(FILE *out, const json_t *probe)
{
    json_t *own = json_array(), *heaps = json_array(), *item;
    size_t index;

    /* Why a device cannot be tried is told of the device. */
    json_array_foreach(json_object_get(probe, "memories"), index, item) {
        if (!strcmp(view_string(item, "kind"), "heap"))
            json_array_append(heaps, item);
        else if (!*view_string(item, "why"))
            json_array_append(own, item);
    }
    put_named(out, heaps, "Memory of heaps, the best first", "");
    if (!json_array_size(heaps))
        fputs("\nMemory of heaps: none. Load the module zc_heaps, or try \"modprobe "
              "udmabuf\".\n",
              out);
    put_named(out, own, "Memory of devices", "'s own");
    json_decref(own);
    json_decref(heaps);
}

/* ------------------------------------------------------------ ways */

static bool is_found(const json_t *way)
{
    const char *outcome = view_string(way, "outcome");

    return !strcmp(outcome, "works") || !strcmp(outcome, "unchecked");
}

/* @best: of its camera and display; others are told in a line. */
static void put_way(FILE *out, const json_t *way, bool best)
{
    int64_t plane = 0, width = 0, height = 0, stride = 0, shown = 0;
    const char *path = view_string(way, "path"), *target = view_string(way, "target");
    char line[900], over[60] = "", strides[64] = "", plane_text[32] = "", drawn[80] = "";
    bool direct = !strcmp(path, "direct");

    view_int(way, "plane", &plane);
    view_int(way, "width", &width);
    view_int(way, "height", &height);
    view_int(way, "stride", &stride);
    view_int(way, "shown_stride", &shown);
    if (*view_string(way, "gpu"))
        snprintf(over, sizeof(over), " -> %.40s", view_string(way, "gpu"));
    if (plane)
        snprintf(plane_text, sizeof(plane_text), "/plane %d", (int)plane);
    if (stride)
        snprintf(strides, sizeof(strides), "; stride %d%s%.0d", (int)stride,
                 shown && shown != stride ? ", shown " : "",
                 shown && shown != stride ? (int)shown : 0);
    if (*target && strcmp(target, view_string(way, "memory")))
        snprintf(drawn, sizeof(drawn), ", drawn in %.60s", target);
    snprintf(line, sizeof(line), "%s%s -> %s%s, %s %dx%d: %s%s; %s%s%s",
             view_string(way, "camera"), over, view_string(way, "display"), plane_text,
             view_string(way, "format"), (int)width, (int)height,
             view_string(way, "memory"), drawn,
             direct                 ? "direct scan-out"
             : !strcmp(path, "gpu") ? "by the GPU"
                                    : "copied by the CPU",
             !strcmp(view_string(way, "outcome"), "works") ? "" : ", unchecked", strides);
    fputs("  ", out);
    wrap_text(out, line, 2, 4);
    if (!best)
        return;
    if (*view_string(way, "demo"))
        wrap_command(out, view_string(way, "demo"));
    if (*view_string(way, "gst"))
        wrap_command(out, view_string(way, "gst"));
}

static void put_no_way(FILE *out, const json_t *way)
{
    char line[900];

    snprintf(line, sizeof(line), "%s -> %s, %s: none: %s", view_string(way, "camera"),
             view_string(way, "display"), view_string(way, "path"),
             view_string(way, "why"));
    fputs("  ", out);
    wrap_text(out, line, 2, 4);
}

static void put_ways(FILE *out, const json_t *probe)
{
    const json_t *ways = json_object_get(probe, "ways");
    const char *camera = "", *display = "";
    bool found = false;
    size_t index;
    json_t *way;

    fputs("\nFrom camera to display\n", out);
    if (!json_array_size(ways))
        fputs("  none: it takes a camera and a display that can be tried\n", out);
    json_array_foreach((json_t *)ways, index, way) {
        if (strcmp(camera, view_string(way, "camera")) ||
            strcmp(display, view_string(way, "display")))
            found = false;
        camera = view_string(way, "camera");
        display = view_string(way, "display");
        if (is_found(way))
            put_way(out, way, !found);
        else
            put_no_way(out, way);
        found |= is_found(way);
    }
}

/* ------------------------------------------------------------ demands */

static void put_demands(FILE *out, const json_t *probe)
{
    const json_t *demands = json_object_get(probe, "demands");
    size_t index;
    json_t *demand;

    if (json_array_size(demands))
        fputs("\nWhat devices demand, and grant\n", out);
    json_array_foreach((json_t *)demands, index, demand) {
        char line[600];

        snprintf(line, sizeof(line), "%s, %s: %s (%s)", view_string(demand, "device"),
                 view_string(demand, "what"), view_string(demand, "found"),
                 view_string(demand, "how"));
        fputs("  ", out);
        wrap_text(out, line, 2, 4);
    }
}

/* ------------------------------------------------------------ costs */

static int64_t cost_of(const json_t *cost, const char *key)
{
    int64_t value = 0;

    view_int(cost, key, &value);
    return value;
}

/* A reader pays at each look; who copies pays one look and a write, and then the fast ones. */
static void put_slow_readers(FILE *out, const json_t *costs)
{
    const json_t *best = json_array_get(costs, 0);
    size_t index;
    json_t *cost;

    json_array_foreach((json_t *)costs, index, cost) {
        if (cost_of(cost, "read_ns") < cost_of(best, "read_ns"))
            best = cost;
    }
    json_array_foreach((json_t *)costs, index, cost) {
        int64_t twice = 2 * cost_of(cost, "read_ns");
        int64_t copied = cost_of(cost, "read_ns") + cost_of(best, "write_ns") +
                         2 * cost_of(best, "read_ns");
        char line[300];

        if (copied >= twice)
            continue;
        snprintf(
            line, sizeof(line),
            "%.60s: a program that reads a frame twice by the CPU is faster with a copy "
            "into %.60s: %.3g ms, not %.3g ms",
            view_string(cost, "memory"), view_string(best, "memory"), copied / 1e6,
            twice / 1e6);
        fputs("  ", out);
        wrap_text(out, line, 2, 4);
    }
}

static void put_costs(FILE *out, const json_t *probe)
{
    static const char *const keys[] = {"allocate_ns", "write_ns", "read_ns", "sync_ns"};
    const json_t *costs = json_object_get(probe, "costs");
    size_t index, width = 0;
    bool gpu = false;
    json_t *cost;

    if (!json_array_size(costs))
        return;
    json_array_foreach((json_t *)costs, index, cost) {
        size_t own = view_columns(view_string(cost, "memory"));

        width = own > width ? own : width;
        gpu |= cost_of(cost, "gpu_ns") > 0;
    }
    fprintf(out, "\nWhat a frame of %d bytes costs the CPU%s, ms\n",
            (int)cost_of(json_array_get(costs, 0), "bytes"),
            gpu ? ", and the GPU that reads it" : "");
    fprintf(out, "  %*s  allocate     write      read      sync%s\n", (int)width, "",
            gpu ? "       GPU" : "");
    json_array_foreach((json_t *)costs, index, cost) {
        fputs("  ", out);
        view_put_cell(out, view_string(cost, "memory"), width, false);
        for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++)
            fprintf(out, "%10.3f", cost_of(cost, keys[i]) / 1e6);
        if (cost_of(cost, "gpu_ns"))
            fprintf(out, "%10.3f", cost_of(cost, "gpu_ns") / 1e6);
        fputc('\n', out);
    }
    put_slow_readers(out, costs);
}

/* ------------------------------------------------------------ the whole */

static void put_head(FILE *out, const json_t *document)
{
    char line[400];

    snprintf(line, sizeof(line), "zc-probe %s, %s, Linux %s %s%s%s%s",
             view_string(document, "version"), view_string(document, "started"),
             view_string(document, "host.kernel"), view_string(document, "host.machine"),
             *view_string(document, "host.hypervisor") ? ", on " : "",
             view_string(document, "host.hypervisor"),
             strcmp(view_string(document, "ended"), "complete") ? ", interrupted" : "");
    wrap_text(out, line, 0, 2);
}

void text_put_probe(FILE *out, const json_t *document)
{
    const json_t *probe = json_object_get(document, "probe");
    size_t index;
    json_t *warning;

    put_head(out, document);
    put_memories(out, probe);
    put_named(out, json_object_get(probe, "devices"), "Devices", "");
    text_put_matrices(out, probe);
    put_demands(out, probe);
    put_costs(out, probe);
    put_ways(out, probe);
    json_array_foreach(json_object_get(document, "warnings"), index, warning) {
        fputs("note: ", out);
        wrap_text(out, json_string_value(warning), 6, 6);
    }
}

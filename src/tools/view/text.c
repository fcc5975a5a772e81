/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text - the document for a terminal: a table, a histogram, warnings and a verdict. */
#include "tools/view/text.h"

#include "tools/view/render.h"
#include "tools/view/view.h"

#include <stdlib.h>
#include <string.h>

/* --- what it was --- */

static void put_where(FILE *out, const json_t *document)
{
    const json_t *host = json_object_get(document, "host");
    view_text elapsed, cpus;
    char *line;

    view_quantity_at(elapsed, "ns", document, "elapsed_ns");
    view_quantity_at(cpus, "count", host, "cpus");
    view_put_clean(out, view_string(document, "command"),
                   strnlen(view_string(document, "command"), 40));
    fputs(", ", out);
    view_put_clean(out, view_string(document, "started"),
                   strnlen(view_string(document, "started"), 24));
    fprintf(out, ", %s%s\n", elapsed,
            strcmp(view_string(document, "ended"), "complete") ? ", interrupted" : "");
    if (asprintf(&line, "Linux %s %s, %s%s%s CPU%s%s%s%s%s", view_string(host, "kernel"),
                 view_string(host, "machine"), view_string(host, "cpu"),
                 *view_string(host, "cpu") ? ", " : "", cpus,
                 strcmp(cpus, "1") ? "s" : "",
                 *view_string(host, "hypervisor") ? ", on " : "",
                 view_string(host, "hypervisor"),
                 *view_string(document, "clocks.source") ? ", clock " : "",
                 view_string(document, "clocks.source")) >= 0) {
        view_put_wrapped(out, line, 0, 2);
        free(line);
    }
}

/* --- what is to be known of it --- */

static void put_fits(FILE *out, const json_t *document)
{
    json_t *fit;
    size_t index;

    json_array_foreach(json_object_get(document, "fits"), index, fit) {
        int64_t base = 0, slope = 0;
        view_text from, frame;
        char *line;

        view_int(fit, "base_ns", &base);
        view_int(fit, "slope_ps_per_pixel", &slope);
        view_quantity(from, "ns", (double)base);
        view_quantity(frame, "ns", (double)base + (double)slope * 1920 * 1080 / 1e3);
        if (asprintf(&line, "fit: %s, %s: %s and %.3f ns a pixel, so %s a 1080p frame",
                     view_string(fit, "label"), view_string(fit, "figure"), from,
                     (double)slope / 1e3, frame) < 0)
            continue;
        view_put_wrapped(out, line, 0, 5);
        free(line);
    }
}

static void put_warnings(FILE *out, const json_t *document)
{
    json_t *warning;
    size_t index;

    json_array_foreach(json_object_get(document, "warnings"), index, warning) {
        fputs("warning: ", out);
        view_put_wrapped(out, json_string_value(warning), 9, 9);
    }
}

/* How far each run's median is above the least that any program can reach; the best is named
 * where there are several. */
static void put_verdict(FILE *out, const json_t *document)
{
    const json_t *best = NULL;
    double least = 0;
    view_text median, floor;
    int64_t p50, total;
    char *line;

    for (size_t i = 0; i < view_runs(document); i++) {
        const json_t *run = view_run(document, i);

        if (strcmp(view_string(view_main(run), "unit"), "ns") ||
            !view_int(view_main(run), "p50", &p50) ||
            !view_int(run, "floor.total_ns", &total) || !total)
            continue;
        if (best && (double)p50 / (double)total >= least)
            continue;
        best = run;
        least = (double)p50 / (double)total;
    }
    if (!best)
        return;
    view_quantity_at(median, "ns", view_main(best), "p50");
    view_quantity_at(floor, "ns", best, "floor.total_ns");
    if (asprintf(&line, "verdict: %.40s%s%.40s p50 %s is %.2f × its floor of %s",
                 view_runs(document) > 1 ? view_string(best, "title") : "",
                 view_runs(document) > 1 ? ": " : "",
                 view_string(view_main(best), "name"), median, least, floor) < 0)
        return;
    view_put_wrapped(out, line, 0, 2);
    free(line);
}

void render_text(FILE *out, const json_t *document)
{
    put_where(out, document);
    text_put_common(out, document);
    text_put_devices(out, document);
    if (view_runs(document)) {
        fputc('\n', out);
        if (!strcmp(view_string(document, "command"), "zc-bench alloc"))
            text_put_alloc(out, document);
        else
            text_put_runs(out, document);
        text_put_histogram(out, document);
    }
    text_put_proof(out, document);
    if (json_array_size(json_object_get(document, "fits")) ||
        json_array_size(json_object_get(document, "warnings")) || view_runs(document))
        fputc('\n', out);
    put_fits(out, document);
    put_warnings(out, document);
    put_verdict(out, document);
}

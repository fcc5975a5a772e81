/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* html-tables - all figures, all counts, and what it was measured on. */
#include "tools/view/html.h"
#include "tools/view/svg.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

static void put_head(FILE *out, const char *text)
{
    fputs("<th scope=\"col\">", out);
    html_put(out, text);
    fputs("</th>", out);
}

/* --- figures --- */

static const char *const values[] = {"min", "mean", "p50", "p90", "p99", "p999", "max"};

static void put_figure(FILE *out, const json_t *run, const json_t *figure, size_t index)
{
    int64_t n = 0, dropped = 0;
    view_text text;

    view_int(figure, "n", &n);
    view_int(figure, "dropped", &dropped);
    fputs("<tr><th scope=\"row\">", out);
    html_put_swatch(out, index);
    html_put(out, view_string(run, "title"));
    fputs("</th><td class=\"text\">", out);
    html_put(out, view_string(figure, "name"));
    fprintf(out, "</td><td>%" PRId64 "</td>", n);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        view_quantity_at(text, view_string(figure, "unit"), figure, values[i]);
        fputs("<td>", out);
        html_put(out, text);
        fputs("</td>", out);
    }
    fprintf(out, "<td>%" PRId64 "</td></tr>\n", dropped);
}

static void put_figures(FILE *out, const json_t *document)
{
    size_t index, i;
    json_t *run, *figure;

    fputs(
        "<section>\n<h2>All figures</h2>\n<p>“-”: fewer than ten values lie beyond that "
        "percentile.</p>\n<div class=\"scroll\"><table>\n<caption>Figures of each "
        "run</caption>\n<thead><tr><th scope=\"col\">run</th>"
        "<th scope=\"col\" class=\"text\">figure</th><th scope=\"col\">n</th>",
        out);
    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        put_head(out, strcmp(values[i], "p999") ? values[i] : "p99.9");
    fputs("<th scope=\"col\">dropped</th></tr></thead>\n<tbody>\n", out);
    json_array_foreach(json_object_get(document, "runs"), index, run)
        json_array_foreach(json_object_get(run, "figures"), i, figure)
            put_figure(out, run, figure, index);
    fputs("</tbody></table></div>\n</section>\n", out);
}

/* --- counts --- */

static void put_counts_head(FILE *out, const json_t *keys)
{
    size_t index;
    json_t *key;

    fputs("<section>\n<h2>Counts</h2>\n<div class=\"scroll\"><table>\n<caption>Counts of "
          "each run; CPU time, switches, calls and bytes are of a shown frame</caption>\n"
          "<thead><tr><th scope=\"col\">run</th><th scope=\"col\">frames a second</th>",
          out);
    json_array_foreach((json_t *)keys, index, key) {
        struct view_count fallback;
        view_text name;

        put_head(out, view_count_for(json_string_value(key), &fallback, name)->name);
    }
    fputs("</tr></thead>\n<tbody>\n", out);
}

static void put_counts(FILE *out, const json_t *document)
{
    json_t *keys = view_keys(document, "counts"), *run, *key;
    size_t index, i;

    if (json_array_size(keys)) {
        put_counts_head(out, keys);
        json_array_foreach(json_object_get(document, "runs"), index, run) {
            view_text text = "-";
            double value;

            fputs("<tr><th scope=\"row\">", out);
            html_put_swatch(out, index);
            html_put(out, view_string(run, "title"));
            if (view_rate(run, &value))
                view_quantity(text, "millihertz", value);
            fprintf(out, "</th><td>%s</td>", text);
            json_array_foreach(keys, i, key) {
                const struct view_count *count;
                struct view_count fallback;
                view_text name;

                count = view_count_for(json_string_value(key), &fallback, name);
                snprintf(text, sizeof(text), "-");
                if (view_count_value(run, count, &value))
                    view_quantity(text, count->unit, value);
                fprintf(out, "<td>%s</td>", text);
            }
            fputs("</tr>\n", out);
        }
        fputs("</tbody></table></div>\n</section>\n", out);
    }
    json_decref(keys);
}

/* --- what it was measured on --- */

/* Members of members come with the path to them; checked documents are not deep. */
static void put_scalars(FILE *out, const char *prefix, const json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value) {
        char path[256];
        view_text text;

        snprintf(path, sizeof(path), "%s%s%.64s", prefix, *prefix ? " " : "", key);
        if (json_is_object(value)) {
            put_scalars(out, path, value);
            continue;
        }
        fputs("<div><dt>", out);
        html_put(out, path);
        fputs("</dt><dd>", out);
        html_put(out, view_scalar(text, value));
        fputs("</dd></div>\n", out);
    }
}

static void put_group(FILE *out, const char *title, const json_t *object)
{
    if (!json_object_size(object))
        return;
    fputs("<h3>", out);
    html_put(out, title);
    fputs("</h3>\n<dl>\n", out);
    put_scalars(out, "", object);
    fputs("</dl>\n", out);
}

/* What @key of @run says, unless it is as of the run before. */
static void put_of_run(FILE *out, const char *title, const char *key, const json_t *run,
                       const json_t *before)
{
    const json_t *object = json_object_get(run, key);
    char *of_run;

    if (json_equal(object, json_object_get(before, key)))
        return;
    if (asprintf(&of_run, "%s of %s%s", title, view_string(run, "title"),
                 before ? " on" : "") < 0)
        return;
    put_group(out, before ? of_run : title, object);
    free(of_run);
}

void html_put_tables(FILE *out, const json_t *document)
{
    const json_t *runs = json_object_get(document, "runs");

    if (json_array_size(runs)) {
        put_figures(out, document);
        put_counts(out, document);
    }
    fputs("<section>\n<h2>Measured on</h2>\n", out);
    put_group(out, "Host", json_object_get(document, "host"));
    put_group(out, "Clocks", json_object_get(document, "clocks"));
    for (size_t i = 0; i < json_array_size(runs); i++) {
        const json_t *run = json_array_get(runs, i);
        const json_t *before = i ? json_array_get(runs, i - 1) : NULL;

        put_of_run(out, "Devices", "devices", run, before);
        put_of_run(out, "Plan", "plan", run, before);
        put_of_run(out, "Proof", "proof", run, before);
    }
    put_group(out, "Configuration", json_object_get(document, "config"));
    fputs("</section>\n", out);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* csv - a line a figure or count, as RFC 4180 quotes it, but that lines end as on Unix. */
#include "tools/view/render.h"

#include "tools/view/view.h"

#include <inttypes.h>
#include <string.h>

static void put_field(FILE *out, const char *text)
{
    if (!text[strcspn(text, ",\"\r\n")]) {
        fputs(text, out);
        return;
    }
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"')
            fputc('"', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

static const char *const values[] = {"n",   "dropped", "min",  "mean", "p50",
                                     "p90", "p99",     "p999", "max"};

/* The columns that all lines of a run begin with. */
static void put_run(FILE *out, const json_t *run, const json_t *labels, const char *kind,
                    const char *name)
{
    size_t index;
    json_t *label;

    put_field(out, view_string(run, "title"));
    json_array_foreach((json_t *)labels, index, label) {
        const json_t *of_run = json_object_get(run, "labels");

        fputc(',', out);
        put_field(out, view_string(of_run, json_string_value(label)));
    }
    fprintf(out, ",%s,", kind);
    put_field(out, name);
}

/* A percentile that n does not carry is an empty field. */
static void put_figure(FILE *out, const json_t *run, const char *kind,
                       const json_t *figure, const json_t *labels)
{
    int64_t value;

    put_run(out, run, labels, kind, view_string(figure, "name"));
    fputc(',', out);
    put_field(out, view_string(figure, "unit"));
    fputc(',', out);
    put_field(out, view_string(figure, "better"));
    fputc(',', out);
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++) {
        fputc(',', out);
        if (view_int(figure, values[i], &value))
            fprintf(out, "%" PRId64, value);
        else if (!strcmp(values[i], "dropped"))
            fputc('0', out);
    }
    fputc('\n', out);
}

/* A count has one value, and no distribution. */
static void put_count(FILE *out, const json_t *run, const char *name,
                      const json_t *labels, const json_t *value)
{
    put_run(out, run, labels, "count", name);
    fputs(",,,", out);
    if (json_is_integer(value))
        fprintf(out, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    for (size_t i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        fputc(',', out);
    fputc('\n', out);
}

void render_csv(FILE *out, const json_t *document)
{
    static const char *const of_run[] = {"elapsed_ns", "syscall_frames"};
    json_t *labels = view_keys(document, "labels"), *label, *run, *figure;
    const char *count;
    size_t index, i;

    fputs("run", out);
    json_array_foreach(labels, index, label) {
        fputc(',', out);
        put_field(out, json_string_value(label));
    }
    fputs(",kind,name,unit,better,value", out);
    for (i = 0; i < sizeof(values) / sizeof(values[0]); i++)
        fprintf(out, ",%s", values[i]);
    fputc('\n', out);
    json_array_foreach(json_object_get(document, "runs"), index, run) {
        json_array_foreach(json_object_get(run, "figures"), i, figure)
            put_figure(out, run, "figure", figure, labels);
        json_array_foreach(json_object_get(run, "stages"), i, figure)
            put_figure(out, run, "stage", figure, labels);
        json_object_foreach(json_object_get(run, "counts"), count, figure)
            put_count(out, run, count, labels, figure);
        for (i = 0; i < sizeof(of_run) / sizeof(of_run[0]); i++)
            if ((figure = json_object_get(run, of_run[i])))
                put_count(out, run, of_run[i], labels, figure);
    }
    json_decref(labels);
}

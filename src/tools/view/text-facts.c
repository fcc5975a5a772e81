/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* text-facts - what is no number: labels, devices, clocks, and what no copies rests on. */
#include "tools/view/text.h"
#include "tools/view/view.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#define NAME_COLUMNS 10

/* A line of @name and @text, which goes on below itself. */
static void put_fact(FILE *out, const char *name, const char *text)
{
    fputs("  ", out);
    view_put_cell(out, name, NAME_COLUMNS, false);
    fputs("  ", out);
    view_put_wrapped(out, text, NAME_COLUMNS + 4, NAME_COLUMNS + 4);
}

/* Adds to the list what all runs share of their objects @member. */
static size_t add_shared(FILE *line, const json_t *document, const char *member,
                         size_t shown)
{
    json_t *keys = view_keys(document, member), *name;
    const json_t *object = json_object_get(view_run(document, 0), member);
    size_t index;

    json_array_foreach(keys, index, name) {
        const char *key = json_string_value(name);
        const json_t *value = json_object_get(object, key);
        view_text words, text;

        if (!value || !view_same(document, member, key))
            continue;
        view_words(words, key);
        fprintf(line, "%s%s %s", shown++ ? ", " : "", words, view_scalar(text, value));
    }
    json_decref(keys);
    return shown;
}

void text_put_common(FILE *out, const json_t *document)
{
    char *text = NULL;
    size_t size, shown;
    FILE *line = open_memstream(&text, &size);

    if (!line)
        return;
    shown = add_shared(line, document, "labels", 0);
    shown = add_shared(line, document, "plan", shown);
    fclose(line);
    if (shown)
        view_put_wrapped(out, text, 0, 2);
    free(text);
}

/* --- devices and clocks --- */

/* Each device once; another of the same kind with the run that has it. */
static size_t put_devices_of(FILE *out, const json_t *document, const char *kind)
{
    const json_t *before = NULL;
    size_t shown = 0;

    for (size_t i = 0; i < view_runs(document); i++) {
        const json_t *run = view_run(document, i);
        const json_t *device = json_object_get(json_object_get(run, "devices"), kind);
        view_text text;
        char *line;

        if (!json_is_string(device) || (before && json_equal(device, before)))
            continue;
        if (asprintf(&line, "%s%s%s%s", view_scalar(text, device), before ? " (" : "",
                     before ? view_string(run, "title") : "", before ? ")" : "") >= 0) {
            put_fact(out, kind, line);
            free(line);
            shown++;
        }
        before = device;
    }
    return shown;
}

static size_t put_clocks(FILE *out, const json_t *document)
{
    const char *capture = view_string(document, "clocks.capture");
    const char *display = view_string(document, "clocks.display");
    char *line;

    if ((!*capture && !*display) ||
        asprintf(&line, "%s%s%s%s%s", *capture ? "capture: " : "", capture,
                 *capture && *display ? "; " : "", *display ? "flip: " : "", display) < 0)
        return 0;
    put_fact(out, "clocks", line);
    free(line);
    return 1;
}

void text_put_devices(FILE *out, const json_t *document)
{
    json_t *kinds = view_keys(document, "devices"), *kind;
    char *text = NULL;
    size_t size, index, shown = 0;
    FILE *lines = open_memstream(&text, &size);

    if (!lines)
        return;
    json_array_foreach(kinds, index, kind)
        shown += put_devices_of(lines, document, json_string_value(kind));
    shown += put_clocks(lines, document);
    fclose(lines);
    if (shown)
        fprintf(out, "\n%s", text);
    free(text);
    json_decref(kinds);
}

/* --- what the number of copies rests on --- */

static void put_proof_of(FILE *out, const json_t *run)
{
    const json_t *proof = json_object_get(run, "proof");
    int64_t copies = 0;
    view_text text;
    const char *key;
    json_t *value;
    char *line;

    view_int(run, "counts.copies", &copies);
    snprintf(text, sizeof(text), "copies: %" PRId64 "%s%s", copies,
             view_find(run, "proof.compositor") ? " before the compositor" : "",
             copies ? "" : ", because");
    put_fact(out, view_string(run, "title"), text);
    json_object_foreach((json_t *)proof, key, value) {
        if (asprintf(&line, "%s: %s", key, view_scalar(text, value)) < 0)
            continue;
        put_fact(out, "", line);
        free(line);
    }
}

void text_put_proof(FILE *out, const json_t *document)
{
    size_t shown = 0;

    for (size_t i = 0; i < view_runs(document); i++) {
        if (!json_object_size(json_object_get(view_run(document, i), "proof")))
            continue;
        if (!shown++)
            fputc('\n', out);
        put_proof_of(out, view_run(document, i));
    }
}

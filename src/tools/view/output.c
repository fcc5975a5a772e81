/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* output - the views to where they are asked for. Touches the file system only. */
#include "tools/file/outfile.h"
#include "tools/view/render.h"
#include "zerocopy.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* As json_dumpf() indents, but a list of numbers, or of pairs of them, stays on a line. */
static void put_json(FILE *out, const json_t *value, int indent)
{
    bool object = json_is_object(value), first = true;
    const json_t *element = json_array_get(value, 0);
    const char *key;
    json_t *member;
    size_t index;

    if (!object && !json_is_object(element) && !json_is_string(element)) {
        json_dumpf(value, out, JSON_ENCODE_ANY | JSON_COMPACT);
        return;
    }
    fputs(object ? "{" : "[", out);
    json_object_foreach((json_t *)value, key, member) {
        json_t *name = json_string(key);

        fprintf(out, "%s\n%*s", first ? "" : ",", indent + 2, "");
        json_dumpf(name, out, JSON_ENCODE_ANY);
        json_decref(name);
        fputs(": ", out);
        put_json(out, member, indent + 2);
        first = false;
    }
    json_array_foreach((json_t *)value, index, member) {
        fprintf(out, "%s\n%*s", index ? "," : "", indent + 2, "");
        put_json(out, member, indent + 2);
        first = false;
    }
    if (!first)
        fprintf(out, "\n%*s", indent, "");
    fputs(object ? "}" : "]", out);
}

void render_json(FILE *out, const json_t *document)
{
    put_json(out, document, 0);
    fputc('\n', out);
}

/* --- to a file --- */

static int write_text(const char *path, const char *text, size_t size)
{
    struct outfile file;
    int result = outfile_open(&file, path);

    if (result)
        return result;
    errno = 0;
    if (fwrite(text, 1, size, file.stream) != size || fflush(file.stream))
        result = errno ? -errno : -EIO;
    return outfile_close(&file, result);
}

int render_to(render_view *render, const json_t *document, const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    int result = -ENOMEM;

    if (memory) {
        render(memory, document);
        if (!fclose(memory))
            result = write_text(path, text, size);
    }
    free(text);
    if (result)
        zc_log(ZC_LOG_ERROR, "cannot write %s: %s",
               strcmp(path, "-") ? path : "to standard output", strerror(-result));
    return result;
}

int render_outputs(const json_t *document, const struct outputs *outputs)
{
    const struct {
        render_view *render;
        const char *path;
    } views[] = {{render_json, outputs->json},
                 {render_csv, outputs->csv},
                 {render_html, outputs->html}};
    int result = 0, error, on_stdout = 0;

    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++)
        on_stdout += views[i].path && !strcmp(views[i].path, "-");
    if (on_stdout > 1) {
        zc_log(ZC_LOG_ERROR, "only one of JSON, CSV and HTML can go to standard output");
        return -EINVAL;
    }
    for (size_t i = 0; i < sizeof(views) / sizeof(views[0]); i++) {
        error = views[i].path ? render_to(views[i].render, document, views[i].path) : 0;
        result = result ? result : error;
    }
    error = on_stdout ? 0 : render_to(render_text, document, "-");
    return result ? result : error;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* output - the views to where they are asked for. Touches the file system only. */
#include "tools/view/render.h"

#include "zerocopy.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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
    json_object_foreach((json_t *)value, key, member)
    {
        json_t *name = json_string(key);

        fprintf(out, "%s\n%*s", first ? "" : ",", indent + 2, "");
        json_dumpf(name, out, JSON_ENCODE_ANY);
        json_decref(name);
        fputs(": ", out);
        put_json(out, member, indent + 2);
        first = false;
    }
    json_array_foreach((json_t *)value, index, member)
    {
        fprintf(out, "%s\n%*s", index ? "," : "", indent + 2, "");
        put_json(out, member, indent + 2);
        first = false;
    }
    if (!first)
        fprintf(out, "\n%*s", indent, "");
    fputs(object ? "}" : "]", out);
}

static void render_json(FILE *out, const json_t *document)
{
    put_json(out, document, 0);
    fputc('\n', out);
}

/* --- to a file --- */

static int write_all(FILE *file, const char *text, size_t size)
{
    errno = 0;
    if (fwrite(text, 1, size, file) == size && !fflush(file))
        return 0;
    return errno ? -errno : -EIO;
}

/* A regular file is replaced when the new one is whole: it may be the only measurement of
 * its kind. What is no regular file, as a pipe, is written as it stands. */
static int write_file(const char *path, const char *text, size_t size)
{
    struct stat there;
    bool replace = stat(path, &there) || S_ISREG(there.st_mode);
    char *part = NULL;
    FILE *file;
    int result;

    if (replace && asprintf(&part, "%s.%d.part", path, (int)getpid()) < 0)
        return -ENOMEM;
    file = fopen(replace ? part : path, replace ? "wxe" : "we");
    if (!file) {
        result = -errno;
        free(part);
        return result;
    }
    result = write_all(file, text, size);
    if (fclose(file) && !result)
        result = -errno;
    if (!result && replace && rename(part, path))
        result = -errno;
    if (result && replace)
        unlink(part);
    free(part);
    return result;
}

typedef void render_view(FILE *out, const json_t *document);

static int write_view(render_view *render, const json_t *document, const char *path)
{
    char *text = NULL;
    size_t size = 0;
    FILE *memory = open_memstream(&text, &size);
    int result = -ENOMEM;

    if (memory) {
        render(memory, document);
        if (!fclose(memory))
            result = strcmp(path, "-") ? write_file(path, text, size)
                                       : write_all(stdout, text, size);
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
        error = views[i].path ? write_view(views[i].render, document, views[i].path) : 0;
        result = result ? result : error;
    }
    error = on_stdout ? 0 : write_view(render_text, document, "-");
    return result ? result : error;
}

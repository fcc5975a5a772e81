/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* page - each list of the document as a table. Reads the document only. */
#include "probe/page.h"

#include "tools/view/svg.h"
#include "tools/view/view.h"

#include <string.h>

#define MOST_COLUMNS 8

static const char head[] =
    "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\n"
    "<meta name=\"viewport\" content=\"width=device-width\">\n"
    "<title>zc-probe</title>\n<style>\n"
    "body{font:15px/1.4 sans-serif;margin:2em;color:#222;background:#fff}\n"
    "table{border-collapse:collapse;margin-bottom:2em}\n"
    "th,td{border-bottom:1px solid #ccc;padding:.2em .7em;text-align:left;"
    "vertical-align:top}\n"
    ".works{background:#dff2df}.unchecked{background:#f7f2cf}.wrong{background:#f2c4c4}\n"
    ".refused{background:#f6dede}.not{color:#666}code{white-space:pre-wrap;"
    "overflow-wrap:anywhere}\n"
    "@media(prefers-color-scheme:dark){body{color:#ddd;background:#1a1a1a}\n"
    "th,td{border-color:#444}.works{background:#1f3d1f}.unchecked{background:#3f3a16}\n"
    ".wrong{background:#5a1f1f}.refused{background:#3d2424}.not{color:#999}}\n"
    "</style></head><body>\n";

struct page_column {
    const char *key, *title;
};

static void put_value(FILE *out, const json_t *item, const char *key)
{
    const json_t *value = json_object_get(item, key);
    bool outcome = !strcmp(key, "outcome");
    view_text number;

    fputs("<td", out);
    /* The first word of an outcome is its class. */
    if (outcome)
        fprintf(out, " class=\"%.*s\"", (int)strcspn(view_string(item, key), " \"<>&"),
                view_string(item, key));
    fputs(">", out);
    if (strstr(key, "_ns"))
        snprintf(number, sizeof(number), "%.3f", (double)json_integer_value(value) / 1e6);
    html_put(out, !value ? "" : strstr(key, "_ns") ? number : view_scalar(number, value));
    fputs("</td>", out);
}

/* A row of its own, below that of the way: commands are long. */
static void put_commands(FILE *out, const json_t *item, int columns)
{
    static const char *const keys[] = {"demo", "gst"};

    for (size_t i = 0; i < sizeof(keys) / sizeof(*keys); i++) {
        if (!*view_string(item, keys[i]))
            continue;
        fprintf(out, "<tr><td></td><td colspan=\"%d\"><code>", columns - 1);
        html_put(out, view_string(item, keys[i]));
        fputs("</code></td></tr>\n", out);
    }
}

static void put_list(FILE *out, const json_t *probe, const char *list, const char *title,
                     const struct page_column columns[MOST_COLUMNS])
{
    const json_t *items = json_object_get(probe, list);
    size_t index;
    json_t *item;
    int n = 0;

    if (!json_array_size(items))
        return;
    fprintf(out, "<h2>%s</h2>\n<table><tr>", title);
    while (n < MOST_COLUMNS && columns[n].key)
        fprintf(out, "<th>%s</th>", columns[n++].title);
    fputs("</tr>\n", out);
    json_array_foreach((json_t *)items, index, item) {
        fputs("<tr>", out);
        for (int i = 0; i < n; i++)
            put_value(out, item, columns[i].key);
        fputs("</tr>\n", out);
        put_commands(out, item, n);
    }
    fputs("</table>\n", out);
}

static const struct {
    const char *list, *title;
    struct page_column columns[MOST_COLUMNS];
} tables[] = {
    {"ways",
     "From camera to display",
     {{"camera", "camera"},
      {"gpu", "GPU"},
      {"display", "display"},
      {"path", "path"},
      {"outcome", "outcome"},
      {"format", "format"},
      {"memory", "memory"},
      {"why", "because"}}},
    {"cells",
     "Each memory on each device",
     {{"memory", "memory"},
      {"device", "device"},
      {"use", "it"},
      {"format", "format"},
      {"outcome", "outcome"},
      {"step", "step"},
      {"errno", "answer"},
      {"why", "because"}}},
    {"demands",
     "What devices demand, and grant",
     {{"device", "device"}, {"what", "what"}, {"found", "found"}, {"how", "how"}}},
    {"costs",
     "What a frame costs the CPU, and the GPU that reads it, ms",
     {{"memory", "memory"},
      {"bytes", "bytes"},
      {"allocate_ns", "allocate"},
      {"write_ns", "write"},
      {"read_ns", "read"},
      {"sync_ns", "sync"},
      {"gpu_ns", "GPU"}}},
    {"memories",
     "Memories",
     {{"name", "name"}, {"kind", "of"}, {"path", "path"}, {"why", "not tried"}}},
    {"devices",
     "Devices",
     {{"name", "name"},
      {"kind", "kind"},
      {"path", "path"},
      {"about", "what it is"},
      {"why", "not tried"}}},
};

void page_put(FILE *out, const json_t *document)
{
    const json_t *probe = json_object_get(document, "probe");

    fputs(head, out);
    fputs("<h1>zc-probe ", out);
    html_put(out, view_string(document, "version"));
    fputs("</h1>\n<p>", out);
    html_put(out, view_string(document, "started"));
    fputs(", Linux ", out);
    html_put(out, view_string(document, "host.kernel"));
    fputs(" ", out);
    html_put(out, view_string(document, "host.machine"));
    fputs("</p>\n", out);
    for (size_t i = 0; i < sizeof(tables) / sizeof(*tables); i++)
        put_list(out, probe, tables[i].list, tables[i].title, tables[i].columns);
    fputs("</body></html>\n", out);
}

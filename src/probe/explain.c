/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* explain - one memory on one device, message by message. Reads the document only. */
#include "probe/text.h"

#include "probe/wrap.h"
#include "tools/view/view.h"

#include <string.h>

static void put_cell(FILE *out, const json_t *cell)
{
    int64_t width = 0, height = 0, stride = 0;
    size_t index;
    json_t *line;

    view_int(cell, "width", &width);
    view_int(cell, "height", &height);
    fprintf(out, "%s %s %s %dx%d in %s: %s\n", view_string(cell, "device"),
            view_string(cell, "use"), view_string(cell, "format"), (int)width,
            (int)height, view_string(cell, "memory"), view_string(cell, "outcome"));
    if (*view_string(cell, "step"))
        fprintf(out, "  step    %s\n", view_string(cell, "step"));
    if (*view_string(cell, "errno"))
        fprintf(out, "  answer  %s\n", view_string(cell, "errno"));
    if (view_int(cell, "stride", &stride))
        fprintf(out, "  stride  %d bytes\n", (int)stride);
    fputs("  why     ", out);
    wrap_text(out, view_string(cell, "why"), 10, 10);
    json_array_foreach(json_object_get(cell, "story"), index, line) {
        fputs(index ? "          " : "  story   ", out);
        wrap_text(out, json_string_value(line), 10, 12);
    }
    fputc('\n', out);
}

static void put_names(FILE *out, const json_t *list)
{
    size_t index;
    json_t *item;

    json_array_foreach((json_t *)list, index, item) {
        fprintf(out, "%s%s", index ? ", " : "", view_string(item, "name"));
    }
    fputc('\n', out);
}

bool text_put_story(FILE *out, const json_t *document, const char *memory,
                    const char *device)
{
    const json_t *probe = json_object_get(document, "probe");
    bool found = false;
    size_t index;
    json_t *cell;

    json_array_foreach(json_object_get(probe, "cells"), index, cell) {
        if (strcmp(view_string(cell, "memory"), memory) ||
            strcmp(view_string(cell, "device"), device))
            continue;
        put_cell(out, cell);
        found = true;
    }
    if (found)
        return true;
    fprintf(out, "%s was not tried on %s. There are these memories: ", memory, device);
    put_names(out, json_object_get(probe, "memories"));
    fputs("and these devices: ", out);
    put_names(out, json_object_get(probe, "devices"));
    return false;
}

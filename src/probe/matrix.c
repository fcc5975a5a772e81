/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * matrix - memories beside devices: a table for each picture, with a mark for each cell, and
 * below all of them the reasons. Reads the document only.
 */
#include "probe/text.h"

#include "probe/wrap.h"
#include "tools/view/view.h"

#include <stdlib.h>
#include <string.h>

#define COLUMNS 80
#define MOST_COLUMNS 32
#define GAP 2

/* One device in one use. */
struct column {
    const char *device, *use;
    size_t width;
};

struct matrix {
    const json_t *probe;
    json_t *reasons; /* the cells whose reasons are told, each once */
    const json_t *shape;
    struct column column[MOST_COLUMNS];
    size_t n, name_width;
};

static bool same(const json_t *a, const json_t *b, const char *key)
{
    return !strcmp(view_string(a, key), view_string(b, key));
}

static bool same_shape(const json_t *a, const json_t *b)
{
    int64_t of_a[2] = {0}, of_b[2] = {0};

    view_int(a, "width", &of_a[0]);
    view_int(a, "height", &of_a[1]);
    view_int(b, "width", &of_b[0]);
    view_int(b, "height", &of_b[1]);
    return same(a, b, "format") && of_a[0] == of_b[0] && of_a[1] == of_b[1];
}

/* ------------------------------------------------------------ marks */

static const char *mark_of(const json_t *cell)
{
    static const char *const marks[][2] = {{"works", "ok"},
                                           {"unchecked", "ok?"},
                                           {"wrong pixels", "WRONG"},
                                           {"refused", "no"}};

    for (size_t i = 0; cell && i < sizeof(marks) / sizeof(*marks); i++)
        if (!strcmp(view_string(cell, "outcome"), marks[i][0]))
            return marks[i][1];
    return "-";
}

/* The number of its reason, from 1; 0: it works. */
static size_t reason_of(struct matrix *matrix, json_t *cell)
{
    size_t index;
    json_t *other;

    if (!cell || !strcmp(view_string(cell, "outcome"), "works"))
        return 0;
    json_array_foreach(matrix->reasons, index, other) {
        if (same(other, cell, "why") && same(other, cell, "step") &&
            same(other, cell, "errno"))
            return index + 1;
    }
    json_array_append(matrix->reasons, cell);
    return json_array_size(matrix->reasons);
}

static json_t *cell_at(const struct matrix *matrix, const char *memory,
                       const struct column *column)
{
    size_t index;
    json_t *cell;

    json_array_foreach(json_object_get(matrix->probe, "cells"), index, cell) {
        if (same_shape(cell, matrix->shape) &&
            !strcmp(view_string(cell, "memory"), memory) &&
            !strcmp(view_string(cell, "device"), column->device) &&
            !strcmp(view_string(cell, "use"), column->use))
            return cell;
    }
    return NULL;
}

/* ------------------------------------------------------------ a table */

static void find_columns(struct matrix *matrix)
{
    size_t index;
    json_t *cell;

    matrix->n = 0;
    json_array_foreach(json_object_get(matrix->probe, "cells"), index, cell) {
        struct column *column = &matrix->column[matrix->n];
        size_t i = 0, width;

        if (!same_shape(cell, matrix->shape))
            continue;
        while (i < matrix->n &&
               (strcmp(matrix->column[i].device, view_string(cell, "device")) ||
                strcmp(matrix->column[i].use, view_string(cell, "use"))))
            i++;
        if (i < matrix->n || matrix->n == MOST_COLUMNS)
            continue;
        width = view_columns(view_string(cell, "device"));
        *column = (struct column){view_string(cell, "device"), view_string(cell, "use"),
                                  width > 8 ? width : 8};
        matrix->n++;
    }
}

static const char *title_of(const struct matrix *matrix, char title[64])
{
    int64_t width = 0, height = 0;

    view_int(matrix->shape, "width", &width);
    view_int(matrix->shape, "height", &height);
    snprintf(title, 64, "%.10s %dx%d", view_string(matrix->shape, "format"), (int)width,
             (int)height);
    return title;
}

static void put_heads(FILE *out, const struct matrix *matrix, size_t first, size_t end)
{
    char title[64];

    fputc('\n', out);
    view_put_cell(out, title_of(matrix, title), matrix->name_width + 2, false);
    for (size_t i = first; i < end; i++) {
        fprintf(out, "%*s", GAP, "");
        view_put_cell(out, matrix->column[i].device,
                      i + 1 < end ? matrix->column[i].width
                                  : view_columns(matrix->column[i].device),
                      false);
    }
    fprintf(out, "\n%*s", (int)matrix->name_width + 2, "");
    for (size_t i = first; i < end; i++) {
        fprintf(out, "%*s", GAP, "");
        view_put_cell(out, matrix->column[i].use,
                      i + 1 < end ? matrix->column[i].width
                                  : view_columns(matrix->column[i].use),
                      false);
    }
    fputc('\n', out);
}

static void put_row(FILE *out, struct matrix *matrix, const char *memory, size_t first,
                    size_t end)
{
    fputs("  ", out);
    view_put_cell(out, memory, matrix->name_width, false);
    for (size_t i = first; i < end; i++) {
        json_t *cell = cell_at(matrix, memory, &matrix->column[i]);
        size_t reason = reason_of(matrix, cell);
        char mark[32];

        if (reason)
            snprintf(mark, sizeof(mark), "%s [%zu]", mark_of(cell), reason);
        else
            snprintf(mark, sizeof(mark), "%s", mark_of(cell));
        fprintf(out, "%*s", GAP, "");
        view_put_cell(out, mark, i + 1 < end ? matrix->column[i].width : strlen(mark),
                      false);
    }
    fputc('\n', out);
}

static void put_table(FILE *out, struct matrix *matrix)
{
    size_t first = 0, index;
    json_t *memory;
    char title[64];

    find_columns(matrix);
    if (matrix->name_width < view_columns(title_of(matrix, title)))
        matrix->name_width = view_columns(title);
    while (first < matrix->n) {
        size_t used = 2 + matrix->name_width, end = first;

        while (end < matrix->n &&
               (end == first || used + GAP + matrix->column[end].width <= COLUMNS))
            used += GAP + matrix->column[end++].width;
        put_heads(out, matrix, first, end);
        json_array_foreach(json_object_get(matrix->probe, "memories"), index, memory)
            put_row(out, matrix, view_string(memory, "name"), first, end);
        first = end;
    }
}

/* ------------------------------------------------------------ all */

/* Whether no cell before @at is of the same picture. */
static bool is_first(const json_t *cells, size_t at)
{
    for (size_t i = 0; i < at; i++)
        if (same_shape(json_array_get(cells, i), json_array_get(cells, at)))
            return false;
    return true;
}

static void put_reasons(FILE *out, const struct matrix *matrix)
{
    size_t index;
    json_t *cell;

    json_array_foreach(matrix->reasons, index, cell) {
        const char *step = view_string(cell, "step"),
                   *answer = view_string(cell, "errno");
        char number[32], line[1000];

        snprintf(number, sizeof(number), "  [%zu] ", index + 1);
        fputs(number, out);
        snprintf(line, sizeof(line), "%s%s%s%s%s", step, *step && *answer ? " " : "",
                 answer, *step || *answer ? ": " : "", view_string(cell, "why"));
        wrap_text(out, line, strlen(number), strlen(number));
    }
}

void text_put_matrices(FILE *out, const json_t *probe)
{
    const json_t *cells = json_object_get(probe, "cells");
    struct matrix matrix = {.probe = probe, .reasons = json_array()};
    size_t index;
    json_t *item;

    json_array_foreach(json_object_get(probe, "memories"), index, item) {
        size_t width = view_columns(view_string(item, "name"));

        matrix.name_width = width > matrix.name_width ? width : matrix.name_width;
    }
    json_array_foreach((json_t *)cells, index, item) {
        matrix.shape = item;
        if (is_first(cells, index))
            put_table(out, &matrix);
    }
    if (json_array_size(cells))
        fputs("\n  ok: works, seen by its content; ok?: taken, nobody could look; WRONG: "
              "taken,\n  and the pixels are wrong; no: refused; -: not tried\n",
              out);
    put_reasons(out, &matrix);
    json_decref(matrix.reasons);
}

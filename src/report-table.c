/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report-table - several runs side by side as text, from nothing but the document. */
#include "report-private.h"

#include <inttypes.h>
#include <string.h>

/* Three columns of these, the gaps and the labels are 80. */
#define WIDEST_CELL 18
#define GAP 2

static void cell_string(struct zc_line *cell, const json_t *run, const char *key)
{
    const char *value = zc_doc_string(run, key);

    if (value)
        zc_line_add(cell, "%s", value);
}

static void cell_format(struct zc_line *cell, const json_t *run, const char *key)
{
    int64_t width, height;

    cell_string(cell, run, key);
    if (cell->used && zc_doc_int(run, "camera.width", &width) &&
        zc_doc_int(run, "camera.height", &height))
        zc_line_add(cell, " %" PRId64 "x%" PRId64, width, height);
}

static void cell_int(struct zc_line *cell, const json_t *run, const char *key)
{
    int64_t value;

    if (zc_doc_int(run, key, &value))
        zc_line_add(cell, "%" PRId64, value);
}

static void cell_rate(struct zc_line *cell, const json_t *run, const char *key)
{
    int64_t value;

    if (zc_doc_int(run, key, &value))
        zc_line_add_decimal(cell, value, 1000, 2);
}

static void cell_ms(struct zc_line *cell, const json_t *run, const char *key)
{
    int64_t value;

    if (zc_doc_int(run, key, &value))
        zc_line_add_decimal(cell, value, 1000000, 3);
}

static const struct row {
    const char *label, *key;
    void (*cell)(struct zc_line *cell, const json_t *run, const char *key);
} rows[] = {
    {"", "title", cell_string},
    {"path", "path", cell_string},
    {"camera format", "camera.format", cell_format},
    {"frames shown", "frames.shown", cell_int},
    {"frames superseded", "frames.superseded", cell_int},
    {"frames lost", "frames.lost", cell_int},
    {"fps", "fps_millihertz", cell_rate},
    {"latency p50, ms", "latency.capture_to_flip.p50", cell_ms},
    {"latency p90, ms", "latency.capture_to_flip.p90", cell_ms},
    {"latency max, ms", "latency.capture_to_flip.max", cell_ms},
    {"CPU, ms a frame", "cpu_ns_per_frame", cell_ms},
    {"copies", "copies.count", cell_int},
    {"CPU maps", "copies.cpu_maps", cell_int},
};
#define ROWS ((int)(sizeof(rows) / sizeof(rows[0])))

static struct zc_line cell_of(const struct row *row, const json_t *run)
{
    struct zc_line cell = {0};

    row->cell(&cell, run, row->key);
    if (!cell.used)
        zc_line_add(&cell, "-");
    return cell;
}

static int column_of(const json_t *run)
{
    int widest = 1;

    for (int i = 0; i < ROWS; i++) {
        struct zc_line cell = cell_of(&rows[i], run);
        int columns = zc_text_columns(cell.text);

        if (columns > widest)
            widest = columns;
    }
    return widest < WIDEST_CELL ? widest : WIDEST_CELL;
}

static int label_column(void)
{
    int widest = 0;

    for (int i = 0; i < ROWS; i++)
        if ((int)strlen(rows[i].label) > widest)
            widest = strlen(rows[i].label);
    return widest;
}

static void put_note(FILE *out, const struct zc_line *note, bool *gap)
{
    if (*gap)
        fputc('\n', out);
    *gap = false;
    fputs("  ", out);
    zc_text_put_wrapped(out, note->text, 2, 4);
}

/* What the numbers leave open: where the copies are, and what went worse than asked. */
static void put_notes(FILE *out, const json_t *runs)
{
    const json_t *run, *warning;
    bool gap = true;
    size_t i, j;

    json_array_foreach(runs, i, run)
    {
        struct zc_line title = cell_of(&rows[0], run), copies = title;
        int64_t count;

        if (zc_doc_int(run, "copies.count", &count) && count) {
            zc_line_add(&copies, ": %" PRId64 " %s", count,
                        count == 1 ? "copy" : "copies");
            zc_line_add_copy_reason(&copies, run);
            put_note(out, &copies, &gap);
        }
        json_array_foreach(zc_doc_find(run, "warnings"), j, warning)
        {
            struct zc_line note = title;

            if (json_is_string(warning))
                zc_line_add(&note, ": %s", json_string_value(warning));
            put_note(out, &note, &gap);
        }
    }
}

void zc_text_put_table(FILE *out, const json_t *runs, const json_t *host)
{
    struct zc_line where = {0};
    const json_t *run;
    size_t i;

    zc_line_add_host(&where, host);
    zc_text_put_wrapped(out, where.text, 0, 2);
    fputc('\n', out);
    for (int row = 0; row < ROWS && json_array_size(runs); row++) {
        fputs("  ", out);
        zc_text_put_cell(out, rows[row].label, label_column(), false);
        json_array_foreach(runs, i, run)
        {
            struct zc_line cell = cell_of(&rows[row], run);

            fprintf(out, "%*s", GAP, "");
            zc_text_put_cell(out, cell.text, column_of(run), true);
        }
        fputc('\n', out);
    }
    put_notes(out, runs);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report-table - several runs side by side as text, from nothing but the document. */
#include "tools/report-private.h"

#include <inttypes.h>
#include <string.h>

/* Three columns of these, the gaps and the labels are 80. */
#define WIDEST_CELL 16
#define GAP 2

/* Where the reasons of a verdict begin, after the run's title. */
#define REASON_COLUMN 14

static void cell_string(struct zc_line *cell, const json_t *run, const char *key)
{
    const char *value = zc_doc_string(run, key);

    if (value)
        zc_line_add(cell, "%s", value);
}

static void cell_size(struct zc_line *cell, const json_t *run, const char *key)
{
    int64_t width, height;

    (void)key;
    if (zc_doc_int(run, "camera.width", &width) &&
        zc_doc_int(run, "camera.height", &height))
        zc_line_add(cell, "%" PRId64 "x%" PRId64, width, height);
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

/* "1280 → 2560": what the camera wrote, what the display read. */
static void cell_strides(struct zc_line *cell, const json_t *run, const char *key)
{
    int64_t from, to;

    (void)key;
    if (zc_doc_int(run, "camera.stride", &from) && zc_doc_int(run, "display.stride", &to))
        zc_line_add(cell, "%" PRId64 " → %" PRId64, from, to);
}

static void cell_formats(struct zc_line *cell, const json_t *run, const char *key)
{
    const char *to = zc_doc_string(run, "display.format");

    cell_string(cell, run, key);
    if (cell->used && to)
        zc_line_add(cell, " → %s", to);
}

static const struct row {
    const char *label, *key;
    void (*cell)(struct zc_line *cell, const json_t *run, const char *key);
} rows[] = {
    {"", "title", cell_string},
    {"camera", "camera", cell_size},
    {"formats", "camera.format", cell_formats},
    {"strides", "camera.stride", cell_strides},
    {"memory", "camera.memory", cell_string},
    {"frames captured", "frames.captured", cell_int},
    {"frames shown", "frames.shown", cell_int},
    {"frames superseded", "frames.superseded", cell_int},
    {"frames lost", "frames.lost", cell_int},
    {"frames damaged", "frames.damaged", cell_int},
    {"fps", "fps_millihertz", cell_rate},
    {"latency p50, ms", "latency.capture_to_flip.p50", cell_ms},
    {"latency p90, ms", "latency.capture_to_flip.p90", cell_ms},
    {"latency p99, ms", "latency.capture_to_flip.p99", cell_ms},
    {"latency max, ms", "latency.capture_to_flip.max", cell_ms},
    {"p50 capture to dequeue", "latency.capture_to_dequeue.p50", cell_ms},
    {"p50 GPU or CPU work", "latency.gpu.p50", cell_ms},
    {"p50 ready to commit", "latency.wait.p50", cell_ms},
    {"p50 commit to flip", "latency.commit_to_flip.p50", cell_ms},
    {"CPU, ms a frame", "cpu_ns_per_frame", cell_ms},
    {"imports once running", "after_first_round.imports", cell_int},
    {"CPU maps", "copies.cpu_maps", cell_int},
    {"copies", "copies.count", cell_int},
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

/* A line under the title of its run, which only the first of them has. */
static void put_reason(FILE *out, const json_t *run, const char *text, bool *first)
{
    const char *title = zc_doc_string(run, "title");

    fputs("  ", out);
    zc_text_put_cell(out, *first && title ? title : "", REASON_COLUMN - 4, false);
    fputs("  ", out);
    zc_text_put_wrapped(out, text, REASON_COLUMN, REASON_COLUMN);
    *first = false;
}

static void put_strings(FILE *out, const json_t *run, const char *key, bool *first)
{
    const json_t *array = zc_doc_find(run, key), *value;
    size_t i;

    json_array_foreach(array, i, value)
    {
        if (json_is_string(value))
            put_reason(out, run, json_string_value(value), first);
    }
}

/* What the numbers leave open: what no copies rests on, where those are that were made,
 * and what went worse than asked. */
static void put_verdicts(FILE *out, const json_t *runs)
{
    const json_t *run;
    size_t i;

    json_array_foreach(runs, i, run)
    {
        struct zc_line line = {0};
        bool first = true;
        int64_t count;

        if (zc_doc_int(run, "copies.count", &count)) {
            zc_line_add(&line, "copies: %" PRId64, count);
            if (count)
                zc_line_add_copy_reason(&line, run);
            else if (json_array_size(zc_doc_find(run, "copies.basis")))
                zc_line_add(&line, ", because");
            put_reason(out, run, line.text, &first);
            if (!count)
                put_strings(out, run, "copies.basis", &first);
        }
        if (zc_doc_string(run, "error"))
            put_reason(out, run, zc_doc_string(run, "error"), &first);
        put_strings(out, run, "warnings", &first);
    }
}

/* The devices that the runs have in common, as one run. The format is each path's own. */
static json_t *common(const json_t *runs)
{
    static const char *const groups[] = {"camera", "gpu", "display", "heap", "clock"};
    json_t *all = json_object();
    const json_t *run;
    size_t i;

    json_array_foreach(runs, i, run)
    {
        for (size_t k = 0; k < sizeof(groups) / sizeof(groups[0]); k++) {
            json_t *group = json_object_get(run, groups[k]);

            if (group && !json_object_get(all, groups[k]))
                json_object_set_new(all, groups[k], json_deep_copy(group));
        }
    }
    json_object_del(json_object_get(all, "camera"), "format");
    return all;
}

void zc_text_put_table(FILE *out, const json_t *runs, const json_t *host)
{
    struct zc_line where = {0};
    json_t *devices = common(runs);
    const json_t *run;
    size_t i;

    zc_line_add_host(&where, host);
    zc_text_put_wrapped(out, where.text, 0, 2);
    fputc('\n', out);
    zc_text_put_devices(out, devices);
    if (json_object_size(devices))
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
    zc_text_put_clocks(out, devices);
    fputc('\n', out);
    put_verdicts(out, runs);
    json_decref(devices);
}

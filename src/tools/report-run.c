/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* report-run - one run as text, from nothing but the document. */
#include "tools/report-private.h"

#include <inttypes.h>
#include <string.h>

/* Where the text of a line begins, after its label. */
#define TEXT_COLUMN 14

/* Where the groups of lines go. */
struct page {
    FILE *out;
    bool gap; /* an empty line is due before the next */
};

static FILE *begin_line(struct page *page)
{
    if (page->gap)
        fputc('\n', page->out);
    page->gap = false;
    return page->out;
}

static void put_line(struct page *page, const char *label, const char *text, int hang)
{
    if (!*text)
        return;
    fputs("  ", begin_line(page));
    zc_text_put_cell(page->out, label, TEXT_COLUMN - 2, false);
    zc_text_put_wrapped(page->out, text, TEXT_COLUMN, hang);
}

/* One line for each string of an array; only the first has the label. */
static void put_array(struct page *page, const json_t *run, const char *key,
                      const char *label)
{
    const json_t *array = zc_doc_find(run, key), *value;
    size_t i;

    json_array_foreach(array, i, value)
    {
        if (json_is_string(value))
            put_line(page, i ? "" : label, json_string_value(value), TEXT_COLUMN);
    }
}

/* Appends the string at @key, after @before and followed by @after, if it is there. */
static void add_string(struct zc_line *line, const char *before, const json_t *run,
                       const char *key, const char *after)
{
    const char *value = zc_doc_string(run, key);

    if (value)
        zc_line_add(line, "%s%s%s", line->used ? before : "", value, after);
}

static void add_int(struct zc_line *line, const char *before, const json_t *run,
                    const char *key, const char *after)
{
    int64_t value;

    if (zc_doc_int(run, key, &value))
        zc_line_add(line, "%s%" PRId64 "%s", before, value, after);
}

static void add_size(struct zc_line *line, const json_t *run, const char *stage)
{
    char key[64];
    int64_t width, height;

    snprintf(key, sizeof(key), "%s.width", stage);
    if (!zc_doc_int(run, key, &width))
        return;
    snprintf(key, sizeof(key), "%s.height", stage);
    if (zc_doc_int(run, key, &height))
        zc_line_add(line, "%s%" PRId64 "x%" PRId64, line->used ? " " : "", width, height);
}

/* --- the way of the pixels: format and stride at each end --- */

static void add_stage(struct zc_line *line, const json_t *run, const char *stage,
                      const char *detail)
{
    struct zc_line part = {0};
    char key[64];

    snprintf(key, sizeof(key), "%s.format", stage);
    add_string(&part, "", run, key, "");
    snprintf(key, sizeof(key), "%s.stride", stage);
    add_int(&part, part.used ? " stride " : "stride ", run, key, "");
    snprintf(key, sizeof(key), "%s.%s", stage, detail);
    if (zc_doc_string(run, key))
        zc_line_add(&part, "%s(%s)", part.used ? " " : "", zc_doc_string(run, key));
    if (part.used)
        zc_line_add(line, "%s%s", line->used ? " → " : "", part.text);
}

static void put_path(struct page *page, const json_t *run)
{
    struct zc_line line = {0}, stages = {0};

    add_stage(&stages, run, "camera", "memory");
    add_stage(&stages, run, "display", "plane");
    add_string(&line, "", run, "path", stages.used ? ":  " : "");
    zc_line_add(&line, "%s", stages.text);
    put_line(page, "path", line.text, TEXT_COLUMN);
}

/* --- devices and heap: a label, the node in a column of its own, what it is --- */

static const char *const nodes[] = {"camera.device", "gpu.device", "display.device",
                                    "display.connector", "heap.name"};

static int node_columns(const json_t *run)
{
    int widest = 1;

    for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
        const char *node = zc_doc_string(run, nodes[i]);

        if (node && zc_text_columns(node) > widest)
            widest = zc_text_columns(node);
    }
    return widest;
}

static void put_device(struct page *page, const char *label, const json_t *run,
                       const char *key, const struct zc_line *what)
{
    const char *node = zc_doc_string(run, key);
    int columns = node_columns(run);
    struct zc_line line = {0};

    if (!node && !what->used)
        return;
    if (!node)
        node = "-";
    zc_line_add(&line, "%s", node);
    if (what->used)
        zc_line_add(&line, "%*s  %s", columns - zc_text_columns(node), "", what->text);
    put_line(page, label, line.text, TEXT_COLUMN + columns + 2);
}

static void put_camera(struct page *page, const json_t *run)
{
    struct zc_line what = {0}, mode = {0};

    add_string(&mode, "", run, "camera.format", "");
    add_size(&mode, run, "camera");
    add_string(&mode, " ", run, "camera.rate", " fps");
    add_string(&what, "", run, "camera.name", "");
    zc_line_add(&what, "%s%s", what.used && mode.used ? "  " : "", mode.text);
    put_device(page, "camera", run, "camera.device", &what);
}

static void put_devices(struct page *page, const json_t *run)
{
    struct zc_line gpu = {0}, driver = {0}, mode = {0}, reason = {0};
    json_t *kept = zc_doc_find(run, "display.mode_kept");
    int64_t refresh;

    put_camera(page, run);
    add_string(&gpu, "", run, "gpu.renderer", "");
    if (json_is_true(zc_doc_find(run, "gpu.software")))
        zc_line_add(&gpu, "%s", gpu.used ? "  (software)" : "(software)");
    put_device(page, "gpu", run, "gpu.device", &gpu);
    add_string(&driver, "", run, "display.driver", "");
    put_device(page, "display", run, "display.device", &driver);
    add_size(&mode, run, "display");
    if (zc_doc_int(run, "display.refresh_mhz", &refresh)) {
        zc_line_add(&mode, "%s", mode.used ? " " : "");
        zc_line_add_decimal(&mode, refresh, 1000, 2);
        zc_line_add(&mode, " Hz");
    }
    if (json_is_boolean(kept))
        zc_line_add(&mode, "%s%s", mode.used ? ", " : "",
                    json_is_true(kept) ? "mode kept" : "mode set");
    if (json_is_true(zc_doc_find(run, "display.writeback")))
        zc_line_add(&mode, "%swriteback", mode.used ? ", " : "");
    put_device(page, "output", run, "display.connector", &mode);
    add_string(&reason, "", run, "heap.reason", "");
    put_device(page, "heap", run, "heap.name", &reason);
}

static void put_setup(struct page *page, const json_t *run)
{
    put_devices(page, run);
    put_path(page, run);
}

void zc_text_put_devices(FILE *out, const json_t *run)
{
    put_devices(&(struct page){.out = out}, run);
}

/* --- how many frames went it, and how fast --- */

static void put_frames(struct page *page, const json_t *run)
{
    static const char *const counts[] = {"captured", "shown", "superseded", "lost",
                                         "damaged"};
    struct zc_line frames = {0}, fps = {0}, cpu = {0};
    int64_t value, elapsed;

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
        char key[64];

        snprintf(key, sizeof(key), "frames.%s", counts[i]);
        if (zc_doc_int(run, key, &value))
            zc_line_add(&frames, "%s%s %" PRId64, frames.used ? "   " : "", counts[i],
                        value);
    }
    put_line(page, "frames", frames.text, TEXT_COLUMN);
    if (zc_doc_int(run, "fps_millihertz", &value)) {
        zc_line_add_decimal(&fps, value, 1000, 2);
        if (zc_doc_int(run, "elapsed_ns", &elapsed)) {
            zc_line_add(&fps, " over ");
            zc_line_add_decimal(&fps, elapsed, 1000000000, 1);
            zc_line_add(&fps, " s");
        }
    }
    put_line(page, "fps", fps.text, TEXT_COLUMN);
    if (zc_doc_int(run, "cpu_ns_per_frame", &value)) {
        zc_line_add_decimal(&cpu, value, 1000000, 3);
        zc_line_add(&cpu, " ms a frame");
    }
    put_line(page, "cpu", cpu.text, TEXT_COLUMN);
}

/* --- latency: the whole way, then the stages it consists of --- */

static const struct {
    const char *key, *label;
} stages[] = {
    {"latency.capture_to_flip", "capture to flip"},
    {"latency.capture_to_dequeue", "  capture to dequeue"},
    {"latency.dequeue_to_submit", "  dequeue to submit"},
    {"latency.gpu", "  gpu: submit to finish"},
    {"latency.wait", "  wait: ready to commit"},
    {"latency.commit_to_flip", "  commit to flip"},
};

static void put_stage(struct page *page, const json_t *times, const char *label)
{
    static const char *const columns[] = {"min", "p50", "p90", "p99", "max"};
    struct zc_line left_out = {0};
    int64_t value = 0;

    fputs("  ", page->out);
    zc_text_put_cell(page->out, label, 24, false);
    for (size_t i = 0; i < sizeof(columns) / sizeof(columns[0]); i++) {
        struct zc_line cell = {0};

        if (zc_doc_int(times, columns[i], &value))
            zc_line_add_decimal(&cell, value, 1000000, 3);
        fprintf(page->out, "%9s", cell.used ? cell.text : "-");
    }
    value = 0;
    zc_doc_int(times, "n", &value);
    fprintf(page->out, "%8" PRId64 "\n", value);
    if (zc_doc_int(times, "underflow", &value) && value)
        zc_line_add(&left_out, "%" PRId64 " negative, left out", value);
    if (zc_doc_int(times, "overflow", &value) && value)
        zc_line_add(&left_out, "%s%" PRId64 " longer than 73 minutes",
                    left_out.used ? ", " : "", value);
    if (left_out.used)
        fprintf(page->out, "      (%s)\n", left_out.text);
}

static void put_clocks(struct page *page, const json_t *run)
{
    struct zc_line clocks = {0};

    if (zc_doc_string(run, "clock.capture"))
        zc_line_add(&clocks, "capture: %s", zc_doc_string(run, "clock.capture"));
    if (zc_doc_string(run, "clock.display"))
        zc_line_add(&clocks, "%sflip: %s", clocks.used ? ";  " : "",
                    zc_doc_string(run, "clock.display"));
    put_line(page, "clocks", clocks.text, TEXT_COLUMN);
}

void zc_text_put_clocks(FILE *out, const json_t *run)
{
    put_clocks(&(struct page){.out = out, .gap = true}, run);
}

static void put_latency(struct page *page, const json_t *run)
{
    bool any = false;

    for (size_t i = 0; i < sizeof(stages) / sizeof(stages[0]); i++) {
        const json_t *times = zc_doc_find(run, stages[i].key);

        if (!json_is_object(times))
            continue;
        if (!any)
            fprintf(begin_line(page), "  %-24s%9s%9s%9s%9s%9s%8s\n", "latency, ms", "min",
                    "p50", "p90", "p99", "max", "n");
        any = true;
        put_stage(page, times, stages[i].label);
    }
    if (any)
        put_clocks(page, run);
}

/* --- the verdict, and what it rests on --- */

static void put_copies(struct page *page, const json_t *run)
{
    static const struct {
        const char *key, *what;
    } later[] = {
        {"after_first_round.allocations", " allocations"},
        {"after_first_round.imports", " imports"},
        {"after_first_round.cpu_maps", " CPU maps"},
    };
    struct zc_line copies = {0}, maps = {0}, after = {0};
    int64_t count;

    if (zc_doc_int(run, "copies.count", &count)) {
        zc_line_add(&copies, "copies: %" PRId64, count);
        if (count)
            zc_line_add_copy_reason(&copies, run);
        zc_text_put_wrapped(begin_line(page), copies.text, 0, 2);
    }
    put_array(page, run, "copies.basis", "because");
    add_int(&maps, "", run, "copies.cpu_maps", "");
    put_line(page, "CPU maps", maps.text, TEXT_COLUMN);
    for (size_t i = 0; i < sizeof(later) / sizeof(later[0]); i++)
        add_int(&after, after.used ? ", " : "", run, later[i].key, later[i].what);
    if (after.used)
        zc_line_add(&after, " after the first round");
    put_line(page, "steady", after.text, TEXT_COLUMN);
}

static void put_verdict(struct page *page, const json_t *run)
{
    const char *identity = zc_doc_string(run, "identity.verdict");
    struct zc_line picture = {0};

    put_copies(page, run);
    put_line(page, "identity", identity ? identity : "", TEXT_COLUMN);
    add_string(&picture, "", run, "picture.file", "");
    if (zc_doc_string(run, "picture.how"))
        zc_line_add(&picture, "%s(%s)", picture.used ? "  " : "",
                    zc_doc_string(run, "picture.how"));
    put_line(page, "picture", picture.text, TEXT_COLUMN);
}

static void put_warnings(struct page *page, const json_t *run)
{
    const char *error = zc_doc_string(run, "error");

    put_line(page, "error", error ? error : "", TEXT_COLUMN);
    put_array(page, run, "warnings", "warning");
}

void zc_text_put_run(FILE *out, const json_t *run, const json_t *host)
{
    static void (*const groups[])(struct page * page, const json_t *run) = {
        put_setup, put_frames, put_latency, put_verdict, put_warnings};
    struct zc_line title = {0};
    struct page page = {.out = out};

    add_string(&title, "", run, "title", "  (");
    zc_line_add_host(&title, host);
    zc_line_add(&title, "%s", zc_doc_string(run, "title") ? ")" : "");
    zc_text_put_wrapped(out, title.text, 0, 2);
    for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
        page.gap = true;
        groups[i](&page, run);
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * bench - allocation, free and mapping of two heaps, call by call in turn, so that what
 * else the machine does meets both. It measures, and judges nothing.
 */
#include "bench.h"
#include "bench-report.h"
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define DEFAULT_NODE "system-pooled"
/* Emptying caches takes long: fewer calls, but enough for a median. */
#define COLD_SHARE 10
#define COLD_LEAST 20
#define WARM_UP 3
#define SETTLE_MS 2000
#define AT_REST_MS 50

/* Calls in a row of which each finds zeroed memory: of as many buffers as this holds. */
#define BURST_BYTES MIB(192)
#define LONGEST_BURST 50

static const uint64_t sizes[] = {KIB(4), MIB(3), MIB(8), MIB(32)};
#define MAP_BYTES MIB(32)

/* What one call took. */
struct times {
    int64_t alloc_ns, free_ns;
};

/* No CPU maps the buffer in between: where nothing is copied, none does. */
static enum result one_call(const struct heap *heap, uint64_t bytes, struct times *out)
{
    int64_t began = now_ns(), freed;
    int fd = heap_alloc(heap, bytes);

    freed = now_ns();
    out->alloc_ns = freed - began;
    if (fd < 0)
        FAIL("%s: allocation of %llu bytes: %s", heap->name, (unsigned long long)bytes,
             strerror(-fd));
    close(fd);
    out->free_ns = now_ns() - freed;
    return PASSED;
}

/* Leaves a heap the time to zero what came back: a few pages may stay as they are. */
static void settle_heap(const struct heap *heap)
{
    uint64_t dirty, last = UINT64_MAX;
    int rested = 0;

    for (int waited = 0; waited < SETTLE_MS && rested < AT_REST_MS; waited++) {
        if (heap_statistic(heap, "pool_dirty_bytes", &dirty) || !dirty)
            return;
        rested = dirty == last ? rested + 1 : 0;
        last = dirty;
        sleep_ms(1);
    }
}

static void settle(const struct pair *pair)
{
    sleep_ms(1);
    settle_heap(&pair->heap[0]);
    settle_heap(&pair->heap[1]);
}

static unsigned burst_of(enum way way, uint64_t bytes)
{
    uint64_t burst = BURST_BYTES / bytes;

    if (way != WAY_WARM)
        return 1;
    return burst < LONGEST_BURST ? burst : LONGEST_BURST;
}

/* Leaves in the pool, if the heap has one, memory for a burst, as used before. */
static enum result fill_pool(const struct heap *heap, uint64_t bytes)
{
    unsigned n = burst_of(WAY_WARM, bytes);
    int fds[LONGEST_BURST];

    for (unsigned i = 0; i < n; i++)
        TRY(buffer_get(heap, bytes, &fds[i]));
    for (unsigned i = 0; i < n; i++)
        close(fds[i]);
    return PASSED;
}

static enum result prepare(const struct pair *pair, int h, uint64_t bytes, enum way way)
{
    if (way == WAY_WARM)
        TRY(fill_pool(&pair->heap[h], bytes));
    if (way != WAY_BACK_TO_BACK)
        settle(pair);
    if (way == WAY_COLD)
        write_text("/proc/sys/vm/drop_caches", "2");
    return PASSED;
}

/* The three rows of a size: allocation, free, and the sum of each pair of them. */
struct rows {
    struct row *alloc, *release, *both;
};

/* Calls number @from up to @to of one heap; those before the first count as warm-up. */
static enum result measure_burst(const struct heap *heap, uint64_t bytes, int from,
                                 int to, int h, const struct rows *rows)
{
    for (int i = from; i < to; i++) {
        struct times times;

        TRY(one_call(heap, bytes, &times));
        if (i < 0)
            continue;
        rows->alloc->ns[h][i] = times.alloc_ns;
        rows->release->ns[h][i] = times.free_ns;
        rows->both->ns[h][i] = times.alloc_ns + times.free_ns;
    }
    return PASSED;
}

static enum result measure_size(const struct pair *pair, uint64_t bytes, enum way way,
                                unsigned calls, struct bench_report *report)
{
    struct rows rows = {
        .alloc = bench_row(report, bytes, way, "alloc", calls),
        .release = bench_row(report, bytes, way, "free", calls),
        .both = bench_row(report, bytes, way, "alloc+free", calls),
    };
    int burst = burst_of(way, bytes), first = 0;

    if (!rows.alloc || !rows.release || !rows.both)
        FAIL("no memory");
    for (int from = -WARM_UP; from < (int)calls; from += burst) {
        int to = from + burst < (int)calls ? from + burst : (int)calls;

        for (int turn = 0; turn < 2; turn++) {
            int h = (turn + first) % 2;

            TRY(prepare(pair, h, bytes, way));
            TRY(measure_burst(&pair->heap[h], bytes, from, to, h, &rows));
        }
        first = !first; /* each goes first every other time */
    }
    return PASSED;
}

static void touch(uint8_t *memory, uint64_t bytes)
{
    size_t page = page_size();

    for (uint64_t at = 0; at < bytes; at += page)
        memory[at] = DIRT;
}

static enum result time_map(int fd, bool touched, int64_t *ns)
{
    int64_t began = now_ns();
    uint8_t *memory;

    TRY(buffer_map(fd, MAP_BYTES, &memory));
    if (touched)
        touch(memory, MAP_BYTES);
    munmap(memory, MAP_BYTES);
    *ns = now_ns() - began;
    return PASSED;
}

static enum result measure_maps(const struct pair *pair, unsigned calls,
                                struct bench_report *report)
{
    struct row *plain = bench_row(report, MAP_BYTES, WAY_NONE, "mmap+munmap", calls);
    struct row *touched =
        bench_row(report, MAP_BYTES, WAY_NONE, "mmap+touch+munmap", calls);
    int fd[2];

    if (!plain || !touched)
        FAIL("no memory");
    for (int h = 0; h < 2; h++)
        TRY(buffer_get(&pair->heap[h], MAP_BYTES, &fd[h]));
    for (unsigned i = 0; i < calls; i++) {
        for (int turn = 0; turn < 2; turn++) {
            int h = (turn + i) % 2;

            TRY(time_map(fd[h], false, &plain->ns[h][i]));
            TRY(time_map(fd[h], true, &touched->ns[h][i]));
        }
    }
    for (int h = 0; h < 2; h++)
        close(fd[h]);
    return PASSED;
}

static bool both_give(const struct pair *pair, uint64_t bytes)
{
    return bytes <= heap_largest(&pair->heap[0]) && bytes <= heap_largest(&pair->heap[1]);
}

static enum result measure(const struct pair *pair, unsigned calls,
                           struct bench_report *report)
{
    unsigned cold = calls / COLD_SHARE > COLD_LEAST ? calls / COLD_SHARE : COLD_LEAST;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        if (!both_give(pair, sizes[i]))
            continue;
        TRY(measure_size(pair, sizes[i], WAY_WARM, calls, report));
        TRY(measure_size(pair, sizes[i], WAY_BACK_TO_BACK, calls, report));
        if (!geteuid())
            TRY(measure_size(pair, sizes[i], WAY_COLD, cold, report));
    }
    if (both_give(pair, MAP_BYTES))
        TRY(measure_maps(pair, calls, report));
    if (read_number(MODULE_STATISTICS "/accounting_ns", NULL, &report->accounting_ns))
        report->accounting_ns = 0;
    return PASSED;
}

static int bench_pair(const struct bench_options *bench, const char *node)
{
    const char *names[2] = {node, bench->against};
    struct bench_report report = {0};
    struct pair *pair = &report.pair;
    enum result result;

    for (int h = 0; h < 2; h++) {
        int error;

        heap_init(&pair->heap[h], names[h]);
        error = heap_open(&pair->heap[h]);
        if (error) {
            fprintf(stderr, "heaps: cannot open %s: %s\n", pair->heap[h].path,
                    strerror(-error));
            return 1;
        }
    }
    result = measure(pair, bench->calls, &report);
    if (result == PASSED)
        bench_print(&report, bench->json);
    else
        fprintf(stderr, "heaps: %s\n", why);
    bench_free(&report);
    for (int h = 0; h < 2; h++)
        heap_close(&pair->heap[h]);
    return result != PASSED;
}

int bench_run(const struct bench_options *bench, char **nodes, size_t n)
{
    int code = 0;

    if (!n)
        return bench_pair(bench, DEFAULT_NODE);
    for (size_t i = 0; i < n; i++)
        code |= bench_pair(bench, nodes[i]);
    return code;
}

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
/* Emptying caches takes long. */
#define COLD_SHARE 10
#define WARM_UP 3
#define SETTLE_MS 2000

static const uint64_t sizes[] = {KIB(4), MIB(3), MIB(8), MIB(32)};
#define MAP_BYTES MIB(32)

/* What one call took. */
struct times {
    int64_t alloc_ns, free_ns;
};

static void touch(uint8_t *memory, uint64_t bytes)
{
    size_t page = page_size();

    for (uint64_t at = 0; at < bytes; at += page)
        memory[at] = DIRT;
}

/* The buffer is made dirty between the two timed calls, for a free pays for that. */
static enum result one_call(const struct heap *heap, uint64_t bytes, struct times *out)
{
    int64_t began = now_ns(), freed;
    int fd = heap_alloc(heap, bytes);
    uint8_t *memory;

    out->alloc_ns = now_ns() - began;
    if (fd < 0)
        FAIL("%s: allocation of %llu bytes: %s", heap->name, (unsigned long long)bytes,
             strerror(-fd));
    TRY(buffer_map(fd, bytes, &memory));
    touch(memory, bytes);
    munmap(memory, bytes);
    freed = now_ns();
    close(fd);
    out->free_ns = now_ns() - freed;
    return PASSED;
}

/* Leaves the heaps the time to zero what came back. */
static void settle(const struct pair *pair)
{
    sleep_ms(1);
    for (int h = 0; h < 2; h++) {
        uint64_t dirty;

        for (int waited = 0; waited < SETTLE_MS; waited++) {
            if (heap_statistic(&pair->heap[h], "pool_dirty_bytes", &dirty) || !dirty)
                break;
            sleep_ms(1);
        }
    }
}

static void prepare(const struct pair *pair, enum way way)
{
    if (way == WAY_PAUSED || way == WAY_COLD)
        settle(pair);
    if (way == WAY_COLD)
        write_text("/proc/sys/vm/drop_caches", "2");
}

/* Fills three rows: allocation, free, and the sum of each pair of them. */
static enum result measure_size(const struct pair *pair, uint64_t bytes, enum way way,
                                unsigned calls, struct bench_report *report)
{
    struct row *alloc = bench_row(report, bytes, way, "alloc", calls);
    struct row *release = bench_row(report, bytes, way, "free", calls);
    struct row *both = bench_row(report, bytes, way, "alloc+free", calls);

    if (!alloc || !release || !both)
        FAIL("no memory");
    for (unsigned i = 0; i < WARM_UP + calls; i++) {
        for (int turn = 0; turn < 2; turn++) {
            /* Each goes first every other time. */
            int h = (turn + i) % 2;
            struct times times;

            prepare(pair, way);
            TRY(one_call(&pair->heap[h], bytes, &times));
            if (i < WARM_UP)
                continue;
            alloc->ns[h][i - WARM_UP] = times.alloc_ns;
            release->ns[h][i - WARM_UP] = times.free_ns;
            both->ns[h][i - WARM_UP] = times.alloc_ns + times.free_ns;
        }
    }
    return PASSED;
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
    unsigned cold = calls / COLD_SHARE ? calls / COLD_SHARE : 1;

    for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        if (!both_give(pair, sizes[i]))
            continue;
        TRY(measure_size(pair, sizes[i], WAY_PAUSED, calls, report));
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

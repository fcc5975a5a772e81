/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * statistics - the figures that zc_heaps tells of a heap are true.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <inttypes.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define READS_A_ROUND 50

struct figures {
    uint64_t live_buffers, live_bytes, allocations, frees, failures;
};

static enum result read_figure(const struct heap *heap, const char *key, uint64_t *value)
{
    int error = heap_statistic(heap, key, value);

    if (error)
        FAIL("no %s: %s", key, strerror(-error));
    return PASSED;
}

static enum result read_figures(const struct heap *heap, struct figures *out)
{
    TRY(read_figure(heap, "live_buffers", &out->live_buffers));
    TRY(read_figure(heap, "live_bytes", &out->live_bytes));
    TRY(read_figure(heap, "allocations", &out->allocations));
    TRY(read_figure(heap, "frees", &out->frees));
    return read_figure(heap, "failures", &out->failures);
}

static enum result grew(const char *what, uint64_t before, uint64_t after, int64_t by)
{
    if (after - before != (uint64_t)by)
        FAIL("%s went from %" PRIu64 " to %" PRIu64 ", not by %" PRId64, what, before,
             after, by);
    return PASSED;
}

static enum result counts(struct heap *heap)
{
    const uint64_t bytes = 3 * page_size();
    struct figures before, during, after;
    int fd, failure;

    TRY(read_figures(heap, &before));
    TRY(buffer_get(heap, bytes, &fd));
    TRY(read_figures(heap, &during));
    TRY(grew("live_buffers", before.live_buffers, during.live_buffers, 1));
    TRY(grew("live_bytes", before.live_bytes, during.live_bytes, bytes));
    TRY(grew("allocations", before.allocations, during.allocations, 1));
    TRY(grew("frees", before.frees, during.frees, 0));
    close(fd);
    failure = heap_alloc(heap, UINT64_C(1) << 45);
    TRY(is_error(failure, ENOMEM, "32 TiB"));
    TRY(read_figures(heap, &after));
    TRY(grew("live_buffers", before.live_buffers, after.live_buffers, 0));
    TRY(grew("live_bytes", before.live_bytes, after.live_bytes, 0));
    TRY(grew("allocations", before.allocations, after.allocations, 1));
    TRY(grew("frees", before.frees, after.frees, 1));
    return grew("failures", before.failures, after.failures, 1);
}

/* Allocates on one processor and frees on the next, where there is one, for ever. */
static pid_t allocate_for_ever(const struct heap *heap)
{
    pid_t child = fork_child();

    if (child)
        return child;
    for (unsigned cpu = 0;; cpu = !cpu) {
        int fd = heap_alloc(heap, page_size());
        cpu_set_t next;

        CPU_ZERO(&next);
        CPU_SET(cpu, &next);
        sched_setaffinity(0, sizeof(next), &next);
        if (fd >= 0)
            close(fd);
    }
}

/* Read while buffers come and go, on other processors where there are some. */
static enum result busy(struct heap *heap)
{
    uint64_t before, live = 0;
    pid_t child[2];

    TRY(read_figure(heap, "live_buffers", &before));
    for (int i = 0; i < 2; i++) {
        child[i] = allocate_for_ever(heap);
        if (child[i] < 0)
            FAIL("fork: %s", strerror(errno));
    }
    for (unsigned i = 0; i < options.rounds * READS_A_ROUND && live <= before + 2; i++)
        TRY(read_figure(heap, "live_buffers", &live));
    for (int i = 0; i < 2; i++) {
        kill(child[i], SIGKILL);
        wait_child(child[i]);
    }
    if (live > before + 2)
        FAIL("live_buffers was %" PRIu64 " while there were at most %" PRIu64, live,
             before + 2);
    return PASSED;
}

/* The sum of all alloc_below_N_ns lines. */
static enum result histogram_sum(const struct heap *heap, uint64_t *sum)
{
    char path[160], line[256];
    uint64_t below, count, last = 0;
    FILE *file;

    snprintf(path, sizeof(path), MODULE_STATISTICS "/%s", heap->name);
    file = fopen(path, "re");
    if (!file)
        FAIL("%s: %s", path, strerror(errno));
    *sum = 0;
    while (fgets(line, sizeof(line), file)) {
        if (sscanf(line, "alloc_below_%" SCNu64 "_ns %" SCNu64, &below, &count) != 2)
            continue;
        if (below & (below - 1) || below <= last)
            FAIL("the histogram's limits are no rising powers of two: %" PRIu64
                 " after %" PRIu64,
                 below, last);
        last = below;
        *sum += count;
    }
    fclose(file);
    if (!last)
        FAIL("there is no histogram");
    return PASSED;
}

/* By how much the histogram grows over some allocations of @bytes. */
static enum result timed(const struct heap *heap, uint64_t bytes, int n, uint64_t *grown)
{
    uint64_t before, after;

    TRY(histogram_sum(heap, &before));
    for (int i = 0; i < n; i++) {
        int fd;

        TRY(buffer_get(heap, bytes, &fd));
        close(fd);
    }
    TRY(histogram_sum(heap, &after));
    *grown = after - before;
    return PASSED;
}

/* Each large allocation is timed; of small ones some are, for the clock costs more. */
static enum result histogram(struct heap *heap)
{
    uint64_t grown;

    TRY(timed(heap, KIB(64), 100, &grown));
    if (grown != 100)
        FAIL("100 allocations of 64 KiB: the histogram grew by %" PRIu64, grown);
    TRY(timed(heap, page_size(), 1000, &grown));
    if (!grown || grown > 1000)
        FAIL("1000 allocations of a page: the histogram grew by %" PRIu64, grown);
    return PASSED;
}

/* The pool's own sums agree with each other when it is at rest. */
static enum result pool(struct heap *heap)
{
    uint64_t bytes, clean, dirty, orders = 0, value;
    uint8_t *memory;
    int fd;

    if (heap_statistic(heap, "pool_bytes", &bytes))
        LEAVE_OUT("the heap has no pool");
    TRY(buffer_get_mapped(heap, MIB(8), &fd, &memory));
    memset(memory, DIRT, MIB(8));
    buffer_put(fd, memory, MIB(8));
    dirty = heap_wait_statistic(heap, "pool_dirty_bytes", 0);
    if (dirty)
        FAIL("%" PRIu64 " bytes of the pool stay dirty", dirty);
    TRY(read_figure(heap, "pool_bytes", &bytes));
    TRY(read_figure(heap, "pool_clean_bytes", &clean));
    if (bytes < MIB(8) || clean != bytes)
        FAIL("the pool holds %" PRIu64 " bytes, %" PRIu64 " of them clean, after 8 MiB "
             "were freed",
             bytes, clean);
    for (int order = 0; order < 32; order++) {
        char key[32];

        snprintf(key, sizeof(key), "pool_order_%d_bytes", order);
        if (!heap_statistic(heap, key, &value))
            orders += value;
    }
    if (orders != bytes)
        FAIL("the pool's orders hold %" PRIu64 " bytes, the pool %" PRIu64, orders,
             bytes);
    return PASSED;
}

const struct check statistics_checks[] = {
    {"statistics", counts, NEEDS_ROOT | NEEDS_OURS, 0},
    {"statistics-busy", busy, NEEDS_ROOT | NEEDS_OURS, 0},
    {"statistics-histogram", histogram, NEEDS_ROOT | NEEDS_OURS, 0},
    {"statistics-pool", pool, NEEDS_ROOT | NEEDS_OURS, 0},
    {0},
};

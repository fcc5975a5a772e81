/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * limit - too much is refused, at once and without harm to others.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define AT_ONCE_S 5
#define REQUESTS_A_ROUND 200
#define HUGE_BYTES (UINT64_C(1) << 45)
#define STEP MIB(1)

static uint64_t oom_kills(void)
{
    uint64_t kills = 0;

    read_number("/proc/vmstat", "oom_kill", &kills);
    return kills;
}

static enum result refused_at_once(const struct heap *heap, uint64_t bytes)
{
    int64_t began = now_ns(), took;
    char what[64];
    int result;

    result = heap_alloc(heap, bytes);
    took = now_ns() - began;
    if (result >= 0)
        close(result);
    snprintf(what, sizeof(what), "%" PRIu64 " bytes", bytes);
    TRY(is_error(result, ENOMEM, what));
    if (took > AT_ONCE_S * INT64_C(1000000000))
        FAIL("%s: refused only after %" PRId64 " ms", what, took / 1000000);
    return PASSED;
}

/* In a process that the OOM killer takes first, and alone, for this may bring it. */
static enum result huge(struct heap *heap)
{
    uint64_t before = oom_kills();
    pid_t child;
    int code;

    if (!heap->ours && !options.dangerous)
        LEAVE_OUT("32 TiB of a heap of the kernel's own bring its OOM killer "
                  "(Linux 6.12 and 7.2); --dangerous asks for them");
    child = fork_child();
    if (child < 0)
        FAIL("fork: %s", strerror(errno));
    if (child == 0) {
        if (write_text("/proc/self/oom_score_adj", "1000"))
            _exit(FAILED);
        _exit(refused_at_once(heap, HUGE_BYTES));
    }
    code = wait_child(child);
    if (code == 128 + SIGKILL || oom_kills() != before)
        FAIL("32 TiB brought the OOM killer");
    if (code > SKIPPED)
        FAIL("the child ended with %d", code);
    return code;
}

static enum result far_too_long(struct heap *heap)
{
    TRY(refused_at_once(heap, UINT64_C(1) << 62));
    TRY(refused_at_once(heap, UINT64_C(1) << 63));
    TRY(refused_at_once(heap, (UINT64_C(1) << 32) * page_size()));
    return refused_at_once(heap, INT64_MAX);
}

static enum result above_largest(struct heap *heap)
{
    uint64_t largest = heap_largest(heap);

    if (largest >= UINT64_MAX - page_size())
        LEAVE_OUT("the heap tells of no largest buffer");
    TRY(refused_at_once(heap, largest + 1));
    return refused_at_once(heap, largest + page_size());
}

static enum result above_cap(struct heap *heap)
{
    uint64_t cap, live;

    if (heap_statistic(heap, "cap_bytes", &cap) || !cap ||
        heap_statistic(heap, "live_bytes", &live))
        LEAVE_OUT("the heap has no cap");
    TRY(refused_at_once(heap, cap - live + 1));
    return refused_at_once(heap, cap + page_size());
}

/* Allocates buffers until no more are given. */
static enum result fill(const struct heap *heap, int *fds, size_t most, size_t *n)
{
    for (*n = 0; *n < most; ++*n) {
        fds[*n] = heap_alloc(heap, STEP);
        if (fds[*n] < 0)
            return is_error(fds[*n], ENOMEM, "one more buffer");
    }
    FAIL("%zu buffers, and none is refused", *n);
}

static enum result fill_to_cap(struct heap *heap, uint64_t cap, int *fds, size_t most)
{
    uint64_t live;
    size_t n;

    for (int round = 0; round < 2; round++) {
        TRY(fill(heap, fds, most, &n));
        if (heap_statistic(heap, "live_bytes", &live))
            FAIL("no live_bytes");
        if (live > cap || live + STEP <= cap)
            FAIL("a cap of %" PRIu64 " bytes let %" PRIu64 " live", cap, live);
        close(fds[--n]);
        fds[n] = heap_alloc(heap, STEP);
        if (fds[n] < 0)
            FAIL("what one buffer freed is not given to the next: %s", strerror(-fds[n]));
        for (n++; n > 0; n--)
            close(fds[n - 1]);
    }
    return PASSED;
}

static enum result up_to_cap(struct heap *heap)
{
    uint64_t cap, available;
    struct rlimit files;
    enum result result;
    size_t most;
    int *fds;

    if (heap_statistic(heap, "cap_bytes", &cap) || !cap)
        LEAVE_OUT("the heap has no cap");
    if (read_number("/proc/meminfo", "MemAvailable", &available))
        FAIL("no MemAvailable");
    if (cap > KIB(available) / 4)
        LEAVE_OUT("the cap of %" PRIu64 " MiB is too much of the %" PRIu64
                  " MiB available (set one: modprobe " MODULE " caps=%s:64M)",
                  cap >> 20, available >> 10, heap->name);
    most = cap / STEP + 2;
    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = most + 64 < files.rlim_max ? most + 64 : files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    fds = calloc(most, sizeof(*fds));
    if (!fds)
        FAIL("no memory");
    result = fill_to_cap(heap, cap, fds, most);
    free(fds);
    return result;
}

/* The pages of memory that lie below 4 GiB, by /proc/zoneinfo; 0: all do, or none. */
static uint64_t low_pages(void)
{
    FILE *file = fopen("/proc/zoneinfo", "re");
    uint64_t pages, sum = 0;
    char line[256], zone[32] = "";
    bool all = true;

    while (file && fgets(line, sizeof(line), file)) {
        if (sscanf(line, "Node %*u, zone %31s", zone) == 1)
            continue;
        if (sscanf(line, " managed %" SCNu64, &pages) != 1 || !pages)
            continue;
        if (!strncmp(zone, "DMA", 3))
            sum += pages;
        else
            all = false;
    }
    if (file)
        fclose(file);
    return all ? 0 : sum;
}

/* Nobody may take all that devices of 32 bits can have. */
static enum result cap_of_zone(struct heap *heap)
{
    uint64_t cap, pages = low_pages();

    if (!strstr(heap->name, "dma32") && !strstr(heap->name, "contiguous"))
        LEAVE_OUT("the heap's memory need not be below 4 GiB");
    if (!pages)
        LEAVE_OUT("no memory of this machine is above 4 GiB");
    if (heap_statistic(heap, "cap_bytes", &cap))
        FAIL("no cap_bytes");
    if (cap > pages * page_size() / 2)
        FAIL("the heap may take %" PRIu64 " of the %" PRIu64 " MiB below 4 GiB",
             cap >> 20, pages * page_size() >> 20);
    return PASSED;
}

/* In a process of its own: asks for all that the heap may give, and is refused. */
static pid_t ask_for_too_much(const struct heap *heap, uint64_t cap)
{
    pid_t child = fork_child();

    if (child)
        return child;
    for (;;) {
        int fd = heap_alloc(heap, cap);

        if (fd >= 0)
            close(fd);
    }
}

/* Who is refused takes nothing from others, not even for a moment. */
static enum result beside_refused(struct heap *heap)
{
    uint64_t cap;
    int held, fd = 0;
    pid_t child;

    if (heap_statistic(heap, "cap_bytes", &cap) || !cap)
        LEAVE_OUT("the heap has no cap");
    TRY(buffer_get(heap, page_size(), &held));
    child = ask_for_too_much(heap, cap);
    if (child < 0)
        FAIL("fork: %s", strerror(errno));
    for (unsigned i = 0; i < options.rounds * REQUESTS_A_ROUND && fd >= 0; i++) {
        fd = heap_alloc(heap, page_size());
        if (fd >= 0)
            close(fd);
    }
    kill(child, SIGKILL);
    wait_child(child);
    close(held);
    if (fd < 0)
        FAIL("a page is refused (%s) while another process asks for too much",
             strerror(-fd));
    return PASSED;
}

static uint64_t of_all(const char *key)
{
    uint64_t value = 0;

    read_number(MODULE_STATISTICS "/all", key, &value);
    return value;
}

/* Allocates from a heap until all heaps hold so much, or it is refused. */
static size_t fill_until(const struct heap *heap, uint64_t live, int *fds, size_t most)
{
    size_t n;

    for (n = 0; n < most && of_all("live_bytes") < live; n++) {
        fds[n] = heap_alloc(heap, STEP);
        if (fds[n] < 0)
            break;
    }
    return n;
}

/* Two heaps share what the module may give. */
static enum result cap_of_all(struct heap *heap)
{
    uint64_t cap, live;
    struct heap other;
    size_t n, most = 500;
    int fds[500];

    if (!exists(MODULE_STATISTICS "/all"))
        FAIL("there is no limit for all heaps");
    cap = of_all("cap_bytes");
    if (cap > most * STEP / 2)
        LEAVE_OUT("all heaps may hold %" PRIu64 " MiB (set less: modprobe " MODULE
                  " caps=all:64M)",
                  cap >> 20);
    heap_init(&other,
              strcmp(heap->name, "system-dma32") ? "system-dma32" : "system-uncached");
    if (heap_open(&other))
        SKIP("there is no other heap");
    n = fill_until(&other, cap / 2, fds, most);
    n += fill_until(heap, UINT64_MAX, fds + n, most - n);
    live = of_all("live_bytes");
    for (size_t i = 0; i < n; i++)
        close(fds[i]);
    heap_close(&other);
    if (live > cap || live + STEP <= cap)
        FAIL("a cap of %" PRIu64 " bytes for all let %" PRIu64 " live", cap, live);
    return PASSED;
}

/* A thousand at once: their number is not limited, only their bytes. */
static enum result many(struct heap *heap)
{
    struct rlimit files;
    int fds[1000];

    getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = files.rlim_max;
    setrlimit(RLIMIT_NOFILE, &files);
    if (files.rlim_cur < 1100)
        SKIP("only %llu files may be open", (unsigned long long)files.rlim_cur);
    for (int i = 0; i < 1000; i++)
        TRY(buffer_get(heap, page_size(), &fds[i]));
    for (int i = 0; i < 1000; i++)
        close(fds[i]);
    return PASSED;
}

const struct check limit_checks[] = {
    {"many-at-once", many, 0, 0},
    {"len-32T", huge, 0, 0},
    {"len-far-too-long", far_too_long, NEEDS_OURS, 0},
    {"len-above-largest", above_largest, NEEDS_ROOT | NEEDS_OURS, 0},
    {"len-above-cap", above_cap, NEEDS_ROOT | NEEDS_OURS, 0},
    {"up-to-cap", up_to_cap, NEEDS_ROOT | NEEDS_OURS, 0},
    {"cap-of-zone", cap_of_zone, NEEDS_ROOT | NEEDS_OURS, 0},
    {"cap-of-all", cap_of_all, NEEDS_ROOT | NEEDS_OURS, 0},
    {"cap-beside-refused", beside_refused, NEEDS_ROOT | NEEDS_OURS, 0},
    {0},
};

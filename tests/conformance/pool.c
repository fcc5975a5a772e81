/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pool - what is kept for the next buffers: it yields to free memory, to what a process may
 * use and to broken pages, and it does not stay for ever.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define IDLE MODULE_PARAMETERS "/pool_idle_s"
#define OFFLINE "/sys/devices/system/memory/hard_offline_page"
#define TRACING "/sys/kernel/tracing"
#define INSTANCE TRACING "/instances/zc-conformance"
#define EVENT "/events/kmem/mm_page_alloc"
#define LARGE MIB(2)
#define SMALL KIB(64)
#define MANY 64

/* linux/mempolicy.h, which older headers do not have for programs. */
#define POLICY_DEFAULT 0
#define POLICY_BIND 2

/* That of a block of LARGE bytes, whatever a page has. */
static unsigned large_order(void)
{
    unsigned order = 0;

    while (page_size() << order < LARGE)
        order++;
    return order;
}

/*
 * Allocates, and tells what blocks of 2 MiB the kernel's page allocator gave for it, by its
 * tracepoint: how many, and the first one's page number. Others are from what is kept.
 */
static enum result trace_blocks(const struct heap *heap, uint64_t bytes, int *fd,
                                unsigned *blocks, uint64_t *pfn)
{
    char filter[64], trace[16384], *event = trace;
    enum result result;
    int error;

    snprintf(filter, sizeof(filter), "common_pid == %d && order == %u", getpid(),
             large_order());
    if (write_text(INSTANCE EVENT "/filter", filter) ||
        write_text(INSTANCE EVENT "/enable", "1"))
        FAIL("the kernel's event " EVENT " cannot be enabled");
    result = buffer_get(heap, bytes, fd);
    write_text(INSTANCE EVENT "/enable", "0");
    TRY(result);
    error = read_text(INSTANCE "/trace", trace, sizeof(trace));
    if (error)
        FAIL("the trace cannot be read: %s", strerror(-error));
    for (*blocks = 0; (event = strstr(event, "mm_page_alloc:")); event++)
        if (!(*blocks)++ && sscanf(strstr(event, "pfn=") ?: "", "pfn=%" SCNx64, pfn) != 1)
            FAIL("an event without a page number");
    return PASSED;
}

static enum result allocate_traced(const struct heap *heap, uint64_t bytes, int *fd,
                                   unsigned *blocks, uint64_t *pfn)
{
    enum result result;

    if (!exists(TRACING "/instances"))
        SKIP("tracefs is not mounted at " TRACING);
    if (mkdir(INSTANCE, 0700) && errno != EEXIST)
        FAIL("no instance of tracing: %s", strerror(errno));
    result = trace_blocks(heap, bytes, fd, blocks, pfn);
    rmdir(INSTANCE);
    return result;
}

/* Buffers that come and go, so that the pool keeps some of this size. */
static enum result keep(const struct heap *heap, uint64_t bytes, unsigned n)
{
    uint8_t *memory[MANY];
    int fd[MANY];

    for (unsigned i = 0; i < n; i++) {
        TRY(buffer_get_mapped(heap, bytes, &fd[i], &memory[i]));
        memset(memory[i], DIRT, bytes);
    }
    for (unsigned i = 0; i < n; i++)
        buffer_put(fd[i], memory[i], bytes);
    return PASSED;
}

static enum result kept_bytes(const struct heap *heap, uint64_t *bytes)
{
    if (heap_statistic(heap, "pool_bytes", bytes))
        LEAVE_OUT("the heap has no pool");
    return PASSED;
}

/* How many free blocks of @bytes or more the kernel has. */
static uint64_t free_blocks(uint64_t bytes)
{
    FILE *file = fopen("/proc/buddyinfo", "re");
    char line[512];
    uint64_t n = 0;

    while (file && fgets(line, sizeof(line), file)) {
        char *word = strstr(line, "zone"), *rest = NULL;
        unsigned order = 0;

        word = word ? strtok_r(word + 4, " \n", &rest) : NULL;
        for (; word && (word = strtok_r(NULL, " \n", &rest)); order++)
            if (page_size() << order >= bytes)
                n += strtoull(word, NULL, 10);
    }
    if (file)
        fclose(file);
    return n;
}

static enum result large_first(struct heap *heap)
{
    uint64_t bytes, pfn;
    unsigned blocks;
    int fd;

    TRY(kept_bytes(heap, &bytes));
    write_text("/proc/sys/vm/drop_caches", "2");
    TRY(keep(heap, SMALL, MANY));
    TRY(kept_bytes(heap, &bytes));
    if (bytes < SMALL * MANY)
        FAIL("after %d buffers of 64 KiB the pool has %" PRIu64 " bytes", MANY, bytes);
    if (free_blocks(LARGE) < 16)
        SKIP("this machine's memory is in pieces");
    TRY(allocate_traced(heap, 2 * LARGE, &fd, &blocks, &pfn));
    if (blocks != 2)
        FAIL("of two blocks of 2 MiB, which were free, a buffer of 4 MiB got %u", blocks);
    close(fd);
    return PASSED;
}

static enum result wait_for_none(const struct heap *heap)
{
    uint64_t bytes = heap_wait_statistic(heap, "pool_bytes", 0);

    if (bytes)
        FAIL("unused for seconds, and told to keep for one, the pool has %" PRIu64
             " bytes",
             bytes);
    return PASSED;
}

static enum result idle(struct heap *heap)
{
    char before[16] = "";
    enum result result;
    uint64_t bytes;

    TRY(kept_bytes(heap, &bytes));
    if (read_text(IDLE, before, sizeof(before)) || write_text(IDLE, "1"))
        FAIL("%s: no such parameter", IDLE);
    result = keep(heap, LARGE, 4);
    if (result == PASSED)
        result = wait_for_none(heap);
    write_text(IDLE, before);
    return result;
}

static bool is_broken(uint64_t pfn)
{
    const uint64_t hwpoison = UINT64_C(1) << 19;
    int file = open("/proc/kpageflags", O_RDONLY | O_CLOEXEC);
    uint64_t flags = 0;

    if (file >= 0 &&
        pread(file, &flags, sizeof(flags), pfn * sizeof(flags)) != sizeof(flags))
        flags = 0;
    if (file >= 0)
        close(file);
    return flags & hwpoison;
}

/* The block of a page that breaks while it is in use is kept no more. */
static enum result poisoned(struct heap *heap)
{
    uint64_t bytes, pfn = 0;
    char address[32];
    unsigned blocks;
    int fd;

    TRY(kept_bytes(heap, &bytes));
    if (!exists(OFFLINE))
        SKIP("this kernel takes no page out of use");
    write_text("/proc/sys/vm/drop_caches", "2");
    TRY(allocate_traced(heap, LARGE, &fd, &blocks, &pfn));
    if (!blocks)
        SKIP("this machine's memory is in pieces");
    pfn += 5;
    snprintf(address, sizeof(address), "0x%" PRIx64, pfn * page_size());
    write_text(OFFLINE, address);
    if (!is_broken(pfn))
        SKIP("the kernel does not mark the page");
    close(fd);
    heap_wait_statistic(heap, "pool_dirty_bytes", 0);
    TRY(kept_bytes(heap, &bytes));
    if (bytes >= LARGE)
        FAIL("a block with a broken page is kept for the next buffer");
    return PASSED;
}

static enum result init_on_free(struct heap *heap)
{
    char line[4096] = "";
    uint64_t bytes, dirty;

    TRY(kept_bytes(heap, &bytes));
    read_text("/proc/cmdline", line, sizeof(line));
    if (!strstr(line, "init_on_free=1"))
        LEAVE_OUT("only with init_on_free=1 memory is to be zeroed as it is freed");
    TRY(keep(heap, LARGE, 8));
    if (heap_statistic(heap, "pool_dirty_bytes", &dirty))
        FAIL("no pool_dirty_bytes");
    TRY(kept_bytes(heap, &bytes));
    if (dirty || bytes < 8 * LARGE)
        FAIL("of %" PRIu64 " bytes that are kept, %" PRIu64 " are not zeroed", bytes,
             dirty);
    return PASSED;
}

/* While this processor is busy, another zeroes what was freed. */
static enum result overlap(struct heap *heap)
{
    uint64_t bytes, dirty = 1;
    int64_t end;
    cpu_set_t here;
    int cpu = sched_getcpu();

    TRY(kept_bytes(heap, &bytes));
    if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
        LEAVE_OUT("the machine has one processor");
    CPU_ZERO(&here);
    CPU_SET(cpu, &here);
    sched_setaffinity(0, sizeof(here), &here);
    TRY(keep(heap, LARGE, 8));
    end = now_ns() + 5 * INT64_C(1000000000);
    while (dirty && now_ns() < end)
        if (heap_statistic(heap, "pool_dirty_bytes", &dirty))
            FAIL("no pool_dirty_bytes");
    if (dirty)
        FAIL("with another processor idle, %" PRIu64 " bytes wait to be zeroed", dirty);
    return PASSED;
}

/* The pool is this node's; who may have memory of the other only gets none of it. */
static enum result allowed_nodes(struct heap *heap)
{
    unsigned long second = 1 << 1;
    uint64_t before, after;
    unsigned cpu, node;
    int fd;

    TRY(kept_bytes(heap, &before));
    if (!exists("/sys/devices/system/node/node1"))
        LEAVE_OUT("the machine has one memory node");
    if (syscall(SYS_getcpu, &cpu, &node, NULL) || node > 1)
        FAIL("which node this is cannot be told");
    if (node == 1)
        second = 1 << 0;
    TRY(keep(heap, LARGE, 8));
    TRY(kept_bytes(heap, &before));
    if (syscall(SYS_set_mempolicy, POLICY_BIND, &second, 8 * sizeof(second)))
        SKIP("no memory policy can be set: %s", strerror(errno));
    TRY(buffer_get(heap, LARGE, &fd));
    TRY(kept_bytes(heap, &after));
    syscall(SYS_set_mempolicy, POLICY_DEFAULT, NULL, 0);
    close(fd);
    if (after < before)
        FAIL("a process that is bound to the other node got %" PRIu64
             " bytes that are kept on this",
             before - after);
    return PASSED;
}

#define NEEDS (NEEDS_ROOT | NEEDS_OURS)
const struct check pool_checks[] = {
    {"pool-large-first", large_first, NEEDS, 0},
    {"pool-idle", idle, NEEDS, 0},
    {"pool-poisoned", poisoned, NEEDS | NEEDS_DANGER, 0},
    {"pool-init-on-free", init_on_free, NEEDS, 0},
    {"pool-overlap", overlap, NEEDS, 0},
    {"pool-allowed-nodes", allowed_nodes, NEEDS, 0},
    {0},
};

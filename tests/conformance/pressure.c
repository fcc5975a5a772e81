/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pressure - what a pool keeps is given back when others need memory, also where there is a
 * page cache, and where other pools can give.
 */
#include "buffer.h"
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define POOLED MIB(64)
#define STEP MIB(8)
#define CACHED MIB(256)
#define SHARED MIB(16)
/* The largest that a pool gives at once. */
#define BLOCK MIB(2)
#define RECLAIM "/sys/fs/cgroup/memory.reclaim"
#define SHRINKERS "/sys/kernel/debug/shrinker"

static enum result pool_bytes(const struct heap *heap, uint64_t *bytes)
{
    if (heap_statistic(heap, "pool_bytes", bytes))
        LEAVE_OUT("the heap has no pool");
    return PASSED;
}

/* Frees so much, POOLED at most, that the pool has something to give back. */
static enum result fill_pool(const struct heap *heap, uint64_t most, uint64_t *bytes)
{
    int fd[POOLED / STEP];
    uint8_t *memory;
    unsigned n;

    TRY(pool_bytes(heap, bytes));
    for (n = 0; n < most / STEP; n++) {
        TRY(buffer_get_mapped(heap, STEP, &fd[n], &memory));
        memset(memory, DIRT, STEP);
        munmap(memory, STEP);
    }
    while (n > 0)
        close(fd[--n]);
    heap_wait_statistic(heap, "pool_dirty_bytes", 0);
    TRY(pool_bytes(heap, bytes));
    if (*bytes < STEP)
        FAIL("after %llu bytes were freed the pool has %" PRIu64,
             (unsigned long long)most, *bytes);
    return PASSED;
}

static enum result drop_caches(struct heap *heap)
{
    uint64_t bytes, left;

    TRY(fill_pool(heap, POOLED, &bytes));
    if (write_text("/proc/sys/vm/drop_caches", "2"))
        FAIL("cannot drop caches");
    left = heap_wait_statistic(heap, "pool_bytes", 0);
    if (left)
        FAIL("the pool had %" PRIu64 " bytes, and has %" PRIu64 " after drop_caches",
             bytes, left);
    return PASSED;
}

/* Reads what a disk has into the page cache, which keeps it as long as the disk is in use. */
static void fill_cache(void)
{
    DIR *disks = opendir("/sys/block");
    static char part[MIB(1)];
    uint64_t cached = 0;
    struct dirent *disk;

    while (disks && cached < CACHED && (disk = readdir(disks))) {
        char path[300];
        int fd;

        snprintf(path, sizeof(path), "/dev/%s", disk->d_name);
        fd = disk->d_name[0] == '.' ? -1 : open(path, O_RDONLY | O_CLOEXEC);
        while (fd >= 0 && cached < CACHED && read(fd, part, sizeof(part)) > 0)
            cached += sizeof(part);
        if (fd >= 0)
            close(fd);
    }
    if (disks)
        closedir(disks);
}

/* Another heap, whose pool can give, too. */
static int open_another(const struct heap *heap, struct heap *another)
{
    bool own = !strcmp(heap->name, "system-cacheable");

    heap_init(another, own ? "system-dma32" : "system-cacheable");
    return heap_open(another);
}

static void fill_another(const struct heap *heap)
{
    struct heap another;
    uint64_t bytes;

    if (open_another(heap, &another))
        return;
    (void)fill_pool(&another, POOLED, &bytes);
    heap_close(&another);
}

/* Asks the module, as the kernel does when memory is short, for so much; in one call. */
static enum result ask_for(uint64_t bytes)
{
    DIR *shrinkers = opendir(SHRINKERS);
    char path[300] = "", order[64];
    struct dirent *shrinker;
    int error;

    while (shrinkers && (shrinker = readdir(shrinkers)))
        if (!strncmp(shrinker->d_name, MODULE "-", strlen(MODULE "-")))
            snprintf(path, sizeof(path), SHRINKERS "/%s/scan", shrinker->d_name);
    if (shrinkers)
        closedir(shrinkers);
    if (!path[0])
        LEAVE_OUT("the kernel lets nobody ask a shrinker");
    /* Of no memory cgroup, on the first node. */
    snprintf(order, sizeof(order), "0 0 %" PRIu64, bytes / page_size());
    error = write_text(path, order);
    if (error)
        FAIL("%s: %s", path, strerror(-error));
    return PASSED;
}

/* What two pools keep after half is given is as much of the one as of the other. */
static enum result shared(struct heap *heap)
{
    uint64_t own, others, before;
    struct heap another;

    TRY(ask_for(0));
    if (open_another(heap, &another))
        LEAVE_OUT("there is no other heap with a pool");
    write_text("/proc/sys/vm/drop_caches", "2");
    TRY(fill_pool(&another, SHARED, &others));
    TRY(fill_pool(heap, SHARED, &own));
    TRY(pool_bytes(&another, &others));
    before = own + others;
    TRY(ask_for(before / 2));
    TRY(pool_bytes(heap, &own));
    TRY(pool_bytes(&another, &others));
    if (own + others > before / 2)
        FAIL("asked for half of %" PRIu64 " bytes, the pools keep %" PRIu64, before,
             own + others);
    if (own > others + BLOCK || others > own + BLOCK)
        FAIL("of %" PRIu64 " bytes that two pools had, it keeps %" PRIu64
             ", and the other %" PRIu64,
             before, own, others);
    heap_close(&another);
    return PASSED;
}

/* What the kernel can reclaim beside the pools, in bytes. */
static enum result others_reclaimable(uint64_t *bytes)
{
    static const char *const parts[] = {"Active(file)", "Inactive(file)", "SReclaimable"};

    *bytes = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts); i++) {
        uint64_t part;

        if (read_number("/proc/meminfo", parts[i], &part))
            FAIL("/proc/meminfo tells nothing of %s", parts[i]);
        *bytes += KIB(part);
    }
    return PASSED;
}

/*
 * What pools give is progress for who reclaims memory: asked for half of what a pool has, where
 * there is little else, the kernel says that it got it.
 */
static enum result progress(struct heap *heap)
{
    uint64_t before, after, others, others_after;
    char order[32];
    int error;

    TRY(pool_bytes(heap, &before));
    if (!exists(RECLAIM))
        LEAVE_OUT("the kernel lets nobody ask for memory");
    write_text("/proc/sys/vm/drop_caches", "3");
    TRY(fill_pool(heap, POOLED, &before));
    write_text("/proc/sys/vm/drop_caches", "1");
    TRY(others_reclaimable(&others));
    snprintf(order, sizeof(order), "%" PRIu64, before / 2);
    error = write_text(RECLAIM, order);
    TRY(pool_bytes(heap, &after));
    TRY(others_reclaimable(&others_after));
    if (after == before)
        FAIL("asked for %s bytes, the pool keeps all", order);
    if (error)
        FAIL("asked for %s bytes, the kernel says \"%s\": the pool gave %" PRIu64
             ", others %" PRId64,
             order, strerror(-error), before - after, (int64_t)(others - others_after));
    return PASSED;
}

/* All that can be had without a swap, kB: the kernel counts the pools as reclaimable. */
static int read_available(uint64_t *available)
{
    static const char *const parts[] = {"MemFree", "KReclaimable", "Active(file)",
                                        "Inactive(file)"};
    int error = 0;

    *available = 0;
    for (size_t i = 0; i < sizeof(parts) / sizeof(*parts) && !error; i++) {
        uint64_t part = 0;

        error = read_number("/proc/meminfo", parts[i], &part);
        *available += part;
    }
    return error;
}

/*
 * Touches memory until the pool has shrunk to half, or there should be none left. The page
 * cache may go first, as the kernel asks a small pool for little while there is much of that.
 */
static enum result press(const struct heap *heap, uint64_t before)
{
    uint64_t available, bytes = before, touched = 0;

    if (write_text("/proc/self/oom_score_adj", "1000") || read_available(&available))
        FAIL("cannot prepare to use all memory");
    while (bytes > before / 2) {
        void *memory = mmap(NULL, STEP, PROT_READ | PROT_WRITE,
                            MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

        if (memory == MAP_FAILED)
            FAIL("mmap: %s", strerror(errno));
        touched += STEP;
        if (touched > KIB(available))
            FAIL("%" PRIu64 " MiB used of %" PRIu64
                 " MiB that can be had, and the pool keeps %" PRIu64 " of %" PRIu64
                 " bytes",
                 touched >> 20, available >> 10, bytes, before);
        TRY(pool_bytes(heap, &bytes));
    }
    return PASSED;
}

static enum result real_pressure(struct heap *heap)
{
    uint64_t bytes = 0, kills_before = 0, kills = 0;
    pid_t child;
    int code;

    TRY(pool_bytes(heap, &bytes));
    fill_cache();
    fill_another(heap);
    TRY(fill_pool(heap, POOLED, &bytes));
    read_number("/proc/vmstat", "oom_kill", &kills_before);
    child = fork_child();
    if (child < 0)
        FAIL("fork: %s", strerror(errno));
    if (child == 0)
        _exit(press(heap, bytes));
    code = wait_child(child);
    read_number("/proc/vmstat", "oom_kill", &kills);
    if (kills != kills_before || code == 128 + SIGKILL)
        FAIL("the OOM killer came before the pool of %" PRIu64 " bytes shrank", bytes);
    return code;
}

const struct check pressure_checks[] = {
    {"pool-drop-caches", drop_caches, NEEDS_ROOT | NEEDS_OURS, 0},
    {"pool-progress", progress, NEEDS_ROOT | NEEDS_OURS, 0},
    {"pool-shared", shared, NEEDS_ROOT | NEEDS_OURS, 0},
    {"pool-pressure", real_pressure, NEEDS_ROOT | NEEDS_OURS | NEEDS_DANGER, 0},
    {0},
};

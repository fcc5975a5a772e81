/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * injection - the kernel's fault injection makes the first allocation of memory inside a
 * call fail, then the second, and so on until the call meets none that fails. Each time
 * the call must be refused properly, or succeed properly, and leave nothing behind.
 */
#include "buffer.h"
#include "fault.h"
#include "system.h"
#include "vgem.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MOST 20000

static enum result prepare(void)
{
    const char *lack = fault_prepare();

    if (lack)
        SKIP("%s", lack);
    return PASSED;
}

/* Ends injection. Returns whether a fault was injected since it was armed. */
static bool disarm(void)
{
    return fault_disarm() == 0;
}

/* One call with the @nth allocation in it failing; *@met: whether there is such a one. */
typedef enum result (*attempt)(struct heap *heap, unsigned nth, bool *met);

static enum result try_each(struct heap *heap, attempt attempt, const char *what)
{
    bool met = true;

    TRY(prepare());
    for (unsigned nth = 1; met; nth++) {
        int fds = count_fds();
        long live = heap_live(heap);

        if (nth == MOST)
            FAIL("%s: still another fault after %u", what, nth);
        TRY(attempt(heap, nth, &met));
        if (count_fds() != fds)
            FAIL("%s, fault %u: %d fds before, %d after", what, nth, fds, count_fds());
        if (heap_live(heap) != live)
            FAIL("%s, fault %u: %ld buffers before, %ld after", what, nth, live,
                 heap_live(heap));
        if (nth == 1 && !met)
            FAIL("%s: no fault was ever injected", what);
    }
    return PASSED;
}

static enum result allocate(struct heap *heap, uint64_t bytes, unsigned nth, bool *met)
{
    uint8_t *memory;
    int fd;

    fault_arm(nth);
    fd = heap_alloc(heap, bytes);
    *met = disarm();
    if (!fault_explains(fd))
        FAIL("fault %u in an allocation of %" PRIu64 " bytes: %s", nth, bytes,
             strerror(-fd));
    if (fd < 0)
        return PASSED;
    TRY(buffer_map(fd, bytes, &memory));
    TRY(is_zeroed(memory, bytes, "after a fault was injected"));
    memset(memory, DIRT, bytes);
    buffer_put(fd, memory, bytes);
    return PASSED;
}

static enum result allocate_page(struct heap *heap, unsigned nth, bool *met)
{
    return allocate(heap, page_size(), nth, met);
}

static enum result allocate_3m(struct heap *heap, unsigned nth, bool *met)
{
    return allocate(heap, MIB(3), nth, met);
}

/* With no pool to take from: emptied before each call. */
static enum result allocate_cold(struct heap *heap, unsigned nth, bool *met)
{
    write_text("/proc/sys/vm/drop_caches", "2");
    return allocate(heap, MIB(3), nth, met);
}

static enum result map(struct heap *heap, unsigned nth, bool *met)
{
    uint8_t *memory;
    int fd, result = 0;

    TRY(buffer_get(heap, MIB(1), &fd));
    fault_arm(nth);
    memory = mmap(NULL, MIB(1), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        result = -errno;
    *met = disarm();
    if (!fault_explains(result))
        FAIL("fault %u in mmap: %s", nth, strerror(-result));
    if (!result) {
        TRY(is_zeroed(memory, MIB(1), "mapped while a fault was injected"));
        munmap(memory, MIB(1));
    }
    close(fd);
    return PASSED;
}

static enum result open_vgem(int *drm)
{
    *drm = drm_open("vgem", NULL, 0);
    if (*drm < 0)
        SKIP("no vgem device may be opened (modprobe vgem)");
    return PASSED;
}

/* The device is closed each time: DRM of Linux 6.12 keeps, until then, what it could not
 * quite import. */
static enum result import(struct heap *heap, unsigned nth, bool *met)
{
    int fd, drm, result;
    uint32_t handle;

    TRY(open_vgem(&drm));
    TRY(buffer_get(heap, MIB(1), &fd));
    fault_arm(nth);
    result = drm_import(drm, fd, &handle);
    *met = disarm();
    if (!fault_explains(result))
        FAIL("fault %u in an import: %s", nth, strerror(-result));
    close(fd);
    close(drm);
    return PASSED;
}

static enum result sync_access(struct heap *heap, unsigned nth, bool *met)
{
    int fd, drm, begin, end;
    uint32_t handle;

    TRY(open_vgem(&drm));
    TRY(buffer_get(heap, MIB(1), &fd));
    begin = drm_import(drm, fd, &handle);
    if (begin)
        FAIL("import by vgem: %s", strerror(-begin));
    fault_arm(nth);
    begin = buffer_sync(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
    end = buffer_sync(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
    *met = disarm();
    if (!fault_explains(begin) || !fault_explains(end))
        FAIL("fault %u in CPU access: begin %d, end %d", nth, begin, end);
    close(fd);
    close(drm);
    return PASSED;
}

static enum result inject_page(struct heap *heap)
{
    return try_each(heap, allocate_page, "a page");
}

static enum result inject_3m(struct heap *heap)
{
    if (heap_largest(heap) < MIB(3))
        LEAVE_OUT("the heap gives no buffers of 3 MiB");
    return try_each(heap, allocate_3m, "3 MiB");
}

static enum result inject_cold(struct heap *heap)
{
    uint64_t bytes;

    if (heap_statistic(heap, "pool_bytes", &bytes))
        LEAVE_OUT("the heap has no pool");
    return try_each(heap, allocate_cold, "3 MiB without a pool");
}

static enum result inject_map(struct heap *heap)
{
    return try_each(heap, map, "mmap");
}

static enum result inject_import(struct heap *heap)
{
    return try_each(heap, import, "import");
}

/* CPU access need not allocate: this check, alone, may meet no fault at all. */
static enum result inject_sync(struct heap *heap)
{
    bool met;

    TRY(prepare());
    TRY(sync_access(heap, 1, &met));
    return met ? try_each(heap, sync_access, "CPU access") : PASSED;
}

const struct check injection_checks[] = {
    {"inject-page", inject_page, NEEDS_ROOT, 600},
    {"inject-3M", inject_3m, NEEDS_ROOT, 600},
    {"inject-3M-cold", inject_cold, NEEDS_ROOT | NEEDS_OURS, 600},
    {"inject-map", inject_map, NEEDS_ROOT, 600},
    {"inject-import", inject_import, NEEDS_ROOT, 600},
    {"inject-sync", inject_sync, NEEDS_ROOT, 600},
    {0},
};

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * importer - what devices see of a buffer, and what CPUs see of what devices wrote, if
 * caches or the kernel's bounce buffers are in between; and which memory devices get.
 * The devices are those of the module zc_importer.
 */
#include "../importer/importer.h"
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define IMPORTER "/dev/zc-importer"
#define BYTES MIB(3)
#define LAST_OF_32_BITS UINT32_MAX
#define STEP MIB(256)

/* Where a buffer is looked at: its begin, on both sides of a page's end, its end. */
#define SPOT 64
static const size_t spots[] = {0, KIB(64) - SPOT / 2, BYTES - SPOT};
#define N_SPOTS (sizeof(spots) / sizeof(spots[0]))
/* The one that is drawn, where a part is. */
#define DRAWN 1

struct kind {
    const char *name;
    enum zc_importer_kind kind;
    uint64_t address_limit;
};

static const struct kind apart = {"apart", ZC_IMPORTER_APART, 0};
static const struct kind kinds[] = {
    {"apart", ZC_IMPORTER_APART, 0},
    {"bus", ZC_IMPORTER_BUS, 0},
    {"32-bit bus", ZC_IMPORTER_BUS, LAST_OF_32_BITS},
    {"edu", ZC_IMPORTER_EDU, 0},
};

/* ------------------------------------------------------------------ devices */

struct device {
    const char *name;
    int fd;
};

/* Imports by a device that @wish describes, and answers what it got. */
static int ask(int buffer, struct zc_importer_import *wish, struct device *device)
{
    int error;

    device->fd = open(IMPORTER, O_RDWR | O_CLOEXEC);
    if (device->fd < 0)
        return -errno;
    wish->fd = buffer;
    error = buffer_ioctl(device->fd, ZC_IMPORTER_IMPORT, wish);
    if (error)
        close(device->fd);
    return error;
}

static enum result import_as_wished(int buffer, struct zc_importer_import *wish,
                                    struct device *device)
{
    int error = ask(buffer, wish, device);

    if (error == -ENOENT)
        SKIP("there is no " IMPORTER " (insmod zc_importer.ko)");
    if (error == -EOPNOTSUPP)
        LEAVE_OUT("this kernel lets no module map for a device of its own");
    if (error == -ENODEV)
        LEAVE_OUT("this machine has no such device");
    if (error)
        FAIL("%s refuses the buffer: %s", device->name, strerror(-error));
    return PASSED;
}

static enum result import(int buffer, const struct kind *kind, uint32_t direction,
                          struct device *device)
{
    struct zc_importer_import wish = {
        .kind = kind->kind, .direction = direction, .address_limit = kind->address_limit};

    device->name = kind->name;
    return import_as_wished(buffer, &wish, device);
}

static enum result device_writes(const struct device *device, uint8_t value)
{
    uint8_t bytes[SPOT];

    memset(bytes, value, SPOT);
    for (size_t i = 0; i < N_SPOTS; i++)
        if (pwrite(device->fd, bytes, SPOT, spots[i]) != SPOT)
            FAIL("%s cannot write: %s", device->name, strerror(errno));
    return PASSED;
}

static enum result device_sees(const struct device *device, uint8_t value,
                               const char *what)
{
    uint8_t bytes[SPOT];

    for (size_t i = 0; i < N_SPOTS; i++) {
        size_t at;

        if (pread(device->fd, bytes, SPOT, spots[i]) != SPOT)
            FAIL("%s cannot read: %s", device->name, strerror(errno));
        at = find_other(bytes, SPOT, value);
        if (at < SPOT)
            FAIL("%s, %s: byte %zu is %#x for the device, not %#x", device->name, what,
                 spots[i] + at, bytes[at], value);
    }
    return PASSED;
}

/* ------------------------------------------------------------------ CPUs */

static void set(uint8_t *memory, uint8_t value)
{
    for (size_t i = 0; i < N_SPOTS; i++)
        memset(memory + spots[i], value, SPOT);
}

static enum result sees_in(const uint8_t *memory, size_t i, uint8_t value,
                           const char *name, const char *what)
{
    size_t at = find_other(memory + spots[i], SPOT, value);

    if (at < SPOT)
        FAIL("%s, %s: byte %zu is %#x, not %#x", name, what, spots[i] + at,
             memory[spots[i] + at], value);
    return PASSED;
}

static enum result sees(const uint8_t *memory, uint8_t value, const char *name,
                        const char *what)
{
    for (size_t i = 0; i < N_SPOTS; i++)
        TRY(sees_in(memory, i, value, name, what));
    return PASSED;
}

static enum result synced(int fd, uint64_t flags)
{
    int error = buffer_sync(fd, flags);

    if (error)
        FAIL("sync with flags %" PRIu64 ": %s", flags, strerror(-error));
    return PASSED;
}

static enum result begins(int fd, uint64_t access)
{
    return synced(fd, DMA_BUF_SYNC_START | access);
}

static enum result ends(int fd, uint64_t access)
{
    return synced(fd, DMA_BUF_SYNC_END | access);
}

static enum result cpu_writes(int fd, uint8_t *memory, uint8_t value)
{
    TRY(begins(fd, DMA_BUF_SYNC_WRITE));
    set(memory, value);
    return ends(fd, DMA_BUF_SYNC_WRITE);
}

static enum result cpu_sees(int fd, const uint8_t *memory, uint8_t value,
                            const char *name, const char *what)
{
    TRY(begins(fd, DMA_BUF_SYNC_READ));
    TRY(sees(memory, value, name, what));
    return ends(fd, DMA_BUF_SYNC_READ);
}

/* ------------------------------------------------------------------ what is seen */

typedef enum result scene(int fd, uint8_t *memory, const struct kind *kind);

/* Plays a scene with each kind of device that there is. */
static enum result with_all_kinds(struct heap *heap, scene *play)
{
    for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        enum result result;
        uint8_t *memory;
        int fd;

        TRY(buffer_get_mapped(heap, BYTES, &fd, &memory));
        result = play(fd, memory, &kinds[i]);
        if (result != PASSED && result != LEFT_OUT)
            return result;
        buffer_put(fd, memory, BYTES);
    }
    return PASSED;
}

static enum result play_reads(int fd, uint8_t *memory, const struct kind *kind)
{
    struct device device;

    TRY(cpu_writes(fd, memory, 1));
    TRY(import(fd, kind, DMA_BUF_SYNC_READ, &device));
    TRY(device_sees(&device, 1, "written before the import"));
    TRY(cpu_writes(fd, memory, 2));
    TRY(device_sees(&device, 2, "written since"));
    close(device.fd);
    return sees(memory, 2, kind->name, "after a device that only reads");
}

static enum result reads(struct heap *heap)
{
    return with_all_kinds(heap, play_reads);
}

static enum result play_writes(int fd, uint8_t *memory, const struct kind *kind)
{
    struct device device;

    TRY(cpu_writes(fd, memory, 1));
    TRY(import(fd, kind, DMA_BUF_SYNC_WRITE, &device));
    TRY(cpu_sees(fd, memory, 1, kind->name, "before the device wrote"));
    TRY(device_writes(&device, 3));
    TRY(cpu_sees(fd, memory, 3, kind->name, "the device's first picture"));
    TRY(device_writes(&device, 4));
    close(device.fd);
    return cpu_sees(fd, memory, 4, kind->name, "its last, when it has let go");
}

static enum result writes(struct heap *heap)
{
    return with_all_kinds(heap, play_writes);
}

/* A picture of the device, with a part that the CPU has drawn. */
static enum result is_drawn(const uint8_t *memory, const char *name, const char *when)
{
    char what[96];

    for (size_t i = 0; i < N_SPOTS; i++) {
        snprintf(what, sizeof(what), "what the %s, %s",
                 i == DRAWN ? "CPU drew" : "device wrote", when);
        TRY(sees_in(memory, i, i == DRAWN ? 6 : 5, name, what));
    }
    return PASSED;
}

/* Some draw on a camera's picture without a look at it, others look first. */
static enum result play_draws(int fd, uint8_t *memory, const struct kind *kind)
{
    static const struct {
        uint32_t direction;
        uint64_t access;
        const char *when;
    } ways[] = {
        {DMA_BUF_SYNC_WRITE, DMA_BUF_SYNC_RW, "read and written, of a camera"},
        {DMA_BUF_SYNC_WRITE, DMA_BUF_SYNC_WRITE, "written, of a camera"},
        {DMA_BUF_SYNC_RW, DMA_BUF_SYNC_RW, "read and written, of a GPU"},
        {DMA_BUF_SYNC_RW, DMA_BUF_SYNC_WRITE, "written, of a GPU"},
    };

    for (size_t i = 0; i < sizeof(ways) / sizeof(ways[0]); i++) {
        struct device device;

        TRY(import(fd, kind, ways[i].direction, &device));
        TRY(device_writes(&device, 5));
        TRY(begins(fd, ways[i].access));
        memset(memory + spots[DRAWN], 6, SPOT);
        TRY(ends(fd, ways[i].access));
        TRY(begins(fd, DMA_BUF_SYNC_READ));
        TRY(is_drawn(memory, kind->name, ways[i].when));
        TRY(ends(fd, DMA_BUF_SYNC_READ));
        close(device.fd);
        TRY(is_drawn(memory, kind->name, "after it has let go"));
    }
    return PASSED;
}

static enum result draws(struct heap *heap)
{
    return with_all_kinds(heap, play_draws);
}

/* A display that has the buffer does not hide what the camera wrote. */
static enum result play_two(int fd, uint8_t *memory, const struct kind *kind)
{
    struct device camera, display;

    TRY(cpu_writes(fd, memory, 1));
    TRY(import(fd, kind, DMA_BUF_SYNC_WRITE, &camera));
    TRY(import(fd, kind->kind == ZC_IMPORTER_EDU ? &apart : kind, DMA_BUF_SYNC_READ,
               &display));
    TRY(device_writes(&camera, 7));
    TRY(cpu_sees(fd, memory, 7, kind->name, "what a camera wrote, beside a display"));
    TRY(begins(fd, DMA_BUF_SYNC_RW));
    TRY(ends(fd, DMA_BUF_SYNC_RW));
    TRY(device_sees(&display, 7, "a camera's picture after a CPU access"));
    close(display.fd);
    TRY(sees(memory, 7, kind->name, "after the display has let go"));
    close(camera.fd);
    return sees(memory, 7, kind->name, "after the camera has let go");
}

static enum result two(struct heap *heap)
{
    return with_all_kinds(heap, play_two);
}

/* Without it, the device would see nothing: so a sync that is missing does show. */
static enum result stale(struct heap *heap)
{
    struct device device;
    uint8_t *memory;
    int fd;

    TRY(buffer_get_mapped(heap, BYTES, &fd, &memory));
    TRY(cpu_writes(fd, memory, 1));
    TRY(import(fd, &apart, DMA_BUF_SYNC_READ, &device));
    set(memory, 2);
    TRY(device_sees(&device, 1, "before the end of the access"));
    TRY(ends(fd, DMA_BUF_SYNC_WRITE));
    TRY(device_sees(&device, 2, "after it"));
    close(device.fd);
    buffer_put(fd, memory, BYTES);
    return PASSED;
}

/* ------------------------------------------------------------------ which memory */

static enum result segments_within(int fd, uint8_t *memory, uint32_t max_segment,
                                   uint32_t max_mapping)
{
    struct zc_importer_import wish = {.kind = ZC_IMPORTER_APART,
                                      .direction = DMA_BUF_SYNC_RW,
                                      .max_segment = max_segment,
                                      .max_mapping = max_mapping};
    uint64_t most = max_segment ? max_segment : max_mapping;
    struct device device = {.name = "a device of limited segments"};

    TRY(import_as_wished(fd, &wish, &device));
    if (wish.longest > most)
        FAIL("a device that takes %" PRIu64 " bytes at once got %" PRIu64, most,
             (uint64_t)wish.longest);
    TRY(cpu_writes(fd, memory, most % 251));
    TRY(device_sees(&device, most % 251, "in limited segments"));
    close(device.fd);
    return PASSED;
}

static enum result segments(struct heap *heap)
{
    uint8_t *memory;
    int fd;

    TRY(buffer_get_mapped(heap, BYTES, &fd, &memory));
    TRY(segments_within(fd, memory, KIB(64), 0));
    TRY(segments_within(fd, memory, 0, KIB(256)));
    TRY(segments_within(fd, memory, KIB(96) + 1, KIB(128)));
    TRY(segments_within(fd, memory, page_size(), 0));
    buffer_put(fd, memory, BYTES);
    return PASSED;
}

static enum result got(struct heap *heap, uint64_t bytes, struct zc_importer_import *wish,
                       const char *name)
{
    struct device device = {.name = name};
    int fd;

    TRY(buffer_get(heap, bytes, &fd));
    TRY(import_as_wished(fd, wish, &device));
    close(device.fd);
    close(fd);
    return PASSED;
}

/* In one piece for its addresses, also for a device that takes it in parts. */
static enum result contiguous(struct heap *heap)
{
    struct zc_importer_import wish = {.kind = ZC_IMPORTER_APART,
                                      .direction = DMA_BUF_SYNC_RW,
                                      .flags = ZC_IMPORTER_CONTIGUOUS};

    if (!heap_is_contiguous(heap))
        LEAVE_OUT("its buffers may be in pieces");
    TRY(got(heap, BYTES, &wish, "a device that takes one address"));
    if (wish.segments != 1)
        FAIL("a device of any segments got %" PRIu64, (uint64_t)wish.segments);
    wish.max_segment = KIB(64);
    return got(heap, BYTES, &wish, "a device that takes one address, and 64 KiB at once");
}

static enum result below_4g(struct heap *heap)
{
    static const uint64_t bytes[] = {KIB(4), MIB(3), MIB(16)};
    struct zc_importer_import wish = {.kind = ZC_IMPORTER_APART,
                                      .direction = DMA_BUF_SYNC_RW,
                                      .address_limit = LAST_OF_32_BITS};

    if (!strstr(heap->name, "dma32") && !strstr(heap->name, "contiguous"))
        LEAVE_OUT("its memory may be anywhere");
    for (size_t i = 0; i < sizeof(bytes) / sizeof(bytes[0]); i++)
        TRY(got(heap, bytes[i], &wish, "a device of 32 address bits"));
    return PASSED;
}

/* Whether a zone for movable memory has pages. */
static bool has_movable_memory(void)
{
    FILE *zones = fopen("/proc/zoneinfo", "re");
    char line[256], zone[32] = "";
    unsigned long long pages;
    bool has = false;

    while (zones && fgets(line, sizeof(line), zones)) {
        sscanf(line, "Node %*u, zone %31s", zone);
        has |= !strcmp(zone, "Movable") && sscanf(line, " managed %llu", &pages) == 1 &&
               pages;
    }
    if (zones)
        fclose(zones);
    return has;
}

/*
 * A buffer lives as long as its user wants: it must not pin what is to be movable. A heap
 * of contiguous memory may be tempted to where it finds some.
 */
static enum result not_movable(struct heap *heap)
{
    uint64_t largest = heap_largest(heap), bytes = largest < STEP ? largest : STEP;
    struct zc_importer_import wish = {.kind = ZC_IMPORTER_APART,
                                      .direction = DMA_BUF_SYNC_RW};
    size_t n = 0, most = heap_is_contiguous(heap) ? 12 : 2;
    struct device device = {.name = apart.name};
    int fds[12];

    if (!has_movable_memory())
        LEAVE_OUT("this machine has no memory that is to stay movable");
    for (; n < most; n++) {
        fds[n] = heap_alloc(heap, bytes);
        if (fds[n] < 0)
            break;
        TRY(import_as_wished(fds[n], &wish, &device));
        close(device.fd);
        if (wish.movable)
            FAIL("buffer %zu of %" PRIu64 " bytes has %" PRIu64
                 " pages in movable memory",
                 n, bytes, (uint64_t)wish.movable);
    }
    if (!n)
        SKIP("the heap has no %" PRIu64 " bytes", bytes);
    while (n)
        close(fds[--n]);
    return PASSED;
}

/* ------------------------------------------------------------------ itself */

static enum result refused(int fd, struct zc_importer_import wish, int error,
                           const char *what)
{
    struct device device;
    int result;

    wish.kind = ZC_IMPORTER_BUS;
    if (!wish.direction)
        wish.direction = DMA_BUF_SYNC_RW;
    result = ask(fd, &wish, &device);
    if (result == -ENOENT)
        SKIP("there is no " IMPORTER " (insmod zc_importer.ko)");
    return is_error(result, error, what);
}

/* A device may be as bad as the worst that there is. */
static enum result refuses(struct heap *heap)
{
    struct zc_importer_import zeroes = {.kind = ZC_IMPORTER_BUS,
                                        .direction = DMA_BUF_SYNC_RW,
                                        .flags = ZC_IMPORTER_ZEROES,
                                        .stride = 128,
                                        .stride_multiple = 64};
    struct device device = {.name = "a device of zeroes"};
    uint8_t *memory;
    int fd;

    TRY(buffer_get_mapped(heap, BYTES, &fd, &memory));
    TRY(refused(fd, (struct zc_importer_import){.stride = 100, .stride_multiple = 64},
                EINVAL, "a stride that the device does not take"));
    TRY(refused(fd, (struct zc_importer_import){.direction = 4}, EINVAL,
                "no such direction"));
    TRY(refused(-1, (struct zc_importer_import){0}, EBADF, "no dma-buf"));
    TRY(cpu_writes(fd, memory, 8));
    TRY(import_as_wished(fd, &zeroes, &device));
    TRY(device_writes(&device, 9));
    TRY(device_sees(&device, 0, "zeroes"));
    TRY(cpu_sees(fd, memory, 8, device.name, "what it did not write"));
    close(device.fd);
    buffer_put(fd, memory, BYTES);
    return PASSED;
}

const struct check importer_checks[] = {
    {"importer-stale", stale, NEEDS_ROOT, 0},
    {"importer-reads", reads, NEEDS_ROOT, 0},
    {"importer-writes", writes, NEEDS_ROOT, 0},
    {"importer-draws", draws, NEEDS_ROOT, 0},
    {"importer-two", two, NEEDS_ROOT, 0},
    {"importer-segments", segments, NEEDS_ROOT, 0},
    {"importer-contiguous", contiguous, NEEDS_ROOT, 0},
    {"importer-below-4G", below_4g, NEEDS_ROOT, 0},
    {"importer-not-movable", not_movable, NEEDS_ROOT, 0},
    {"importer-refuses", refuses, NEEDS_ROOT, 0},
    {0},
};

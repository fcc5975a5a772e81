/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* heap - where dma-bufs come from: the nodes of /dev/dma_heap, or /dev/udmabuf. */
#include "memory/heap-private.h"
#include "base/counters.h"
#include "base/ioctl.h"
#include "memory/holders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define UDMABUF_NODE "/dev/udmabuf"
#define UDMABUF_NAME "udmabuf"

#define HINT_SIZE 160
/* Of a node of ours, with what the tests put in place of the folder. */
#define PATH_SIZE (128 + NAME_MAX)

const char *zc_heap_folder = "/dev/dma_heap";
const char *zc_reserved_folder = "/proc/device-tree/reserved-memory";

struct zc_heap {
    int fd;
    bool udmabuf;
    char name[64];
    char reason[160];
};

/* Stands for the heaps of reserved regions, which each machine names by itself. */
#define ANY_REGION ""

/*
 * What a property stands for: heap names, the best first. Kernels call the same region by
 * many names: Documentation/userspace-api/dma-buf-heaps.rst, and vendors' trees. The CMA
 * area comes first: it is where display engines reach that reach nothing else.
 */
static const struct {
    const char *property;
    const char *names[10];
} properties[] = {
    {"cached",
     {"system-cacheable", "system-pooled", "system", "qcom,system", UDMABUF_NAME}},
    {"contiguous",
     {"default_cma_region", "linux,cma", "reserved", "default-pool", "cma",
      "vidbuf_cached", ANY_REGION, "system-contiguous"}},
};

static int by_name(const void *a, const void *b)
{
    return strcmp(((const struct zc_heap_entry *)a)->name,
                  ((const struct zc_heap_entry *)b)->name);
}

static void fill_entry(struct zc_heap_entry *entry, const char *name, const char *path)
{
    snprintf(entry->name, sizeof(entry->name), "%s", name);
    snprintf(entry->path, sizeof(entry->path), "%s", path);
    entry->error = access(path, R_OK | W_OK) ? -errno : 0;
}

static int list_heap_nodes(struct zc_heap_entry *entries, int capacity)
{
    DIR *folder = opendir(zc_heap_folder);
    struct dirent *node;
    int n = 0;

    if (!folder)
        return errno == ENOENT ? 0 : -errno;
    while ((node = readdir(folder))) {
        char path[PATH_SIZE];

        if (node->d_name[0] == '.')
            continue;
        snprintf(path, sizeof(path), "%s/%s", zc_heap_folder, node->d_name);
        if (n < capacity)
            fill_entry(&entries[n], node->d_name, path);
        n++;
    }
    closedir(folder);
    return n;
}

int zc_heap_list(struct zc_heap_entry *entries, int capacity)
{
    int n = list_heap_nodes(entries, capacity);

    if (n < 0) {
        zc_log(ZC_LOG_ERROR, "cannot list %s: %s", zc_heap_folder, strerror(-n));
        return n;
    }
    if (access(UDMABUF_NODE, F_OK) == 0) {
        if (n < capacity)
            fill_entry(&entries[n], UDMABUF_NAME, UDMABUF_NODE);
        n++;
    }
    qsort(entries, n < capacity ? n : capacity, sizeof(*entries), by_name);
    return n;
}

/* @wanted: in the words of the message, "heap system" or "a contiguous heap". */
static void log_missing(const char *wanted)
{
    struct zc_heap_entry entries[16];
    char names[512] = "";
    int n = zc_heap_list(entries, 16);
    size_t used = 0;

    for (int i = 0; i < n && i < 16 && used < sizeof(names); i++)
        used += snprintf(names + used, sizeof(names) - used, "%s%s", i ? ", " : "",
                         entries[i].name);
    if (n > 0)
        zc_log(ZC_LOG_ERROR, "cannot open %s: there is none; this kernel has %s", wanted,
               names);
    else
        zc_log(ZC_LOG_ERROR,
               "cannot open %s: this kernel has no dma-buf heaps, neither "
               "in %s nor as " UDMABUF_NODE "; load the module zc_heaps, which "
               "is kernel/ of this project, or boot a kernel built with "
               "CONFIG_DMABUF_HEAPS_SYSTEM=y (Debian 13 amd64 and later), or try "
               "\"modprobe udmabuf\"",
               wanted, zc_heap_folder);
}

static void log_open_error(const char *path, int error)
{
    char hint[HINT_SIZE] = "";

    if (error == -EACCES || error == -EPERM)
        zc_permission_hint(path, hint, sizeof(hint));
    zc_log(ZC_LOG_ERROR, "cannot open heap %s: %s%s", path, strerror(-error), hint);
}

static void path_of(const char *name, char *path, size_t size)
{
    if (name[0] == '/')
        snprintf(path, size, "%s", name);
    else if (!strcmp(name, UDMABUF_NAME))
        snprintf(path, size, UDMABUF_NODE);
    else
        snprintf(path, size, "%s/%s", zc_heap_folder, name);
}

/* Opens one node. Says nothing: the caller knows whether a failure matters. */
static int open_node(struct zc_heap *heap, const char *name)
{
    char path[PATH_SIZE];

    path_of(name, path, sizeof(path));
    heap->fd = open(path, O_RDWR | O_CLOEXEC);
    if (heap->fd < 0)
        return -errno;
    heap->udmabuf = !strcmp(path, UDMABUF_NODE);
    snprintf(heap->name, sizeof(heap->name), "%s",
             heap->udmabuf ? UDMABUF_NAME : strrchr(path, '/') + 1);
    return 0;
}

/* The first failure of a heap that is there. */
struct denial {
    char name[NAME_MAX + 1];
    int error;
};

static bool try_node(struct zc_heap *heap, const char *name, struct denial *denied)
{
    int error = open_node(heap, name);

    if (error && error != -ENOENT && !denied->error) {
        snprintf(denied->name, sizeof(denied->name), "%s", name);
        denied->error = error;
    }
    return !error;
}

/*
 * Linux 6.17 and later make a heap of each CMA region of the device tree, called as its
 * node is. A node that is "reusable" is such a region; others are a device's alone.
 */
static bool try_regions(struct zc_heap *heap, struct denial *denied)
{
    DIR *folder = opendir(zc_reserved_folder);
    struct dirent *node;
    bool opened = false;

    while (folder && !opened && (node = readdir(folder))) {
        char reusable[PATH_SIZE + NAME_MAX];

        snprintf(reusable, sizeof(reusable), "%s/%s/reusable", zc_reserved_folder,
                 node->d_name);
        if (node->d_name[0] != '.' && !access(reusable, F_OK))
            opened = try_node(heap, node->d_name, denied);
    }
    if (folder)
        closedir(folder);
    return opened;
}

/* Opens the best heap of @property. Says nothing. */
static int find_property(struct zc_heap *heap, int property, struct denial *denied)
{
    for (const char *const *name = properties[property].names; *name; name++) {
        bool opened = strcmp(*name, ANY_REGION) ? try_node(heap, *name, denied)
                                                : try_regions(heap, denied);

        if (opened) {
            bool other = denied->error;

            snprintf(heap->reason, sizeof(heap->reason), "the best %s heap here%s%.60s%s",
                     properties[property].property, other ? " but for " : "",
                     denied->name, other ? ", which may not be opened" : "");
            return 0;
        }
    }
    return denied->error ? denied->error : -ENOENT;
}

static int open_property(struct zc_heap *heap, int property)
{
    struct denial denied = {0};
    int error = find_property(heap, property, &denied);

    if (denied.error && error) {
        char path[PATH_SIZE];

        path_of(denied.name, path, sizeof(path));
        log_open_error(path, error);
    } else if (error) {
        char wanted[32];

        snprintf(wanted, sizeof(wanted), "a %s heap", properties[property].property);
        log_missing(wanted);
    }
    return error;
}

static int property_of(const char *spec)
{
    for (size_t i = 0; i < sizeof(properties) / sizeof(properties[0]); i++)
        if (!strcmp(spec, properties[i].property))
            return i;
    return -1;
}

static void log_missing_heap(const char *spec)
{
    char wanted[NAME_MAX + 16];

    snprintf(wanted, sizeof(wanted), "heap \"%.*s\"", NAME_MAX, spec);
    log_missing(wanted);
}

static int open_spec(struct zc_heap *heap, const char *spec)
{
    char path[PATH_SIZE];
    int error;

    if (!spec || !strcmp(spec, "auto"))
        return open_property(heap, 0);
    if (property_of(spec) >= 0)
        return open_property(heap, property_of(spec));
    if (!spec[0] || strlen(spec) > NAME_MAX || (spec[0] != '/' && strchr(spec, '/'))) {
        log_missing_heap(spec);
        return -ENOENT;
    }
    error = open_node(heap, spec);
    snprintf(heap->reason, sizeof(heap->reason), "asked for");
    path_of(spec, path, sizeof(path));
    if (error == -ENOENT)
        log_missing_heap(spec);
    else if (error)
        log_open_error(path, error);
    return error;
}

/* A heap that is not open, or NULL. */
static struct zc_heap *new_heap(void)
{
    struct zc_heap *heap = calloc(1, sizeof(*heap));

    if (heap)
        heap->fd = -1;
    return heap;
}

int zc_heap_open(struct zc_heap **out, const char *spec)
{
    struct zc_heap *heap = new_heap();
    int error = heap ? open_spec(heap, spec) : -ENOMEM;

    if (error) {
        free(heap);
        return error;
    }
    *out = heap;
    return 0;
}

int zc_heap_find(struct zc_heap **out, const char *property)
{
    struct zc_heap *heap = new_heap();
    struct denial denied = {0};
    int error = heap ? find_property(heap, property_of(property), &denied) : -ENOMEM;

    if (error) {
        free(heap);
        return error;
    }
    *out = heap;
    return 0;
}

void zc_heap_close(struct zc_heap *heap)
{
    if (!heap)
        return;
    zc_close(&heap->fd);
    free(heap);
}

const char *zc_heap_name(const struct zc_heap *heap)
{
    return heap->name;
}

const char *zc_heap_reason(const struct zc_heap *heap)
{
    return heap->reason;
}

static int alloc_from_heap(struct zc_heap *heap, size_t bytes, int *fd)
{
    struct dma_heap_allocation_data data = {
        .len = bytes,
        .fd_flags = O_RDWR | O_CLOEXEC,
    };
    int error = zc_ioctl(heap->fd, DMA_HEAP_IOCTL_ALLOC, &data);

    *fd = error < 0 ? -1 : (int)data.fd;
    return error < 0 ? error : 0;
}

/* A sealed memfd, lent to the kernel as a dma-buf; its pages come zeroed. */
static int alloc_from_udmabuf(struct zc_heap *heap, size_t bytes, int *fd)
{
    int memory = memfd_create("zerocopy", MFD_ALLOW_SEALING | MFD_CLOEXEC);
    struct udmabuf_create create = {
        .memfd = memory,
        .flags = UDMABUF_FLAGS_CLOEXEC,
        .size = bytes,
    };
    int result;

    if (memory < 0)
        return -errno;
    if (ftruncate(memory, bytes) || fcntl(memory, F_ADD_SEALS, F_SEAL_SHRINK))
        result = -errno;
    else
        result = zc_ioctl(heap->fd, UDMABUF_CREATE, &create);
    zc_close(&memory);
    *fd = result < 0 ? -1 : result;
    return result < 0 ? result : 0;
}

/* What there is left, in words: ", with … free"; nothing where the kernel does not tell. */
static void say_left(char *text, size_t size)
{
    unsigned long available = 0, cma = 0, cma_free = 0;
    FILE *file = fopen("/proc/meminfo", "re");
    char line[128];

    text[0] = '\0';
    if (!file)
        return;
    while (fgets(line, sizeof(line), file)) {
        sscanf(line, "MemAvailable: %lu", &available);
        sscanf(line, "CmaTotal: %lu", &cma);
        sscanf(line, "CmaFree: %lu", &cma_free);
    }
    fclose(file);
    if (cma)
        snprintf(text, size, ", with %lu kB of memory available, %lu of %lu kB CMA free",
                 available, cma_free, cma);
    else
        snprintf(text, size, ", with %lu kB of memory available, and no CMA", available);
}

static const char *alloc_advice(const struct zc_heap *heap, int error)
{
    if (heap->udmabuf && error == -EINVAL)
        return "; a larger one needs /sys/module/udmabuf/parameters/size_limit_mb raised";
    if (error == -ENOTTY)
        return "; it is no dma-buf heap";
    if (error == -ENOMEM)
        return "; the heap is exhausted: use fewer or smaller frames, end what holds its "
               "buffers, or, for a CMA heap, boot with a larger cma=";
    return "";
}

int zc_heap_alloc(struct zc_heap *heap, size_t bytes, size_t align, const char *name,
                  int *fd)
{
    size_t page = sysconf(_SC_PAGESIZE), unit = align > page ? align : page;
    int error;

    if (!bytes || (align & (align - 1)) || bytes > SIZE_MAX - unit) {
        zc_log(
            ZC_LOG_ERROR,
            "cannot allocate %zu bytes aligned to %zu from heap %s: the length must be "
            "above 0 and the alignment a power of two",
            bytes, align, heap->name);
        return -EINVAL;
    }
    bytes = (bytes + unit - 1) & ~(unit - 1);
    error = heap->udmabuf ? alloc_from_udmabuf(heap, bytes, fd)
                          : alloc_from_heap(heap, bytes, fd);
    if (error) {
        char left[128] = "", holders[512] = "";

        if (error == -ENOMEM) {
            say_left(left, sizeof(left));
            zc_holders_text(heap->name, holders, sizeof(holders));
        }
        zc_log(ZC_LOG_ERROR, "cannot allocate %zu bytes from heap %s: %s%s%s%s", bytes,
               heap->name, strerror(-error), left, alloc_advice(heap, error), holders);
        return error;
    }
    zc_count(ZC_COUNT_ALLOCATION);
    if (name)
        zc_ioctl(*fd, DMA_BUF_SET_NAME_B, (void *)name);
    return 0;
}

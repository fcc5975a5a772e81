/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* heap - nodes, allocation, and the statistics of zc_heaps and of dma-bufs. */
#include "heap.h"
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define PATIENCE_MS 5000

/* Whether the kernel itself, not a module, has the framework. */
static bool kernel_has_framework(void)
{
    static int known = -1;
    char line[512];
    FILE *symbols;

    if (known >= 0)
        return known;
    known = 0;
    symbols = fopen("/proc/kallsyms", "re");
    while (symbols && fgets(line, sizeof(line), symbols))
        if (strstr(line, " dma_heap_add") && !strchr(line, '['))
            known = 1;
    if (symbols)
        fclose(symbols);
    return known;
}

/* A heap of which nothing is known is not excused as the kernel's own. */
static void find_provider(struct heap *heap)
{
    char path[160];

    if (!exists("/sys/module/" MODULE)) {
        heap->kernels = heap->kernels_ioctl = true;
        return;
    }
    if (access(MODULE_STATISTICS, R_OK | X_OK))
        return;
    snprintf(path, sizeof(path), MODULE_STATISTICS "/%s", heap->name);
    heap->ours = exists(path);
    heap->kernels = !heap->ours;
    snprintf(path, sizeof(path), "/sys/class/dma_heap/%s", heap->name);
    heap->kernels_ioctl = heap->kernels || (exists(path) && kernel_has_framework());
}

void heap_init(struct heap *heap, const char *spec)
{
    const char *slash = strrchr(spec, '/');

    memset(heap, 0, sizeof(*heap));
    heap->fd = -1;
    snprintf(heap->name, sizeof(heap->name), "%s", slash ? slash + 1 : spec);
    snprintf(heap->path, sizeof(heap->path), "%s%s", slash ? "" : HEAP_FOLDER "/", spec);
    find_provider(heap);
}

static int by_name(const void *a, const void *b)
{
    return strcmp(a, b);
}

size_t heap_list(char (**names)[64])
{
    DIR *folder = opendir(HEAP_FOLDER);
    struct dirent *node;
    size_t n = 0;

    *names = NULL;
    while (folder && (node = readdir(folder))) {
        if (node->d_name[0] == '.')
            continue;
        *names = realloc(*names, (n + 1) * sizeof(**names));
        if (!*names)
            abort();
        snprintf((*names)[n++], sizeof(**names), "%.63s", node->d_name);
    }
    if (folder)
        closedir(folder);
    if (n)
        qsort(*names, n, sizeof(**names), by_name);
    return n;
}

int heap_open(struct heap *heap)
{
    heap->fd = open(heap->path, O_RDWR | O_CLOEXEC);
    return heap->fd < 0 ? -errno : 0;
}

void heap_close(struct heap *heap)
{
    close(heap->fd);
    heap->fd = -1;
}

int heap_ioctl(int fd, struct dma_heap_allocation_data *data)
{
    int result;

    do
        result = ioctl(fd, DMA_HEAP_IOCTL_ALLOC, data);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : 0;
}

int heap_alloc(const struct heap *heap, uint64_t bytes)
{
    struct dma_heap_allocation_data data = {.len = bytes, .fd_flags = O_RDWR | O_CLOEXEC};
    int error = heap_ioctl(heap->fd, &data);

    return error ? error : (int)data.fd;
}

int heap_statistic(const struct heap *heap, const char *key, uint64_t *value)
{
    char path[160], line[256], found[128];
    int result = -ENOENT;
    FILE *file;

    snprintf(path, sizeof(path), MODULE_STATISTICS "/%s", heap->name);
    file = fopen(path, "re");
    if (!file)
        return -errno;
    while (result && fgets(line, sizeof(line), file))
        if (sscanf(line, "%127s %" SCNu64, found, value) == 2 && !strcmp(found, key))
            result = 0;
    fclose(file);
    return result;
}

uint64_t heap_wait_statistic(const struct heap *heap, const char *key, uint64_t most)
{
    uint64_t value = UINT64_MAX;

    for (int waited = 0; waited < PATIENCE_MS; waited += 10) {
        if (heap_statistic(heap, key, &value) || value <= most)
            break;
        sleep_ms(10);
    }
    return value;
}

/* Rows of bufinfo: size, flags, mode, count, exporter, inode, name. */
static long live_dma_bufs(const char *exporter)
{
    FILE *file = fopen("/sys/kernel/debug/dma_buf/bufinfo", "re");
    char line[512], found[64];
    long n = 0;

    if (!file)
        return -1;
    while (fgets(line, sizeof(line), file))
        n += sscanf(line, "%*u %*x %*x %*u %63s", found) == 1 && !strcmp(found, exporter);
    fclose(file);
    return n;
}

long heap_live(const struct heap *heap)
{
    uint64_t value;

    if (heap->ours && !heap_statistic(heap, "live_buffers", &value))
        return value;
    return live_dma_bufs(heap->name);
}

uint64_t heap_largest(const struct heap *heap)
{
    uint64_t value;

    return heap->ours && !heap_statistic(heap, "largest_bytes", &value) ? value
                                                                        : UINT64_MAX;
}

bool heap_is_contiguous(const struct heap *heap)
{
    static const char *const names[] = {"system-contiguous",
                                        "system-uncached-contiguous",
                                        "default_cma_region",
                                        "linux,cma",
                                        "reserved",
                                        "default-pool",
                                        "cma"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (!strcmp(heap->name, names[i]))
            return true;
    return false;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake-kernel - dma-bufs of memfds, and a fake clock. */
#include "fake-kernel.h"
#include "base/ioctl.h"
#include "zerocopy.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

struct fake_kernel fake_kernel;

#define HEAP_MEMORY "fake dma-buf"

#define CONTIGUOUS_MEMORY HEAP_MEMORY ", contiguous"

/* Whether the name of what is open as @fd has @part. */
static bool is_called(int fd, const char *part)
{
    char link[32], name[64] = "";

    snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
    return readlink(link, name, sizeof(name) - 1) > 0 && strstr(name, part);
}

bool fake_kernel_gave(int fd)
{
    return is_called(fd, HEAP_MEMORY);
}

bool fake_kernel_gave_contiguous(int fd)
{
    return is_called(fd, CONTIGUOUS_MEMORY);
}

static int allocate(int heap, struct dma_heap_allocation_data *data)
{
    int fd;

    if (fake_kernel.alloc_error)
        return fake_kernel.alloc_error;
    fd = memfd_create(is_called(heap, FAKE_CONTIGUOUS_NODE) ? CONTIGUOUS_MEMORY
                                                            : HEAP_MEMORY,
                      MFD_CLOEXEC);
    if (fd < 0 || ftruncate(fd, data->len))
        return -errno;
    data->fd = fd;
    fake_kernel.allocations++;
    return 0;
}

/* The kernel's limit, without the byte that ends the text. */
static int set_name(const char *name)
{
    if (strlen(name) >= sizeof(fake_kernel.name))
        return -EINVAL;
    strcpy(fake_kernel.name, name);
    return 0;
}

static int sync_cpu(const struct dma_buf_sync *sync)
{
    if (sync->flags & ~(uint64_t)DMA_BUF_SYNC_VALID_FLAGS_MASK)
        return -EINVAL;
    if (sync->flags & DMA_BUF_SYNC_END)
        fake_kernel.sync_ends++;
    else
        fake_kernel.sync_starts++;
    return 0;
}

int zc_ioctl(int fd, unsigned long request, void *arg)
{
    switch (request) {
    case DMA_HEAP_IOCTL_ALLOC:
        return allocate(fd, arg);
    case DMA_BUF_IOCTL_SYNC:
        return sync_cpu(arg);
    case DMA_BUF_SET_NAME_B:
        return set_name(arg);
    default:
        return fake_kernel.ioctl ? fake_kernel.ioctl(fd, request, arg) : -ENOTTY;
    }
}

int64_t zc_now_ns(void)
{
    struct timespec now;

    if (!fake_kernel.clock_runs)
        return fake_kernel.now_ns;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * INT64_C(1000000000) + now.tv_nsec;
}

int64_t zc_cpu_time_ns(void)
{
    return fake_kernel.now_ns;
}

int zc_fence_wait(int fence, int timeout_ms)
{
    (void)fence;
    (void)timeout_ms;
    fake_kernel.fence_waits++;
    return 0;
}

const char *zc_permission_hint(const char *path, char *text, int size)
{
    (void)path;
    (void)size;
    text[0] = '\0';
    return text;
}

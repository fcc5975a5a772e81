/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dmabuf - what a dma-buf is told of accesses, and the fences in it. Knows no frame. */
#include "base/ioctl.h"
#include "zerocopy.h"

#include <assert.h>
#include <linux/dma-buf.h>

static_assert(ZC_CPU_READ == DMA_BUF_SYNC_READ && ZC_CPU_WRITE == DMA_BUF_SYNC_WRITE,
              "accesses are passed on as they are");

static int sync_cpu(int fd, uint64_t flags)
{
    struct dma_buf_sync sync = {.flags = flags};

    return zc_ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync);
}

int zc_dmabuf_begin_cpu(int fd, int access)
{
    return sync_cpu(fd, DMA_BUF_SYNC_START | access);
}

int zc_dmabuf_end_cpu(int fd, int access)
{
    return sync_cpu(fd, DMA_BUF_SYNC_END | access);
}

static uint32_t access_of(bool writes)
{
    return writes ? DMA_BUF_SYNC_WRITE : DMA_BUF_SYNC_READ;
}

int zc_dmabuf_get_fence(int fd, bool writes, int *fence)
{
    struct dma_buf_export_sync_file export = {.flags = access_of(writes), .fd = -1};
    int error = zc_ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export);

    if (!error)
        *fence = export.fd;
    return error;
}

int zc_dmabuf_add_fence(int fd, bool writes, int fence)
{
    struct dma_buf_import_sync_file import = {.flags = access_of(writes), .fd = fence};

    return zc_ioctl(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sync - CPU access is bracketed by DMA_BUF_IOCTL_SYNC, and the fences of a buffer go in
 * and out as sync_files.
 */
#include "buffer.h"

#include <errno.h>
#include <poll.h>
#include <string.h>
#include <unistd.h>

static enum result flags_valid(struct heap *heap)
{
    static const uint64_t access[] = {DMA_BUF_SYNC_READ, DMA_BUF_SYNC_WRITE,
                                      DMA_BUF_SYNC_RW};
    uint8_t *memory;
    int fd;

    TRY(buffer_get_mapped(heap, MIB(1), &fd, &memory));
    for (size_t i = 0; i < sizeof(access) / sizeof(access[0]); i++) {
        int begin = buffer_sync(fd, DMA_BUF_SYNC_START | access[i]), end;

        memory[0] = i;
        end = buffer_sync(fd, DMA_BUF_SYNC_END | access[i]);
        if (begin || end)
            FAIL("access %llu: begin answers %d, end %d", (unsigned long long)access[i],
                 begin, end);
    }
    buffer_put(fd, memory, MIB(1));
    return PASSED;
}

static enum result flags_invalid(struct heap *heap)
{
    char what[64];
    int fd;

    TRY(buffer_get(heap, page_size(), &fd));
    TRY(is_error(buffer_sync(fd, DMA_BUF_SYNC_START), EINVAL, "neither read nor write"));
    TRY(is_error(buffer_sync(fd, DMA_BUF_SYNC_END), EINVAL, "neither read nor write"));
    for (int bit = 3; bit < 64; bit++) {
        snprintf(what, sizeof(what), "sync with bit %d", bit);
        TRY(is_error(buffer_sync(fd, DMA_BUF_SYNC_RW | UINT64_C(1) << bit), EINVAL,
                     what));
    }
    TRY(is_error(buffer_ioctl(fd, DMA_BUF_IOCTL_SYNC, (void *)8), EFAULT,
                 "sync with flags that are nowhere"));
    close(fd);
    return PASSED;
}

/* Nested and unpaired calls are a user's fault, and the kernel's to bear. */
static enum result unpaired(struct heap *heap)
{
    int fd, result = 0;

    TRY(buffer_get(heap, page_size(), &fd));
    for (int i = 0; i < 3; i++)
        result |= buffer_sync(fd, DMA_BUF_SYNC_END | DMA_BUF_SYNC_RW);
    for (int i = 0; i < 3; i++)
        result |= buffer_sync(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_RW);
    if (result)
        FAIL("a sync answers %d", result);
    close(fd);
    return PASSED;
}

static enum result sync_files(struct heap *heap)
{
    struct pollfd ready = {.events = POLLIN};
    struct dma_buf_export_sync_file export;
    int fd, result;

    TRY(buffer_get(heap, page_size(), &fd));
    for (unsigned flags = DMA_BUF_SYNC_READ; flags <= DMA_BUF_SYNC_RW; flags++) {
        struct dma_buf_import_sync_file import = {.flags = flags};

        export = (struct dma_buf_export_sync_file){.flags = flags, .fd = -1};
        result = buffer_ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export);
        if (result == -ENOTTY)
            SKIP("this kernel has no sync_files of dma-bufs");
        if (result || export.fd < 0)
            FAIL("export for access %u: %d", flags, result);
        ready.fd = export.fd;
        if (poll(&ready, 1, 0) != 1)
            FAIL("the fence of a buffer that nobody uses has not signalled");
        import.fd = export.fd;
        result = buffer_ioctl(fd, DMA_BUF_IOCTL_IMPORT_SYNC_FILE, &import);
        if (result)
            FAIL("import for access %u: %s", flags, strerror(-result));
        close(export.fd);
    }
    for (unsigned flags = 0; flags <= 4; flags += 4) {
        export = (struct dma_buf_export_sync_file){.flags = flags, .fd = -1};
        TRY(is_error(buffer_ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export), EINVAL,
                     "export with invalid flags"));
    }
    close(fd);
    return PASSED;
}

static enum result poll_idle(struct heap *heap)
{
    struct pollfd ready = {.events = POLLIN | POLLOUT};

    TRY(buffer_get(heap, page_size(), &ready.fd));
    if (poll(&ready, 1, 1000) != 1 || ready.revents != (POLLIN | POLLOUT))
        FAIL("a buffer that nobody uses polls as %#x", ready.revents);
    close(ready.fd);
    return PASSED;
}

const struct check sync_checks[] = {
    {"sync-valid", flags_valid, 0, 0}, {"sync-invalid", flags_invalid, 0, 0},
    {"sync-unpaired", unpaired, 0, 0}, {"sync-file", sync_files, 0, 0},
    {"poll", poll_idle, 0, 0},         {0},
};

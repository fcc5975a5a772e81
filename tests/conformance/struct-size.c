/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * struct-size - the ioctl's structure may be shorter or longer than the kernel's: what is
 * missing counts as zero, what is too much is let be.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define LONG_BYTES 64

/* As the structure was before it had heap_flags. */
struct short_data {
    uint64_t len;
    uint32_t fd;
    uint32_t fd_flags;
};

union any_data {
    struct dma_heap_allocation_data now;
    uint8_t bytes[LONG_BYTES];
};

static unsigned long request_of(unsigned direction, size_t size)
{
    return _IOC(direction, DMA_HEAP_IOC_MAGIC, 0, size);
}

static enum result is_buffer(int fd, uint64_t bytes)
{
    if (lseek(fd, 0, SEEK_END) != (off_t)bytes)
        FAIL("fd %d is no buffer of %llu bytes", fd, (unsigned long long)bytes);
    close(fd);
    return PASSED;
}

static enum result shorter(struct heap *heap)
{
    struct {
        struct short_data data;
        uint64_t behind;
    } request = {{page_size(), 0, O_RDWR | O_CLOEXEC}, UINT64_MAX};
    int result = buffer_ioctl(
        heap->fd, request_of(_IOC_READ | _IOC_WRITE, sizeof(request.data)), &request);

    if (result < 0)
        FAIL("16 bytes are refused: %s", strerror(-result));
    if (request.behind != UINT64_MAX)
        FAIL("what follows the 16 bytes was written to");
    return is_buffer(request.data.fd, page_size());
}

static enum result longer(struct heap *heap)
{
    union any_data request = {.now = {page_size(), 0, O_RDWR | O_CLOEXEC, 0}};
    const size_t known = sizeof(request.now);
    int result;

    memset(request.bytes + known, DIRT, LONG_BYTES - known);
    result =
        buffer_ioctl(heap->fd, request_of(_IOC_READ | _IOC_WRITE, LONG_BYTES), &request);
    if (result < 0)
        FAIL("64 bytes with a tail that is not zero are refused: %s", strerror(-result));
    if (find_other(request.bytes + known, LONG_BYTES - known, DIRT) < LONG_BYTES - known)
        FAIL("the tail was written to");
    return is_buffer(request.now.fd, page_size());
}

/* An fd that is not told to the caller must not be made. */
static enum result makes_no_fd(struct heap *heap, unsigned direction, size_t size)
{
    union any_data request = {.now = {page_size(), 0, O_RDWR | O_CLOEXEC, 0}};
    int before = count_fds(), result, after;

    result = buffer_ioctl(heap->fd, request_of(direction, size), &request);
    after = count_fds();
    if (after != before)
        FAIL("a structure of %zu bytes, direction %u: answer %d, and an fd that is told "
             "to nobody",
             size, direction, result);
    return PASSED;
}

static enum result too_short(struct heap *heap)
{
    for (size_t size = 0; size < offsetof(struct short_data, fd) + 4; size++)
        TRY(makes_no_fd(heap, _IOC_READ | _IOC_WRITE, size));
    return PASSED;
}

static enum result no_way_back(struct heap *heap)
{
    TRY(makes_no_fd(heap, _IOC_WRITE, sizeof(struct dma_heap_allocation_data)));
    TRY(makes_no_fd(heap, _IOC_READ, sizeof(struct dma_heap_allocation_data)));
    return makes_no_fd(heap, _IOC_NONE, sizeof(struct dma_heap_allocation_data));
}

const struct check struct_checks[] = {
    {"struct-shorter", shorter, OF_IOCTL, 0},
    {"struct-longer", longer, OF_IOCTL, 0},
    {"struct-too-short", too_short, OF_IOCTL, 0},
    {"struct-no-way-back", no_way_back, OF_IOCTL, 0},
    {0},
};

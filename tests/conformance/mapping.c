/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mapping - buffers in the CPU's address space: which mappings there may be, and that all
 * of them show the same memory.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#define PAGES 8

static enum result read_only_fd(struct heap *heap)
{
    struct dma_heap_allocation_data data = {.len = page_size(), .fd_flags = O_RDONLY};
    int error = heap_ioctl(heap->fd, &data);
    void *memory;

    if (error)
        FAIL("allocation: %s", strerror(-error));
    TRY(is_error(
        buffer_try_map(data.fd, page_size(), PROT_READ | PROT_WRITE, MAP_SHARED, 0),
        EACCES, "mmap to write"));
    memory = mmap(NULL, page_size(), PROT_READ, MAP_SHARED, data.fd, 0);
    if (memory == MAP_FAILED)
        FAIL("mmap to read: %s", strerror(errno));
    TRY(is_error(mprotect(memory, page_size(), PROT_READ | PROT_WRITE) ? -errno : 0,
                 EACCES, "mprotect to write"));
    TRY(is_zeroed(memory, page_size(), "mapped to read"));
    buffer_put(data.fd, memory, page_size());
    return PASSED;
}

static enum result refuses_private(const struct heap *heap, uint64_t bytes)
{
    int fd;

    TRY(buffer_get(heap, bytes, &fd));
    TRY(is_error(buffer_try_map(fd, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE, 0),
                 EINVAL, "MAP_PRIVATE to write"));
    TRY(is_error(buffer_try_map(fd, bytes, PROT_READ, MAP_PRIVATE, 0), EINVAL,
                 "MAP_PRIVATE to read"));
    close(fd);
    return PASSED;
}

static enum result private(struct heap *heap) {
    return refuses_private(heap, PAGES *page_size());
}

/* A heap that leaves the answer to remap_pfn_range() lets one whole block pass. */
static enum result private_page(struct heap *heap)
{
    return refuses_private(heap, page_size());
}

static enum result refuses_map(int fd, uint64_t bytes, uint64_t offset)
{
    int result = buffer_try_map(fd, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, offset);

    if (result != -EINVAL && result != -EOVERFLOW)
        FAIL("mmap of %#llx bytes at %#llx of %d pages: the answer is %d",
             (unsigned long long)bytes, (unsigned long long)offset, PAGES, result);
    return PASSED;
}

static enum result past_end(struct heap *heap)
{
    const uint64_t page = page_size(), bytes = PAGES * page;
    int fd;

    TRY(buffer_get(heap, bytes, &fd));
    TRY(refuses_map(fd, bytes + 1, 0));
    TRY(refuses_map(fd, bytes + page, 0));
    TRY(refuses_map(fd, bytes, page));
    TRY(refuses_map(fd, 2 * page, bytes - page));
    TRY(refuses_map(fd, page, bytes));
    TRY(refuses_map(fd, page, bytes + page));
    TRY(refuses_map(fd, page, UINT64_C(1) << 40));
    close(fd);
    return PASSED;
}

/* The last page of the largest offset: one more page, and the sum is 0. */
static enum result offset_overflow(struct heap *heap)
{
    const uint64_t page = page_size();
    const unsigned bits = sizeof(long) == 8 ? 63 : 43;
    int fd;

    TRY(buffer_get(heap, PAGES * page, &fd));
    TRY(refuses_map(fd, page, (UINT64_C(1) << bits) - page));
    TRY(refuses_map(fd, 2 * page, (UINT64_C(1) << bits) - page));
    close(fd);
    return PASSED;
}

static enum result grow(struct heap *heap)
{
    const size_t page = page_size();
    uint8_t *memory;
    void *grown;
    int fd;

    TRY(buffer_get_mapped(heap, page, &fd, &memory));
    grown = mremap(memory, page, 2 * page, MREMAP_MAYMOVE);
    if (grown != MAP_FAILED && is_readable((uint8_t *)grown + page))
        FAIL("mremap shows what is behind the buffer");
    if (grown != MAP_FAILED)
        munmap(grown, 2 * page);
    buffer_put(fd, memory, page);
    return PASSED;
}

static enum result at_offset(struct heap *heap)
{
    const size_t page = page_size();
    uint8_t *whole, *part;
    int fd;

    TRY(buffer_get_mapped(heap, PAGES * page, &fd, &whole));
    fill_pattern(whole, PAGES * page, 1);
    for (size_t first = 0; first < PAGES; first += 3) {
        size_t bytes = (first + 2 <= PAGES ? 2 : 1) * page;

        part = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, first * page);
        if (part == MAP_FAILED)
            FAIL("mmap of %zu bytes at page %zu: %s", bytes, first, strerror(errno));
        if (memcmp(part, whole + first * page, bytes))
            FAIL("a mapping at page %zu shows other bytes than the whole", first);
        part[bytes - 1] = first;
        if (whole[first * page + bytes - 1] != (uint8_t)first)
            FAIL("what is written at page %zu is not in the whole", first);
        munmap(part, bytes);
    }
    buffer_put(fd, whole, PAGES * page);
    return PASSED;
}

/* Large enough to lie in several blocks of memory, whatever a heap makes a buffer of. */
static enum result two_views(struct heap *heap)
{
    uint8_t *one, *other;
    int fd;

    TRY(buffer_get_mapped(heap, MIB(3), &fd, &one));
    TRY(buffer_map(fd, MIB(3), &other));
    fill_pattern(one, MIB(3), 2);
    TRY(has_pattern(other, MIB(3), 2, "the second mapping"));
    fill_pattern(other, MIB(3), 3);
    TRY(has_pattern(one, MIB(3), 3, "the first mapping"));
    munmap(other, MIB(3));
    buffer_put(fd, one, MIB(3));
    return PASSED;
}

static enum result protection(struct heap *heap)
{
    const size_t page = page_size();
    uint8_t *memory;
    int fd, ends[2];

    TRY(buffer_get_mapped(heap, 2 * page, &fd, &memory));
    if (pipe(ends))
        FAIL("pipe: %s", strerror(errno));
    if (mprotect(memory, page, PROT_READ))
        FAIL("mprotect to read: %s", strerror(errno));
    if (write(ends[1], "x", 1) != 1 || read(ends[0], memory, 1) != -1 || errno != EFAULT)
        FAIL("a page made read-only can be written to");
    if (mprotect(memory, page, PROT_NONE) || is_readable(memory))
        FAIL("a page made inaccessible can be read");
    if (mprotect(memory, page, PROT_READ | PROT_WRITE))
        FAIL("mprotect back: %s", strerror(errno));
    memory[0] = memory[page] = 1;
    close(ends[0]);
    close(ends[1]);
    buffer_put(fd, memory, 2 * page);
    return PASSED;
}

static enum result unmap_middle(struct heap *heap)
{
    const size_t page = page_size();
    uint8_t *memory;
    int fd;

    TRY(buffer_get_mapped(heap, 3 * page, &fd, &memory));
    fill_pattern(memory, 3 * page, 4);
    munmap(memory + page, page);
    if (is_readable(memory + page))
        FAIL("an unmapped page can be read");
    if (!is_readable(memory) || !is_readable(memory + 2 * page))
        FAIL("the neighbours of an unmapped page cannot be read");
    munmap(memory, page);
    munmap(memory + 2 * page, page);
    TRY(buffer_map(fd, 3 * page, &memory));
    TRY(has_pattern(memory, 3 * page, 4, "mapped again"));
    buffer_put(fd, memory, 3 * page);
    return PASSED;
}

/* Beyond what a length of 32 bits can tell. */
static enum result beyond_4g(struct heap *heap)
{
    const uint64_t bytes = UINT64_C(1) << 32;
    uint64_t available = 0;
    void *memory;
    int fd;

    if (sizeof(size_t) < sizeof(bytes) ||
        read_number("/proc/meminfo", "MemAvailable", &available) ||
        KIB(available) < bytes + bytes / 4)
        LEAVE_OUT("this machine has no 4 GiB for it");
    if (heap_largest(heap) < bytes)
        LEAVE_OUT("the heap gives less than 4 GiB at once");
    fd = heap_alloc(heap, bytes);
    if (fd < 0)
        LEAVE_OUT("the heap has no 4 GiB: %s", strerror(-fd));
    memory = mmap(NULL, (size_t)bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED)
        FAIL("4 GiB cannot be mapped: %s", strerror(errno));
    if (!is_readable(memory) || !is_readable((uint8_t *)memory + (size_t)(bytes - 1)))
        FAIL("of 4 GiB that are mapped, not all can be read");
    munmap(memory, (size_t)bytes);
    close(fd);
    return PASSED;
}

const struct check mapping_checks[] = {
    {"map-read-only-fd", read_only_fd, 0, 0},
    {"map-private", private, 0, 0},
    {"map-private-page", private_page, 0, 0},
    {"map-past-end", past_end, 0, 0},
    {"map-offset-overflow", offset_overflow, 0, 0},
    {"map-grow", grow, 0, 0},
    {"map-at-offset", at_offset, 0, 0},
    {"map-two-views", two_views, 0, 0},
    {"map-protection", protection, 0, 0},
    {"unmap-middle", unmap_middle, 0, 0},
    {"map-4G", beyond_4g, 0, 0},
    {0},
};

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mapping - buffers in the CPU's address space: which mappings there may be, and that all
 * of them show the same memory.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#define PAGES 8
/* What an entry of the table of large pages maps, on the kernels that are asked. */
#define LARGE MIB(2)
#define LARGE_BUFFER MIB(32)

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

/* A place that is aligned to large pages, or just not. */
static enum result map_near(int fd, bool aligned, uint8_t **memory)
{
    const size_t page = page_size();
    uint8_t *room = mmap(NULL, LARGE_BUFFER + 2 * LARGE, PROT_NONE,
                         MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

    if (room == MAP_FAILED)
        FAIL("no room for a mapping: %s", strerror(errno));
    room += LARGE - (uintptr_t)room % LARGE + (aligned ? 0 : page);
    *memory =
        mmap(room, LARGE_BUFFER, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0);
    if (*memory == MAP_FAILED)
        FAIL("mmap of 32 MiB: %s", strerror(errno));
    return PASSED;
}

static enum result page_tables(uint64_t *kib)
{
    int error = read_number("/proc/self/status", "VmPTE", kib);

    if (error)
        FAIL("no VmPTE in /proc/self/status: %s", strerror(-error));
    return PASSED;
}

/* Each page by one byte: that it is there, and where it belongs. */
static enum result has_numbers(const uint8_t *memory, size_t bytes, const char *what)
{
    for (size_t at = 0; at < bytes; at += page_size())
        if (memory[at] != (uint8_t)(at / page_size() * 7 + 1))
            FAIL("%s: page %zu shows another", what, at / page_size());
    return PASSED;
}

/* Where a part of what one entry mapped changes or goes, and in a child, the rest stays. */
static enum result large_in_parts(uint8_t *memory)
{
    const size_t page = page_size();
    pid_t child;

    if (mprotect(memory + page, page, PROT_READ) ||
        mprotect(memory + page, page, PROT_READ | PROT_WRITE))
        FAIL("mprotect of a part: %s", strerror(errno));
    memory[page] = memory[page];
    TRY(has_numbers(memory, LARGE_BUFFER, "after a part was protected"));
    child = fork_child();
    if (child == 0)
        _exit(has_numbers(memory, LARGE_BUFFER, "in a child"));
    if (child < 0 || wait_child(child) != PASSED)
        FAIL("a child does not see what its parent does");
    munmap(memory + LARGE + page, page);
    if (is_readable(memory + LARGE + page))
        FAIL("an unmapped page can be read");
    TRY(has_numbers(memory, LARGE + page, "before a part that was unmapped"));
    memory[LARGE + 2 * page] = 99;
    if (memory[LARGE + 2 * page] != 99)
        FAIL("behind a part that was unmapped nothing can be written");
    return PASSED;
}

/* Before, there is no way for modules. */
static bool kernel_is(unsigned major, unsigned minor)
{
    unsigned has[2] = {0};
    struct utsname name;

    uname(&name);
    return sscanf(name.release, "%u.%u", &has[0], &has[1]) == 2 &&
           (has[0] > major || (has[0] == major && has[1] >= minor));
}

static bool has_large_pages(void)
{
    char text[64] = "";

    return !read_text("/sys/kernel/mm/transparent_hugepage/enabled", text,
                      sizeof(text)) &&
           strstr(text, "[always]") && page_size() == KIB(4);
}

/* The kernel's CMA aligns what it gives by less than large pages. */
static bool is_of_cma(const struct heap *heap)
{
    uint64_t kib = 0;

    return heap_is_contiguous(heap) &&
           !read_number("/proc/meminfo", "CmaTotal", &kib) && kib;
}

/* Large blocks, where the addresses are aligned as they are, take fewer page tables. */
static enum result large(struct heap *heap)
{
    uint64_t before, small, both;
    uint8_t *plain, *aligned;
    int fd;

    if (!has_large_pages())
        LEAVE_OUT("no large pages by themselves");
    if (heap_largest(heap) < LARGE_BUFFER)
        LEAVE_OUT("the heap gives no 32 MiB");
    /* So that there are large blocks. */
    write_text("/proc/sys/vm/drop_caches", "3");
    write_text("/proc/sys/vm/compact_memory", "1");
    TRY(buffer_get(heap, LARGE_BUFFER, &fd));
    TRY(page_tables(&before));
    TRY(map_near(fd, false, &plain));
    for (size_t at = 0; at < LARGE_BUFFER; at += page_size())
        plain[at] = at / page_size() * 7 + 1;
    TRY(page_tables(&small));
    TRY(map_near(fd, true, &aligned));
    TRY(has_numbers(aligned, LARGE_BUFFER, "aligned"));
    for (size_t at = 0; at < LARGE_BUFFER; at += page_size())
        aligned[at] = plain[at];
    TRY(page_tables(&both));
    TRY(has_numbers(plain, LARGE_BUFFER, "not aligned"));
    if (heap->ours && kernel_is(6, 12) && !is_of_cma(heap) &&
        both - small > (small - before) / 2)
        FAIL("page tables of %" PRIu64 " KiB where the addresses are aligned, of %" PRIu64
             " KiB where not",
             both - small, small - before);
    TRY(large_in_parts(aligned));
    munmap(plain, LARGE_BUFFER);
    munmap(aligned, LARGE_BUFFER);
    close(fd);
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
    {"map-large", large, NEEDS_ROOT, 0},
    {"map-4G", beyond_4g, 0, 0},
    {0},
};

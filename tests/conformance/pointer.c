/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pointer - the ioctl's argument is not where it should be. EFAULT, and above all no fd
 * that the caller is never told of.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#define TIMES 20

static const struct dma_heap_allocation_data good = {
    .len = 1,
    .fd_flags = O_RDWR | O_CLOEXEC,
};

/* Two pages, of which the second gets @protection. */
static uint8_t *two_pages(int protection)
{
    size_t page = page_size();
    uint8_t *pages =
        mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    if (pages == MAP_FAILED)
        return NULL;
    /* Written to first: a page never touched would be a fault of another kind. */
    memset(pages, 0, 2 * page);
    memcpy(pages + page, &good, sizeof(good));
    mprotect(pages + page, page, protection);
    return pages;
}

static enum result faults(struct heap *heap, void *arg, const char *what)
{
    int before = count_fds(), leaked;

    for (int i = 0; i < TIMES; i++)
        TRY(is_error(heap_ioctl(heap->fd, arg), EFAULT, what));
    leaked = count_fds() - before;
    if (leaked)
        FAIL("%s: %d fds leaked in %d calls", what, leaked, TIMES);
    return PASSED;
}

static enum result unmapped(struct heap *heap)
{
    uint8_t *pages = two_pages(PROT_NONE);

    if (!pages)
        FAIL("no memory");
    TRY(faults(heap, NULL, "NULL"));
    TRY(faults(heap, pages + page_size(), "a page without access"));
    munmap(pages, 2 * page_size());
    TRY(faults(heap, pages, "an unmapped page"));
    return faults(heap, (void *)(UINTPTR_MAX - page_size() + 1),
                  "an address of the kernel");
}

static enum result read_only(struct heap *heap)
{
    uint8_t *pages = two_pages(PROT_READ);

    if (!pages)
        FAIL("no memory");
    return faults(heap, pages + page_size(), "a read-only page");
}

/* The boundary between the pages falls @before bytes into the structure. */
static enum result across_at(struct heap *heap, uint8_t *pages, size_t before,
                             int protection, const char *what)
{
    uint8_t *second = pages + page_size(), *arg = second - before;
    int fds = count_fds(), leaked;

    for (int i = 0; i < TIMES; i++) {
        /* Each time anew: the first half may have been written to. */
        mprotect(second, page_size(), PROT_READ | PROT_WRITE);
        memcpy(arg, &good, sizeof(good));
        mprotect(second, page_size(), protection);
        TRY(is_error(heap_ioctl(heap->fd, (void *)arg), EFAULT, what));
    }
    leaked = count_fds() - fds;
    if (leaked)
        FAIL("%s, from byte %zu: %d fds leaked in %d calls", what, before, leaked, TIMES);
    return PASSED;
}

static enum result across(struct heap *heap, int protection, const char *what)
{
    const size_t fd = offsetof(struct dma_heap_allocation_data, fd);
    uint8_t *pages = two_pages(PROT_READ | PROT_WRITE);

    if (!pages)
        FAIL("no memory");
    TRY(across_at(heap, pages, fd, protection, what));
    TRY(across_at(heap, pages, fd + 2, protection, what));
    return across_at(heap, pages, fd + 8, protection, what);
}

static enum result across_unmapped(struct heap *heap)
{
    return across(heap, PROT_NONE, "half in a page without access");
}

static enum result across_read_only(struct heap *heap)
{
    return across(heap, PROT_READ, "half in a read-only page");
}

const struct check pointer_checks[] = {
    {"pointer-unmapped", unmapped, OF_IOCTL, 0},
    {"pointer-read-only", read_only, OF_IOCTL, 0},
    {"pointer-across-unmapped", across_unmapped, OF_IOCTL, 0},
    {"pointer-across-read-only", across_read_only, OF_IOCTL, 0},
    {0},
};

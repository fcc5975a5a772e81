/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * allocate - what DMA_HEAP_IOCTL_ALLOC takes and refuses. The answers are those of the
 * kernel's own heaps, and the rules of include/uapi/linux/dma-heap.h.
 */
#include "buffer.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#define O_MODES (O_RDONLY | O_WRONLY | O_RDWR)

/* A request that must be refused with EINVAL; one that was not leaves no fd. */
static enum result refused(const struct heap *heap, uint64_t bytes, uint32_t fd,
                           uint32_t fd_flags, uint64_t heap_flags)
{
    struct dma_heap_allocation_data data = {bytes, fd, fd_flags, heap_flags};
    char what[128];
    int error = heap_ioctl(heap->fd, &data);

    if (!error)
        close(data.fd);
    snprintf(what, sizeof(what), "len %llu, fd %u, fd_flags %#x, heap_flags %#llx",
             (unsigned long long)bytes, fd, fd_flags, (unsigned long long)heap_flags);
    return is_error(error, EINVAL, what);
}

static enum result length_0(struct heap *heap)
{
    return refused(heap, 0, 0, O_RDWR | O_CLOEXEC, 0);
}

/* Lengths that a sum with the page size, or a shift, makes small. */
static enum result length_overflow(struct heap *heap)
{
    TRY(refused(heap, UINT64_MAX, 0, O_RDWR | O_CLOEXEC, 0));
    return refused(heap, UINT64_MAX - page_size() + 2, 0, O_RDWR | O_CLOEXEC, 0);
}

static enum result has_size(const struct heap *heap, uint64_t asked, uint64_t wanted)
{
    struct stat node;
    int fd;

    TRY(buffer_get(heap, asked, &fd));
    if (fstat(fd, &node))
        FAIL("fstat: %s", strerror(errno));
    if ((uint64_t)node.st_size != wanted)
        FAIL("%llu bytes asked: st_size is %lld, not %llu", (unsigned long long)asked,
             (long long)node.st_size, (unsigned long long)wanted);
    if (lseek(fd, 0, SEEK_END) != (off_t)wanted)
        FAIL("%llu bytes asked: lseek to the end gives %lld", (unsigned long long)asked,
             (long long)lseek(fd, 0, SEEK_END));
    close(fd);
    return PASSED;
}

static enum result length_1(struct heap *heap)
{
    return has_size(heap, 1, page_size());
}

static enum result length_rounded(struct heap *heap)
{
    size_t page = page_size();

    TRY(has_size(heap, page, page));
    TRY(has_size(heap, page + 1, 2 * page));
    TRY(has_size(heap, MIB(1) - 1, MIB(1)));
    return has_size(heap, 37 * page, 37 * page);
}

static enum result fd_not_0(struct heap *heap)
{
    TRY(refused(heap, page_size(), 1, O_RDWR | O_CLOEXEC, 0));
    return refused(heap, page_size(), UINT32_MAX, O_RDWR | O_CLOEXEC, 0);
}

static enum result fd_flags_nonblock(struct heap *heap)
{
    return refused(heap, page_size(), 0, O_RDWR | O_CLOEXEC | O_NONBLOCK, 0);
}

static enum result fd_flags_others(struct heap *heap)
{
    for (int bit = 0; bit < 32; bit++)
        if (!(UINT32_C(1) << bit & (O_MODES | O_CLOEXEC)))
            TRY(refused(heap, page_size(), 0, O_RDWR | UINT32_C(1) << bit, 0));
    return PASSED;
}

static enum result heap_flags(struct heap *heap)
{
    for (int bit = 0; bit < 64; bit++)
        TRY(refused(heap, page_size(), 0, O_RDWR | O_CLOEXEC, UINT64_C(1) << bit));
    return PASSED;
}

static enum result cloexec(struct heap *heap)
{
    for (int wanted = 0; wanted < 2; wanted++) {
        struct dma_heap_allocation_data data = {
            .len = page_size(),
            .fd_flags = O_RDWR | (wanted ? O_CLOEXEC : 0),
        };
        int error = heap_ioctl(heap->fd, &data);

        if (error)
            FAIL("allocation: %s", strerror(-error));
        if (!!(fcntl(data.fd, F_GETFD) & FD_CLOEXEC) != wanted)
            FAIL("the fd is%s close-on-exec", wanted ? " not" : "");
        close(data.fd);
    }
    return PASSED;
}

static enum result access_mode(struct heap *heap)
{
    static const int modes[] = {O_RDONLY, O_WRONLY, O_RDWR};

    for (size_t i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        struct dma_heap_allocation_data data = {.len = page_size(), .fd_flags = modes[i]};
        int error = heap_ioctl(heap->fd, &data);

        if (error)
            FAIL("mode %d: %s", modes[i], strerror(-error));
        if ((fcntl(data.fd, F_GETFL) & O_ACCMODE) != modes[i])
            FAIL("mode %d asked, mode %d given", modes[i],
                 fcntl(data.fd, F_GETFL) & O_ACCMODE);
        close(data.fd);
    }
    return PASSED;
}

/* EINVAL is what the kernel's own code answers, ENOTTY what it should. */
static enum result unknown_ioctl(struct heap *heap)
{
    struct dma_heap_allocation_data data;

    for (unsigned nr = 1; nr < 256; nr++) {
        unsigned long request =
            _IOC(_IOC_READ | _IOC_WRITE, DMA_HEAP_IOC_MAGIC, nr, sizeof(data));
        int result;

        memset(&data, 0, sizeof(data));
        data.len = page_size();
        data.fd_flags = O_RDWR;
        result = buffer_ioctl(heap->fd, request, &data);
        if (result != -ENOTTY && result != -EINVAL)
            FAIL("number %u: the answer is %d, neither ENOTTY nor EINVAL", nr, result);
    }
    return PASSED;
}

/* Without room for one more fd there is no buffer either. */
static enum result fds_exhausted(struct heap *heap)
{
    struct rlimit limit, none;
    int result;

    getrlimit(RLIMIT_NOFILE, &limit);
    none = limit;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
    result = heap_alloc(heap, page_size());
    setrlimit(RLIMIT_NOFILE, &limit);
    if (result >= 0)
        close(result);
    return is_error(result, EMFILE, "allocation with no fd left");
}

const struct check allocate_checks[] = {
    {"len-0", length_0, OF_IOCTL, 0},
    {"len-overflow", length_overflow, OF_IOCTL, 0},
    {"len-1", length_1, OF_IOCTL, 0},
    {"len-rounded", length_rounded, OF_IOCTL, 0},
    {"fd-not-0", fd_not_0, OF_IOCTL, 0},
    {"fd-flags-nonblock", fd_flags_nonblock, OF_IOCTL, 0},
    {"fd-flags-others", fd_flags_others, OF_IOCTL, 0},
    {"heap-flags", heap_flags, OF_IOCTL, 0},
    {"cloexec", cloexec, OF_IOCTL, 0},
    {"access-mode", access_mode, OF_IOCTL, 0},
    {"unknown-ioctl", unknown_ioctl, OF_IOCTL, 0},
    {"fds-exhausted", fds_exhausted, OF_IOCTL, 0},
    {0},
};

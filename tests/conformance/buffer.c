/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* buffer - a buffer got, mapped, filled, looked at and put away. */
#include "buffer.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

size_t page_size(void)
{
    return sysconf(_SC_PAGESIZE);
}

enum result buffer_get(const struct heap *heap, uint64_t bytes, int *fd)
{
    uint64_t largest = heap_largest(heap);

    if (bytes > largest)
        LEAVE_OUT("the heap gives %llu bytes at most, not %llu",
                  (unsigned long long)largest, (unsigned long long)bytes);
    *fd = heap_alloc(heap, bytes);
    if (*fd == -ENOMEM && heap->kernels)
        SKIP("the heap has no %llu bytes", (unsigned long long)bytes);
    if (*fd < 0)
        FAIL("cannot allocate %llu bytes: %s", (unsigned long long)bytes, strerror(-*fd));
    return PASSED;
}

enum result buffer_map(int fd, uint64_t bytes, uint8_t **memory)
{
    void *mapped = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (mapped == MAP_FAILED)
        FAIL("cannot map %llu bytes: %s", (unsigned long long)bytes, strerror(errno));
    *memory = mapped;
    return PASSED;
}

enum result buffer_get_mapped(const struct heap *heap, uint64_t bytes, int *fd,
                              uint8_t **memory)
{
    TRY(buffer_get(heap, bytes, fd));
    return buffer_map(*fd, bytes, memory);
}

void buffer_put(int fd, uint8_t *memory, uint64_t bytes)
{
    munmap(memory, bytes);
    close(fd);
}

int buffer_try_map(int fd, uint64_t bytes, int protection, int flags, uint64_t offset)
{
    void *memory = mmap(NULL, bytes, protection, flags, fd, offset);

    if (memory == MAP_FAILED)
        return -errno;
    munmap(memory, bytes);
    return 0;
}

size_t find_other(const uint8_t *memory, size_t bytes, uint8_t value)
{
    uint64_t word, wanted;
    size_t at = 0;

    memset(&wanted, value, sizeof(wanted));
    for (; at + sizeof(word) <= bytes; at += sizeof(word)) {
        memcpy(&word, memory + at, sizeof(word));
        if (word != wanted)
            break;
    }
    while (at < bytes && memory[at] == value)
        at++;
    return at;
}

enum result is_zeroed(const uint8_t *memory, size_t bytes, const char *when)
{
    size_t at = find_other(memory, bytes, 0);

    if (at < bytes)
        FAIL("byte %zu of %zu is 0x%02x, not 0, %s", at, bytes, memory[at], when);
    return PASSED;
}

static uint32_t pattern_word(size_t index, unsigned seed)
{
    return (uint32_t)(index + 1) * 2654435761u ^ seed * 40503u;
}

void fill_pattern(uint8_t *memory, size_t bytes, unsigned seed)
{
    for (size_t i = 0; i < bytes / 4; i++) {
        uint32_t word = pattern_word(i, seed);

        memcpy(memory + i * 4, &word, 4);
    }
}

size_t find_unlike_pattern(const uint8_t *memory, size_t bytes, unsigned seed)
{
    size_t i = 0;

    for (; i < bytes / 4; i++) {
        uint32_t word;

        memcpy(&word, memory + i * 4, 4);
        if (word != pattern_word(i, seed))
            break;
    }
    return i * 4;
}

enum result has_pattern(const uint8_t *memory, size_t bytes, unsigned seed,
                        const char *what)
{
    size_t at = find_unlike_pattern(memory, bytes, seed);
    uint32_t word;

    if (at == bytes)
        return PASSED;
    memcpy(&word, memory + at, 4);
    FAIL("%s: at byte %zu stands 0x%08x, not 0x%08x", what, at, word,
         pattern_word(at / 4, seed));
}

enum result is_error(int got, int error, const char *what)
{
    if (got >= 0)
        FAIL("%s: it succeeded, and did not answer %s", what, strerrorname_np(error));
    if (got != -error)
        FAIL("%s: it answered %s, not %s", what, strerrorname_np(-got),
             strerrorname_np(error));
    return PASSED;
}

bool is_readable(const void *address)
{
    int ends[2];
    bool readable;

    if (pipe(ends))
        return false;
    readable = write(ends[1], address, 1) == 1;
    close(ends[0]);
    close(ends[1]);
    return readable;
}

int buffer_ioctl(int fd, unsigned long request, void *arg)
{
    int result;

    do
        result = ioctl(fd, request, arg);
    while (result < 0 && errno == EINTR);
    return result < 0 ? -errno : result;
}

int buffer_sync(int fd, uint64_t flags)
{
    struct dma_buf_sync sync = {flags};

    return buffer_ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync);
}

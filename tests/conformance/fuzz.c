/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fuzz - random calls on a node and on its buffers, from a seed that brings them back. The
 * kernel must live through all of them; how much memory they can hold at once is bounded.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#define BUFFERS 16
/* An ioctl's structure may have up to 16 KiB. */
#define ROOM KIB(64)
#define SMALL KIB(64)
#define LARGE MIB(4)
/* Where the kernel's own code leaks fds, there are never more than this. */
#define SWEEP 256

struct fuzz {
    struct heap *heap;
    uint64_t state;
    int fds[BUFFERS];
    int first; /* fds from here on are the fuzzer's */
    uint8_t *room;
};

static uint64_t pick(struct fuzz *fuzz, uint64_t n)
{
    return next_random(&fuzz->state) % n;
}

static int *any_buffer(struct fuzz *fuzz)
{
    return &fuzz->fds[pick(fuzz, BUFFERS)];
}

static void drop(int *place)
{
    if (*place >= 0)
        close(*place);
    *place = -1;
}

/* Takes the fd that a call has told, in the place of one that is then closed. */
static void keep(struct fuzz *fuzz, int fd)
{
    int *place = any_buffer(fuzz);

    if (fd < fuzz->first)
        return;
    drop(place);
    *place = fd;
}

/* A length that memory allows; now and then, where it is refused at once, any. */
static uint64_t any_length(struct fuzz *fuzz)
{
    switch (pick(fuzz, 16)) {
    case 0:
        return fuzz->heap->ours ? next_random(&fuzz->state) | UINT64_C(1) << 44 : 0;
    case 1:
        return pick(fuzz, fuzz->heap->kernels_ioctl ? SMALL : LARGE);
    default:
        return pick(fuzz, SMALL);
    }
}

/* A place for a structure: whole, across the end of what is mapped, or nowhere. */
static uint8_t *any_place(struct fuzz *fuzz, size_t size)
{
    switch (pick(fuzz, 16)) {
    case 0:
        return fuzz->room + pick(fuzz, ROOM - size);
    case 1:
        return fuzz->room + ROOM - size;
    case 2:
        return fuzz->room + ROOM - size + 1 + pick(fuzz, size);
    case 3:
        return pick(fuzz, 2) ? NULL : (uint8_t *)(UINTPTR_MAX - page_size() + 1);
    case 4:
        return fuzz->room + ROOM + pick(fuzz, ROOM);
    default:
        return fuzz->room;
    }
}

static bool is_mapped(const struct fuzz *fuzz, const uint8_t *place, size_t size)
{
    return place >= fuzz->room && place + size <= fuzz->room + ROOM;
}

static void call_heap(struct fuzz *fuzz)
{
    struct dma_heap_allocation_data data = {
        .len = any_length(fuzz),
        .fd = pick(fuzz, 16) ? 0 : next_random(&fuzz->state),
        .fd_flags = pick(fuzz, 8) ? O_RDWR | O_CLOEXEC : next_random(&fuzz->state),
        .heap_flags = pick(fuzz, 16) ? 0 : next_random(&fuzz->state),
    };
    size_t size = pick(fuzz, 4) ? sizeof(data) : pick(fuzz, 1 << _IOC_SIZEBITS);
    unsigned direction = pick(fuzz, 8) ? _IOC_READ | _IOC_WRITE : pick(fuzz, 4);
    unsigned type = pick(fuzz, 8) ? DMA_HEAP_IOC_MAGIC : pick(fuzz, 256);
    unsigned nr = pick(fuzz, 8) ? 0 : pick(fuzz, 256);
    uint8_t *place = any_place(fuzz, size > sizeof(data) ? size : sizeof(data));
    bool whole = is_mapped(fuzz, place, sizeof(data));

    /* Random bytes in place of a structure would be a request of any length. */
    if (whole)
        memcpy(place, &data, sizeof(data));
    else
        memset(fuzz->room, 0, ROOM);
    if (ioctl(fuzz->heap->fd, _IOC(direction, type, nr, size), place))
        return;
    if (whole && size >= offsetof(struct dma_heap_allocation_data, fd_flags)) {
        memcpy(&data, place, sizeof(data));
        keep(fuzz, data.fd);
    }
}

static void call_buffer(struct fuzz *fuzz)
{
    static const unsigned long requests[] = {
        DMA_BUF_IOCTL_SYNC, DMA_BUF_SET_NAME_A,
        DMA_BUF_SET_NAME_B, DMA_BUF_IOCTL_EXPORT_SYNC_FILE,
        DMA_BUF_IOCTL_SYNC, DMA_BUF_IOCTL_IMPORT_SYNC_FILE,
    };
    unsigned long request = requests[pick(fuzz, sizeof(requests) / sizeof(requests[0]))];
    struct dma_buf_export_sync_file export;
    uint8_t *place = any_place(fuzz, 64);

    if (!pick(fuzz, 8))
        request = _IOC(pick(fuzz, 4), DMA_BUF_BASE, pick(fuzz, 8),
                       pick(fuzz, 1 << _IOC_SIZEBITS));
    for (size_t i = 0; i < 64 && is_mapped(fuzz, place, i + 8); i += 8) {
        uint64_t word = next_random(&fuzz->state) & (pick(fuzz, 4) ? 0x7 : UINT64_MAX);

        memcpy(place + i, &word, 8);
    }
    if (!ioctl(*any_buffer(fuzz), request, place) &&
        request == DMA_BUF_IOCTL_EXPORT_SYNC_FILE) {
        memcpy(&export, place, sizeof(export));
        keep(fuzz, export.fd);
    }
}

static void call_mmap(struct fuzz *fuzz)
{
    static const int protections[] = {PROT_NONE, PROT_READ, PROT_WRITE,
                                      PROT_READ | PROT_WRITE, PROT_EXEC};
    uint64_t bytes = pick(fuzz, SMALL) + 1;
    uint64_t offset =
        pick(fuzz, 8) ? pick(fuzz, 16) * page_size() : next_random(&fuzz->state);
    int protection = protections[pick(fuzz, 5)];
    int flags = pick(fuzz, 8) ? MAP_SHARED : MAP_PRIVATE;
    volatile uint8_t *memory;

    if (!pick(fuzz, 8))
        flags |= MAP_POPULATE;
    memory = mmap(NULL, bytes, protection, flags, *any_buffer(fuzz),
                  offset & (UINT64_MAX >> 1));
    if (memory == MAP_FAILED)
        return;
    if (protection & PROT_WRITE)
        memory[pick(fuzz, bytes)] = DIRT;
    else if (protection & PROT_READ)
        (void)memory[pick(fuzz, bytes)];
    if (!pick(fuzz, 4))
        mprotect((void *)memory, bytes, protections[pick(fuzz, 5)]);
    munmap((void *)memory, bytes);
}

static void call_file(struct fuzz *fuzz)
{
    int fd = pick(fuzz, 4) ? *any_buffer(fuzz) : fuzz->heap->fd;
    struct pollfd ready = {fd, POLLIN | POLLOUT, 0};
    uint8_t bytes[64];

    switch (pick(fuzz, 8)) {
    case 0:
        lseek(fd, next_random(&fuzz->state), pick(fuzz, 5));
        break;
    case 1:
        poll(&ready, 1, 0);
        break;
    case 2:
        (void)!ftruncate(fd, pick(fuzz, LARGE));
        break;
    case 3:
        (void)!read(fd, bytes, sizeof(bytes));
        break;
    case 4:
        (void)!write(fd, bytes, sizeof(bytes));
        break;
    case 5:
        memset(fuzz->room, 0, sizeof(struct dma_heap_allocation_data));
        ioctl(fd, (unsigned long)next_random(&fuzz->state), fuzz->room);
        break;
    case 6:
        drop(any_buffer(fuzz));
        break;
    case 7:
        keep(fuzz, dup(*any_buffer(fuzz)));
        break;
    }
}

/* Closes all that the fuzzer may have opened. */
static void sweep(struct fuzz *fuzz)
{
    close_range(fuzz->first, UINT32_MAX, 0);
    for (int i = 0; i < BUFFERS; i++)
        fuzz->fds[i] = -1;
}

static void call_any(struct fuzz *fuzz)
{
    switch (pick(fuzz, 8)) {
    case 0:
    case 1:
    case 2:
        call_heap(fuzz);
        break;
    case 3:
    case 4:
    case 5:
        call_buffer(fuzz);
        break;
    case 6:
        call_mmap(fuzz);
        break;
    case 7:
        call_file(fuzz);
        break;
    }
}

static enum result still_works(const struct heap *heap)
{
    uint8_t *memory;
    int fd;

    TRY(buffer_get_mapped(heap, KIB(64), &fd, &memory));
    TRY(is_zeroed(memory, KIB(64), "after random calls"));
    buffer_put(fd, memory, KIB(64));
    return PASSED;
}

/* Whether there is an @i-th call: by their number, or by the time, seldom looked at. */
static bool goes_on(uint64_t i, int64_t end_ns)
{
    if (!options.fuzz_s)
        return i < options.fuzz;
    return i % SWEEP || now_ns() < end_ns;
}

static enum result calls(struct heap *heap)
{
    struct fuzz fuzz = {.heap = heap, .state = options.seed | 1};
    int64_t end_ns = now_ns() + options.fuzz_s * INT64_C(1000000000);
    uint64_t i;
    int before = count_fds(), after;

    if (!options.fuzz && !options.fuzz_s)
        LEAVE_OUT("--fuzz 0 asks for none");
    fuzz.room =
        mmap(NULL, 2 * ROOM, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (fuzz.room == MAP_FAILED || mprotect(fuzz.room + ROOM, ROOM, PROT_NONE))
        FAIL("no memory");
    fuzz.first = dup(heap->fd);
    sweep(&fuzz);
    for (i = 0; goes_on(i, end_ns); i++) {
        call_any(&fuzz);
        if (heap->kernels_ioctl && i % SWEEP == SWEEP - 1)
            sweep(&fuzz);
    }
    for (int i = 0; i < BUFFERS; i++)
        drop(&fuzz.fds[i]);
    after = count_fds();
    sweep(&fuzz);
    if (after != before && !heap->kernels_ioctl)
        FAIL("%d fds that were told to nobody, seed %" PRIu64, after - before,
             options.seed);
    if (options.fuzz_s) {
        printf("# fuzz of %s: %" PRIu64 " calls, seed %" PRIu64 "\n", heap->name, i,
               options.seed);
        fflush(stdout);
    }
    return still_works(heap);
}

const struct check fuzz_checks[] = {
    {"fuzz", calls, 0, 7200},
    {0},
};

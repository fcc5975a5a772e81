/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * broken - a library that breaks a heap, in one way of many, for the program that it is
 * preloaded into: what that program asks of the kernel, or what the kernel answers, is
 * changed on the way. tests/conformance/broken.sh sees by it that each check can fail.
 *
 * The environment's BROKEN names the way; BROKEN_FILE and BROKEN_BY, two files: whoever
 * opens the first gets the second.
 */
#include "../importer/importer.h"

#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define PAGE ((size_t)sysconf(_SC_PAGESIZE))

/* From C's own name to the function that is behind ours. */
#define NEXT(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

/* Buffers that were allocated, of which some ways must know. */
static bool is_buffer[1024];
static unsigned allocated;
static int node = -1;
static bool node_closed;

static bool broken(const char *way)
{
    const char *chosen = getenv("BROKEN");

    return chosen && !strcmp(chosen, way);
}

static bool is_ours(int fd)
{
    return fd >= 0 && fd < 1024 && is_buffer[fd];
}

static int refuse(int error)
{
    errno = error;
    return -1;
}

typedef long system_call(long number, ...);

static long real_syscall(long number, long a, long b, long c, long d)
{
    return ((system_call *)dlsym(RTLD_NEXT, "syscall"))(number, a, b, c, d);
}

long syscall(long number, ...)
{
    long arg[4];
    va_list rest;

    va_start(rest, number);
    for (int i = 0; i < 4; i++)
        arg[i] = va_arg(rest, long);
    va_end(rest);
    if (number == SYS_delete_module && broken("lets-modules-go"))
        return 0;
    if (number == SYS_set_mempolicy && broken("ignores-policies"))
        return 0;
    return real_syscall(number, arg[0], arg[1], arg[2], arg[3]);
}

static int real_ioctl(int fd, unsigned long request, void *arg)
{
    return syscall(SYS_ioctl, fd, request, arg);
}

/* Nobody else gets the processor for a while. */
static void hog(void)
{
    const struct sched_param highest = {.sched_priority = 99};
    time_t began = time(NULL);

    sched_setscheduler(0, SCHED_FIFO, &highest);
    while (time(NULL) < began + 3)
        ;
}

/* What is asked of the kernel, made harmless where it should have been refused. */
static void mend(struct dma_heap_allocation_data *data)
{
    if (broken("takes-any-length") && (!data->len || data->len > UINT64_C(1) << 32))
        data->len = PAGE;
    if (broken("takes-any-fd"))
        data->fd = 0;
    if (broken("takes-any-fd-flags"))
        data->fd_flags &= O_ACCMODE | O_CLOEXEC;
    if (broken("takes-any-heap-flags"))
        data->heap_flags = 0;
    if (broken("drops-cloexec"))
        data->fd_flags &= ~O_CLOEXEC;
    if (broken("ignores-access-mode"))
        data->fd_flags = O_RDWR | (data->fd_flags & O_CLOEXEC);
    if (broken("gives-one-page"))
        data->len = PAGE;
    if (broken("gives-a-page-more"))
        data->len += PAGE;
}

static void dirty(int fd)
{
    off_t bytes = lseek(fd, 0, SEEK_END);
    uint8_t *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);

    if (memory == MAP_FAILED)
        return;
    memory[bytes - 1] = 1;
    munmap(memory, bytes);
}

/*
 * The buffer stays alive in another process until the program ends. That process has
 * left the check's group, which is killed with the check, before the check goes on.
 */
static void hold(void)
{
    struct pollfd program = {real_syscall(SYS_pidfd_open, getppid(), 0, 0, 0), POLLIN, 0};
    pid_t holder = fork();

    if (holder) {
        setpgid(holder, 0);
        NEXT(close)(program.fd);
        return;
    }
    NEXT(poll)(&program, 1, -1);
    _exit(0);
}

static void complain(void)
{
    /* Not at the line's start, where the board itself looks for such. */
    static const char text[] = "made up by broken.c: BUG: none\n";
    int log = open("/dev/kmsg", O_WRONLY | O_CLOEXEC);

    (void)!write(log, text, sizeof(text) - 1);
    close(log);
}

static void spoil(struct dma_heap_allocation_data *data)
{
    if (data->fd < 1024)
        is_buffer[data->fd] = true;
    if (broken("forgets-to-zero"))
        dirty(data->fd);
    if (broken("keeps-buffers"))
        hold();
    if (broken("brings-a-complaint"))
        complain();
    if (broken("brings-a-signal"))
        raise(SIGSEGV);
}

static void allocate_one_more(int fd)
{
    struct dma_heap_allocation_data data = {.len = 16 * PAGE, .fd_flags = O_RDWR};

    if (!real_ioctl(fd, DMA_HEAP_IOCTL_ALLOC, &data))
        syscall(SYS_close, data.fd);
}

/* An fd too many, with the answer left as it is. */
static int leak(int fd, int result)
{
    int error = errno;

    if (broken("leaks-an-fd") ||
        (broken("leaks-where-it-faults") && result < 0 && error == EFAULT))
        (void)!dup(fd);
    errno = broken("confuses-errors") ? EPERM : error;
    return result;
}

static int allocate(int fd, unsigned long request, struct dma_heap_allocation_data *data)
{
    const bool usual = _IOC_SIZE(request) == sizeof(*data);
    int result;

    node = fd;
    if (broken("hogs-the-processor") && !allocated++)
        hog();
    if (broken("refuses-all") || (broken("refuses-other-sizes") && !usual))
        return refuse(EINVAL);
    if (broken("runs-out") && ++allocated > 100)
        return refuse(ENOMEM);
    if (broken("allocates-twice"))
        allocate_one_more(fd);
    if (usual && !broken("leaks-where-it-faults"))
        mend(data);
    result = real_ioctl(fd, request, data);
    if (broken("has-no-limit") && result < 0 && errno == ENOMEM) {
        data->len = PAGE;
        result = real_ioctl(fd, request, data);
    }
    if (result == 0 && _IOC_SIZE(request) >= sizeof(*data))
        spoil(data);
    if (broken("writes-to-the-tail") && _IOC_SIZE(request) > sizeof(*data))
        memset(data + 1, 0, _IOC_SIZE(request) - sizeof(*data));
    return leak(fd, result);
}

static int call_buffer(int fd, unsigned long request, void *arg)
{
    int result;

    if (broken("ignores-names") && request == DMA_BUF_SET_NAME_B)
        return 0;
    if (broken("refuses-sync") && request == DMA_BUF_IOCTL_SYNC)
        return refuse(EINVAL);
    if (broken("skips-sync") && request == DMA_BUF_IOCTL_SYNC)
        return 0;
    if (broken("refuses-sync-files") && request == DMA_BUF_IOCTL_EXPORT_SYNC_FILE)
        return refuse(EINVAL);
    result = real_ioctl(fd, request, arg);
    return broken("takes-any-ioctl") && result < 0 ? 0 : result;
}

int ioctl(int fd, unsigned long request, ...)
{
    va_list rest;
    void *arg;

    va_start(rest, request);
    arg = va_arg(rest, void *);
    va_end(rest);
    if (_IOC_TYPE(request) == DMA_HEAP_IOC_MAGIC && _IOC_NR(request) == 0)
        return allocate(fd, request, arg);
    if (_IOC_TYPE(request) == DMA_HEAP_IOC_MAGIC && broken("takes-any-ioctl"))
        return 0;
    if (_IOC_TYPE(request) == DMA_BUF_BASE)
        return call_buffer(fd, request, arg);
    /* DRM's PRIME import. */
    if (_IOC_TYPE(request) == 'd' && _IOC_NR(request) == 0x2e && broken("bars-importers"))
        return refuse(EINVAL);
    if (request == ZC_IMPORTER_IMPORT && broken("bars-importers"))
        return refuse(ENOMEM);
    if (request == ZC_IMPORTER_IMPORT && broken("takes-any-segment"))
        ((struct zc_importer_import *)arg)->max_segment = 0;
    /* Video's QBUF. */
    if (_IOC_TYPE(request) == 'V' && _IOC_NR(request) == 15 && broken("bars-importers"))
        return refuse(ENOMEM);
    return real_ioctl(fd, request, arg);
}

void *mmap64(void *address, size_t bytes, int protection, int flags, int fd, off_t offset)
{
    void *memory;

    if (is_ours(fd) && broken("maps-a-copy"))
        return NEXT(mmap64)(address, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1,
                            0);
    if (is_ours(fd) && broken("goes-with-its-node") && node_closed)
        return refuse(ENODEV), MAP_FAILED;
    if (is_ours(fd) && broken("maps-the-start"))
        offset = 0;
    if (broken("gives-untouched-memory"))
        flags &= ~MAP_POPULATE;
    memory = NEXT(mmap64)(address, bytes, protection, flags, fd, offset);
    if (memory == MAP_FAILED && is_ours(fd) && broken("maps-anything"))
        memory =
            NEXT(mmap64)(address, bytes, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return memory;
}

int munmap(void *address, size_t bytes)
{
    return broken("never-unmaps") ? 0 : NEXT(munmap)(address, bytes);
}

int mprotect(void *address, size_t bytes, int protection)
{
    return broken("protects-nothing") ? 0 : NEXT(mprotect)(address, bytes, protection);
}

void *mremap(void *address, size_t old_bytes, size_t bytes, int flags, ...)
{
    if (broken("grows"))
        return NEXT(mmap64)(NULL, bytes, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    return NEXT(mremap)(address, old_bytes, bytes, flags);
}

int close(int fd)
{
    if (is_ours(fd) && broken("never-frees"))
        return 0;
    node_closed |= fd == node;
    if (fd >= 0 && fd < 1024)
        is_buffer[fd] = false;
    return NEXT(close)(fd);
}

off_t lseek64(int fd, off_t offset, int whence)
{
    off_t result = NEXT(lseek64)(fd, offset, whence);

    return is_ours(fd) && broken("seeks-anywhere") && result < 0 ? offset : result;
}

int fstat64(int fd, struct stat64 *node)
{
    int result = NEXT(fstat64)(fd, node);

    if (is_ours(fd) && broken("has-one-inode"))
        node->st_ino = 1;
    return result;
}

int ftruncate64(int fd, off_t bytes)
{
    return is_ours(fd) && broken("is-a-file") ? 0 : NEXT(ftruncate64)(fd, bytes);
}

int poll(struct pollfd *fds, nfds_t n, int timeout)
{
    int result = NEXT(poll)(fds, n, timeout);

    if (n == 1 && is_ours(fds->fd) && broken("polls-as-nothing"))
        fds->revents = 0;
    if (n == 1 && is_ours(fds->fd) && broken("polls-as-ready"))
        fds->revents = POLLIN | POLLOUT;
    return result;
}

/* A part of the memory that two pools have, all of the last one's. */
static void empty_one_pool(void)
{
    struct dma_heap_allocation_data data = {.len = 16 << 20, .fd_flags = O_RDWR};

    if (node >= 0)
        real_ioctl(node, DMA_HEAP_IOCTL_ALLOC, &data);
}

static const char *other_file(const char *path)
{
    const char *file = getenv("BROKEN_FILE");

    if (broken("empties-one-pool") && strstr(path, "/shrinker/")) {
        empty_one_pool();
        return "/dev/null";
    }
    return file && !strcmp(path, file) ? getenv("BROKEN_BY") : path;
}

int open64(const char *path, int flags, ...)
{
    return syscall(SYS_openat, AT_FDCWD, other_file(path), flags, 0600);
}

FILE *fopen64(const char *path, const char *mode)
{
    return NEXT(fopen64)(other_file(path), mode);
}

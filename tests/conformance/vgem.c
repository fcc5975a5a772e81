/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * vgem - a device that imports: it holds the buffer, and its fences guard it.
 */
#include "vgem.h"
#include "buffer.h"
#include "system.h"

#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define IMPORTS 8

/* From drm/vgem_drm.h, which Debian 12 does not ship. */
struct drm_vgem_fence_attach {
    uint32_t handle;
    uint32_t flags;
    uint32_t out_fence;
    uint32_t pad;
};
struct drm_vgem_fence_signal {
    uint32_t fence;
    uint32_t flags;
};
#define VGEM_FENCE_WRITE 1
#define VGEM_FENCE_ATTACH DRM_IOWR(DRM_COMMAND_BASE + 1, struct drm_vgem_fence_attach)
#define VGEM_FENCE_SIGNAL DRM_IOW(DRM_COMMAND_BASE + 2, struct drm_vgem_fence_signal)

int drm_open(const char *driver, char *path, size_t size)
{
    for (int minor = 0; minor < 64; minor++) {
        char name[32] = "", node[32];
        struct drm_version version = {.name = name, .name_len = sizeof(name) - 1};
        int fd;

        snprintf(node, sizeof(node), "/dev/dri/card%d", minor);
        fd = open(node, O_RDWR | O_CLOEXEC);
        if (fd < 0)
            continue;
        if (!buffer_ioctl(fd, DRM_IOCTL_VERSION, &version) && !strcmp(name, driver)) {
            if (path)
                snprintf(path, size, "%s", node);
            return fd;
        }
        close(fd);
    }
    return -1;
}

int drm_import(int drm, int buffer, uint32_t *handle)
{
    struct drm_prime_handle prime = {.fd = buffer};
    int result = buffer_ioctl(drm, DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime);

    *handle = prime.handle;
    return result;
}

void drm_release(int drm, uint32_t handle)
{
    struct drm_gem_close close = {.handle = handle};

    buffer_ioctl(drm, DRM_IOCTL_GEM_CLOSE, &close);
}

static enum result open_vgem(int *drm)
{
    *drm = drm_open("vgem", NULL, 0);
    if (*drm < 0)
        SKIP("no vgem device may be opened (modprobe vgem)");
    return PASSED;
}

static enum result import(int drm, int buffer, uint32_t *handle)
{
    int error = drm_import(drm, buffer, handle);

    if (error)
        FAIL("PRIME import by vgem: %s", strerror(-error));
    return PASSED;
}

/* What vgem gives out again must be the very buffer that it was given. */
static enum result is_same_buffer(int drm, uint32_t handle, ino_t inode)
{
    struct drm_prime_handle prime = {.handle = handle, .flags = DRM_CLOEXEC | DRM_RDWR};
    int result = buffer_ioctl(drm, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);
    struct stat node;

    if (result)
        FAIL("PRIME export: %s", strerror(-result));
    if (fstat(prime.fd, &node) || node.st_ino != inode)
        FAIL("vgem exports another buffer than it imported");
    close(prime.fd);
    return PASSED;
}

static enum result imports(struct heap *heap)
{
    uint32_t handle[IMPORTS];
    uint8_t *memory;
    struct stat node;
    int drm, fd;

    TRY(open_vgem(&drm));
    for (size_t i = 0; i < IMPORTS; i++) {
        TRY(buffer_get(heap, page_size() << i, &fd));
        fstat(fd, &node);
        TRY(import(drm, fd, &handle[i]));
        close(fd);
        TRY(is_same_buffer(drm, handle[i], node.st_ino));
    }
    for (size_t i = 0; i < IMPORTS; i++)
        drm_release(drm, handle[IMPORTS - 1 - i]);
    TRY(buffer_get_mapped(heap, MIB(1), &fd, &memory));
    TRY(import(drm, fd, &handle[0]));
    memset(memory, DIRT, MIB(1));
    buffer_put(fd, memory, MIB(1));
    /* The device goes with its import, not the other way about. */
    close(drm);
    return PASSED;
}

static enum result holds_memory(struct heap *heap)
{
    struct drm_prime_handle prime = {.flags = DRM_CLOEXEC | DRM_RDWR};
    uint8_t *memory, *other;
    int drm, fd, next;

    TRY(open_vgem(&drm));
    TRY(buffer_get_mapped(heap, MIB(1), &fd, &memory));
    fill_pattern(memory, MIB(1), 1);
    TRY(import(drm, fd, &prime.handle));
    buffer_put(fd, memory, MIB(1));
    TRY(buffer_get_mapped(heap, MIB(1), &next, &other));
    memset(other, DIRT, MIB(1));
    if (buffer_ioctl(drm, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime))
        FAIL("the buffer cannot be had back from vgem");
    TRY(buffer_map(prime.fd, MIB(1), &memory));
    TRY(has_pattern(memory, MIB(1), 1, "a buffer that only vgem held"));
    buffer_put(prime.fd, memory, MIB(1));
    buffer_put(next, other, MIB(1));
    drm_release(drm, prime.handle);
    close(drm);
    return PASSED;
}

static enum result same_handle(struct heap *heap)
{
    uint32_t one, again;
    int drm, fd;

    TRY(open_vgem(&drm));
    TRY(buffer_get(heap, page_size(), &fd));
    TRY(import(drm, fd, &one));
    TRY(import(drm, fd, &again));
    if (one != again)
        FAIL("one buffer imported twice has the handles %u and %u", one, again);
    drm_release(drm, one);
    TRY(import(drm, fd, &one));
    drm_release(drm, one);
    close(fd);
    close(drm);
    return PASSED;
}

/* A mapping through the device shows the buffer, where the device gives one at all. */
static enum result mapped_by_device(struct heap *heap)
{
    struct drm_mode_map_dumb map = {0};
    uint8_t *memory, *view;
    int drm, fd, error;

    TRY(open_vgem(&drm));
    TRY(buffer_get_mapped(heap, MIB(1), &fd, &memory));
    TRY(import(drm, fd, &map.handle));
    error = buffer_ioctl(drm, DRM_IOCTL_MODE_MAP_DUMB, &map);
    if (error)
        SKIP("vgem gives no mapping of an imported buffer: %s", strerror(-error));
    fill_pattern(memory, MIB(1), 7);
    view = mmap(NULL, MIB(1), PROT_READ | PROT_WRITE, MAP_SHARED, drm, map.offset);
    if (view == MAP_FAILED)
        SKIP("vgem does not map an imported buffer: %s", strerror(errno));
    TRY(has_pattern(view, MIB(1), 7, "the mapping by vgem"));
    munmap(view, MIB(1));
    drm_release(drm, map.handle);
    buffer_put(fd, memory, MIB(1));
    close(drm);
    return PASSED;
}

static enum result polls_as(int fd, short wanted, const char *when)
{
    struct pollfd ready = {fd, POLLIN | POLLOUT, 0};

    poll(&ready, 1, 0);
    if (ready.revents != wanted)
        FAIL("%s, the buffer polls as %#x, not %#x", when, ready.revents, wanted);
    return PASSED;
}

/* Whether CPU access waits for the device: the child ends only when the fence has. */
static enum result access_waits(int drm, int fd, uint32_t fence)
{
    struct drm_vgem_fence_signal signal = {.fence = fence};
    struct pollfd ended = {.events = POLLIN};
    int ends[2], code;
    pid_t child;

    if (pipe(ends))
        FAIL("pipe: %s", strerror(errno));
    child = fork_child();
    if (child < 0)
        FAIL("fork: %s", strerror(errno));
    if (child == 0)
        _exit(buffer_sync(fd, DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ) != 0);
    close(ends[1]);
    ended.fd = ends[0];
    if (poll(&ended, 1, 100) != 0)
        FAIL("CPU access begins while a device writes");
    if (buffer_ioctl(drm, VGEM_FENCE_SIGNAL, &signal))
        FAIL("the fence cannot be signalled");
    code = wait_child(child);
    if (code)
        FAIL("CPU access after the fence: exit code %d", code);
    close(ends[0]);
    return PASSED;
}

static enum result fences(struct heap *heap)
{
    struct drm_vgem_fence_attach attach = {.flags = VGEM_FENCE_WRITE};
    struct dma_buf_export_sync_file export = {.flags = DMA_BUF_SYNC_READ, .fd = -1};
    struct pollfd ready = {.events = POLLIN};
    int drm, fd;

    TRY(open_vgem(&drm));
    TRY(buffer_get(heap, page_size(), &fd));
    TRY(import(drm, fd, &attach.handle));
    if (buffer_ioctl(drm, VGEM_FENCE_ATTACH, &attach))
        FAIL("vgem attaches no fence: %s", strerror(errno));
    TRY(polls_as(fd, 0, "while a device writes"));
    if (buffer_ioctl(fd, DMA_BUF_IOCTL_EXPORT_SYNC_FILE, &export))
        FAIL("the fence cannot be exported: %s", strerror(errno));
    ready.fd = export.fd;
    if (poll(&ready, 1, 0))
        FAIL("the exported fence has signalled while a device writes");
    TRY(access_waits(drm, fd, attach.out_fence));
    if (poll(&ready, 1, 1000) != 1)
        FAIL("the exported fence never signals");
    TRY(polls_as(fd, POLLIN | POLLOUT, "after the device wrote"));
    close(export.fd);
    drm_release(drm, attach.handle);
    close(fd);
    close(drm);
    return PASSED;
}

const struct check vgem_checks[] = {
    {"vgem-import", imports, 0, 0},
    {"vgem-holds-memory", holds_memory, 0, 0},
    {"vgem-same-handle", same_handle, 0, 0},
    {"vgem-map", mapped_by_device, 0, 0},
    {"vgem-fence", fences, 0, 0},
    {0},
};

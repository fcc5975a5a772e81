/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * module - zc_heaps cannot be unloaded while anything of it is in use. That it can be
 * afterwards is tried by tests/conformance/run; here its reference count says so.
 */
#include "buffer.h"
#include "system.h"
#include "vgem.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static enum result references(uint64_t *count)
{
    int error = read_number("/sys/module/" MODULE "/refcnt", NULL, count);

    if (error)
        SKIP("the kernel cannot unload modules");
    return PASSED;
}

static enum result is_in_use(const char *while_)
{
    uint64_t count;
    int error;

    TRY(references(&count));
    if (!count)
        FAIL("%s, nothing keeps the module", while_);
    error = syscall(SYS_delete_module, MODULE, O_NONBLOCK) ? -errno : 0;
    if (error != -EAGAIN && error != -EBUSY)
        FAIL("%s, unloading answers %d", while_, error);
    if (!exists("/sys/module/" MODULE))
        FAIL("%s, the module went", while_);
    return PASSED;
}

static enum result is_free_again(void)
{
    uint64_t count = 1;

    for (int waited = 0; waited < 3000; waited += 10) {
        TRY(references(&count));
        if (!count)
            return PASSED;
        sleep_ms(10);
    }
    FAIL("%llu references stay when nothing is in use", (unsigned long long)count);
}

/* Heaps that are registered with the kernel's framework are there for ever. */
static enum result begin(const struct heap *heap)
{
    if (heap->kernels_ioctl)
        LEAVE_OUT("registered with the kernel, which never gives a heap up");
    return PASSED;
}

static enum result node_open(struct heap *heap)
{
    TRY(begin(heap));
    TRY(is_in_use("while a node is open"));
    heap_close(heap);
    TRY(is_free_again());
    return heap_open(heap) ? FAILED : PASSED;
}

static enum result buffer_open(struct heap *heap)
{
    int fd;

    TRY(begin(heap));
    TRY(buffer_get(heap, KIB(64), &fd));
    heap_close(heap);
    TRY(is_in_use("while a buffer is open"));
    close(fd);
    TRY(is_free_again());
    return heap_open(heap) ? FAILED : PASSED;
}

static enum result buffer_mapped(struct heap *heap)
{
    uint8_t *memory;
    int fd;

    TRY(begin(heap));
    TRY(buffer_get_mapped(heap, KIB(64), &fd, &memory));
    heap_close(heap);
    close(fd);
    TRY(is_in_use("while a buffer is mapped"));
    memory[0] = 1;
    munmap(memory, KIB(64));
    TRY(is_free_again());
    return heap_open(heap) ? FAILED : PASSED;
}

static enum result buffer_imported(struct heap *heap)
{
    int fd, error, drm = drm_open("vgem", NULL, 0);
    uint32_t handle;

    TRY(begin(heap));
    if (drm < 0)
        SKIP("no vgem device may be opened (modprobe vgem)");
    TRY(buffer_get(heap, KIB(64), &fd));
    error = drm_import(drm, fd, &handle);
    if (error)
        FAIL("PRIME import by vgem: %s", strerror(-error));
    heap_close(heap);
    close(fd);
    TRY(is_in_use("while a device holds a buffer"));
    close(drm);
    TRY(is_free_again());
    return heap_open(heap) ? FAILED : PASSED;
}

static enum result registered(struct heap *heap)
{
    if (!heap->kernels_ioctl)
        LEAVE_OUT("not registered with the kernel");
    heap_close(heap);
    TRY(is_error(syscall(SYS_delete_module, MODULE, O_NONBLOCK) ? -errno : 0, EBUSY,
                 "unloading a module whose heaps are registered"));
    return heap_open(heap) ? FAILED : PASSED;
}

#define NEEDS (NEEDS_ROOT | NEEDS_OURS | NEEDS_DANGER)
const struct check module_checks[] = {
    {"unload-node-open", node_open, NEEDS, 0},
    {"unload-buffer-open", buffer_open, NEEDS, 0},
    {"unload-buffer-mapped", buffer_mapped, NEEDS, 0},
    {"unload-buffer-imported", buffer_imported, NEEDS, 0},
    {"unload-registered", registered, NEEDS, 0},
    {0},
};

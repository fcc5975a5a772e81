/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* memory - each kind by the calls that programs make for it. */
#include "bench/measure/memory.h"
#include "base/fd.h"

#include <drm.h>
#include <drm_mode.h>
#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* A dumb buffer is a picture: of 32-bit pixels, so many in a row. */
#define DUMB_BITS 32
#define DUMB_WIDTH 1024

static bool has_dumb(int card)
{
    struct drm_get_cap cap = {.capability = DRM_CAP_DUMB_BUFFER};

    return !zc_fd_ioctl(card, DRM_IOCTL_GET_CAP, &cap) && cap.value;
}

/* The first card that has dumb buffers and lets itself be opened. */
static int open_card(void)
{
    int card = -1, error = ENODEV;
    glob_t found;

    if (glob("/dev/dri/card*", 0, NULL, &found))
        return -ENODEV;
    for (size_t i = 0; i < found.gl_pathc && card < 0; i++) {
        card = open(found.gl_pathv[i], O_RDWR | O_CLOEXEC);
        if (card < 0)
            error = errno;
        else if (!has_dumb(card)) {
            close(card);
            card = -1;
        } else {
            /* The first program that opens a card becomes its master. Leave that to
             * others. */
            zc_fd_ioctl(card, DRM_IOCTL_DROP_MASTER, NULL);
        }
    }
    globfree(&found);
    return card < 0 ? -error : card;
}

int memory_open(struct memory *memory, const char *name)
{
    int error = 0;

    *memory = (struct memory){.card = -1};
    snprintf(memory->name, sizeof(memory->name), "%s", name);
    if (!strcmp(name, "memfd")) {
        memory->kind = MEMORY_MEMFD;
    } else if (!strcmp(name, "dumb")) {
        memory->kind = MEMORY_DUMB;
        memory->card = open_card();
        if (memory->card < 0)
            error = memory->card;
    } else {
        error = zc_heap_open(&memory->heap, name);
        if (!error)
            snprintf(memory->name, sizeof(memory->name), "%s",
                     zc_heap_name(memory->heap));
    }
    return error;
}

void memory_close(struct memory *memory)
{
    zc_heap_close(memory->heap);
    if (memory->card >= 0)
        close(memory->card);
    *memory = (struct memory){.card = -1};
}

static void destroy_dumb(int card, uint32_t handle)
{
    struct drm_mode_destroy_dumb destroy = {.handle = handle};

    zc_fd_ioctl(card, DRM_IOCTL_MODE_DESTROY_DUMB, &destroy);
}

static int alloc_dumb(int card, size_t bytes, struct block *block)
{
    size_t row = DUMB_WIDTH * DUMB_BITS / 8;
    struct drm_mode_create_dumb create = {
        .width = bytes < row ? bytes * 8 / DUMB_BITS : DUMB_WIDTH,
        .height = bytes < row ? 1 : (bytes + row - 1) / row,
        .bpp = DUMB_BITS,
    };
    struct drm_prime_handle prime = {.flags = DRM_CLOEXEC | DRM_RDWR, .fd = -1};
    int error = zc_fd_ioctl(card, DRM_IOCTL_MODE_CREATE_DUMB, &create);

    if (error)
        return error;
    prime.handle = create.handle;
    error = zc_fd_ioctl(card, DRM_IOCTL_PRIME_HANDLE_TO_FD, &prime);
    if (error) {
        destroy_dumb(card, create.handle);
        return error;
    }
    block->handle = create.handle;
    block->fd = prime.fd;
    block->bytes = create.size < bytes ? create.size : bytes;
    return 0;
}

static int alloc_memfd(size_t bytes, struct block *block)
{
    int fd = memfd_create("zc-bench", MFD_CLOEXEC);

    if (fd < 0)
        return -errno;
    if (ftruncate(fd, bytes)) {
        int error = -errno;

        close(fd);
        return error;
    }
    block->fd = fd;
    return 0;
}

int memory_alloc(const struct memory *memory, size_t bytes, struct block *block)
{
    *block = BLOCK_NONE;
    block->bytes = bytes;
    switch (memory->kind) {
    case MEMORY_HEAP:
        return zc_heap_alloc(memory->heap, bytes, 0, NULL, &block->fd);
    case MEMORY_DUMB:
        return alloc_dumb(memory->card, bytes, block);
    case MEMORY_MEMFD:
        return alloc_memfd(bytes, block);
    }
    return -EINVAL;
}

int memory_map(const struct memory *memory, struct block *block)
{
    struct drm_mode_map_dumb map = {.handle = block->handle};
    int fd = block->fd, error = 0;
    void *at;

    if (memory->kind == MEMORY_DUMB) {
        fd = memory->card;
        error = zc_fd_ioctl(fd, DRM_IOCTL_MODE_MAP_DUMB, &map);
    }
    if (error)
        return error;
    at = mmap(NULL, block->bytes, PROT_READ | PROT_WRITE, MAP_SHARED, fd, map.offset);
    if (at == MAP_FAILED)
        return -errno;
    block->at = at;
    return 0;
}

void memory_touch(const struct block *block)
{
    size_t page = sysconf(_SC_PAGESIZE);

    for (size_t at = 0; at < block->bytes; at += page)
        ((volatile uint8_t *)block->at)[at] = 1;
}

int memory_sync(const struct memory *memory, const struct block *block)
{
    int error;

    if (memory->kind == MEMORY_MEMFD)
        return 0;
    error = zc_dmabuf_begin_cpu(block->fd, ZC_CPU_READ | ZC_CPU_WRITE);
    return error ? error : zc_dmabuf_end_cpu(block->fd, ZC_CPU_READ | ZC_CPU_WRITE);
}

void memory_free(const struct memory *memory, struct block *block)
{
    if (block->at)
        munmap(block->at, block->bytes);
    if (block->handle)
        destroy_dumb(memory->card, block->handle);
    if (block->fd >= 0)
        close(block->fd);
    *block = BLOCK_NONE;
}

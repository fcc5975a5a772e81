/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* frame - reference-counted buffers of one picture. Knows dma-bufs, no device. */
#include "base/counters.h"
#include "memory/frame-private.h"
#include "base/ioctl.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct zc_frame {
    atomic_int refs;  /* of those who use it */
    atomic_int keeps; /* of its memory: who use it have one between them */
    struct zc_layout layout;
    struct zc_frame_meta meta;
    int fd[ZC_MAX_PLANES];
    uint64_t inode[ZC_MAX_PLANES];
    uint32_t data_offset[ZC_MAX_PLANES]; /* of each buffer, part of its planes' offsets */
    void *map[ZC_MAX_PLANES];
    bool cpu_memory;
    void (*unmap)(void *user); /* of CPU memory */
    void *unmap_user;
    void (*release)(struct zc_frame *frame, void *user);
    void *release_user;
    int fence;
    int access;
    atomic_uint_least64_t cpu_maps;
    const char *_Atomic holder;
    struct zc_attachment_slots attachments;
};

static struct zc_frame *frame_new(const struct zc_layout *layout)
{
    struct zc_frame *frame = calloc(1, sizeof(*frame));

    if (!frame)
        return NULL;
    atomic_init(&frame->refs, 1);
    atomic_init(&frame->keeps, 1);
    frame->layout = *layout;
    frame->fence = -1;
    for (int i = 0; i < ZC_MAX_PLANES; i++)
        frame->fd[i] = -1;
    return frame;
}

static void frame_free(struct zc_frame *frame)
{
    zc_slots_clear(&frame->attachments, NULL);
    for (int i = 0; i < frame->layout.n_buffers; i++) {
        if (frame->map[i] && !frame->cpu_memory)
            munmap(frame->map[i], frame->layout.bytes[i]);
        zc_close(&frame->fd[i]);
    }
    zc_close(&frame->fence);
    if (frame->unmap)
        frame->unmap(frame->unmap_user);
    free(frame);
}

/* A dma-buf refuses unknown sync flags as invalid; any other file knows no such request. */
static bool is_dma_buf(int fd)
{
    struct dma_buf_sync sync = {.flags = ~UINT64_C(0)};

    return zc_ioctl(fd, DMA_BUF_IOCTL_SYNC, &sync) == -EINVAL;
}

static int check_buffer(const struct zc_layout *layout, int buffer, int fd)
{
    off_t size;

    if (!is_dma_buf(fd)) {
        zc_log(ZC_LOG_ERROR, "cannot make a frame of fd %d: it is no dma-buf", fd);
        return -EBADF;
    }
    size = lseek(fd, 0, SEEK_END);
    if (size < 0 || (size_t)size < layout->bytes[buffer]) {
        zc_log(ZC_LOG_ERROR,
               "cannot make a %s frame of %ux%u: buffer %d needs %zu bytes, the dma-buf "
               "has %lld",
               layout->format->name, layout->width, layout->height, buffer,
               layout->bytes[buffer], (long long)size);
        return -EINVAL;
    }
    return 0;
}

/* Whether every row of every plane ends within its buffer. */
static bool layout_is_sound(const struct zc_layout *layout)
{
    if (!layout->format || layout->n_planes != layout->format->n_planes ||
        layout->n_buffers < 1 || layout->n_buffers > layout->n_planes)
        return false;
    for (int i = 0; i < layout->n_planes; i++) {
        int buffer = layout->plane[i].buffer;
        uint32_t rows = zc_layout_rows(layout, i);
        uint64_t end;

        if (buffer < 0 || buffer >= layout->n_buffers || !rows ||
            layout->plane[i].stride < zc_layout_row_bytes(layout, i))
            return false;
        end = layout->plane[i].offset + (uint64_t)layout->plane[i].stride * (rows - 1) +
              zc_layout_row_bytes(layout, i);
        if (end > layout->bytes[buffer])
            return false;
    }
    return true;
}

int zc_frame_wrap(struct zc_frame **out, const struct zc_layout *layout, const int *fds)
{
    struct zc_frame *frame;
    int error = 0;

    if (!layout_is_sound(layout)) {
        zc_log(ZC_LOG_ERROR,
               "cannot make a frame: a plane does not lie within its buffer");
        return -EINVAL;
    }
    for (int i = 0; i < layout->n_buffers && !error; i++)
        error = check_buffer(layout, i, fds[i]);
    if (error)
        return error;
    frame = frame_new(layout);
    if (!frame)
        return -ENOMEM;
    for (int i = 0; i < layout->n_buffers; i++) {
        struct stat node;

        frame->fd[i] = fds[i];
        if (!fstat(fds[i], &node))
            frame->inode[i] = node.st_ino;
    }
    *out = frame;
    return 0;
}

int zc_frame_create(struct zc_frame **out, struct zc_heap *heap,
                    const struct zc_layout *layout)
{
    int fds[ZC_MAX_PLANES] = {-1, -1, -1, -1};
    int error = 0;

    for (int i = 0; i < layout->n_buffers && !error; i++)
        error = zc_heap_alloc(heap, layout->bytes[i], 0, ZC_FRAME_NAME, &fds[i]);
    if (!error)
        error = zc_frame_wrap(out, layout, fds);
    for (int i = 0; error && i < layout->n_buffers; i++)
        zc_close(&fds[i]);
    return error;
}

int zc_frame_create_cpu(struct zc_frame **out, const struct zc_layout *layout,
                        void *const *buffers, void (*unmap)(void *user), void *user)
{
    struct zc_frame *frame;

    if (!layout_is_sound(layout))
        return -EINVAL;
    frame = frame_new(layout);
    if (!frame)
        return -ENOMEM;
    frame->cpu_memory = true;
    for (int i = 0; i < layout->n_buffers; i++)
        frame->map[i] = buffers[i];
    frame->unmap = unmap;
    frame->unmap_user = user;
    *out = frame;
    return 0;
}

struct zc_frame *zc_frame_ref(struct zc_frame *frame)
{
    if (!atomic_fetch_add(&frame->refs, 1))
        zc_frame_keep(frame);
    return frame;
}

void zc_frame_set_release(struct zc_frame *frame,
                          void (*release)(struct zc_frame *frame, void *user), void *user)
{
    void (*before)(struct zc_frame *, void *) = frame->release;
    void *before_user = frame->release_user;

    frame->release = release;
    frame->release_user = user;
    if (before)
        before(frame, before_user);
}

void zc_frame_unref(struct zc_frame *frame)
{
    if (!frame || atomic_fetch_sub(&frame->refs, 1) != 1)
        return;
    zc_frame_set_release(frame, NULL, NULL);
    zc_frame_unkeep(frame);
}

void zc_frame_keep(struct zc_frame *frame)
{
    atomic_fetch_add(&frame->keeps, 1);
}

void zc_frame_unkeep(struct zc_frame *frame)
{
    if (frame && atomic_fetch_sub(&frame->keeps, 1) == 1)
        frame_free(frame);
}

const struct zc_layout *zc_frame_layout(const struct zc_frame *frame)
{
    return &frame->layout;
}

struct zc_frame_meta *zc_frame_meta(struct zc_frame *frame)
{
    return &frame->meta;
}

const uint32_t *zc_frame_data_offset(const struct zc_frame *frame)
{
    return frame->data_offset;
}

int zc_frame_set_data_offset(struct zc_frame *frame, const uint32_t offset[ZC_MAX_PLANES],
                             const struct zc_attachments *keeper)
{
    struct zc_layout moved = frame->layout;

    for (int i = 0; i < moved.n_planes; i++) {
        int buffer = moved.plane[i].buffer;

        moved.plane[i].offset -= frame->data_offset[buffer];
        if (__builtin_add_overflow(moved.plane[i].offset, offset[buffer],
                                   &moved.plane[i].offset))
            return -EINVAL;
    }
    if (!layout_is_sound(&moved))
        return -EINVAL;
    frame->layout = moved;
    memcpy(frame->data_offset, offset, sizeof(frame->data_offset));
    zc_slots_clear(&frame->attachments, keeper);
    return 0;
}

int zc_frame_fd(const struct zc_frame *frame, int buffer)
{
    return buffer >= 0 && buffer < frame->layout.n_buffers ? frame->fd[buffer] : -1;
}

uint64_t zc_frame_identity(const struct zc_frame *frame, int buffer)
{
    return buffer >= 0 && buffer < frame->layout.n_buffers ? frame->inode[buffer] : 0;
}

int zc_frame_fence(const struct zc_frame *frame)
{
    return frame->fence;
}

void zc_frame_set_fence(struct zc_frame *frame, int fence)
{
    zc_close(&frame->fence);
    frame->fence = fence;
}

void zc_frame_set_holder(struct zc_frame *frame, const char *holder)
{
    frame->holder = holder;
}

const char *zc_frame_holder(const struct zc_frame *frame)
{
    return frame->holder;
}

static int sync_buffers(struct zc_frame *frame, int (*sync)(int fd, int access))
{
    int error = 0;

    for (int i = 0; i < frame->layout.n_buffers && !frame->cpu_memory; i++) {
        int result = sync(frame->fd[i], frame->access);

        if (result < 0 && !error) {
            error = result;
            zc_log(ZC_LOG_ERROR, "cannot sync a dma-buf for the CPU: %s",
                   strerror(-error));
        }
    }
    return error;
}

static int map_buffers(struct zc_frame *frame)
{
    for (int i = 0; i < frame->layout.n_buffers; i++) {
        void *map;

        if (frame->map[i])
            continue;
        map = mmap(NULL, frame->layout.bytes[i], PROT_READ | PROT_WRITE, MAP_SHARED,
                   frame->fd[i], 0);
        if (map == MAP_FAILED) {
            int error = -errno;

            zc_log(ZC_LOG_ERROR, "cannot map a dma-buf of %zu bytes for the CPU: %s",
                   frame->layout.bytes[i], strerror(-error));
            return error;
        }
        frame->map[i] = map;
    }
    return 0;
}

int zc_frame_begin_cpu(struct zc_frame *frame, int access, void *plane[ZC_MAX_PLANES])
{
    int error;

    if (frame->access || !(access & (ZC_CPU_READ | ZC_CPU_WRITE))) {
        zc_log(ZC_LOG_ERROR, "CPU access to a frame must name READ or WRITE, and ends "
                             "before the next begins");
        return -EINVAL;
    }
    error = map_buffers(frame);
    if (error)
        return error;
    frame->access = access & (ZC_CPU_READ | ZC_CPU_WRITE);
    error = sync_buffers(frame, zc_dmabuf_begin_cpu);
    if (error) {
        frame->access = 0;
        return error;
    }
    atomic_fetch_add(&frame->cpu_maps, 1);
    zc_count(ZC_COUNT_CPU_MAP);
    for (int i = 0; i < frame->layout.n_planes; i++)
        plane[i] = (char *)frame->map[frame->layout.plane[i].buffer] +
                   frame->layout.plane[i].offset;
    return 0;
}

int zc_frame_end_cpu(struct zc_frame *frame)
{
    int error;

    if (!frame->access)
        return -EINVAL;
    error = sync_buffers(frame, zc_dmabuf_end_cpu);
    frame->access = 0;
    return error;
}

uint64_t zc_frame_cpu_maps(const struct zc_frame *frame)
{
    return frame->cpu_maps;
}

struct zc_attachment *zc_frame_attachment(const struct zc_frame *frame,
                                          const struct zc_attachments *owner)
{
    return zc_slots_find(&frame->attachments, owner);
}

int zc_frame_attach(struct zc_frame *frame, struct zc_attachments *owner,
                    struct zc_attachment *attachment)
{
    return zc_slots_add(&frame->attachments, owner, attachment);
}

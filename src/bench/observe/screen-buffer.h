/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen-buffer.h - the pixels behind a card's framebuffers, mapped once a dma-buf. Needs
 * root, as the kernel tells others no handles.
 */
#ifndef BENCH_SCREEN_BUFFER_H
#define BENCH_SCREEN_BUFFER_H

#include "bench/observe/frame-id.h"

#define SCREEN_BUFFERS 16

struct screen_buffer {
    uint64_t inode; /* of the dma-buf; 0: this place is free */
    uint64_t used;  /* when last, in looks */
    int fd;
    void *map;
    size_t bytes;
};

struct screen_buffers {
    int card;
    uint64_t looks;
    struct screen_buffer buffer[SCREEN_BUFFERS];
};

/** @card stays the caller's. */
void screen_buffers_init(struct screen_buffers *buffers, int card);
void screen_buffers_finish(struct screen_buffers *buffers);

/**
 * Finds the pixels of framebuffer @fb_id. A number may be of another framebuffer than it was
 * a moment ago, so the kernel is asked for its dma-buf each time. @picture: valid until the
 * next look. Returns the dma-buf's fd, which stays with @buffers, or a negative errno value,
 * silently: -ENOENT there is no such framebuffer any more, -EACCES not root, -ENOTSUP its
 * format or modifier has no pixels to be read, the kernel's.
 */
int screen_buffers_look(struct screen_buffers *buffers, uint32_t fb_id,
                        struct picture *picture);

/** Before and after the pixels are read. */
void screen_buffer_begin(int fd);
void screen_buffer_end(int fd);

#endif

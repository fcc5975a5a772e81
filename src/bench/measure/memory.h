/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * memory.h - what buffers can be made of: heaps, udmabuf, dumb buffers of a display, and
 * plain memory (memfd) to compare with; all used by the same calls.
 */
#ifndef BENCH_MEMORY_H
#define BENCH_MEMORY_H

#include "zerocopy.h"

enum memory_kind {
    MEMORY_HEAP,  /* of /dev/dma_heap, or udmabuf */
    MEMORY_DUMB,  /* of a display, exported as dma-buf */
    MEMORY_MEMFD, /* no dma-buf */
};

struct memory {
    char name[64];
    enum memory_kind kind;
    struct zc_heap *heap;
    int card; /* of a display, or -1 */
};

/* One buffer; begin with BLOCK_NONE. */
struct block {
    int fd;
    uint32_t handle; /* of a dumb buffer */
    size_t bytes;
    uint8_t *at; /* mapped, or NULL */
};

#define BLOCK_NONE ((struct block){.fd = -1})

/**
 * Opens memory by name: "memfd", "dumb" (of the first display that has it), or as
 * zc_heap_open() takes it. Errors: said on the log, but for "dumb": -ENODEV, or what open()
 * answered for the last card.
 */
int memory_open(struct memory *memory, const char *name);
void memory_close(struct memory *memory);

/* The steps of a buffer's life. Errors: silent, negative errno values. */
int memory_alloc(const struct memory *memory, size_t bytes, struct block *block);
int memory_map(const struct memory *memory, struct block *block);
/** Writes a byte of each page. */
void memory_touch(const struct block *block);
/** Begins and ends a CPU access; nothing for memory that is no dma-buf. */
int memory_sync(const struct memory *memory, const struct block *block);
void memory_free(const struct memory *memory, struct block *block);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * heap.h - a heap under test: its node, whose code it is, and what is told of it.
 */
#ifndef HEAP_H
#define HEAP_H

#include <linux/dma-buf.h>
#include <linux/dma-heap.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define HEAP_FOLDER "/dev/dma_heap"
#define MODULE "zc_heaps"
#define MODULE_STATISTICS "/sys/kernel/debug/" MODULE
#define MODULE_PARAMETERS "/sys/module/" MODULE "/parameters"

#define KIB(n) ((uint64_t)(n) << 10)
#define MIB(n) ((uint64_t)(n) << 20)

struct heap {
    char name[64];
    char path[96];
    int fd;             /* the node, open for the check that runs */
    bool ours;          /* zc_heaps allocates its buffers */
    bool kernels;       /* the kernel does; both are false where it cannot be told */
    bool kernels_ioctl; /* the kernel's own code answers its node */
};

/** Fills @heap from a name or a path. Opens nothing. */
void heap_init(struct heap *heap, const char *spec);

/** The names of all nodes, sorted; the caller frees *@names. Returns how many. */
size_t heap_list(char (**names)[64]);

/** Opens the node. Returns 0, or a negative errno value. */
int heap_open(struct heap *heap);
void heap_close(struct heap *heap);

/** Allocates. Returns the buffer's fd, or a negative errno value. */
int heap_alloc(const struct heap *heap, uint64_t bytes);

/** DMA_HEAP_IOCTL_ALLOC as it is. Returns 0, or a negative errno value. */
int heap_ioctl(int fd, struct dma_heap_allocation_data *data);

/**
 * Reads a figure of the heap from the statistics of zc_heaps.
 * Returns 0, or a negative errno value: -ENOENT there is none of it.
 */
int heap_statistic(const struct heap *heap, const char *key, uint64_t *value);

/** Waits until @key is at most @most, some seconds. Returns what it was last. */
uint64_t heap_wait_statistic(const struct heap *heap, const char *key, uint64_t most);

/** How many buffers of the heap are alive, or -1 where nobody tells. */
long heap_live(const struct heap *heap);

/** The largest buffer that the heap may give, UINT64_MAX where it does not say. */
uint64_t heap_largest(const struct heap *heap);

/** Whether buffers are in one piece, by the heap's name. */
bool heap_is_contiguous(const struct heap *heap);

#endif

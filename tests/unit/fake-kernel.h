/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-kernel.h - stands in for src/base/ioctl.c and src/base/clock.c: heaps that give memfds,
 * which answer as dma-bufs do, and a clock that the test turns.
 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <stdbool.h>
#include <stdint.h>

extern struct fake_kernel {
    int64_t now_ns;
    bool clock_runs; /* by itself: CLOCK_MONOTONIC in place of now_ns */
    int allocations; /* dma-bufs given */
    int alloc_error; /* negative errno value that the next allocations give */
    int sync_starts, sync_ends;
    int fence_waits;
    int (*ioctl)(int fd, unsigned long request, void *arg); /* the rest; NULL: -ENOTTY */
    char name[32]; /* that a dma-buf was given last */
} fake_kernel;

/** Whether @fd is a dma-buf of a heap. */
bool fake_kernel_gave(int fd);

/** Whether it is one of the heap FAKE_CONTIGUOUS_NODE. */
bool fake_kernel_gave_contiguous(int fd);

/** A path that opens like a device node, without being one. */
#define FAKE_NODE "/dev/null"
/** Another one, a heap of contiguous memory. */
#define FAKE_CONTIGUOUS_NODE "/dev/zero"

#endif

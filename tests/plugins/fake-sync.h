/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-sync.h - stands in for plugins/memory/gstdmaheapsync.c and the library's
 * memory/dmabuf.c: counts what a dma-buf is told, fails when it is to, and
 * plays a device that has not done with a buffer.
 */
#ifndef FAKE_SYNC_H
#define FAKE_SYNC_H

#include <glib.h>

/** Counts, changed under a lock; read them when no other thread is at work. */
extern struct fake_sync {
    int start_reads, start_writes; /**< starts that named READ, that named WRITE */
    int end_reads, end_writes;
    int start_error, end_error; /**< negative errno values that the next ones give */
    int waits;                  /**< buffers that were asked whether devices have done */
    int wait_error;             /**< what the next waits give */
    int busy_fd;                /**< internal */
} fake_sync;

void fake_sync_reset(void);

/** From now on waits go on, until fake_sync_finish(), or what wakes them. */
void fake_sync_block(void);
void fake_sync_finish(void);

/** Reads and writes that were started and not ended; less than 0: ended too often. */
int fake_sync_open(void);

#endif

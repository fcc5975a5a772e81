/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * queue.h - which dma-bufs a V4L2 queue holds, by the kernel's word. It is asked on the file
 * that streams, as each opening of a memory-to-memory device has queues of its own.
 */
#ifndef QUEUE_H
#define QUEUE_H

#include <glib.h>

/** Inodes of dma-bufs that passed a place; 0 stands for memory that is none. */
struct seen {
    GHashTable *inodes;
    gint buffers;
};

/** The inode of what @fd is, or 0. */
guint64 queue_inode(int fd);

/**
 * Whether all that the queue for capture (else the one for output) of @fd holds is imported,
 * and among @seen, which changes under @lock. The queue must hold something, and what it holds
 * for its first time must pass yet: both are waited for.
 * Returns NULL, or what is wrong, in words; the caller frees it.
 */
gchar *queue_check(int fd, gboolean capture, const struct seen *seen, GMutex *lock);

#endif

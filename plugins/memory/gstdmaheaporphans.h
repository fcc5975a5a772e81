/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheaporphans.h - frames whose memory went while its dma-buf may come again.
 *
 * Some sources wrap the same few dma-bufs in new memory for each buffer (unixfdsrc). What
 * devices have imported of them waits here for a short while, known by the dma-bufs' inodes:
 * a frame holds its dma-bufs, so no other one can have their inodes meanwhile.
 */
#ifndef GST_DMA_HEAP_ORPHANS_H
#define GST_DMA_HEAP_ORPHANS_H

#include <gst/gst.h>
#include <zerocopy.h>

G_BEGIN_DECLS

/** So many wait at most: what V4L2 passes round at most. */
#define GST_DMA_HEAP_ORPHANS 32

/** Takes over a frame that is kept. It waits two seconds. Threads: any. */
void gst_dma_heap_orphans_add (gconstpointer owner, struct zc_frame *frame);

/**
 * gst_dma_heap_orphans_take:
 * @inode: of each dma-buf that a frame of @layout is made of
 *
 * Returns: (nullable): a kept frame of @owner's that is just that; the caller's now
 */
struct zc_frame *gst_dma_heap_orphans_take (gconstpointer owner,
    const struct zc_layout *layout, const guint64 inode[ZC_MAX_PLANES]);

/** Gives up those that wait too long @after_us from now. Costs nothing where none waits. */
void gst_dma_heap_orphans_trim (gint64 after_us);

/** Gives up those of @owner; %NULL: all. */
void gst_dma_heap_orphans_drop (gconstpointer owner);

/** Whether planes of both lie in the same places. */
gboolean gst_dma_heap_orphans_same_layout (const struct zc_layout *a,
    const struct zc_layout *b);

G_END_DECLS

#endif

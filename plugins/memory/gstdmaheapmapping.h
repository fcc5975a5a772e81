/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapmapping.h - the CPU's view of one dma-buf: mapped once, synced for
 * each access.
 */
#ifndef GST_DMA_HEAP_MAPPING_H
#define GST_DMA_HEAP_MAPPING_H

#include <gst/gst.h>

G_BEGIN_DECLS

struct gst_dma_heap_mapping;

/** @fd stays the caller's and must outlive the mapping. */
struct gst_dma_heap_mapping *gst_dma_heap_mapping_new (gint fd, gsize bytes);

/** Unmaps; ends accesses that are still open. */
void gst_dma_heap_mapping_free (struct gst_dma_heap_mapping *mapping);

/**
 * gst_dma_heap_mapping_begin:
 * @flags: GST_MAP_READ, GST_MAP_WRITE, or both
 * @data: (out): the start of the dma-buf
 *
 * Begins an access; accesses nest, and a later one may be wider. Reading and
 * writing are begun and ended at the kernel once for all that overlap. Threads:
 * any.
 *
 * Returns: 0, or a negative errno value: nothing was begun
 */
gint gst_dma_heap_mapping_begin (struct gst_dma_heap_mapping *mapping,
    GstMapFlags flags, gpointer * data);

/** Ends an access that was begun with the same @flags. Errors: see begin. */
gint gst_dma_heap_mapping_end (struct gst_dma_heap_mapping *mapping,
    GstMapFlags flags);

G_END_DECLS

#endif

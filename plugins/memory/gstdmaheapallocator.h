/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapallocator.h - GstDmaHeapAllocator: memory of a dma-buf heap.
 */
#ifndef GST_DMA_HEAP_ALLOCATOR_H
#define GST_DMA_HEAP_ALLOCATOR_H

#include <gst/allocators/allocators.h>

G_BEGIN_DECLS

/**
 * GstDmaHeapCpuAccess:
 * @GST_DMA_HEAP_CPU_ACCESS_ALLOW: the CPU may read and write
 * @GST_DMA_HEAP_CPU_ACCESS_WARN: it may, but who does so is told of
 * @GST_DMA_HEAP_CPU_ACCESS_DENY: mapping fails
 *
 * What happens when memory is mapped for the CPU.
 */
typedef enum {
  GST_DMA_HEAP_CPU_ACCESS_ALLOW,
  GST_DMA_HEAP_CPU_ACCESS_WARN,
  GST_DMA_HEAP_CPU_ACCESS_DENY,
} GstDmaHeapCpuAccess;

#define GST_TYPE_DMA_HEAP_CPU_ACCESS (gst_dma_heap_cpu_access_get_type ())
GType gst_dma_heap_cpu_access_get_type (void);

/**
 * GstDmaHeapAllocator:
 *
 * A GstDmaBufAllocator that allocates: gst_allocator_alloc() gives memory of the
 * heap, and a gst_memory_copy() of it is of the heap too. Some of what is freed
 * is kept for the next allocation of that size, as it is: memory is zeroed only
 * the first time. Mapping tells the kernel of each access, in pairs, and the
 * mapping itself is made once.
 *
 * Signals, from the thread that does so:
 * "cpu-access" (gchar *who, guint flags): somebody maps memory, and that is not
 * simply allowed; who, as far as it can be told, and GstMapFlags.
 * "exhausted" (gchar *why): gst_allocator_alloc() fails.
 */
#define GST_TYPE_DMA_HEAP_ALLOCATOR (gst_dma_heap_allocator_get_type ())
G_DECLARE_FINAL_TYPE (GstDmaHeapAllocator, gst_dma_heap_allocator, GST,
    DMA_HEAP_ALLOCATOR, GstDmaBufAllocator)

/**
 * gst_dma_heap_allocator_new:
 * @heap: (nullable): a name, a path, "contiguous", "cached" or "udmabuf"; %NULL
 *     is the best ordinary one there is
 * @fallback: whether udmabuf will do where that heap cannot be opened
 * @error: (out): GST_RESOURCE_ERROR_NOT_FOUND, _OPEN_READ_WRITE: what the library
 *     says, with the heaps that there are or the group to join
 *
 * Returns: (transfer full) (nullable): the allocator
 */
GstDmaHeapAllocator *gst_dma_heap_allocator_new (const gchar * heap,
    gboolean fallback, GError ** error);

/** The heap's name, and how it came to be chosen. */
const gchar *gst_dma_heap_allocator_get_heap (GstDmaHeapAllocator * allocator);
const gchar *gst_dma_heap_allocator_get_reason (GstDmaHeapAllocator * allocator);

void gst_dma_heap_allocator_set_cpu_access (GstDmaHeapAllocator * allocator,
    GstDmaHeapCpuAccess access);

/**
 * gst_dma_heap_allocator_alloc:
 *
 * As gst_allocator_alloc(), with the reason of a failure:
 * GST_RESOURCE_ERROR_NO_SPACE_LEFT.
 */
GstMemory *gst_dma_heap_allocator_alloc (GstDmaHeapAllocator * allocator,
    gsize size, const GstAllocationParams * params, GError ** error);

/**
 * gst_dma_heap_allocator_trim:
 * @after_us: so long from now, which a test need not wait
 *
 * Gives up what was freed two seconds before that and was not taken again: memory of a
 * size that is not used any more. Costs nothing where nothing is kept.
 * Threads: any.
 */
void gst_dma_heap_allocator_trim (GstDmaHeapAllocator * allocator,
    gint64 after_us);

/** How often memory of it was mapped for the CPU so far. Threads: any. */
guint64 gst_dma_heap_allocator_get_cpu_maps (GstDmaHeapAllocator * allocator);

G_END_DECLS

#endif

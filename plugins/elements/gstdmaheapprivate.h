/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapprivate.h - what the files of element dmaheap share */
#ifndef GST_DMA_HEAP_PRIVATE_H
#define GST_DMA_HEAP_PRIVATE_H

#include "elements/gstdmaheap.h"
#include "elements/gstdmaheapelement.h"
#include "memory/gstdmaheapallocation.h"
#include "memory/gstdmaheapcopier.h"

G_BEGIN_DECLS

/** How many buffers there are at least, where nobody says another number. */
#define GST_DMA_HEAP_MIN_BUFFERS 3

struct _GstDmaHeap
{
  GstBaseTransform parent;

  /* Properties, under the object lock. */
  gchar *heap;
  gboolean fallback, separate_planes;
  guint min_buffers, max_buffers, stride_align;
  GstDmaHeapCpuAccess cpu_access;

  struct gst_dma_heap_damage damage;
  GstDmaHeapAllocator *allocator;       /* between start and stop */
  struct gst_dma_heap_copier copier;    /* for what does not come in dma-bufs */
  GstVideoInfo info;            /* of what comes */
  gboolean told_of_foreign;
  gchar *told;                  /* the last error; the streaming thread's */
  GHashTable *culprits;         /* names that were told of; object lock */
  guint64 n_passed, n_foreign, n_copied;        /* object lock */
};

/** Installs the properties, and what sets and gets them. */
void gst_dma_heap_install_properties (GObjectClass * klass);

/* gstdmaheapneeds.c */

/**
 * gst_dma_heap_needs_ask:
 * @caps: of what goes downstream
 * @query: (nullable): upstream's ALLOCATION query, which is given the metas that the one
 *     downstream reads
 * @needs: (out): the element's own, raised by those of the one downstream
 */
void gst_dma_heap_needs_ask (GstDmaHeap * self, GstCaps * caps,
    GstQuery * query, struct gst_dma_heap_needs *needs);

/* gstdmaheapmemory.c */

/** Opens the heap that was asked for, or else the best ordinary one: self->allocator. */
gboolean gst_dma_heap_memory_open (GstDmaHeap * self, GError ** error);
void gst_dma_heap_memory_close (GstDmaHeap * self);

/**
 * Raises @needs by those of the camera; see gst_dma_heap_camera_ask(). Where no heap was
 * asked for and the camera refuses the one that is open, takes one that it does not refuse.
 */
gboolean gst_dma_heap_memory_ask_camera (GstDmaHeap * self,
    const GstVideoInfo * info, struct gst_dma_heap_needs *needs,
    GError ** error);

G_END_DECLS

#endif

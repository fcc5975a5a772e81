/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapprivate.h - what the files of element dmaheap share */
#ifndef GST_DMA_HEAP_PRIVATE_H
#define GST_DMA_HEAP_PRIVATE_H

#include "elements/gstdmaheap.h"
#include "memory/gstdmaheapallocator.h"
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

G_END_DECLS

#endif

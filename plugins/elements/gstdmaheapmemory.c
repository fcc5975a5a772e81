/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapmemory - the heap that element dmaheap's buffers are of, and who reads them */
#include "elements/gstdmaheapoffer.h"
#include "elements/gstdmaheapprivate.h"

/* Whether @who is told of for the first time. */
static gboolean
is_new_culprit (GstDmaHeap * self, const gchar * who)
{
  gboolean is_new;

  GST_OBJECT_LOCK (self);
  is_new = g_hash_table_add (self->culprits, g_strdup (who));
  GST_OBJECT_UNLOCK (self);
  return is_new;
}

static void
on_cpu_access (GstDmaHeapAllocator * allocator, const gchar * who, guint flags,
    GstDmaHeap * self)
{
  const gchar *does = flags & GST_MAP_WRITE ? flags & GST_MAP_READ ?
      "reads and writes" : "writes" : "reads";

  if (!is_new_culprit (self, who))
    return;
  if (self->cpu_access == GST_DMA_HEAP_CPU_ACCESS_DENY)
    GST_ELEMENT_ERROR (self, RESOURCE, FAILED,
        ("%s %s a frame with the CPU, which cpu-access=deny forbids", who, does),
        ("take that element out, or set cpu-access=warn"));
  else
    GST_ELEMENT_WARNING (self, RESOURCE, FAILED,
        ("%s %s frames with the CPU", who, does), (NULL));
}

/* Takes @allocator over. */
static void
use (GstDmaHeap * self, GstDmaHeapAllocator * allocator)
{
  GstDmaHeapAllocator *before;

  g_signal_connect_object (allocator, "cpu-access", G_CALLBACK (on_cpu_access),
      self, 0);
  GST_OBJECT_LOCK (self);
  gst_dma_heap_allocator_set_cpu_access (allocator, self->cpu_access);
  before = self->allocator;
  self->allocator = allocator;
  GST_OBJECT_UNLOCK (self);
  gst_clear_object (&before);
}

gboolean
gst_dma_heap_memory_open (GstDmaHeap * self, GError ** error)
{
  gchar *heap =
      gst_dma_heap_element_dup_text (GST_ELEMENT (self), &self->heap);
  GstDmaHeapAllocator *allocator =
      gst_dma_heap_element_new_allocator (GST_ELEMENT (self), heap,
      self->fallback, error);

  if (allocator)
    use (self, allocator);
  g_free (heap);
  return allocator != NULL;
}

void
gst_dma_heap_memory_close (GstDmaHeap * self)
{
  gst_dma_heap_element_set_allocator (GST_ELEMENT (self), &self->allocator,
      NULL);
}

gboolean
gst_dma_heap_memory_ask_camera (GstDmaHeap * self, const GstVideoInfo * info,
    struct gst_dma_heap_needs *needs, GError ** error)
{
  GstBaseTransform *trans = GST_BASE_TRANSFORM (self);
  gchar *reader = needs->reads_meta ? NULL :
      gst_dma_heap_element_neighbour (GST_BASE_TRANSFORM_SRC_PAD (trans));
  gchar *heap =
      gst_dma_heap_element_dup_text (GST_ELEMENT (self), &self->heap);
  GstDmaHeapAllocator *allocator =
      gst_dma_heap_offer_allocator (GST_ELEMENT (self),
      GST_BASE_TRANSFORM_SINK_PAD (trans), info, self->allocator, heap, reader,
      needs, error);

  g_free (heap);
  g_free (reader);
  if (!allocator)
    return FALSE;
  if (allocator == self->allocator)
    gst_object_unref (allocator);
  else
    use (self, allocator);
  return TRUE;
}

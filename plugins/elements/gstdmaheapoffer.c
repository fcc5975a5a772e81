/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapoffer - the memory that an element offers to a camera upstream */
#include "elements/gstdmaheapoffer.h"
#include "elements/gstdmaheapelement.h"

#define ANY_HEAP "auto"

gboolean
gst_dma_heap_offer_is_free (const gchar * heap)
{
  return !heap || !*heap || g_str_equal (heap, ANY_HEAP);
}

static GstDmaHeapAllocator *
other_allocator (GstElement * element, const gchar * heap,
    GstDmaHeapAllocator * own, GError ** error)
{
  GstDmaHeapAllocator *allocator =
      gst_dma_heap_element_new_allocator (element, heap, FALSE, error);

  if (allocator)
    gst_dma_heap_element_inform (element, "frames are in heap %s, as the camera refuses "
        "memory of %s", heap, gst_dma_heap_allocator_get_heap (own));
  return allocator;
}

GstDmaHeapAllocator *
gst_dma_heap_offer_allocator (GstElement * element, GstPad * sink,
    const GstVideoInfo * info, GstDmaHeapAllocator * own, const gchar * heap,
    const gchar * reader, struct gst_dma_heap_needs *needs, GError ** error)
{
  GstDmaHeapAllocator *allocator = NULL;
  gchar *better = NULL;

  if (!gst_dma_heap_camera_ask (sink, info, gst_dma_heap_allocator_get_heap (own),
          gst_dma_heap_offer_is_free (heap) ? &better : NULL, reader, needs,
          error))
    return NULL;
  allocator = better ? other_allocator (element, better, own, error) :
      gst_object_ref (own);
  g_free (better);
  return allocator;
}

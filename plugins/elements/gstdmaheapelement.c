/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapelement - what the plugin's elements do alike */
#include "elements/gstdmaheapelement.h"

static void
on_exhausted (GstDmaHeapAllocator * allocator, const gchar * why,
    GstElement * element)
{
  /* Whoever takes the handler away posts: threads may come here at once. */
  if (g_signal_handlers_disconnect_by_func (allocator, on_exhausted, element))
    GST_ELEMENT_ERROR (element, RESOURCE, NO_SPACE_LEFT, ("%s", why), (NULL));
}

GstDmaHeapAllocator *
gst_dma_heap_element_new_allocator (GstElement * element, const gchar * heap,
    gboolean fallback, GError ** error)
{
  GstDmaHeapAllocator *allocator =
      gst_dma_heap_allocator_new (heap && *heap ? heap : NULL, fallback, error);

  if (!allocator)
    return NULL;
  gst_object_set_name (GST_OBJECT (allocator), GST_OBJECT_NAME (element));
  g_signal_connect_object (allocator, "exhausted", G_CALLBACK (on_exhausted),
      element, 0);
  return allocator;
}

void
gst_dma_heap_element_post (GstElement * element, GError * error,
    const gchar * file, const gchar * function, gint line)
{
  gst_element_message_full (element, GST_MESSAGE_ERROR, error->domain,
      error->code, g_strdup (error->message), NULL, file, function, line);
  g_error_free (error);
}

gboolean
gst_dma_heap_element_is_new (gchar ** told, const GError * error)
{
  if (!g_strcmp0 (*told, error->message))
    return FALSE;
  g_free (*told);
  *told = g_strdup (error->message);
  return TRUE;
}

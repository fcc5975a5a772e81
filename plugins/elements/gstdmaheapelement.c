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
gst_dma_heap_element_set_allocator (GstElement * element,
    GstDmaHeapAllocator ** place, GstDmaHeapAllocator * allocator)
{
  GstDmaHeapAllocator *before;

  GST_OBJECT_LOCK (element);
  before = *place;
  *place = allocator;
  GST_OBJECT_UNLOCK (element);
  gst_clear_object (&before);
}

gchar *
gst_dma_heap_element_dup_text (GstElement * element, gchar * const *text)
{
  gchar *copy;

  GST_OBJECT_LOCK (element);
  copy = g_strdup (*text);
  GST_OBJECT_UNLOCK (element);
  return copy;
}

gchar *
gst_dma_heap_element_neighbour (GstPad * pad)
{
  GstPad *peer = gst_pad_get_peer (pad);
  GstElement *element = peer ? gst_pad_get_parent_element (peer) : NULL;
  gchar *name = element ? gst_object_get_name (GST_OBJECT (element)) :
      g_strdup ("nobody");

  gst_clear_object (&element);
  gst_clear_object (&peer);
  return name;
}

void
gst_dma_heap_element_reset_damage (GstElement * element,
    struct gst_dma_heap_damage *damage)
{
  GST_OBJECT_LOCK (element);
  damage->n = 0;
  GST_OBJECT_UNLOCK (element);
}

gboolean
gst_dma_heap_element_drops (GstElement * element,
    struct gst_dma_heap_damage *damage, GstBuffer * buffer)
{
  gboolean is_first, drops;

  if (!GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_CORRUPTED))
    return FALSE;
  GST_OBJECT_LOCK (element);
  drops = !damage->shown;
  is_first = damage->n++ == 0;
  GST_OBJECT_UNLOCK (element);
  if (is_first && drops)
    GST_ELEMENT_INFO (element, STREAM, DECODE,
        ("frames come that their source calls corrupted: they are dropped"),
        ("frames come that their source calls corrupted: they are dropped, and "
            "counted in property corrupted; show-corrupted=true has them shown"));
  return drops;
}

void
gst_dma_heap_element_install_damage (GObjectClass * klass, guint shown,
    guint count)
{
  g_object_class_install_property (klass, shown,
      g_param_spec_boolean ("show-corrupted", "Show corrupted",
          "Pass on frames that their source calls corrupted; otherwise they are "
          "dropped", FALSE, G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS
          | GST_PARAM_MUTABLE_PLAYING));
  g_object_class_install_property (klass, count,
      g_param_spec_uint64 ("corrupted", "Corrupted",
          "How many frames came that their source calls corrupted", 0,
          G_MAXUINT64, 0, G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

/* gst-launch shows the second text only. */
void
gst_dma_heap_element_inform (GstElement * element, const gchar * format, ...)
{
  va_list args;
  gchar *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  GST_ELEMENT_INFO (element, RESOURCE, SETTINGS, ("%s", text), ("%s", text));
  g_free (text);
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapdisplaycaps - the formats of the display's planes, as caps */
#include "display/gstdmaheapdisplaycaps.h"
#include "memory/gstdmaheapformat.h"

/* What the display's planes have, as a value for caps' field @field. */
static void
list_formats (GstDmaHeapDisplay * self, const gchar * field, GValue * list)
{
  const struct gst_dma_heap_format *format = gst_dma_heap_formats;

  g_value_init (list, GST_TYPE_LIST);
  for (guint i = 0; format[i].zc; i++) {
    GValue value = G_VALUE_INIT;
    gchar fourcc[5];

    if (!gst_dma_heap_display_has_format (self, i))
      continue;
    g_value_init (&value, G_TYPE_STRING);
    g_value_set_string (&value, gst_dma_heap_format_text (&format[i],
            g_str_equal (field, "drm-format"), fourcc));
    gst_value_list_append_and_take_value (list, &value);
  }
}

GstCaps *
gst_dma_heap_display_caps (GstDmaHeapDisplay * self, const GstCaps * template)
{
  GstCaps *caps = gst_caps_copy (template);

  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    GstStructure *structure = gst_caps_get_structure (caps, i);
    const gchar *name = gst_structure_get_string (structure, "format");
    const gchar *field = name && g_str_equal (name, "DMA_DRM") ? "drm-format"
        : "format";
    GValue list = G_VALUE_INIT;

    list_formats (self, field, &list);
    gst_structure_take_value (structure, field, &list);
  }
  return caps;
}

gchar *
gst_dma_heap_display_formats_text (GstDmaHeapDisplay * self)
{
  GString *text = g_string_new (NULL);

  for (guint i = 0; gst_dma_heap_formats[i].zc; i++)
    if (gst_dma_heap_display_has_format (self, i))
      g_string_append_printf (text, "%s%s", text->len ? ", " : "",
          gst_video_format_to_string (gst_dma_heap_formats[i].gst));
  return g_string_free (text, FALSE);
}

gboolean
gst_dma_heap_display_check_format (GstDmaHeapDisplay * self,
    const GstVideoInfo * info, GError ** error)
{
  struct gst_dma_heap_display_info display;
  gchar *text;

  for (guint i = 0; gst_dma_heap_formats[i].zc; i++)
    if (gst_dma_heap_formats[i].gst == GST_VIDEO_INFO_FORMAT (info)
        && gst_dma_heap_display_has_format (self, i))
      return TRUE;
  gst_dma_heap_display_get_info (self, &display);
  text = gst_dma_heap_display_formats_text (self);
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
      "display %s (%s) has no plane for %s; its planes have %s: dmaheapgpu before "
      "this element converts", display.path, display.driver,
      GST_VIDEO_INFO_NAME (info), text);
  g_free (text);
  return FALSE;
}

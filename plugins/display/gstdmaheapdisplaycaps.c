/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapdisplaycaps - the formats of the display's planes, as caps */
#include "display/gstdmaheapdisplaycaps.h"
#include "memory/gstdmaheapformat.h"

/* @drm: as caps' field "drm-format" has it, else as "format" does. */
static gchar *
text_of (const struct gst_dma_heap_display_format *format, gboolean drm)
{
  const struct gst_dma_heap_format *row = &gst_dma_heap_formats[format->index];

  return drm ? gst_dma_heap_format_tiled_text (row, format->modifier)
      : g_strdup (gst_video_format_to_string (row->gst));
}

/* What the display's planes have, as a value for caps' field @field. */
static void
list_formats (GstDmaHeapDisplay * self, const gchar * field, GValue * list)
{
  gboolean drm = g_str_equal (field, "drm-format");
  struct gst_dma_heap_display_format format;

  g_value_init (list, GST_TYPE_LIST);
  for (guint i = 0; gst_dma_heap_display_get_format (self, i, &format); i++) {
    GValue value = G_VALUE_INIT;

    if (format.modifier && !drm)
      continue;
    g_value_init (&value, G_TYPE_STRING);
    g_value_take_string (&value, text_of (&format, drm));
    gst_value_list_append_and_take_value (list, &value);
  }
}

static GstCaps *
caps_of_formats (GstDmaHeapDisplay * self, const GstCaps * template)
{
  GstCaps *caps = gst_caps_copy (template);

  for (gint i = gst_caps_get_size (caps) - 1; i >= 0; i--) {
    GstStructure *structure = gst_caps_get_structure (caps, i);
    const gchar *name = gst_structure_get_string (structure, "format");
    const gchar *field = name && g_str_equal (name, "DMA_DRM") ? "drm-format"
        : "format";
    GValue list = G_VALUE_INIT;

    list_formats (self, field, &list);
    if (!gst_value_list_get_size (&list))
      gst_caps_remove_structure (caps, i);
    else
      gst_structure_set_value (structure, field, &list);
    g_value_unset (&list);
  }
  return caps;
}

/* Appends @caps with sizes up to @mode's, or with that alone; @square: of pixels as the
 * display's. */
static void
append_sizes (GstCaps * out, const GstCaps * caps,
    const struct gst_dma_heap_display_mode *mode, gboolean up_to,
    gboolean square)
{
  GstCaps *sized = gst_caps_copy (caps);

  for (guint i = 0; i < gst_caps_get_size (sized); i++) {
    GstStructure *structure = gst_caps_get_structure (sized, i);

    if (up_to && mode->width > 1 && mode->height > 1)
      gst_structure_set (structure, "width", GST_TYPE_INT_RANGE, 1, mode->width,
          "height", GST_TYPE_INT_RANGE, 1, mode->height, NULL);
    else
      gst_structure_set (structure, "width", G_TYPE_INT, mode->width,
          "height", G_TYPE_INT, mode->height, NULL);
    if (square)
      gst_structure_set (structure, "pixel-aspect-ratio", GST_TYPE_FRACTION, 1,
          1, NULL);
  }
  gst_caps_append (out, sized);
}

/* Which sizes those are, what fits into a mode first. */
static void
append_all_sizes (GstDmaHeapDisplay * self, GstCaps * out, const GstCaps * caps,
    enum gst_dma_heap_display_sizes sizes, gboolean square)
{
  struct gst_dma_heap_display_mode mode[GST_DMA_HEAP_DISPLAY_MODES];
  struct gst_dma_heap_display_info info;
  guint n = gst_dma_heap_display_get_modes (self, mode);

  gst_dma_heap_display_get_info (self, &info);
  if (sizes == GST_DMA_HEAP_DISPLAY_SIZES_OF_MODE || !n) {
    mode[0] = (struct gst_dma_heap_display_mode) {
    info.width, info.height};
    n = 1;
  }
  for (guint i = 0; i < n; i++)
    if (!i || info.must_fill || mode[i].width > mode[0].width
        || mode[i].height > mode[0].height)
      append_sizes (out, caps, &mode[i], !i && !info.must_fill, square);
}

/* Pixels are shown as they come, so that a scaler is asked for square ones first. */
GstCaps *
gst_dma_heap_display_caps (GstDmaHeapDisplay * self, const GstCaps * template,
    enum gst_dma_heap_display_sizes sizes)
{
  GstCaps *caps = caps_of_formats (self, template), *out;
  struct gst_dma_heap_display_info info;

  gst_dma_heap_display_get_info (self, &info);
  if (sizes == GST_DMA_HEAP_DISPLAY_SIZES_ALL || (info.can_scale
          && info.can_shrink))
    return caps;
  out = gst_caps_new_empty ();
  append_all_sizes (self, out, caps, sizes, TRUE);
  append_all_sizes (self, out, caps, sizes, FALSE);
  gst_caps_unref (caps);
  return out;
}

/* What is linear is enough to know, where there is something. */
#define TOLD 8

/* "BGRx, BGRA": what the planes take. */
static gchar *
formats_text (GstDmaHeapDisplay * self)
{
  struct gst_dma_heap_display_format format;
  GString *text = g_string_new (NULL);

  for (guint i = 0; gst_dma_heap_display_get_format (self, i, &format); i++) {
    gchar *name;

    if (format.modifier && i >= TOLD)
      break;
    name = text_of (&format, format.modifier != 0);
    g_string_append_printf (text, "%s%s", text->len ? ", " : "", name);
    g_free (name);
  }
  return g_string_free (text, FALSE);
}

gchar *
gst_dma_heap_display_refusal_text (GstDmaHeapDisplay * self, gboolean is_size)
{
  struct gst_dma_heap_display_info info;
  gchar *formats, *text;

  gst_dma_heap_display_get_info (self, &info);
  if (is_size)
    return g_strdup_printf ("display %s (%s), %s of %ux%u, cannot show pictures as "
        "%s as upstream offers: %s: dmaheapgpu before this element scales, "
        "force-modesetting=true sets a mode of the video's size", info.path,
        info.driver, info.connector, info.width, info.height,
        info.must_fill ? "large or small" : "large",
        info.can_shrink ? "can-scale is false" : "no plane scales it");
  formats = formats_text (self);
  text = g_strdup_printf ("display %s (%s) has no plane for what upstream offers; "
      "its planes have %s: dmaheapgpu before this element converts", info.path,
      info.driver, formats);
  g_free (formats);
  return text;
}

gboolean
gst_dma_heap_display_check_format (GstDmaHeapDisplay * self,
    const GstVideoInfo * info, guint64 modifier, GError ** error)
{
  struct gst_dma_heap_display_format format;
  struct gst_dma_heap_display_info display;
  gchar *text;

  for (guint i = 0; gst_dma_heap_display_get_format (self, i, &format); i++)
    if (gst_dma_heap_formats[format.index].gst == GST_VIDEO_INFO_FORMAT (info)
        && format.modifier == modifier)
      return TRUE;
  gst_dma_heap_display_get_info (self, &display);
  text = formats_text (self);
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
      "display %s (%s) has no plane for %s%s; its planes have %s: dmaheapgpu before "
      "this element converts", display.path, display.driver,
      GST_VIDEO_INFO_NAME (info), modifier ? " with that modifier" : "", text);
  g_free (text);
  return FALSE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapformat - formats in the three kinds of caps */
#include "memory/gstdmaheapformat.h"

#include <gst/allocators/allocators.h>

#if GST_CHECK_VERSION (1, 24, 0)
#define HAVE_DMA_DRM 1
#else
#define HAVE_DMA_DRM 0
#endif

#define FORMAT_DRM "DMA_DRM"

enum kind
{
  PLAIN,
  DMABUF,
  DRM,
  NONE,
};

const struct gst_dma_heap_format gst_dma_heap_formats[] = {
  {GST_VIDEO_FORMAT_BGRx, "XR24"},
  {GST_VIDEO_FORMAT_BGRA, "AR24"},
  {GST_VIDEO_FORMAT_RGBx, "XB24"},
  {GST_VIDEO_FORMAT_RGBA, "AB24"},
  {GST_VIDEO_FORMAT_RGB16, "RG16"},
  {GST_VIDEO_FORMAT_YUY2, "YUYV"},
  {GST_VIDEO_FORMAT_UYVY, "UYVY"},
  {GST_VIDEO_FORMAT_YVYU, "YVYU"},
  {GST_VIDEO_FORMAT_VYUY, "VYUY"},
  {GST_VIDEO_FORMAT_NV12, "NV12"},
  {GST_VIDEO_FORMAT_NV21, "NV21"},
  {GST_VIDEO_FORMAT_NV16, "NV16"},
  {GST_VIDEO_FORMAT_I420, "YU12"},
  {GST_VIDEO_FORMAT_YV12, "YV12"},
  {GST_VIDEO_FORMAT_GRAY8, "GREY"},
  {GST_VIDEO_FORMAT_UNKNOWN, NULL},
};

gboolean
gst_dma_heap_format_is_drawn (GstVideoFormat format)
{
  return format == GST_VIDEO_FORMAT_NV12
      || GST_VIDEO_FORMAT_INFO_IS_RGB (gst_video_format_get_info (format));
}

gchar *
gst_dma_heap_format_names (gboolean only_drawn)
{
  GString *names = g_string_new (NULL);

  for (const struct gst_dma_heap_format *row = gst_dma_heap_formats; row->zc;
      row++)
    if (!only_drawn || gst_dma_heap_format_is_drawn (row->gst))
      g_string_append_printf (names, "%s%s", names->len ? ", " : "",
          gst_video_format_to_string (row->gst));
  return g_string_free (names, FALSE);
}

GstPadTemplate *
gst_dma_heap_format_template (GstPadDirection direction, gboolean only_drawn)
{
  gchar *names = gst_dma_heap_format_names (only_drawn);
  gchar *text = g_strdup_printf (GST_DMA_HEAP_CAPS ("{ %s }"), names, names);
  GstCaps *caps = gst_caps_from_string (text);
  GstPadTemplate *template =
      gst_pad_template_new (direction == GST_PAD_SINK ? "sink" : "src",
      direction, GST_PAD_ALWAYS, caps);

  gst_caps_unref (caps);
  g_free (text);
  g_free (names);
  return template;
}

const gchar *
gst_dma_heap_format_text (const struct gst_dma_heap_format *row, gboolean drm,
    gchar fourcc[5])
{
  if (!drm)
    return gst_video_format_to_string (row->gst);
  zc_fourcc_text (zc_format_by_name (row->zc)->fourcc, fourcc);
  return fourcc;
}

/* Source: gst_video_dma_drm_fourcc_to_string(), which older GStreamers lack. */
gchar *
gst_dma_heap_format_tiled_text (const struct gst_dma_heap_format *row,
    guint64 modifier)
{
  gchar fourcc[5];

  gst_dma_heap_format_text (row, TRUE, fourcc);
  return modifier ? g_strdup_printf ("%s:0x%016" G_GINT64_MODIFIER "x", fourcc,
      modifier) : g_strdup (fourcc);
}

static enum kind
kind_of (const GstCaps * caps, guint index)
{
  GstStructure *structure = gst_caps_get_structure (caps, index);
  GstCapsFeatures *features = gst_caps_get_features (caps, index);

  if (!gst_structure_has_name (structure, "video/x-raw"))
    return NONE;
  if (!features
      || gst_caps_features_is_equal (features,
          GST_CAPS_FEATURES_MEMORY_SYSTEM_MEMORY))
    return PLAIN;
  if (gst_caps_features_get_size (features) != 1
      || !gst_caps_features_contains (features, GST_CAPS_FEATURE_MEMORY_DMABUF))
    return NONE;
  return gst_structure_has_field (structure, "drm-format")
      || !g_strcmp0 (gst_structure_get_string (structure, "format"), FORMAT_DRM)
      ? DRM : DMABUF;
}

#if HAVE_DMA_DRM
static void
add_text (GValue * list, const gchar * text)
{
  GValue value = G_VALUE_INIT;

  g_value_init (&value, G_TYPE_STRING);
  g_value_set_string (&value, text);
  gst_value_list_append_and_take_value (list, &value);
}

/* The linear DRM format of a raw one, or the other way round. */
static void
add_translated (GValue * list, const gchar * text, gboolean to_drm)
{
  if (to_drm) {
    guint32 fourcc =
        gst_video_dma_drm_fourcc_from_format (gst_video_format_from_string
        (text));
    gchar *name;

    if (!fourcc)
      return;
    name = gst_video_dma_drm_fourcc_to_string (fourcc, 0);
    add_text (list, name);
    g_free (name);
  } else {
    guint64 modifier;
    guint32 fourcc = gst_video_dma_drm_fourcc_from_string (text, &modifier);
    GstVideoFormat format = gst_video_dma_drm_fourcc_to_format (fourcc);

    if (format != GST_VIDEO_FORMAT_UNKNOWN && modifier == 0)
      add_text (list, gst_video_format_to_string (format));
  }
}

/* Translates the field of formats; FALSE: none has a translation. */
static gboolean
translate (GstStructure * structure, gboolean to_drm)
{
  const gchar *from = to_drm ? "format" : "drm-format";
  const GValue *formats = gst_structure_get_value (structure, from);
  GValue list = G_VALUE_INIT;
  guint n;

  if (!formats) {
    /* Any of one kind is any of the other. */
    if (to_drm)
      gst_structure_set (structure, "format", G_TYPE_STRING, FORMAT_DRM, NULL);
    else
      gst_structure_remove_field (structure, "format");
    return TRUE;
  }
  g_value_init (&list, GST_TYPE_LIST);
  if (GST_VALUE_HOLDS_LIST (formats))
    for (guint i = 0; i < gst_value_list_get_size (formats); i++)
      add_translated (&list,
          g_value_get_string (gst_value_list_get_value (formats, i)), to_drm);
  else
    add_translated (&list, g_value_get_string (formats), to_drm);
  n = gst_value_list_get_size (&list);
  gst_structure_remove_fields (structure, "format", "drm-format", NULL);
  if (to_drm)
    gst_structure_set (structure, "format", G_TYPE_STRING, FORMAT_DRM, NULL);
  if (n == 1)
    gst_structure_set_value (structure, to_drm ? "drm-format" : "format",
        gst_value_list_get_value (&list, 0));
  else if (n > 1)
    gst_structure_set_value (structure, to_drm ? "drm-format" : "format",
        &list);
  g_value_unset (&list);
  return n > 0;
}
#endif

/* Appends structure @index of @caps as another kind of caps calls it. */
static void
append_as (GstCaps * out, const GstCaps * caps, guint index, enum kind from,
    enum kind to)
{
  GstStructure *structure =
      gst_structure_copy (gst_caps_get_structure (caps, index));
  GstCaps *one;

#if HAVE_DMA_DRM
  if ((from == DRM) != (to == DRM) && !translate (structure, to == DRM)) {
    gst_structure_free (structure);
    return;
  }
#endif
  one = gst_caps_new_full (structure, NULL);
  if (to != PLAIN)
    gst_caps_set_features (one, 0,
        gst_caps_features_new (GST_CAPS_FEATURE_MEMORY_DMABUF, NULL));
  if (gst_caps_is_subset (one, out))
    gst_caps_unref (one);
  else
    gst_caps_append (out, one);
}

GstCaps *
gst_dma_heap_format_bridge (const GstCaps * caps)
{
  static const enum kind kinds[] = { DMABUF, PLAIN, DRM };
  GstCaps *out;

  if (gst_caps_is_any (caps))
    return gst_caps_new_any ();
  out = gst_caps_new_empty ();
  /* What is the same comes first. */
  for (guint i = 0; i < gst_caps_get_size (caps); i++)
    if (kind_of (caps, i) != NONE)
      append_as (out, caps, i, kind_of (caps, i), kind_of (caps, i));
  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    enum kind from = kind_of (caps, i);

    for (guint k = 0; k < G_N_ELEMENTS (kinds); k++)
      if (from != NONE && kinds[k] != from && (HAVE_DMA_DRM || kinds[k] != DRM))
        append_as (out, caps, i, from, kinds[k]);
  }
  return out;
}

#if HAVE_DMA_DRM
static gboolean
parse_drm (const GstCaps * caps, GstVideoInfo * info, guint64 * modifier,
    GError ** error)
{
  GstVideoInfoDmaDrm drm;
  const gchar *name =
      gst_structure_get_string (gst_caps_get_structure (caps, 0), "drm-format");

  if (!gst_video_info_dma_drm_from_caps (&drm, caps)) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "drm-format %s is none that can be read", name ? name : "(missing)");
    return FALSE;
  }
  if (modifier) {
    *modifier = drm.drm_modifier;
    drm.drm_modifier = 0;
  }
  if (drm.drm_modifier != 0) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "drm-format %s is not linear (modifier 0x%016" G_GINT64_MODIFIER "x): "
        "a heap's buffers are; ask upstream for linear ones by a capsfilter "
        "drm-format=%.4s", name, drm.drm_modifier, name);
    return FALSE;
  }
  if (!gst_video_info_dma_drm_to_video_info (&drm, info)) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "drm-format %s is no raw format that GStreamer knows", name);
    return FALSE;
  }
  return TRUE;
}
#endif

static gboolean
parse (const GstCaps * caps, GstVideoInfo * info, guint64 * modifier,
    GError ** error)
{
  enum kind kind = gst_caps_get_size (caps) ? kind_of (caps, 0) : NONE;
  gchar *text;

#if HAVE_DMA_DRM
  if (kind == DRM)
    return parse_drm (caps, info, modifier, error);
#endif
  /* GStreamer has formats without pixels, as ENCODED. */
  if ((kind == PLAIN || kind == DMABUF) && gst_video_info_from_caps (info, caps)
      && GST_VIDEO_INFO_SIZE (info) > 0)
    return TRUE;
  text = gst_caps_to_string (caps);
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
      "these caps are no raw video in memory or dma-bufs: %s", text);
  g_free (text);
  return FALSE;
}

gboolean
gst_dma_heap_format_parse (const GstCaps * caps, GstVideoInfo * info,
    GError ** error)
{
  return parse (caps, info, NULL, error);
}

gboolean
gst_dma_heap_format_parse_tiled (const GstCaps * caps, GstVideoInfo * info,
    guint64 * modifier, GError ** error)
{
  *modifier = 0;
  return parse (caps, info, modifier, error);
}

const struct zc_format *
gst_dma_heap_format_zc (const GstVideoInfo * info, gboolean separate)
{
  const struct gst_dma_heap_format *row = gst_dma_heap_formats;
  const struct zc_format *format, *apart;

  while (row->zc && row->gst != GST_VIDEO_INFO_FORMAT (info))
    row++;
  format = zc_format_by_name (row->zc);
  if (!format || !separate)
    return format;
  for (apart = zc_formats; apart->name; apart++)
    if (apart->fourcc == format->fourcc && apart->separate)
      return apart;
  return NULL;
}

struct zc_colour
gst_dma_heap_format_colour (const GstVideoInfo * info)
{
  struct zc_colour colour = { ZC_MATRIX_BT601, ZC_RANGE_LIMITED };

  if (info->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT709)
    colour.matrix = ZC_MATRIX_BT709;
  else if (info->colorimetry.matrix == GST_VIDEO_COLOR_MATRIX_BT2020)
    colour.matrix = ZC_MATRIX_BT2020;
  if (info->colorimetry.range == GST_VIDEO_COLOR_RANGE_0_255)
    colour.range = ZC_RANGE_FULL;
  return colour;
}

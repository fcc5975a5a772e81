/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapgpucaps - the caps that a GPU can make of others */
#include "elements/gstdmaheapgpucaps.h"

#include <gst/allocators/allocators.h>

#define PAR "pixel-aspect-ratio"

struct fraction
{
  gint n, d;
};

/* ------------------------------------------------------------ the other side */

static gboolean
is_rgb (const GstStructure * structure)
{
  const gchar *name = gst_structure_get_string (structure, "format");
  GstVideoFormat format =
      name ? gst_video_format_from_string (name) : GST_VIDEO_FORMAT_UNKNOWN;

  return format != GST_VIDEO_FORMAT_UNKNOWN
      && GST_VIDEO_FORMAT_INFO_IS_RGB (gst_video_format_get_info (format));
}

/* Sets the field of formats to those of @template that are YUV, or are not. */
static gboolean
set_formats (GstStructure * structure, const GstCaps * template, gboolean yuv)
{
  const GValue *all =
      gst_structure_get_value (gst_caps_get_structure (template, 0), "format");
  GValue list = G_VALUE_INIT;
  guint n;

  g_value_init (&list, GST_TYPE_LIST);
  for (guint i = 0; i < gst_value_list_get_size (all); i++) {
    const GValue *name = gst_value_list_get_value (all, i);
    GstVideoFormat format =
        gst_video_format_from_string (g_value_get_string (name));

    if (GST_VIDEO_FORMAT_INFO_IS_RGB (gst_video_format_get_info (format)) !=
        yuv)
      gst_value_list_append_value (&list, name);
  }
  n = gst_value_list_get_size (&list);
  gst_structure_take_value (structure, "format", &list);
  return n > 0;
}

/* @yuv: with formats that are, else with the others; %NULL: there are none. */
static GstStructure *
other_side (const GstStructure * structure, GstPadDirection direction,
    const GstCaps * template, gboolean yuv)
{
  GstStructure *other = gst_structure_copy (structure);

  /* RGB stays what it is; what is made of the one of the other is its own. */
  if (direction == GST_PAD_SRC || yuv || !is_rgb (structure))
    gst_structure_remove_field (other, "colorimetry");
  gst_structure_remove_fields (other, "chroma-site", "drm-format", NULL);
  gst_structure_set (other, "width", GST_TYPE_INT_RANGE, 1, G_MAXINT,
      "height", GST_TYPE_INT_RANGE, 1, G_MAXINT, NULL);
  /* A source that fixates an open shape blindly would make nonsense of it. */
  if (direction == GST_PAD_SINK)
    gst_structure_set (other, PAR, GST_TYPE_FRACTION_RANGE, 1, G_MAXINT,
        G_MAXINT, 1, NULL);
  else
    gst_structure_remove_field (other, PAR);
  /* Chroma is drawn in the middle of its pixels. */
  if (direction == GST_PAD_SINK && yuv)
    gst_structure_set (other, "chroma-site", G_TYPE_STRING, "jpeg", NULL);
  if (set_formats (other, template, yuv))
    return other;
  gst_structure_free (other);
  return NULL;
}

static GstCaps *
all_other_sides (const GstCaps * caps, GstPadDirection direction,
    const GstCaps * template, gboolean yuv)
{
  GstCaps *others = gst_caps_new_empty ();

  for (guint i = 0; i < gst_caps_get_size (caps); i++) {
    GstStructure *other = other_side (gst_caps_get_structure (caps, i),
        direction, template, yuv);
    GstCaps *one;

    if (!other)
      continue;
    one = gst_caps_new_full (other, NULL);
    gst_caps_set_features (one, 0,
        gst_caps_features_new (GST_CAPS_FEATURE_MEMORY_DMABUF, NULL));
    others = gst_caps_merge (others, one);
  }
  return others;
}

GstCaps *
gst_dma_heap_gpu_caps_other (GstPadDirection direction, const GstCaps * caps,
    const GstCaps * template)
{
  /* RGB first: a display takes it as it is. */
  GstCaps *others = gst_caps_merge (all_other_sides (caps, direction, template,
          FALSE), all_other_sides (caps, direction, template, TRUE));
  GstCaps *bridged = gst_dma_heap_format_bridge (others);

  gst_caps_unref (others);
  return bridged;
}

/* Whether all that @structure may be is RGB, linear, in dma-bufs that DRM's names are for. */
static gboolean
is_drm_rgb (const GstStructure * structure)
{
  const GValue *formats = gst_structure_get_value (structure, "drm-format");
  const struct gst_dma_heap_format *row = gst_dma_heap_formats;
  gchar fourcc[5];

  if (formats && GST_VALUE_HOLDS_LIST (formats))
    formats = gst_value_list_get_value (formats, 0);
  for (; formats && row->zc; row++)
    if (!g_strcmp0 (g_value_get_string (formats),
            gst_dma_heap_format_text (row, TRUE, fourcc)))
      return GST_VIDEO_FORMAT_INFO_IS_RGB (gst_video_format_get_info
          (row->gst));
  return FALSE;
}

GstCaps *
gst_dma_heap_gpu_caps_add_tiled (GstCaps * caps, const GPtrArray * tiled)
{
  GstCaps *more = gst_caps_new_empty ();
  GValue list = G_VALUE_INIT;

  g_value_init (&list, GST_TYPE_LIST);
  for (guint i = 0; i < tiled->len; i++) {
    GValue value = G_VALUE_INIT;

    g_value_init (&value, G_TYPE_STRING);
    g_value_set_string (&value, tiled->pdata[i]);
    gst_value_list_append_and_take_value (&list, &value);
  }
  for (guint i = 0; tiled->len && i < gst_caps_get_size (caps); i++) {
    GstCaps *one;

    if (!is_drm_rgb (gst_caps_get_structure (caps, i)))
      continue;
    one = gst_caps_copy_nth (caps, i);
    gst_caps_set_value (one, "drm-format", &list);
    gst_caps_append (more, one);
  }
  g_value_unset (&list);
  return gst_caps_merge (caps, more);
}

/* -------------------------------------------------------------------- format */

/* Whether @field of @structure is @text, or may be. */
static gboolean
offers (const GstStructure * structure, const gchar * field, const gchar * text)
{
  const GValue *value = gst_structure_get_value (structure, field);

  if (!value)
    return FALSE;
  if (!GST_VALUE_HOLDS_LIST (value))
    return !g_strcmp0 (g_value_get_string (value), text);
  for (guint i = 0; i < gst_value_list_get_size (value); i++)
    if (!g_strcmp0 (g_value_get_string (gst_value_list_get_value (value, i)),
            text))
      return TRUE;
  return FALSE;
}

/* What @structure offers of YUV that is drawn, or has; %NULL: nothing. */
static const struct gst_dma_heap_format *
drawn_yuv (const GstStructure * structure)
{
  const struct gst_dma_heap_format *row = gst_dma_heap_formats;
  gchar fourcc[5];

  for (; row->zc; row++)
    if (gst_dma_heap_format_is_drawn (row->gst)
        && !GST_VIDEO_FORMAT_INFO_IS_RGB (gst_video_format_get_info (row->gst))
        && (offers (structure, "format", gst_dma_heap_format_text (row, FALSE,
                    fourcc)) || offers (structure, "drm-format",
                gst_dma_heap_format_text (row, TRUE, fourcc))))
      return row;
  return NULL;
}

/* Takes @format, as this kind of caps calls it. */
static gboolean
take_format (GstStructure * structure, GstVideoFormat format)
{
  const struct gst_dma_heap_format *row = gst_dma_heap_formats;
  gboolean drm = gst_structure_has_field (structure, "drm-format");
  const gchar *field = drm ? "drm-format" : "format", *text;
  gchar fourcc[5];

  while (row->zc && row->gst != format)
    row++;
  text = row->zc ? gst_dma_heap_format_text (row, drm, fourcc) : NULL;
  if (!text || !offers (structure, field, text))
    return FALSE;
  gst_structure_set (structure, field, G_TYPE_STRING, text, NULL);
  return TRUE;
}

/* What a picture of @in is made of; and of RGB by default what YUV of that size is. */
static void
fixate_colorimetry (GstStructure * structure, const GstVideoInfo * in,
    GstVideoFormat format)
{
  GstVideoInfo out;
  gchar *text;

  if (!GST_VIDEO_INFO_IS_RGB (in)) {
    text = gst_video_colorimetry_to_string (&in->colorimetry);
  } else {
    gst_video_info_set_format (&out, format,
        GST_VIDEO_INFO_WIDTH (in), GST_VIDEO_INFO_HEIGHT (in));
    text = gst_video_colorimetry_to_string (&out.colorimetry);
  }
  if (text)
    gst_structure_set (structure, "colorimetry", G_TYPE_STRING, text, NULL);
  g_free (text);
}

/* What there is already; else what most displays take, with alpha if there is any. */
static void
fixate_format (GstStructure * structure, const GstVideoInfo * in)
{
  static const GstVideoFormat opaque[] = {
    GST_VIDEO_FORMAT_BGRx, GST_VIDEO_FORMAT_RGBx, GST_VIDEO_FORMAT_BGRA,
    GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_RGB16,
  };
  static const GstVideoFormat alpha[] = {
    GST_VIDEO_FORMAT_BGRA, GST_VIDEO_FORMAT_RGBA, GST_VIDEO_FORMAT_BGRx,
    GST_VIDEO_FORMAT_RGBx, GST_VIDEO_FORMAT_RGB16,
  };
  const GstVideoFormat *formats =
      GST_VIDEO_INFO_HAS_ALPHA (in) ? alpha : opaque;
  const struct gst_dma_heap_format *yuv;

  if (take_format (structure, GST_VIDEO_INFO_FORMAT (in)))
    return;
  for (guint i = 0; i < G_N_ELEMENTS (opaque); i++)
    if (take_format (structure, formats[i]))
      return;
  yuv = drawn_yuv (structure);
  if (yuv)
    take_format (structure, yuv->gst);
}

/* ---------------------------------------------------------------------- size */

/* a * b, or where that is too large for two ints, 1. */
static struct fraction
times (struct fraction a, struct fraction b)
{
  struct fraction product;

  if (!gst_util_fraction_multiply (a.n, a.d, b.n, b.d, &product.n, &product.d))
    return (struct fraction) { 1, 1 };
  return product;
}

static struct fraction
inverse (struct fraction a)
{
  return (struct fraction) { a.d, a.n };
}

static gint
scaled (gint length, struct fraction by)
{
  guint64 value = gst_util_uint64_scale_int_round (length, by.n, by.d);

  return CLAMP (value, 1, G_MAXINT);
}

/* Fixes @field as near to @length as may be. Returns whether it is that. */
static gboolean
take_length (GstStructure * structure, const gchar * field, gint length,
    gint * taken)
{
  gst_structure_fixate_field_nearest_int (structure, field, length);
  return gst_structure_get_int (structure, field, taken) && *taken == length;
}

/*
 * Fixes both lengths; @pixels: width to height in pixels, to be kept. Returns
 * whether it is, as far as whole pixels can.
 */
static gboolean
fixate_lengths (GstStructure * structure, struct fraction pixels,
    gint wanted_width, gint wanted_height)
{
  GstStructure *trial;
  gint width, height;
  gboolean kept;

  if (gst_structure_get_int (structure, "width", &width))
    return take_length (structure, "height", scaled (width, inverse (pixels)),
        &height);
  if (gst_structure_get_int (structure, "height", &height))
    return take_length (structure, "width", scaled (height, pixels), &width);
  trial = gst_structure_copy (structure);
  take_length (trial, "height", wanted_height, &height);
  kept = take_length (trial, "width", scaled (height, pixels), &width);
  gst_structure_free (trial);
  if (kept) {
    gst_structure_set (structure, "width", G_TYPE_INT, width, "height",
        G_TYPE_INT, height, NULL);
    return TRUE;
  }
  take_length (structure, "width", wanted_width, &width);
  return take_length (structure, "height", scaled (width, inverse (pixels)),
      &height);
}

static void
fixate_size (GstStructure * structure, const GstVideoInfo * in,
    const struct gst_dma_heap_turn *turn)
{
  struct fraction size = { GST_VIDEO_INFO_WIDTH (in),
    GST_VIDEO_INFO_HEIGHT (in)
  };
  struct fraction par =
      { GST_VIDEO_INFO_PAR_N (in), GST_VIDEO_INFO_PAR_D (in) };
  struct fraction shape, wanted;
  gint width, height;

  if (gst_dma_heap_turn_is_sideways (turn)) {
    size = inverse (size);
    par = inverse (par);
  }
  shape = times (size, par);
  wanted = par;
  gst_structure_get_fraction (structure, PAR, &wanted.n, &wanted.d);
  /* What the lengths cannot keep, the shape of pixels does. */
  if (!fixate_lengths (structure, times (shape, inverse (wanted)), size.n,
          size.d) && gst_structure_get_int (structure, "width", &width)
      && gst_structure_get_int (structure, "height", &height))
    wanted = times (shape, (struct fraction) { height, width });
  if (gst_structure_has_field (structure, PAR))
    gst_structure_fixate_field_nearest_fraction (structure, PAR, wanted.n,
        wanted.d);
  else if (wanted.n != wanted.d)
    gst_structure_set (structure, PAR, GST_TYPE_FRACTION, wanted.n, wanted.d,
        NULL);
}

/* Whether the picture may stay as large as it is, turned. */
static gboolean
takes_size (const GstStructure * structure, const GstVideoInfo * in,
    const struct gst_dma_heap_turn *turn)
{
  gboolean sideways = gst_dma_heap_turn_is_sideways (turn);
  GstStructure *trial = gst_structure_copy (structure);
  gint width, height;
  gboolean takes;

  takes = take_length (trial, sideways ? "height" : "width",
      GST_VIDEO_INFO_WIDTH (in), &width)
      && take_length (trial, sideways ? "width" : "height",
      GST_VIDEO_INFO_HEIGHT (in), &height);
  gst_structure_free (trial);
  return takes;
}

/* Leaves of @out the first that takes the picture's size; else the first. */
static GstCaps *
choose_structure (GstCaps * out, const GstVideoInfo * in,
    const struct gst_dma_heap_turn *turn)
{
  GstCaps *chosen;
  guint i = 0;

  while (i < gst_caps_get_size (out)
      && !takes_size (gst_caps_get_structure (out, i), in, turn))
    i++;
  if (i == gst_caps_get_size (out))
    return gst_caps_truncate (out);
  chosen = gst_caps_copy_nth (out, i);
  gst_caps_unref (out);
  return chosen;
}

gboolean
gst_dma_heap_gpu_caps_can_pass (const GstCaps * in, const GstCaps * out)
{
  GstVideoInfo info;
  GstCaps *first;
  gboolean can;

  if (!gst_caps_can_intersect (in, out)
      || !gst_dma_heap_format_parse (in, &info, NULL))
    return FALSE;
  if (GST_VIDEO_INFO_IS_RGB (&info))
    return TRUE;
  first = gst_caps_copy_nth (out, 0);
  can = gst_caps_can_intersect (in, first);
  gst_caps_unref (first);
  return can;
}

GstCaps *
gst_dma_heap_gpu_caps_fixate (const GstCaps * in, GstCaps * out,
    const struct gst_dma_heap_turn *turn)
{
  const struct gst_dma_heap_format *yuv;
  GstStructure *structure;
  GstVideoInfo info;
  guint64 modifier;

  if (!gst_dma_heap_format_parse_tiled (in, &info, &modifier, NULL))
    return gst_caps_fixate (out);
  out = gst_caps_make_writable (choose_structure (out, &info, turn));
  structure = gst_caps_get_structure (out, 0);
  fixate_format (structure, &info);
  fixate_size (structure, &info, turn);
  yuv = drawn_yuv (structure);
  if (gst_structure_has_field (structure, "colorimetry"))
    return gst_caps_fixate (out);
  if (yuv)
    fixate_colorimetry (structure, &info, yuv->gst);
  else if (!GST_VIDEO_INFO_IS_RGB (&info))
    gst_structure_set (structure, "colorimetry", G_TYPE_STRING,
        GST_VIDEO_COLORIMETRY_SRGB, NULL);
  return gst_caps_fixate (out);
}

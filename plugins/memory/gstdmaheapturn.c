/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapturn - rotations and flips */
#include "memory/gstdmaheapturn.h"

GType
gst_dma_heap_rotation_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_DMA_HEAP_ROTATION_0, "Upright", "0"},
    {GST_DMA_HEAP_ROTATION_90, "A quarter turn clockwise", "90"},
    {GST_DMA_HEAP_ROTATION_180, "Upside down", "180"},
    {GST_DMA_HEAP_ROTATION_270, "A quarter turn counterclockwise", "270"},
    {0, NULL, NULL},
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstDmaHeapRotation", values));
  return type;
}

GType
gst_dma_heap_flip_get_type (void)
{
  static const GEnumValue values[] = {
    {GST_DMA_HEAP_FLIP_NONE, "As it is", "none"},
    {GST_DMA_HEAP_FLIP_HORIZONTAL, "Left and right change places",
        "horizontal"},
    {GST_DMA_HEAP_FLIP_VERTICAL, "Top and bottom change places", "vertical"},
    {GST_DMA_HEAP_FLIP_BOTH, "Both", "both"},
    {0, NULL, NULL},
  };
  static gsize type = 0;

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstDmaHeapFlip", values));
  return type;
}

gboolean
gst_dma_heap_turn_is_sideways (const struct gst_dma_heap_turn *turn)
{
  return turn->rotation % 180 != 0;
}

gboolean
gst_dma_heap_turn_is_none (const struct gst_dma_heap_turn *turn)
{
  return (turn->rotation == GST_DMA_HEAP_ROTATION_0
      && turn->flip == GST_DMA_HEAP_FLIP_NONE)
      || (turn->rotation == GST_DMA_HEAP_ROTATION_180
      && turn->flip == GST_DMA_HEAP_FLIP_BOTH);
}

struct gst_dma_heap_turn
gst_dma_heap_turn_of (GstVideoOrientationMethod method)
{
  static const struct gst_dma_heap_turn turns[] = {
    [GST_VIDEO_ORIENTATION_IDENTITY] = {GST_DMA_HEAP_ROTATION_0,
        GST_DMA_HEAP_FLIP_NONE},
    [GST_VIDEO_ORIENTATION_90R] = {GST_DMA_HEAP_ROTATION_90,
        GST_DMA_HEAP_FLIP_NONE},
    [GST_VIDEO_ORIENTATION_180] = {GST_DMA_HEAP_ROTATION_180,
        GST_DMA_HEAP_FLIP_NONE},
    [GST_VIDEO_ORIENTATION_90L] = {GST_DMA_HEAP_ROTATION_270,
        GST_DMA_HEAP_FLIP_NONE},
    [GST_VIDEO_ORIENTATION_HORIZ] = {GST_DMA_HEAP_ROTATION_0,
        GST_DMA_HEAP_FLIP_HORIZONTAL},
    [GST_VIDEO_ORIENTATION_VERT] = {GST_DMA_HEAP_ROTATION_0,
        GST_DMA_HEAP_FLIP_VERTICAL},
    [GST_VIDEO_ORIENTATION_UL_LR] = {GST_DMA_HEAP_ROTATION_270,
        GST_DMA_HEAP_FLIP_HORIZONTAL},
    [GST_VIDEO_ORIENTATION_UR_LL] = {GST_DMA_HEAP_ROTATION_90,
        GST_DMA_HEAP_FLIP_HORIZONTAL},
  };

  if ((guint) method >= G_N_ELEMENTS (turns))
    method = GST_VIDEO_ORIENTATION_IDENTITY;
  return turns[method];
}

/* Both flips are half a turn: one flip, or none, and a rotation are left. */
static struct gst_dma_heap_turn
plain (const struct gst_dma_heap_turn *turn)
{
  gboolean upside_down = (turn->flip & GST_DMA_HEAP_FLIP_VERTICAL) != 0;
  gboolean mirrored =
      ((turn->flip & GST_DMA_HEAP_FLIP_HORIZONTAL) != 0) != upside_down;

  return (struct gst_dma_heap_turn) {
  (turn->rotation + (upside_down ? 180 : 0)) % 360,
        mirrored ? GST_DMA_HEAP_FLIP_HORIZONTAL : GST_DMA_HEAP_FLIP_NONE};
}

/* To rotate and then mirror is to mirror and then rotate the other way. */
struct gst_dma_heap_turn
gst_dma_heap_turn_then (const struct gst_dma_heap_turn *first,
    const struct gst_dma_heap_turn *second)
{
  struct gst_dma_heap_turn a = plain (first), b = plain (second);
  gint rotation = b.flip ? 360 - a.rotation : a.rotation;

  return (struct gst_dma_heap_turn) {
  (rotation + b.rotation) % 360, a.flip ^ b.flip};
}

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

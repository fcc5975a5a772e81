/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheaplayout - where in a pool's buffers a picture lies */
#include "memory/gstdmaheaplayout.h"

/* A mask of bits is made of it. */
static guint
power_of_two (guint value)
{
  guint power = 1;

  while (power < value && power < G_MAXINT / 2)
    power *= 2;
  return power;
}

static guint
round_up (guint value, guint to)
{
  return to > 1 ? (value + to - 1) / to * to : value;
}

void
gst_dma_heap_layout_rules_init (struct gst_dma_heap_layout_rules *rules,
    guint stride_align, guint row_align, gboolean separate)
{
  *rules = (struct gst_dma_heap_layout_rules) {
    .stride_align = power_of_two (stride_align),
    .row_align = MAX (row_align, 1),
    .separate = separate,
  };
}

/* Lays the picture out with what everybody needs around it. */
static gboolean
lay_out (struct gst_dma_heap_layout *layout,
    const struct gst_dma_heap_layout_rules *rules, const GstVideoInfo * wanted,
    const GstVideoAlignment * asked)
{
  GstVideoInfo info = *wanted;
  GstVideoAlignment align = *asked;
  guint rows = GST_VIDEO_INFO_HEIGHT (wanted) + align.padding_top;
  /* Of an odd height, chroma rounds up: planes would not end where the next begins. */
  guint rows_of = MAX (rules->row_align, rules->separate ? 2 : 1);
  /* Rows behind the only plane are room in memory, and no part of the picture. */
  gboolean planar = GST_VIDEO_INFO_N_PLANES (wanted) > 1;
  guint all_rows = round_up (rows + align.padding_bottom, rows_of);
  gsize bytes[GST_VIDEO_MAX_PLANES];

  if (planar)
    align.padding_bottom = all_rows - rows;
  for (guint i = 0; i < GST_VIDEO_MAX_PLANES; i++)
    align.stride_align[i] |= rules->stride_align - 1;
  if (!gst_video_info_align_full (&info, &align, bytes))
    return FALSE;
  /* Planes follow each other without gaps: each may as well be a memory. */
  layout->n_memories = rules->separate ? GST_VIDEO_INFO_N_PLANES (&info) : 1;
  for (guint i = 0; i < layout->n_memories; i++)
    layout->bytes[i] =
        rules->separate ? bytes[i] : GST_VIDEO_INFO_SIZE (&info);
  layout->tail = planar ? 0 :
      (gsize) (all_rows - rows - align.padding_bottom) * info.stride[0];
  layout->info = info;
  layout->align = align;
  return TRUE;
}

/* The same as its device writes it, where that is its own choice. */
static gboolean
lay_out_as_written (struct gst_dma_heap_layout *layout,
    const struct gst_dma_heap_writer *writer, const GstVideoInfo * wanted)
{
  GstVideoInfo info = *wanted;

  if (!writer->insists || !gst_dma_heap_writer_lay_out (writer, &info,
          &layout->align, layout->bytes))
    return FALSE;
  layout->n_memories = writer->layout.n_buffers;
  layout->tail = 0;
  layout->info = info;
  return TRUE;
}

gboolean
gst_dma_heap_layout_solve (struct gst_dma_heap_layout *layout,
    const struct gst_dma_heap_layout_rules *rules,
    const struct gst_dma_heap_writer *writer, const GstVideoInfo * wanted,
    const GstVideoAlignment * asked)
{
  return lay_out_as_written (layout, writer, wanted)
      || lay_out (layout, rules, wanted, asked);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapwriter - how the camera writes into a pool's buffers */
#include "memory/gstdmaheapwriter.h"

gboolean
gst_dma_heap_writer_lay_out (const struct gst_dma_heap_writer *writer,
    GstVideoInfo * info, GstVideoAlignment * align,
    gsize bytes[GST_VIDEO_MAX_PLANES])
{
  const struct zc_layout *layout = &writer->layout;
  gint pixel = GST_VIDEO_FORMAT_INFO_PSTRIDE (info->finfo, 0);
  gsize start[ZC_MAX_PLANES] = { 0, };

  if (GST_VIDEO_INFO_N_PLANES (info) != (guint) layout->n_planes
      || GST_VIDEO_INFO_WIDTH (info) != (gint) layout->width
      || GST_VIDEO_INFO_HEIGHT (info) != (gint) layout->height)
    return FALSE;
  info->size = 0;
  for (gint i = 0; i < layout->n_buffers; i++) {
    start[i] = info->size;
    bytes[i] = layout->bytes[i];
    info->size += layout->bytes[i];
  }
  for (gint i = 0; i < layout->n_planes; i++) {
    info->stride[i] = layout->plane[i].stride;
    info->offset[i] = start[layout->plane[i].buffer] + layout->plane[i].offset;
  }
  gst_video_alignment_reset (align);
  if (pixel > 0)
    align->padding_right = info->stride[0] / pixel - layout->width;
  return TRUE;
}

/* Behind its last row, in its memory. */
static gsize
end_of (const struct zc_layout *layout, const GstVideoInfo * info,
    guint n_memories, gint plane)
{
  gsize start = n_memories > 1 ? 0 : info->offset[plane];

  return start + (zc_layout_rows (layout, plane) - 1)
      * (gsize) info->stride[plane] + zc_layout_row_bytes (layout, plane);
}

gboolean
gst_dma_heap_writer_check_place (const struct gst_dma_heap_writer *writer,
    const GstVideoInfo * info, const gsize bytes[GST_VIDEO_MAX_PLANES],
    guint n_memories, const guint32 begin[ZC_MAX_PLANES], GError ** error)
{
  for (gint i = 0; i < writer->layout.n_planes; i++) {
    guint memory = n_memories > 1 ? i : 0;

    if (begin[memory] + end_of (&writer->layout, info, n_memories, i)
        <= bytes[memory])
      continue;
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED,
        "camera %s says that its pixels begin at byte %u of buffers of %"
        G_GSIZE_FORMAT " bytes: a %s picture of %dx%d does not fit behind that, "
        "which is its driver's fault", writer->device, begin[memory],
        bytes[memory], GST_VIDEO_INFO_NAME (info), GST_VIDEO_INFO_WIDTH (info),
        GST_VIDEO_INFO_HEIGHT (info));
    return FALSE;
  }
  return TRUE;
}

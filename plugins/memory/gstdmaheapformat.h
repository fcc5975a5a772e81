/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapformat.h - video formats in caps: plain raw video, raw video in
 * dma-bufs (memory:DMABuf) and, since GStreamer 1.24, DMA_DRM; as GStreamer and
 * as libzerocopy call them.
 */
#ifndef GST_DMA_HEAP_FORMAT_H
#define GST_DMA_HEAP_FORMAT_H

#include <gst/video/video.h>
#include <zerocopy.h>

G_BEGIN_DECLS

/**
 * GST_DMA_HEAP_CAPS:
 * @formats: as for GST_VIDEO_CAPS_MAKE()
 *
 * Text of a pad template's caps; @formats stands in it twice. DMA_DRM is left open, so that what is not linear
 * is refused with a message, and not by caps that do not fit.
 */
#if GST_CHECK_VERSION (1, 24, 0)
#define GST_DMA_HEAP_CAPS(formats)                                           \
  GST_VIDEO_CAPS_MAKE_WITH_FEATURES ("memory:DMABuf", formats) ";"           \
  GST_VIDEO_CAPS_MAKE (formats) ";" GST_VIDEO_DMA_DRM_CAPS_MAKE
#else
#define GST_DMA_HEAP_CAPS(formats)                                           \
  GST_VIDEO_CAPS_MAKE_WITH_FEATURES ("memory:DMABuf", formats) ";"           \
  GST_VIDEO_CAPS_MAKE (formats)
#endif

/**
 * What GStreamer calls a format of libzerocopy's table, which has all else. With
 * a buffer for each plane it is called the same.
 */
struct gst_dma_heap_format {
  GstVideoFormat gst;
  const gchar *zc; /* name in libzerocopy's table, all planes in one buffer */
};

/** The table; ends with a row whose names are GST_VIDEO_FORMAT_UNKNOWN and %NULL. */
extern const struct gst_dma_heap_format gst_dma_heap_formats[];

/** Whether a GPU can draw @format, of the table; and not only read it. */
gboolean gst_dma_heap_format_is_drawn (GstVideoFormat format);

/**
 * gst_dma_heap_format_names:
 * @only_drawn: leave out what no GPU draws
 *
 * Returns: (transfer full): "BGRx, BGRA, ...", of the table
 */
gchar *gst_dma_heap_format_names (gboolean only_drawn);

/**
 * gst_dma_heap_format_template:
 * @direction: of the pad, which is called "sink" or "src"
 * @only_drawn: leave out what no GPU draws
 *
 * Returns: (transfer floating): a template with the table's formats
 */
GstPadTemplate *gst_dma_heap_format_template (GstPadDirection direction,
    gboolean only_drawn);

/**
 * gst_dma_heap_format_text:
 * @row: of the table
 * @drm: as in caps' field "drm-format", linear; else as in "format"
 * @fourcc: where the text may be written
 *
 * Returns: what caps call that format
 */
const gchar *gst_dma_heap_format_text (const struct gst_dma_heap_format *row,
    gboolean drm, gchar fourcc[5]);

/**
 * gst_dma_heap_format_tiled_text:
 * @row: of the table
 * @modifier: DRM_FORMAT_MOD_*
 *
 * Returns: (transfer full): what caps' field "drm-format" calls that format
 */
gchar *gst_dma_heap_format_tiled_text (const struct gst_dma_heap_format *row,
    guint64 modifier);

/**
 * gst_dma_heap_format_parse:
 * @caps: fixed caps of any of the three kinds
 * @info: (out): the same as plain raw video, with the sizes of a linear layout
 * @error: GST_STREAM_ERROR_FORMAT: a modifier that is not linear, a DRM format
 *     that no raw format is, or no video
 */
gboolean gst_dma_heap_format_parse (const GstCaps * caps, GstVideoInfo * info,
    GError ** error);

/**
 * gst_dma_heap_format_parse_tiled:
 * @caps: fixed caps of any of the three kinds
 * @info: (out): as gst_dma_heap_format_parse() gives it
 * @modifier: (out): DRM_FORMAT_MOD_*, how the pixels lie; 0 is linear
 * @error: GST_STREAM_ERROR_FORMAT: a DRM format that no raw format is, or no video
 */
gboolean gst_dma_heap_format_parse_tiled (const GstCaps * caps,
    GstVideoInfo * info, guint64 * modifier, GError ** error);

/**
 * gst_dma_heap_format_bridge:
 * @caps: any caps
 *
 * Returns: (transfer full): @caps, and what the same memory may be called by
 *     the other two kinds of caps
 */
GstCaps *gst_dma_heap_format_bridge (const GstCaps * caps);

/**
 * gst_dma_heap_format_zc:
 * @info: what is looked for
 * @separate: whether each plane is in a buffer of its own
 *
 * Returns: libzerocopy's row of that format, or %NULL
 */
const struct zc_format *gst_dma_heap_format_zc (const GstVideoInfo * info,
    gboolean separate);

/** GStreamer's colorimetry as libzerocopy has it. */
struct zc_colour gst_dma_heap_format_colour (const GstVideoInfo * info);

G_END_DECLS

#endif

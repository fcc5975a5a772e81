/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapdisplayplace - where on the screen the display's frames go, and why one
 * cannot
 */
#include "display/gstdmaheapdisplayprivate.h"

#include <errno.h>

/* Scaled to fill the window without a change of shape, or centred in it as it is. */
struct zc_rect
gst_dma_heap_display_rectangle (GstDmaHeapDisplay * self,
    const GstVideoInfo * info)
{
  const struct zc_rect *window = &self->window;
  GstVideoRectangle into = { 0, 0, self->info.width, self->info.height };
  GstVideoRectangle from = { 0, 0, info->width, info->height };
  GstVideoRectangle to = from;
  struct zc_rect rect;

  if (window->width && window->height)
    into = (GstVideoRectangle) { window->x, window->y, window->width,
      window->height
    };
  if (self->can_scale) {
    from.w = gst_util_uint64_scale_int_round (from.w,
        GST_VIDEO_INFO_PAR_N (info), GST_VIDEO_INFO_PAR_D (info));
    gst_video_center_rect (&from, &into, &to, TRUE);
  } else {
    to.x = into.x + (into.w - to.w) / 2;
    to.y = into.y + (into.h - to.h) / 2;
  }
  rect.x = to.x;
  rect.y = to.y;
  rect.width = MAX (to.w, 1);
  rect.height = MAX (to.h, 1);
  return rect;
}

/* A window fits frames into itself, whichever size it comes to have. */
static gboolean
fits_by_itself (GstDmaHeapDisplay * self, const GstVideoInfo * info)
{
  return self->info.is_window && self->can_scale && !self->window.width
      && GST_VIDEO_INFO_PAR_N (info) == GST_VIDEO_INFO_PAR_D (info);
}

/* What can be done about a frame that no plane takes. */
static const gchar *
advice (guint reasons)
{
  if (reasons & ZC_REASON_FORMAT)
    return "its planes do not have that format: dmaheapgpu before this element "
        "converts to one that they have";
  if (reasons & ZC_REASON_COLOUR)
    return "its planes with that format do not convert that colorimetry: "
        "dmaheapgpu before this element does";
  if (reasons & ZC_REASON_IMPORT)
    return "the display cannot reach that memory; often it has to be "
        "contiguous: dmaheap heap=contiguous";
  if (reasons & ZC_REASON_FRAMEBUFFER)
    return "the display does not take that stride, offset or size";
  if (reasons & ZC_REASON_SCALE)
    return "no plane scales it to that rectangle: dmaheapgpu before this "
        "element scales, force-modesetting=true sets a mode of the video's size, "
        "can-scale=false centres what is small enough";
  return "no plane takes that size at that place: force-modesetting=true sets a "
      "mode of the video's size, dmaheapgpu before this element scales";
}

static void
say_refusal (GstDmaHeapDisplay * self, const struct shot *shot,
    const struct zc_rect *to, guint reasons, GError ** error)
{
  const struct zc_layout *layout = zc_frame_layout (shot->frame);
  gchar words[80];
  const gchar *colour = reasons & ZC_REASON_COLOUR ?
      zc_colour_text (&layout->colour) : "";

  zc_display_reason_text (reasons, words, sizeof (words));
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
      "display %s (%s), %s of %ux%u, refuses %s frames of %ux%u, stride %u%s%s, "
      "at %d,%d as %ux%u: %s (%s)", self->info.path, self->info.driver,
      self->info.connector, self->info.width, self->info.height,
      GST_VIDEO_INFO_NAME (&shot->info), layout->width, layout->height,
      layout->plane[0].stride, *colour ? ", " : "", colour, to->x, to->y, to->width, to->height, words,
      advice (reasons));
}

/* Frames that fit are shown unscaled where no plane scales. */
static gboolean
give_up_scaling (GstDmaHeapDisplay * self, const struct shot *shot,
    guint reasons)
{
  const struct zc_layout *layout = zc_frame_layout (shot->frame);
  gboolean gave_up = reasons == ZC_REASON_SCALE && self->can_scale
      && layout->width <= self->info.width
      && layout->height <= self->info.height;

  if (gave_up) {
    self->can_scale = FALSE;
    self->told.is_changed = TRUE;
  }
  return gave_up;
}

gint
gst_dma_heap_display_place (GstDmaHeapDisplay * self, const struct shot *shot,
    GError ** error)
{
  struct zc_rect to;
  uint32_t reasons;
  gint result;

  do {
    to = gst_dma_heap_display_rectangle (self, &shot->info);
    zc_display_set_rect (self->zc, fits_by_itself (self,
            &shot->info) ? NULL : &to);
    result = zc_display_test (self->zc, shot->frame, &reasons);
  } while (result == -ENOTSUP && give_up_scaling (self, shot, reasons));
  self->is_placed = result == 0;
  if (!result)
    self->placed = shot->info;
  if (result == -ENOTSUP)
    say_refusal (self, shot, &to, reasons, error);
  return result;
}

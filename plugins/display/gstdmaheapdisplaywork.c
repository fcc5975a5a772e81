/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapdisplaywork - what the presenter does, in words of GStreamer */
#include "display/gstdmaheapdisplayprivate.h"
#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheaplog.h"

#include <errno.h>

/* Two times that are so close are the same, reckoned twice. */
#define CLOSE_US 50

GST_DEBUG_CATEGORY_STATIC (gst_dma_heap_display_debug);
#define GST_CAT_DEFAULT gst_dma_heap_display_debug

/* -------------------------------------------------------------- opening */

static void
note_info (GstDmaHeapDisplay * self)
{
  const struct zc_display_info *zc = zc_display_info (self->zc);
  struct gst_dma_heap_display_info *info = &self->info;

  g_strlcpy (info->path, zc->path, sizeof (info->path));
  g_strlcpy (info->driver, zc->driver, sizeof (info->driver));
  g_strlcpy (info->connector, zc->connector, sizeof (info->connector));
  info->connector_id = zc->connector_id;
  info->plane_id = zc->plane_id;
  info->width = zc->width;
  info->height = zc->height;
  info->refresh_mhz = zc->refresh_mhz;
  info->mode_kept = zc->mode_kept;
  info->is_window = zc->kind == ZC_DISPLAY_WAYLAND;
}

/* @linear: those that are, or the others. */
static void
note_some_formats (GstDmaHeapDisplay * self, gboolean linear)
{
  struct gst_dma_heap_display_format format;

  for (format.index = 0; gst_dma_heap_formats[format.index].zc; format.index++) {
    const gchar *name = gst_dma_heap_formats[format.index].zc;
    guint32 fourcc = zc_format_by_name (name)->fourcc;

    for (gint i = 0; zc_display_modifier (self->zc, fourcc, i,
            &format.modifier); i++)
      if ((format.modifier == 0) == linear)
        g_array_append_val (self->formats, format);
  }
}

static void
note_formats (GstDmaHeapDisplay * self)
{
  g_array_set_size (self->formats, 0);
  note_some_formats (self, TRUE);
  note_some_formats (self, FALSE);
}

static GstResourceError
code_of (gint result)
{
  switch (result) {
    case -EBUSY:
      return GST_RESOURCE_ERROR_BUSY;
    case -EACCES:
    case -EPERM:
      return GST_RESOURCE_ERROR_OPEN_READ_WRITE;
    case -ENOENT:
    case -ENODEV:
      return GST_RESOURCE_ERROR_NOT_FOUND;
    case -EPROTO:
    case -ETIMEDOUT:
      return GST_RESOURCE_ERROR_FAILED;
    default:
      return GST_RESOURCE_ERROR_SETTINGS;
  }
}

gboolean
gst_dma_heap_display_reopen (GstDmaHeapDisplay * self, GError ** error)
{
  gint result;

  GST_DEBUG_CATEGORY_INIT (gst_dma_heap_display_debug, "dmaheapdisplay", 0,
      "display of dmaheapsink");
  zc_presenter_set_display (self->presenter, NULL);
  zc_display_close (self->zc);
  self->zc = NULL;
  gst_dma_heap_log_clear ();
  result = zc_display_open (&self->zc, &self->config);
  if (result) {
    gst_dma_heap_log_error (error, code_of (result), result);
    return FALSE;
  }
  note_info (self);
  note_formats (self);
  gst_dma_heap_display_note_sizes (self);
  self->is_placed = FALSE;
  zc_presenter_set_display (self->presenter, self->zc);
  if (self->fullscreen)
    zc_display_set_fullscreen (self->zc, true);
  return TRUE;
}

/* ------------------------------------------------ what the presenter calls */

static gint
prepare (struct zc_frame *frame, void *user)
{
  GstDmaHeapDisplay *self = user;
  const struct shot *shot = gst_dma_heap_display_shot_of (self, frame);

  if (self->is_placed && gst_video_info_is_equal (&shot->info, &self->placed))
    return 0;
  /* Frames of another kind come from another pool. */
  self->n_seen = 0;
  gst_dma_heap_display_set_await (self);
  return gst_dma_heap_display_place (self, shot, &self->why);
}

static void
shown (struct zc_frame *frame, void *user)
{
  GstDmaHeapDisplay *self = user;
  const struct shot *shot = gst_dma_heap_display_shot_of (self, frame);
  const struct zc_frame_meta *meta = zc_frame_meta (frame);
  struct zc_presenter_state state;

  zc_presenter_state (self->presenter, &state);
  self->told.is_flipped = TRUE;
  self->told.flip = (struct gst_dma_heap_flip) {
    .sequence = state.shown,
    .offset = shot->offset,
    .pts = shot->pts,
    .flip_ns = meta->at_ns[ZC_STAGE_FLIP],
    .vblank = zc_display_info (self->zc)->vblank,
    .latency_ns = -1,
  };
  if (meta->clock != ZC_CAPTURE_UNKNOWN)
    self->told.flip.latency_ns = state.latency_ns;
}

/* What is plugged in now may be another display with other modes. */
static gint
plugged (bool plugged, void *user)
{
  GstDmaHeapDisplay *self = user;

  if (!plugged) {
    self->told.is_unplugged = TRUE;
    g_strlcpy (self->told.connector, self->info.connector,
        sizeof (self->told.connector));
    return 0;
  }
  self->is_tried = FALSE;
  if (gst_dma_heap_display_reopen (self, &self->why)) {
    self->told.is_back = self->told.is_changed = TRUE;
    g_strlcpy (self->told.connector, self->info.connector,
        sizeof (self->told.connector));
    return 0;
  }
  if (!g_error_matches (self->why, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NOT_FOUND))
    return -EIO;
  GST_INFO ("not yet: %s", self->why->message);
  g_clear_error (&self->why);
  return 0;
}

gboolean
gst_dma_heap_display_init_presenter (GstDmaHeapDisplay * self)
{
  const struct zc_presenter_config config = {
    .await = true,
    .prepare = prepare,
    .shown = shown,
    .plugged = plugged,
    .user = self,
  };

  return zc_presenter_create (&self->presenter, &config) == 0;
}

/* ------------------------------------------------------------------ work */

void
gst_dma_heap_display_fail (GstDmaHeapDisplay * self, GError * error)
{
  self->failed = TRUE;
  g_cond_broadcast (&self->cond);
  zc_presenter_flush (self->presenter);
  if (self->told.failed)
    g_error_free (error);
  else
    self->told.failed = error;
}

static void
fail_with (GstDmaHeapDisplay * self, gint result)
{
  GError *error = self->why;

  self->why = NULL;
  if (!error && result == -ENODEV && !self->info.is_window)
    error = g_error_new (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
        "display %s (%s) is gone: the card was unplugged or its driver "
        "unbound", self->info.path, self->info.driver);
  if (!error)
    gst_dma_heap_log_error (&error, code_of (result), result);
  gst_dma_heap_display_fail (self, error);
}

void
gst_dma_heap_display_set_await (GstDmaHeapDisplay * self)
{
  zc_presenter_set_await (self->presenter, self->tells_flips
      || self->n_shown_waiting
      || self->n_seen < GST_DMA_HEAP_DISPLAY_ENOUGH);
}

/* Spares the thread what it waits for already. Of a window it waits always, also while a
 * frame is not due yet. */
static gboolean
is_to_wake (GstDmaHeapDisplay * self)
{
  gboolean awaits = zc_presenter_fd (self->presenter) >= 0;
  struct zc_presenter_state state;

  zc_presenter_state (self->presenter, &state);
  if (awaits && self->polled_fd < 0)
    return TRUE;
  if (!state.waiting || (self->info.is_window ? FALSE : awaits || state.committed))
    return FALSE;
  return gst_dma_heap_display_until_us (zc_presenter_wait_ns (self->presenter))
      < self->polled_until_us - CLOSE_US;
}

static void
resized (GstDmaHeapDisplay * self)
{
  note_info (self);
  gst_dma_heap_display_note_sizes (self);
  self->is_placed = FALSE;
  zc_presenter_redraw (self->presenter);
  self->told.is_changed = self->told.wakes = TRUE;
}

static void
take_event (GstDmaHeapDisplay * self, const struct zc_display_event *event)
{
  struct told *told = &self->told;

  switch (event->kind) {
    case ZC_EVENT_CLOSE:
      gst_dma_heap_display_fail (self, g_error_new (GST_RESOURCE_ERROR,
              GST_RESOURCE_ERROR_NOT_FOUND, "the window on %s was closed",
              self->info.path));
      break;
    case ZC_EVENT_RESIZE:
      resized (self);
      break;
    case ZC_EVENT_FORMATS:
      note_formats (self);
      told->is_reformatted = TRUE;
      break;
    default:
      if (!told->acts)
        told->acts = g_array_new (FALSE, FALSE, sizeof (*event));
      g_array_append_val (told->acts, *event);
  }
}

/* What a desktop and its user did with the window since it was asked last. */
static void
take_events (GstDmaHeapDisplay * self)
{
  struct zc_display_event event;

  while (!self->failed && zc_display_next_event (self->zc, &event))
    take_event (self, &event);
}

void
gst_dma_heap_display_work (GstDmaHeapDisplay * self, gboolean readable)
{
  gint result;

  if (self->failed)
    return;
  gst_dma_heap_log_clear ();
  result = zc_presenter_dispatch (self->presenter, readable);
  if (result == -ENOTSUP && self->is_placed) {
    /* A frame of other memory or strides than those before. */
    self->is_placed = FALSE;
    gst_dma_heap_log_clear ();
    result = zc_presenter_dispatch (self->presenter, FALSE);
  }
  if (result)
    fail_with (self, result);
  else if (self->info.is_window && self->zc)
    take_events (self);
  g_clear_error (&self->why);
  if (self->zc)
    self->info.plane_id = zc_display_info (self->zc)->plane_id;
  if (self->n_waiting)
    g_cond_broadcast (&self->cond);
  self->told.wakes |= self->failed || is_to_wake (self);
}

gboolean
gst_dma_heap_display_restart (GstDmaHeapDisplay * self, GError ** error)
{
  gboolean done = gst_dma_heap_display_reopen (self, error);

  self->failed = !done;
  self->told.is_changed |= done;
  gst_dma_heap_display_work (self, FALSE);
  self->told.wakes = TRUE;      /* it waits for the fd of the display before */
  g_cond_broadcast (&self->cond);
  return done;
}

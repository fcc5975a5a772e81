/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapdisplaythread - the one thread that uses the zc_display: takes flips,
 * commits the newest frame, watches the connector.
 */
#include "display/gstdmaheapdisplayprivate.h"
#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheapframe.h"
#include "memory/gstdmaheaplog.h"

#include <errno.h>
#include <poll.h>
#include <unistd.h>

GST_DEBUG_CATEGORY_STATIC (gst_dma_heap_display_debug);
#define GST_CAT_DEFAULT gst_dma_heap_display_debug

#define MS G_GINT64_CONSTANT (1000)     /* times here are in microseconds */
/* A flip waits for the frame's fences, and those for the GPU. */
#define FLIP_TIMEOUT (5000 * MS)
/* How often the connector is looked at, and how often when it is unplugged. */
#define LOOK_EVERY (1000 * MS)
#define LOOK_EVERY_UNPLUGGED (250 * MS)
/* How soon a driver that was busy without a flip of ours is asked again. */
#define BUSY_RETRY_MS 2

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
}

/* Linear only: 0 is that modifier. */
static void
note_formats (GstDmaHeapDisplay * self)
{
  const struct gst_dma_heap_format *format = gst_dma_heap_formats;

  for (guint i = 0; format[i].zc && i < GST_DMA_HEAP_DISPLAY_FORMATS; i++)
    self->has_format[i] = zc_display_has_format (self->zc,
        zc_format_by_name (format[i].zc)->fourcc, 0);
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
    default:
      return GST_RESOURCE_ERROR_SETTINGS;
  }
}

gboolean
gst_dma_heap_display_reopen (GstDmaHeapDisplay * self, GError ** error)
{
  gint result;

  GST_DEBUG_CATEGORY_INIT (gst_dma_heap_display_debug, "dmaheapdisplay", 0,
      "display thread of dmaheapsink");
  zc_display_close (self->zc);
  self->zc = NULL;
  gst_dma_heap_log_clear ();
  result = zc_display_open (&self->zc, &self->config);
  if (result) {
    gst_dma_heap_log_error (error, code_of (result), result);
    return FALSE;
  }
  g_mutex_lock (&self->lock);
  note_info (self);
  note_formats (self);
  self->is_placed = FALSE;
  g_mutex_unlock (&self->lock);
  return TRUE;
}

/* What was on screen, or about to be, is to come there again. */
static void
requeue (GstDmaHeapDisplay * self)
{
  struct shot left[2];

  g_mutex_lock (&self->lock);
  left[0] = shot_take (&self->current);
  left[1] = shot_take (&self->pending);
  left[0].again = TRUE;
  for (gint i = 1; i >= 0 && !shot_is_there (&self->queued); i--)
    self->queued = shot_take (&left[i]);
  g_mutex_unlock (&self->lock);
  gst_dma_heap_shot_clear (&left[0]);
  gst_dma_heap_shot_clear (&left[1]);
}

/* ---------------------------------------------------------------- failing */

/* Takes @error over. */
static void
fail (GstDmaHeapDisplay * self, GError * error)
{
  g_mutex_lock (&self->lock);
  self->failed = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_dma_heap_display_flush (self);
  self->events.failed (self->user, error);
}

static void
fail_with_log (GstDmaHeapDisplay * self, gint result)
{
  GError *error = NULL;

  gst_dma_heap_log_error (&error, code_of (result), result);
  fail (self, error);
}

static void
fail_gone (GstDmaHeapDisplay * self)
{
  fail (self, g_error_new (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_NOT_FOUND,
          "display %s (%s) is gone: the card was unplugged or its driver "
          "unbound", self->info.path, self->info.driver));
}

static void
fail_stuck (GstDmaHeapDisplay * self)
{
  fail (self, g_error_new (GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED,
          "display %s (%s), %s: no flip for %d s: either the driver hangs, or "
          "what draws the frame never finishes it (its fence)",
          self->info.path, self->info.driver, self->info.connector,
          (gint) (FLIP_TIMEOUT / G_USEC_PER_SEC)));
}

/* --------------------------------------------------------------- connector */

static void
set_unplugged (GstDmaHeapDisplay * self, gboolean unplugged)
{
  g_mutex_lock (&self->lock);
  self->unplugged = unplugged;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  self->events.unplugged (self->user, self->info.connector, !unplugged);
}

/* What is plugged in now may be another display with other modes. */
static void
come_back (GstDmaHeapDisplay * self)
{
  GError *error = NULL;

  requeue (self);
  if (gst_dma_heap_display_reopen (self, &error)) {
    set_unplugged (self, FALSE);
    self->events.changed (self->user);
  } else if (g_error_matches (error, GST_RESOURCE_ERROR,
          GST_RESOURCE_ERROR_NOT_FOUND)) {
    GST_INFO ("not yet: %s", error->message);
    g_error_free (error);
  } else {
    fail (self, error);
  }
}

static void
look_at_connector (GstDmaHeapDisplay * self)
{
  gint connected = self->zc ? zc_display_connected (self->zc) : 1;

  self->looked_us = g_get_monotonic_time ();
  if (connected == -ENODEV)
    fail_gone (self);
  else if (!connected && !self->unplugged)
    set_unplugged (self, TRUE);
  else if (connected > 0 && self->unplugged)
    come_back (self);
}

static void
look_in_time (GstDmaHeapDisplay * self)
{
  gint64 every = self->unplugged ? LOOK_EVERY_UNPLUGGED : LOOK_EVERY;

  if (g_get_monotonic_time () - self->looked_us >= every)
    look_at_connector (self);
}

/* ------------------------------------------------------------------ flips */

/* With the lock held: the flip of the shot that is now current. */
static void
note_flip (GstDmaHeapDisplay * self, struct gst_dma_heap_flip *flip)
{
  const struct shot *shot = &self->current;

  *flip = (struct gst_dma_heap_flip) {
    .offset = shot->offset,
    .pts = shot->pts,
    .flip_ns = zc_frame_meta (shot->frame)->at_ns[ZC_STAGE_FLIP],
    .vblank = zc_display_info (self->zc)->vblank,
    .latency_ns = -1,
  };
  self->info.plane_id = zc_display_info (self->zc)->plane_id;
  if (shot->again)
    return;
  flip->sequence = ++self->n_shown;
  if (!shot->capture_ns)
    return;
  flip->latency_ns = flip->flip_ns - shot->capture_ns;
  zc_histogram_add (self->latency, flip->latency_ns);
}

static void
flip_happened (GstDmaHeapDisplay * self)
{
  struct gst_dma_heap_flip flip;
  struct shot before;

  g_mutex_lock (&self->lock);
  before = shot_take (&self->current);
  self->current = shot_take (&self->pending);
  note_flip (self, &flip);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_dma_heap_shot_clear (&before);
  if (flip.sequence)
    self->events.flipped (self->user, &flip);
}

static void
take_flip (GstDmaHeapDisplay * self)
{
  gint result;

  gst_dma_heap_log_clear ();
  result = zc_display_dispatch (self->zc, NULL);
  if (!result) {
    flip_happened (self);
    return;
  }
  if (result == -ENODEV)
    fail_gone (self);
  else if (result != -EAGAIN)
    fail_with_log (self, result);
  else if ((zc_display_pending (self->zc) || self->busy_driver)
      && !self->unplugged
      && g_get_monotonic_time () - self->committed_us > FLIP_TIMEOUT) {
    look_at_connector (self);
    if (!self->unplugged && !self->failed)
      fail_stuck (self);
  }
}

/* ----------------------------------------------------------------- commits */

static gint
put_on_screen (GstDmaHeapDisplay * self, struct shot *shot, GError ** error)
{
  struct zc_frame *frame;
  gboolean placed;
  gint result = 0;

  gst_dma_heap_log_clear ();
  if (!shot->frame) {
    frame = gst_dma_heap_frame_get (shot->buffer, &shot->info, self->user,
        error);
    if (!frame)
      return -EINVAL;
    shot->frame = zc_frame_ref (frame);
  }
  g_mutex_lock (&self->lock);
  placed = self->is_placed && gst_video_info_is_equal (&shot->info,
      &self->placed);
  g_mutex_unlock (&self->lock);
  if (!placed)
    result = gst_dma_heap_display_place (self, shot, error);
  if (!result)
    result = zc_display_show (self->zc, shot->frame);
  if (result != -ENOTSUP || !placed)
    return result;
  /* A frame of other memory or strides than those before. */
  result = gst_dma_heap_display_place (self, shot, error);
  return result ? result : zc_display_show (self->zc, shot->frame);
}

/* With the lock held. Whether there is something to commit: it is then committing. */
static gboolean
take_next (GstDmaHeapDisplay * self)
{
  if (shot_is_there (&self->queued)) {
    self->committing = shot_take (&self->queued);
    self->redraw = FALSE;
    return TRUE;
  }
  if (!self->redraw || !shot_is_there (&self->current))
    return FALSE;
  self->redraw = FALSE;
  self->committing = self->current;
  if (self->committing.buffer)
    gst_buffer_ref (self->committing.buffer);
  zc_frame_ref (self->committing.frame);
  self->committing.again = TRUE;
  return TRUE;
}

/* The commit failed: the shot waits for another try, unless a newer one does. */
static void
put_back (GstDmaHeapDisplay * self)
{
  struct shot shot;

  g_mutex_lock (&self->lock);
  shot = shot_take (&self->committing);
  if (!shot_is_there (&self->queued))
    self->queued = shot_take (&shot);
  else
    self->n_superseded += !shot.again;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_dma_heap_shot_clear (&shot);
}

static void
commit_failed (GstDmaHeapDisplay * self, gint result, GError * error)
{
  put_back (self);
  if (result == -EBUSY) {
    if (!self->busy_driver)
      self->committed_us = g_get_monotonic_time ();
    self->busy_driver = TRUE;
    return;
  }
  look_at_connector (self);
  if (self->unplugged || self->failed)
    g_clear_error (&error);
  else if (error)
    fail (self, error);
  else
    fail_with_log (self, result);
}

static void
commit_next (GstDmaHeapDisplay * self)
{
  GError *error = NULL;
  gboolean there;
  gint result;

  g_mutex_lock (&self->lock);
  there = take_next (self);
  g_mutex_unlock (&self->lock);
  if (!there)
    return;
  result = put_on_screen (self, &self->committing, &error);
  if (result) {
    commit_failed (self, result, error);
    return;
  }
  self->busy_driver = FALSE;
  self->committed_us = g_get_monotonic_time ();
  g_mutex_lock (&self->lock);
  self->pending = shot_take (&self->committing);
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

/* -------------------------------------------------------------------- loop */

/* Somebody waits for it to be opened with another mode. */
static void
change_mode (GstDmaHeapDisplay * self)
{
  GError *error = NULL;

  self->config.width = self->mode_width;
  self->config.height = self->mode_height;
  self->config.force_mode = self->mode_force;
  requeue (self);
  gst_dma_heap_display_reopen (self, &error);
  g_mutex_lock (&self->lock);
  self->reopen_error = error;
  self->failed = error != NULL;
  self->reopen = FALSE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  if (!error)
    self->events.changed (self->user);
}

static gint
timeout_ms (GstDmaHeapDisplay * self)
{
  if (self->failed)
    return -1;
  if (self->busy_driver)
    return BUSY_RETRY_MS;
  if (self->unplugged)
    return LOOK_EVERY_UNPLUGGED / MS;
  return (self->zc && zc_display_pending (self->zc) ? 100 : LOOK_EVERY / MS);
}

static void
wait_for_work (GstDmaHeapDisplay * self)
{
  struct pollfd fds[] = {
    {self->wake_fd, POLLIN, 0},
    /* A negative one is not waited for. */
    {self->zc && !self->failed ? zc_display_fd (self->zc) : -1, POLLIN, 0},
  };
  guint64 woken;
  gssize done;

  poll (fds, G_N_ELEMENTS (fds), timeout_ms (self));
  if (fds[0].revents) {
    done = read (self->wake_fd, &woken, sizeof (woken));
    (void) done;
  }
  /* An error that is none of a flip comes from a card that goes. */
  if (fds[1].revents & ~POLLIN)
    self->looked_us = 0;
}

static void
work (GstDmaHeapDisplay * self)
{
  if (self->zc && !self->failed)
    take_flip (self);
  if (!self->failed)
    look_in_time (self);
  if (self->zc && !self->failed && !self->unplugged
      && !zc_display_pending (self->zc))
    commit_next (self);
}

gpointer
gst_dma_heap_display_run (gpointer data)
{
  GstDmaHeapDisplay *self = data;
  gboolean stop, reopen;

  do {
    wait_for_work (self);
    work (self);
    g_mutex_lock (&self->lock);
    stop = self->stop;
    reopen = self->reopen;
    g_mutex_unlock (&self->lock);
    if (reopen && !stop)
      change_mode (self);
  } while (!stop);
  return NULL;
}

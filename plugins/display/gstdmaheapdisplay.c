/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapdisplay - what others want of the display, handed to its thread */
#include "display/gstdmaheapdisplayprivate.h"

#include <errno.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SHOWN_TIMEOUT G_TIME_SPAN_SECOND

static void
wake (GstDmaHeapDisplay * self)
{
  guint64 one = 1;
  gssize done;

  /* It can only fail where the thread is to wake already. */
  done = write (self->wake_fd, &one, sizeof (one));
  (void) done;
}

void
gst_dma_heap_shot_clear (struct shot *shot)
{
  gst_clear_buffer (&shot->buffer);
  zc_frame_unref (shot->frame);
  shot->frame = NULL;
}

/* ----------------------------------------------------------- open, close */

static void
display_free (GstDmaHeapDisplay * self)
{
  zc_display_close (self->zc);
  gst_dma_heap_shot_clear (&self->queued);
  gst_dma_heap_shot_clear (&self->pending);
  gst_dma_heap_shot_clear (&self->current);
  zc_histogram_destroy (self->latency);
  g_clear_error (&self->reopen_error);
  if (self->wake_fd >= 0)
    close (self->wake_fd);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->path);
  g_free (self->driver);
  g_free (self);
}

static void
copy_config (GstDmaHeapDisplay * self, const struct zc_display_config *config)
{
  self->path = g_strdup (config->path);
  self->driver = g_strdup (config->driver);
  self->config = *config;
  self->config.path = self->path;
  self->config.driver = self->driver;
}

GstDmaHeapDisplay *
gst_dma_heap_display_open (const struct zc_display_config *config,
    const struct gst_dma_heap_display_events *events, gpointer user,
    GError ** error)
{
  GstDmaHeapDisplay *self = g_new0 (GstDmaHeapDisplay, 1);

  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->events = *events;
  self->user = user;
  self->can_scale = TRUE;
  copy_config (self, config);
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->wake_fd < 0 || zc_histogram_create (&self->latency)) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED,
        "no event fd or memory for the display's thread: %s",
        g_strerror (errno));
    display_free (self);
    return NULL;
  }
  if (!gst_dma_heap_display_reopen (self, error)) {
    display_free (self);
    return NULL;
  }
  self->thread =
      g_thread_new ("dmaheapdisplay", gst_dma_heap_display_run, self);
  return self;
}

void
gst_dma_heap_display_close (GstDmaHeapDisplay * self)
{
  if (!self)
    return;
  g_mutex_lock (&self->lock);
  self->stop = TRUE;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  wake (self);
  g_thread_join (self->thread);
  display_free (self);
}

gboolean
gst_dma_heap_display_has_failed (GstDmaHeapDisplay * self)
{
  gboolean failed;

  g_mutex_lock (&self->lock);
  failed = self->failed;
  g_mutex_unlock (&self->lock);
  return failed;
}

/* ------------------------------------------------------ what it is, where */

void
gst_dma_heap_display_get_info (GstDmaHeapDisplay * self,
    struct gst_dma_heap_display_info *info)
{
  g_mutex_lock (&self->lock);
  *info = self->info;
  info->can_scale = self->can_scale;
  g_mutex_unlock (&self->lock);
}

gboolean
gst_dma_heap_display_has_format (GstDmaHeapDisplay * self, guint index)
{
  gboolean has;

  g_return_val_if_fail (index < GST_DMA_HEAP_DISPLAY_FORMATS, FALSE);
  g_mutex_lock (&self->lock);
  has = self->has_format[index];
  g_mutex_unlock (&self->lock);
  return has;
}

gboolean
gst_dma_heap_display_set_mode (GstDmaHeapDisplay * self, guint width,
    guint height, gboolean force, GError ** error)
{
  GError *why;

  g_mutex_lock (&self->lock);
  self->mode_width = width;
  self->mode_height = height;
  self->mode_force = force;
  self->reopen = TRUE;
  wake (self);
  while (self->reopen && !self->stop)
    g_cond_wait (&self->cond, &self->lock);
  why = self->reopen_error;
  self->reopen_error = NULL;
  g_mutex_unlock (&self->lock);
  if (why)
    g_propagate_error (error, why);
  return !why;
}

void
gst_dma_heap_display_set_place (GstDmaHeapDisplay * self,
    const struct zc_rect *window, gboolean can_scale)
{
  g_mutex_lock (&self->lock);
  self->window = *window;
  self->can_scale = can_scale;
  self->is_placed = FALSE;
  g_mutex_unlock (&self->lock);
}

/* --------------------------------------------------------------- showing */

/* The frame that will be on screen when nothing more is handed over. */
static struct shot *
newest_shot (GstDmaHeapDisplay * self)
{
  if (shot_is_there (&self->queued))
    return &self->queued;
  if (shot_is_there (&self->committing))
    return &self->committing;
  return shot_is_there (&self->pending) ? &self->pending : &self->current;
}

gboolean
gst_dma_heap_display_show (GstDmaHeapDisplay * self, GstBuffer * buffer,
    const GstVideoInfo * info, gint64 capture_ns)
{
  struct shot before = { NULL, };

  g_mutex_lock (&self->lock);
  if (self->failed) {
    g_mutex_unlock (&self->lock);
    return FALSE;
  }
  if (newest_shot (self)->buffer != buffer) {
    before = shot_take (&self->queued);
    self->n_superseded += shot_is_there (&before) && !before.again;
    self->queued = (struct shot) {
      .buffer = gst_buffer_ref (buffer),
      .info = *info,
      .capture_ns = capture_ns,
      .pts = GST_BUFFER_PTS (buffer),
      .offset = GST_BUFFER_OFFSET (buffer),
    };
  }
  g_mutex_unlock (&self->lock);
  wake (self);
  gst_dma_heap_shot_clear (&before);
  return TRUE;
}

/* With the lock held. */
static GstFlowReturn
outcome (GstDmaHeapDisplay * self)
{
  if (self->failed)
    return GST_FLOW_ERROR;
  return self->flushing || self->stop ? GST_FLOW_FLUSHING : GST_FLOW_OK;
}

GstFlowReturn
gst_dma_heap_display_wait (GstDmaHeapDisplay * self, gboolean plugged)
{
  GstFlowReturn result;

  g_mutex_lock (&self->lock);
  while ((result = outcome (self)) == GST_FLOW_OK
      && (plugged || !self->unplugged)
      && (shot_is_there (&self->queued) || shot_is_there (&self->committing)))
    g_cond_wait (&self->cond, &self->lock);
  g_mutex_unlock (&self->lock);
  return result;
}

GstFlowReturn
gst_dma_heap_display_wait_shown (GstDmaHeapDisplay * self)
{
  gint64 until = g_get_monotonic_time () + SHOWN_TIMEOUT;
  GstFlowReturn result;

  g_mutex_lock (&self->lock);
  while ((result = outcome (self)) == GST_FLOW_OK && !self->unplugged
      && newest_shot (self) != &self->current)
    if (!g_cond_wait_until (&self->cond, &self->lock, until))
      break;
  g_mutex_unlock (&self->lock);
  return result;
}

void
gst_dma_heap_display_set_flushing (GstDmaHeapDisplay * self, gboolean flushing)
{
  g_mutex_lock (&self->lock);
  self->flushing = flushing;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
}

void
gst_dma_heap_display_flush (GstDmaHeapDisplay * self)
{
  struct shot shot;

  g_mutex_lock (&self->lock);
  shot = shot_take (&self->queued);
  self->n_discarded += shot_is_there (&shot) && !shot.again;
  g_cond_broadcast (&self->cond);
  g_mutex_unlock (&self->lock);
  gst_dma_heap_shot_clear (&shot);
}

void
gst_dma_heap_display_drain (GstDmaHeapDisplay * self)
{
  GstBuffer *pending, *current;

  gst_dma_heap_display_flush (self);
  g_mutex_lock (&self->lock);
  while (shot_is_there (&self->committing) && !self->stop)
    g_cond_wait (&self->cond, &self->lock);
  pending = self->pending.buffer;
  current = self->current.buffer;
  self->pending.buffer = self->current.buffer = NULL;
  g_mutex_unlock (&self->lock);
  gst_clear_buffer (&pending);
  gst_clear_buffer (&current);
}

void
gst_dma_heap_display_expose (GstDmaHeapDisplay * self)
{
  g_mutex_lock (&self->lock);
  self->redraw = TRUE;
  g_mutex_unlock (&self->lock);
  wake (self);
}

/* ---------------------------------------------------------------- counts */

static void
add_latency (GstStructure * stats, const gchar * name, gint64 value)
{
  if (value >= 0)
    gst_structure_set (stats, name, G_TYPE_INT64, value, NULL);
}

void
gst_dma_heap_display_add_stats (GstDmaHeapDisplay * self, GstStructure * stats)
{
  const struct zc_histogram *latency = self->latency;

  g_mutex_lock (&self->lock);
  gst_structure_set (stats, "shown", G_TYPE_UINT64, self->n_shown,
      "superseded", G_TYPE_UINT64, self->n_superseded,
      "discarded", G_TYPE_UINT64, self->n_discarded,
      "latency-count", G_TYPE_UINT64, zc_histogram_count (latency), NULL);
  add_latency (stats, "latency-min", zc_histogram_percentile (latency, 0));
  add_latency (stats, "latency-mean", zc_histogram_mean (latency));
  add_latency (stats, "latency-p50", zc_histogram_percentile (latency, 50));
  add_latency (stats, "latency-p99", zc_histogram_percentile (latency, 99));
  add_latency (stats, "latency-max", zc_histogram_percentile (latency, 100));
  g_mutex_unlock (&self->lock);
}

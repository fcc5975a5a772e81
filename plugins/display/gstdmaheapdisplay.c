/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapdisplay - what others want of the display, done by its presenter */
#include "display/gstdmaheapdisplayprivate.h"
#include "memory/gstdmaheapframe.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

#define SHOWN_TIMEOUT G_TIME_SPAN_SECOND

/* ----------------------------------------------------------- open, close */

static void
free_settings (struct zc_display_setting *settings, gint n)
{
  for (gint i = 0; i < n; i++)
    g_free ((gchar *) settings[i].name);
  g_free (settings);
}

static struct zc_display_setting *
copy_settings (const struct zc_display_setting *settings, gint n)
{
  struct zc_display_setting *copy = g_new (struct zc_display_setting, n);

  for (gint i = 0; i < n; i++) {
    copy[i].name = g_strdup (settings[i].name);
    copy[i].value = settings[i].value;
  }
  return copy;
}

/* With the lock held, which it gives up. */
static void
end (GstDmaHeapDisplay * self)
{
  zc_presenter_destroy (self->presenter);
  self->presenter = NULL;
  zc_display_close (self->zc);
  self->zc = NULL;
  self->failed = TRUE;
  gst_dma_heap_display_unlock (self);
}

GstDmaHeapDisplay *
gst_dma_heap_display_ref (GstDmaHeapDisplay * self)
{
  if (self)
    g_atomic_int_inc (&self->refs);
  return self;
}

void
gst_dma_heap_display_unref (GstDmaHeapDisplay * self)
{
  if (!self || !g_atomic_int_dec_and_test (&self->refs))
    return;
  if (self->wake_fd >= 0)
    close (self->wake_fd);
  g_mutex_clear (&self->lock);
  g_cond_clear (&self->cond);
  g_free (self->path);
  g_free (self->driver);
  g_free (self->bus_id);
  g_array_unref (self->formats);
  free_settings (self->settings[0], self->config.n_connector_settings);
  free_settings (self->settings[1], self->config.n_plane_settings);
  if (self->config.use_fd)
    close (self->config.fd);
  g_free (self);
}

static void
copy_config (GstDmaHeapDisplay * self, const struct zc_display_config *config)
{
  self->path = g_strdup (config->path);
  self->driver = g_strdup (config->driver);
  self->config = *config;
  self->bus_id = g_strdup (config->bus_id);
  self->settings[0] = copy_settings (config->connector_settings,
      config->n_connector_settings);
  self->settings[1] = copy_settings (config->plane_settings,
      config->n_plane_settings);
  self->config.path = self->path;
  self->config.driver = self->driver;
  self->config.bus_id = self->bus_id;
  self->config.connector_settings = self->settings[0];
  self->config.plane_settings = self->settings[1];
  /* It is opened again for another mode, when the caller's may be closed. */
  if (config->use_fd)
    self->config.fd = fcntl (config->fd, F_DUPFD_CLOEXEC, 0);
}

static GstDmaHeapDisplay *
give_up (GstDmaHeapDisplay * self)
{
  g_mutex_lock (&self->lock);
  end (self);
  gst_dma_heap_display_unref (self);
  return NULL;
}

GstDmaHeapDisplay *
gst_dma_heap_display_open (const struct zc_display_config *config,
    const struct gst_dma_heap_display_events *events, gpointer user,
    GError ** error)
{
  GstDmaHeapDisplay *self = g_new0 (GstDmaHeapDisplay, 1);

  self->refs = 1;
  g_mutex_init (&self->lock);
  g_cond_init (&self->cond);
  self->events = *events;
  self->user = user;
  self->can_scale = TRUE;
  self->formats = g_array_new (FALSE, FALSE,
      sizeof (struct gst_dma_heap_display_format));
  copy_config (self, config);
  self->wake_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
  if (self->wake_fd < 0 || !gst_dma_heap_display_init_presenter (self)) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED,
        "no event fd or memory for the display: %s",
        g_strerror (errno));
    return give_up (self);
  }
  if (!gst_dma_heap_display_reopen (self, error))
    return give_up (self);
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
  gst_dma_heap_display_wake (self);
  g_thread_join (self->thread);
  g_mutex_lock (&self->lock);
  end (self);
  gst_dma_heap_display_unref (self);
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
gst_dma_heap_display_get_format (GstDmaHeapDisplay * self, guint n,
    struct gst_dma_heap_display_format *format)
{
  gboolean has;

  g_mutex_lock (&self->lock);
  has = n < self->formats->len;
  if (has)
    *format = g_array_index (self->formats,
        struct gst_dma_heap_display_format, n);
  g_mutex_unlock (&self->lock);
  return has;
}

gboolean
gst_dma_heap_display_set_mode (GstDmaHeapDisplay * self, guint width,
    guint height, gboolean force, GError ** error)
{
  gboolean done;

  g_mutex_lock (&self->lock);
  self->config.width = width;
  self->config.height = height;
  self->config.force_mode = force;
  done = gst_dma_heap_display_restart (self, error);
  gst_dma_heap_display_unlock (self);
  return done;
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

void
gst_dma_heap_display_set_manner (GstDmaHeapDisplay * self, gboolean at_once,
    gboolean tells_flips)
{
  g_mutex_lock (&self->lock);
  zc_presenter_set_commit_at_once (self->presenter, at_once);
  self->tells_flips = tells_flips;
  gst_dma_heap_display_set_await (self);
  g_mutex_unlock (&self->lock);
  gst_dma_heap_display_wake (self);
}

/* --------------------------------------------------------------- showing */

/* Whether that is what will be on screen when nothing more is handed over. */
static gboolean
is_newest (GstDmaHeapDisplay * self, GstBuffer * buffer)
{
  struct zc_presenter_state state;
  struct zc_frame *frame;

  zc_presenter_state (self->presenter, &state);
  frame = state.waiting ? state.waiting : state.committed;
  if (!frame)
    frame = state.on_screen;
  return frame
      && gst_dma_heap_display_shot_of (self, frame)->buffer == buffer;
}

/* Counts how many different ones upstream has. */
static void
see (GstDmaHeapDisplay * self, struct zc_frame *frame)
{
  self->is_fed = TRUE;
  if (self->n_seen == GST_DMA_HEAP_DISPLAY_ENOUGH)
    return;
  for (guint i = 0; i < self->n_seen; i++)
    if (self->seen[i] == frame)
      return;
  self->seen[self->n_seen++] = frame;
  gst_dma_heap_display_set_await (self);
}

gboolean
gst_dma_heap_display_show (GstDmaHeapDisplay * self, GstBuffer * buffer,
    const GstVideoInfo * info, guint64 modifier, gint64 capture_ns)
{
  struct zc_frame *frame;
  GError *error = NULL;
  gboolean done;

  g_mutex_lock (&self->lock);
  /* Where no slot is free, the compositor has taken so many frames and given none back. */
  if (!self->failed && !is_newest (self, buffer)
      && gst_dma_heap_display_shot_of (self, NULL)) {
    frame = gst_dma_heap_frame_get_tiled (buffer, info, modifier, self->user,
        &error);
    if (frame) {
      see (self, frame);
      zc_presenter_offer (self->presenter, gst_dma_heap_display_load (self,
              frame, buffer, info, capture_ns), 0);
    } else {
      gst_dma_heap_display_fail (self, error);
    }
  }
  gst_dma_heap_display_work (self, FALSE);
  done = !self->failed;
  gst_dma_heap_display_unlock (self);
  return done;
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
  struct zc_presenter_state state;
  GstFlowReturn result;

  g_mutex_lock (&self->lock);
  self->n_waiting++;
  while ((result = outcome (self)) == GST_FLOW_OK) {
    zc_presenter_state (self->presenter, &state);
    if (!state.waiting || (state.unplugged && !plugged))
      break;
    g_cond_wait (&self->cond, &self->lock);
  }
  self->n_waiting--;
  g_mutex_unlock (&self->lock);
  return result;
}

GstFlowReturn
gst_dma_heap_display_wait_shown (GstDmaHeapDisplay * self)
{
  gint64 until = g_get_monotonic_time () + SHOWN_TIMEOUT;
  struct zc_presenter_state state;
  GstFlowReturn result;

  g_mutex_lock (&self->lock);
  self->n_waiting++;
  self->n_shown_waiting++;
  gst_dma_heap_display_set_await (self);
  gst_dma_heap_display_wake (self);
  while ((result = outcome (self)) == GST_FLOW_OK) {
    zc_presenter_state (self->presenter, &state);
    if (state.unplugged || !(state.waiting || state.committed)
        || !g_cond_wait_until (&self->cond, &self->lock, until))
      break;
  }
  self->n_waiting--;
  self->n_shown_waiting--;
  gst_dma_heap_display_set_await (self);
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
  g_mutex_lock (&self->lock);
  if (self->presenter)
    zc_presenter_flush (self->presenter);
  g_cond_broadcast (&self->cond);
  gst_dma_heap_display_unlock (self);
}

void
gst_dma_heap_display_drain (GstDmaHeapDisplay * self)
{
  g_mutex_lock (&self->lock);
  if (self->presenter)
    zc_presenter_flush (self->presenter);
  for (guint i = 0; i < GST_DMA_HEAP_DISPLAY_SHOTS; i++)
    gst_dma_heap_display_let_go (&self->shot[i]);
  g_cond_broadcast (&self->cond);
  gst_dma_heap_display_unlock (self);
}

void
gst_dma_heap_display_expose (GstDmaHeapDisplay * self)
{
  g_mutex_lock (&self->lock);
  zc_presenter_redraw (self->presenter);
  g_mutex_unlock (&self->lock);
  gst_dma_heap_display_wake (self);
}

/* ---------------------------------------------------------------- counts */

static void
add_latency (GstStructure * stats, const gchar * name, gint64 value)
{
  if (value >= 0)
    gst_structure_set (stats, name, G_TYPE_INT64, value, NULL);
}

/* Others hold locks meanwhile: what is to be told, the thread tells. */
static void
take_flip (GstDmaHeapDisplay * self, struct zc_presenter_state *state)
{
  zc_presenter_state (self->presenter, state);
  if (!state->committed || self->failed)
    return;
  gst_dma_heap_display_work (self, TRUE);
  gst_dma_heap_display_wake (self);
  zc_presenter_state (self->presenter, state);
}

/* Of a window: how its frames came on screen. */
static void
add_composition (GstDmaHeapDisplay * self, GstStructure * stats)
{
  const struct zc_composition *composition;

  if (!self->info.is_window || !self->zc)
    return;
  composition = &zc_display_info (self->zc)->composition;
  gst_structure_set (stats, "compositor-plane", G_TYPE_UINT64,
      composition->plane, "compositor-pass", G_TYPE_UINT64, composition->pass,
      "compositor-untold", G_TYPE_UINT64, composition->untold, NULL);
}

void
gst_dma_heap_display_add_stats (GstDmaHeapDisplay * self, GstStructure * stats)
{
  const struct zc_histogram *latency;
  struct zc_presenter_state state;

  g_mutex_lock (&self->lock);
  take_flip (self, &state);
  latency = zc_presenter_latency (self->presenter);
  gst_structure_set (stats, "shown", G_TYPE_UINT64, state.shown,
      "superseded", G_TYPE_UINT64, state.superseded,
      "discarded", G_TYPE_UINT64, state.discarded,
      "latency-count", G_TYPE_UINT64, zc_histogram_count (latency), NULL);
  add_latency (stats, "latency-min", zc_histogram_percentile (latency, 0));
  add_latency (stats, "latency-mean", zc_histogram_mean (latency));
  add_latency (stats, "latency-p50", zc_histogram_percentile (latency, 50));
  add_latency (stats, "latency-p99", zc_histogram_percentile (latency, 99));
  add_latency (stats, "latency-max", zc_histogram_percentile (latency, 100));
  add_composition (self, stats);
  g_mutex_unlock (&self->lock);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapdisplaywindow - where the display's window is, and how large */
#include "display/gstdmaheapdisplayprivate.h"

gboolean
gst_dma_heap_display_check_surface (struct wl_display *wl_display,
    struct wl_surface *wl_surface, GError ** error)
{
  if (wl_display || !wl_surface)
    return TRUE;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_OPEN_READ_WRITE,
      "the application gave a window, and no connection to its compositor: set a "
      "context with a wl_display first");
  return FALSE;
}

/* With the lock held. */
static gboolean
move_to (GstDmaHeapDisplay * self, struct wl_display *wl_display,
    struct wl_surface *wl_surface, GError ** error)
{
  if (!gst_dma_heap_display_check_surface (wl_display, wl_surface, error))
    return FALSE;
  self->config.wl_display = wl_display;
  self->config.wl_surface = wl_surface;
  self->config.width = self->info.width;
  self->config.height = self->info.height;
  return gst_dma_heap_display_restart (self, error);
}

gboolean
gst_dma_heap_display_set_surface (GstDmaHeapDisplay * self,
    struct wl_display *wl_display, struct wl_surface *wl_surface,
    GError ** error)
{
  gboolean done = TRUE;

  g_mutex_lock (&self->lock);
  if (self->info.is_window)
    done = move_to (self, wl_display, wl_surface, error);
  gst_dma_heap_display_unlock (self);
  return done;
}

void
gst_dma_heap_display_set_fullscreen (GstDmaHeapDisplay * self,
    gboolean fullscreen)
{
  g_mutex_lock (&self->lock);
  self->fullscreen = fullscreen;
  if (self->zc && self->info.is_window)
    zc_display_set_fullscreen (self->zc, fullscreen);
  g_mutex_unlock (&self->lock);
}

gboolean
gst_dma_heap_display_get_place (GstDmaHeapDisplay * self,
    GstVideoRectangle * place)
{
  gboolean has;

  g_mutex_lock (&self->lock);
  has = GST_VIDEO_INFO_WIDTH (&self->placed) > 0;
  if (has) {
    struct zc_rect to = gst_dma_heap_display_rectangle (self, &self->placed);

    *place = (GstVideoRectangle) { to.x, to.y, to.width, to.height };
  }
  g_mutex_unlock (&self->lock);
  return has;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapdisplaysize - which sizes of pictures the display can be handed: its modes',
 * and larger ones where a plane is found to scale
 */
#include "display/gstdmaheapdisplayprivate.h"
#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheaplog.h"

#include <errno.h>

/* The part of the mode's size by which a picture that is tried is larger or smaller. */
#define TRIAL_PART 8

static void
note_mode (GstDmaHeapDisplay * self, guint width, guint height)
{
  for (guint i = 0; i < self->n_modes; i++)
    if (self->mode[i].width == width && self->mode[i].height == height)
      return;
  if (self->n_modes < GST_DMA_HEAP_DISPLAY_MODES)
    self->mode[self->n_modes++] = (struct gst_dma_heap_display_mode) {
    width, height};
}

/* A linear format that a plane has, RGB before others. */
static const struct zc_format *
trial_format (GstDmaHeapDisplay * self)
{
  const struct gst_dma_heap_display_format *first;

  if (!self->formats->len)
    return NULL;
  first = &g_array_index (self->formats, struct gst_dma_heap_display_format, 0);
  return first->modifier ? NULL :
      zc_format_by_name (gst_dma_heap_formats[first->index].zc);
}

/* Of the display's own memory, which no display refuses for what it is. */
static struct zc_pool *
trial_pool (GstDmaHeapDisplay * self, guint width, guint height)
{
  const struct zc_format *format = trial_format (self);
  struct zc_pool *pool = NULL;
  struct zc_layout layout;

  if (format && !zc_layout_solve (&layout, format, width, height, NULL)
      && !zc_display_dumb_pool (self->zc, &layout, 1, &pool))
    return pool;
  return NULL;
}

/* Without memory to try it with, nothing is known against it. @rect: where; NULL: centred. */
static gboolean
takes (GstDmaHeapDisplay * self, guint width, guint height,
    const struct zc_rect *rect)
{
  struct zc_pool *pool = trial_pool (self, width, height);
  uint32_t reasons;
  gint result;

  if (!pool)
    return TRUE;
  zc_display_set_rect (self->zc, rect);
  result = zc_display_test (self->zc, zc_pool_frame (pool, 0), &reasons);
  zc_display_set_rect (self->zc, NULL);
  zc_pool_unref (pool);
  return result != -ENOTSUP;
}

static void
try_sizes (GstDmaHeapDisplay * self)
{
  const guint width = self->info.width, height = self->info.height;
  const guint x = width / TRIAL_PART, y = height / TRIAL_PART;
  const struct zc_rect whole = { 0, 0, width, height };

  self->info.can_shrink = takes (self, width + x, height + y, &whole);
  self->info.must_fill = !takes (self, width - x, height - y, NULL);
}

void
gst_dma_heap_display_note_sizes (GstDmaHeapDisplay * self)
{
  guint width, height;

  self->n_modes = 0;
  for (gint i = 0; zc_display_mode (self->zc, i, &width, &height); i++)
    note_mode (self, width, height);
  if (!self->is_tried)
    try_sizes (self);
  self->is_tried = TRUE;
  gst_dma_heap_log_clear ();
}

guint
gst_dma_heap_display_get_modes (GstDmaHeapDisplay * self,
    struct gst_dma_heap_display_mode mode[GST_DMA_HEAP_DISPLAY_MODES])
{
  guint n;

  g_mutex_lock (&self->lock);
  n = self->n_modes;
  memcpy (mode, self->mode, n * sizeof (*mode));
  g_mutex_unlock (&self->lock);
  return n;
}

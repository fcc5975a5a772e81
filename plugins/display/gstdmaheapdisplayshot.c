/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapdisplayshot - buffers that frames carry to the screen, and what is done of
 * them and told when the lock is given up
 */
#include "display/gstdmaheapdisplayprivate.h"

#include <unistd.h>

struct shot *
gst_dma_heap_display_shot_of (GstDmaHeapDisplay * self,
    const struct zc_frame *frame)
{
  for (guint i = 0; i < GST_DMA_HEAP_DISPLAY_SHOTS; i++)
    if (self->shot[i].frame == frame)
      return &self->shot[i];
  return NULL;
}

void
gst_dma_heap_display_let_go (struct shot *shot)
{
  struct told *told;

  if (!shot->buffer)
    return;
  told = &shot->display->told;
  g_assert (told->n_gone < G_N_ELEMENTS (told->gone));
  told->gone[told->n_gone++] = shot->buffer;
  shot->buffer = NULL;
}

/* Nobody uses the frame any more, or it comes in another buffer. */
static void
release (struct zc_frame *frame, void *user)
{
  struct shot *shot = user;

  gst_dma_heap_display_let_go (shot);
  shot->frame = NULL;
}

struct zc_frame *
gst_dma_heap_display_load (GstDmaHeapDisplay * self, struct zc_frame *frame,
    GstBuffer * buffer, const GstVideoInfo * info, gint64 capture_ns)
{
  struct shot *shot = gst_dma_heap_display_shot_of (self, NULL);

  g_assert (shot);
  *shot = (struct shot) {
    .display = self,
    .buffer = gst_buffer_ref (buffer),
    .info = *info,
    .pts = GST_BUFFER_PTS (buffer),
    .offset = GST_BUFFER_OFFSET (buffer),
  };
  zc_frame_ref (frame);
  zc_frame_set_release (frame, release, shot);
  shot->frame = frame;
  *zc_frame_meta (frame) = (struct zc_frame_meta) {
    .clock = capture_ns ? ZC_CAPTURE_END_OF_FRAME : ZC_CAPTURE_UNKNOWN,
    .at_ns[ZC_STAGE_CAPTURE] = capture_ns,
  };
  return frame;
}

void
gst_dma_heap_display_wake (GstDmaHeapDisplay * self)
{
  guint64 one = 1;
  gssize done;

  /* It can only fail where the thread is to wake already. */
  done = write (self->wake_fd, &one, sizeof (one));
  (void) done;
}

void
gst_dma_heap_display_unlock (GstDmaHeapDisplay * self)
{
  struct told told = self->told;

  self->told = (struct told) { .n_gone = 0 };
  g_mutex_unlock (&self->lock);
  /* Woken before, it would wait for the lock. */
  if (told.wakes)
    gst_dma_heap_display_wake (self);
  for (guint i = 0; i < told.n_gone; i++)
    gst_buffer_unref (told.gone[i]);
  if (told.is_flipped)
    self->events.flipped (self->user, &told.flip);
  if (told.is_unplugged)
    self->events.unplugged (self->user, told.connector, FALSE);
  if (told.is_back)
    self->events.unplugged (self->user, told.connector, TRUE);
  if (told.is_changed)
    self->events.changed (self->user);
  if (told.is_reformatted)
    self->events.reformatted (self->user);
  for (guint i = 0; told.acts && i < told.acts->len; i++)
    self->events.acted (self->user, &g_array_index (told.acts,
            struct zc_display_event, i));
  g_clear_pointer (&told.acts, g_array_unref);
  if (told.failed)
    self->events.failed (self->user, told.failed);
}

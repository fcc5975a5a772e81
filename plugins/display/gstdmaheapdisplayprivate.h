/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapdisplayprivate.h - what the files of the display share: the one that others
 * call, its thread, and where frames go.
 */
#ifndef GST_DMA_HEAP_DISPLAY_PRIVATE_H
#define GST_DMA_HEAP_DISPLAY_PRIVATE_H

#include "display/gstdmaheapdisplay.h"

G_BEGIN_DECLS

#define GST_DMA_HEAP_DISPLAY_FORMATS 32

/** A frame on its way to the screen. Zeroed: none. */
struct shot {
  GstBuffer *buffer;            /* NULL once it was let go */
  struct zc_frame *frame;       /* its own reference; NULL before the commit */
  GstVideoInfo info;
  gint64 capture_ns;
  GstClockTime pts;
  guint64 offset;
  gboolean again;               /* it was on screen before */
};

struct _GstDmaHeapDisplay {
  struct gst_dma_heap_display_events events;
  gpointer user;
  GThread *thread;
  gint wake_fd;                 /* an eventfd: there is something to do */

  /* The thread's own. */
  struct zc_display *zc;        /* NULL: it could not be opened again */
  struct zc_display_config config;
  gchar *path, *driver;         /* the config's */
  gint64 committed_us;          /* since when a flip is due, or the driver busy */
  gint64 looked_us;             /* when the connector was last looked at */
  gboolean busy_driver;
  GstVideoInfo placed;          /* the format that its rectangle is for */

  GMutex lock;                  /* of all that follows */
  GCond cond;
  gboolean stop, failed, flushing, unplugged, redraw;
  gboolean is_placed;           /* the rectangle of placed stands */
  struct zc_rect window;
  gboolean can_scale;
  gboolean reopen;              /* with the mode of these: */
  guint mode_width, mode_height;
  gboolean mode_force;
  GError *reopen_error;
  struct shot queued, committing, pending, current;
  struct gst_dma_heap_display_info info;
  gboolean has_format[GST_DMA_HEAP_DISPLAY_FORMATS];
  guint64 n_shown, n_superseded, n_discarded;
  struct zc_histogram *latency;
};

static inline gboolean
shot_is_there (const struct shot *shot)
{
  return shot->buffer || shot->frame;
}

/** Lets its buffer and frame go; not to be called with the lock held. */
void gst_dma_heap_shot_clear (struct shot *shot);

/** Moves a shot. */
static inline struct shot
shot_take (struct shot *shot)
{
  struct shot taken = *shot;

  *shot = (struct shot) { NULL, };
  return taken;
}

/** Opens the display and notes what it is. */
gboolean gst_dma_heap_display_reopen (GstDmaHeapDisplay * self,
    GError ** error);

/**
 * gst_dma_heap_display_place:
 * @shot: has its frame
 * @error: (out): why no plane takes it; not set for other errors than -ENOTSUP
 *
 * Sets the display's rectangle for frames as @shot, and tries it.
 *
 * Returns: 0, or a negative errno value
 */
gint gst_dma_heap_display_place (GstDmaHeapDisplay * self,
    const struct shot *shot, GError ** error);

/** The thread. */
gpointer gst_dma_heap_display_run (gpointer self);

G_END_DECLS

#endif

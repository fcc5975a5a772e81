/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapdisplayprivate.h - what the files of the display share: the one that others
 * call, its work and its thread, and where frames go.
 */
#ifndef GST_DMA_HEAP_DISPLAY_PRIVATE_H
#define GST_DMA_HEAP_DISPLAY_PRIVATE_H

#include "display/gstdmaheapdisplay.h"

G_BEGIN_DECLS

/* One waits, one is committed, one on screen, one comes; and those that a compositor has
 * not given back. Where it keeps still more, what comes is not shown. */
#define GST_DMA_HEAP_DISPLAY_SHOTS 16

/* So many different frames show that upstream has enough to write into: what is not on
 * screen any more may then be let go when the next frame comes. */
#define GST_DMA_HEAP_DISPLAY_ENOUGH 5

/** What a frame carries on its way to the screen, till nobody uses it any more. */
struct shot {
  GstDmaHeapDisplay *display;
  struct zc_frame *frame;       /* no reference; NULL: the slot is free */
  GstBuffer *buffer;            /* NULL once it was let go */
  GstVideoInfo info;
  GstClockTime pts;
  guint64 offset;
};

/** What is done once the lock is given up. */
struct told {
  GstBuffer *gone[2 * GST_DMA_HEAP_DISPLAY_SHOTS];
  guint n_gone;
  gboolean wakes;               /* the thread */
  gboolean is_flipped, is_unplugged, is_back, is_changed, is_reformatted;
  GArray *acts;                 /* struct zc_display_event; NULL: none */
  struct gst_dma_heap_flip flip;
  gchar connector[48];
  GError *failed;
};

struct _GstDmaHeapDisplay {
  struct gst_dma_heap_display_events events;
  gpointer user;
  gint refs;                    /* atomic */
  GThread *thread;
  gint wake_fd;                 /* an eventfd: there is something to do */

  GMutex lock;                  /* of all that follows */
  GCond cond;
  guint n_waiting;              /* for the condition */
  guint n_shown_waiting;        /* of these, for a flip */
  struct zc_display *zc;        /* NULL: it could not be opened again */
  struct zc_presenter *presenter;       /* NULL: it is closed */
  struct zc_display_config config;
  gchar *path, *driver, *bus_id;        /* the config's */
  struct zc_display_setting *settings[2];       /* the same: connector's, plane's */
  gboolean stop, failed, flushing;
  gint polled_fd;               /* what the thread waits for */
  gint64 polled_until_us;
  gboolean is_fed;              /* a frame came since it has waited */
  gboolean tells_flips;
  gpointer seen[GST_DMA_HEAP_DISPLAY_ENOUGH];   /* frames, to be told apart */
  guint n_seen;
  GstVideoInfo placed;          /* the format that the rectangle is for */
  gboolean is_placed;           /* it stands */
  struct zc_rect window;
  gboolean can_scale, fullscreen;
  GError *why;                  /* what a call that failed has to say */
  struct shot shot[GST_DMA_HEAP_DISPLAY_SHOTS];
  struct gst_dma_heap_display_info info;
  GArray *formats;              /* struct gst_dma_heap_display_format */
  struct gst_dma_heap_display_mode mode[GST_DMA_HEAP_DISPLAY_MODES];
  guint n_modes;
  gboolean is_tried;            /* whether it makes larger pictures smaller */
  struct told told;
};

/** A time of g_get_monotonic_time(), from what the presenter says. */
static inline gint64
gst_dma_heap_display_until_us (gint64 wait_ns)
{
  return wait_ns < 0 ? G_MAXINT64 : g_get_monotonic_time () + wait_ns / 1000;
}

/* All of these with the lock held, but for the thread. */

/* gstdmaheapdisplayshot.c */

/** The slot of @frame; %NULL: one that is free. */
struct shot *gst_dma_heap_display_shot_of (GstDmaHeapDisplay * self,
    const struct zc_frame *frame);

/** Has @frame carry @buffer till nobody uses it. Returns: @frame, with a reference */
struct zc_frame *gst_dma_heap_display_load (GstDmaHeapDisplay * self,
    struct zc_frame *frame, GstBuffer * buffer, const GstVideoInfo * info,
    gint64 capture_ns);

/** Lets its buffer go with the next unlock. */
void gst_dma_heap_display_let_go (struct shot *shot);

/** Has the thread look anew at what there is to do. */
void gst_dma_heap_display_wake (GstDmaHeapDisplay * self);

/** Gives the lock up, then wakes the thread where it must, lets buffers go and tells what is to be told. */
void gst_dma_heap_display_unlock (GstDmaHeapDisplay * self);

/* gstdmaheapdisplayplace.c */

/**
 * gst_dma_heap_display_place:
 * @error: (out): why no plane takes it; not set for other errors than -ENOTSUP
 *
 * Sets the display's rectangle for frames as @shot, and tries it.
 *
 * Returns: 0, or a negative errno value
 */
gint gst_dma_heap_display_place (GstDmaHeapDisplay * self,
    const struct shot *shot, GError ** error);

/** Where frames as @info go: in the mode, or in the window. */
struct zc_rect gst_dma_heap_display_rectangle (GstDmaHeapDisplay * self,
    const GstVideoInfo * info);

/* gstdmaheapdisplaysize.c */

/** Notes the modes of the display that was opened, and whether it makes a larger picture
 * smaller, which is tried once for each that is plugged in; nothing is changed on screen. */
void gst_dma_heap_display_note_sizes (GstDmaHeapDisplay * self);

/* gstdmaheapdisplaywork.c */

/** Makes the presenter, without a display. */
gboolean gst_dma_heap_display_init_presenter (GstDmaHeapDisplay * self);

/** Opens the display in place of the one that is open, and notes what it is. */
gboolean gst_dma_heap_display_reopen (GstDmaHeapDisplay * self,
    GError ** error);

/** The same while frames are shown: takes the newest over, and wakes who waits. */
gboolean gst_dma_heap_display_restart (GstDmaHeapDisplay * self,
    GError ** error);

/** Does what can be done, and has the unlock wake the thread where it does not wait for
 * the rest already. @readable: as of zc_presenter_dispatch() */
void gst_dma_heap_display_work (GstDmaHeapDisplay * self, gboolean readable);

/** Shows nothing any more; takes @error over. */
void gst_dma_heap_display_fail (GstDmaHeapDisplay * self, GError * error);

/** Looks for flips at once, where upstream or somebody else waits for them. */
void gst_dma_heap_display_set_await (GstDmaHeapDisplay * self);

/* gstdmaheapdisplaythread.c */

gpointer gst_dma_heap_display_run (gpointer self);

G_END_DECLS

#endif

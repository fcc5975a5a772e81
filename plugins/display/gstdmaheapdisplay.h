/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapdisplay.h - a display of libzerocopy, whose presenter is handed buffers;
 * and a thread that sees to what is due while none comes.
 *
 * Functions may be called from any thread. Nothing is allocated for a frame.
 */
#ifndef GST_DMA_HEAP_DISPLAY_H
#define GST_DMA_HEAP_DISPLAY_H

#include <gst/video/video.h>
#include <zerocopy.h>

G_BEGIN_DECLS

typedef struct _GstDmaHeapDisplay GstDmaHeapDisplay;

/** A frame that came on screen. */
struct gst_dma_heap_flip {
  guint64 sequence;             /* its number, from 1 */
  guint64 offset;               /* of its buffer */
  GstClockTime pts;
  gint64 flip_ns;               /* CLOCK_MONOTONIC */
  gboolean vblank;              /* that is the time of a real vertical blank */
  gint64 latency_ns;            /* since it was captured; -1: not known */
};

/** What is told, by the thread that shows a buffer or the display's, without its lock. */
struct gst_dma_heap_display_events {
  void (*flipped) (gpointer user, const struct gst_dma_heap_flip * flip);
  /* Nothing is plugged into @connector any more, or something is again. */
  void (*unplugged) (gpointer user, const gchar * connector, gboolean back);
  /* It shows nothing any more. @error is the receiver's. */
  void (*failed) (gpointer user, GError * error);
  /* Another mode than before, or size of its window, or it was found not to scale. */
  void (*changed) (gpointer user);
  /* It takes other formats than before. */
  void (*reformatted) (gpointer user);
  /* A user did something with keys or pointer in its window. */
  void (*acted) (gpointer user, const struct zc_display_event * event);
};

/** So many sizes of modes are told apart. */
#define GST_DMA_HEAP_DISPLAY_MODES 64

struct gst_dma_heap_display_mode {
  guint width, height;          /* in pixels */
};

/** What it is now. */
struct gst_dma_heap_display_info {
  gchar path[128], driver[32], connector[48];
  guint connector_id, plane_id; /* plane 0: none yet */
  guint width, height, refresh_mhz;
  gboolean is_window;           /* of a desktop, as large as that says */
  gboolean mode_kept;           /* it was lit when we came */
  gboolean can_scale;
  gboolean can_shrink;          /* a plane took a larger picture than the mode */
  gboolean must_fill;           /* no plane took a smaller one */
};

/**
 * gst_dma_heap_display_open:
 * @config: strings, settings and fd are copied
 * @user: for the events, and the owner of its frames
 *
 * Opens it and starts its thread. Nothing is changed on screen.
 */
GstDmaHeapDisplay *gst_dma_heap_display_open (const struct zc_display_config *
    config, const struct gst_dma_heap_display_events * events, gpointer user,
    GError ** error);

/** Whether it failed: it shows nothing any more, and can only be closed. */
gboolean gst_dma_heap_display_has_failed (GstDmaHeapDisplay * self);

/**
 * Ends the thread, restores what was on screen, lets all buffers go; takes the opener's
 * reference. To those who have another it says what it was, and shows nothing.
 */
void gst_dma_heap_display_close (GstDmaHeapDisplay * self);

/** For a thread that uses it while another may close it. %NULL: nothing is done. */
GstDmaHeapDisplay *gst_dma_heap_display_ref (GstDmaHeapDisplay * self);
void gst_dma_heap_display_unref (GstDmaHeapDisplay * self);

void gst_dma_heap_display_get_info (GstDmaHeapDisplay * self,
    struct gst_dma_heap_display_info *info);

/** A format as a plane takes it. */
struct gst_dma_heap_display_format {
  guint index;                  /* of gst_dma_heap_formats */
  guint64 modifier;             /* DRM_FORMAT_MOD_*; 0 is linear */
};

/** Fills @format with the @n-th that planes take, what is linear first. Returns: whether
 * there are so many. */
gboolean gst_dma_heap_display_get_format (GstDmaHeapDisplay * self, guint n,
    struct gst_dma_heap_display_format *format);

/** The sizes of its modes, each once, the preferred first. Returns: how many */
guint gst_dma_heap_display_get_modes (GstDmaHeapDisplay * self,
    struct gst_dma_heap_display_mode mode[GST_DMA_HEAP_DISPLAY_MODES]);

/**
 * gst_dma_heap_display_set_mode:
 * @force: in place of what is lit, and an error where there is no such mode
 *
 * Opens it anew, with a mode of that size.
 */
gboolean gst_dma_heap_display_set_mode (GstDmaHeapDisplay * self, guint width,
    guint height, gboolean force, GError ** error);

/** Whether a surface of the application's has the connection that it is on. */
gboolean gst_dma_heap_display_check_surface (struct wl_display *wl_display,
    struct wl_surface *wl_surface, GError ** error);

/**
 * gst_dma_heap_display_set_surface:
 * @wl_display: (nullable): the application's connection to a compositor
 * @wl_surface: (nullable): of that, for frames to be on; %NULL: a window of our own
 *
 * Opens a window anew, there. Of a card, nothing is done.
 */
gboolean gst_dma_heap_display_set_surface (GstDmaHeapDisplay * self,
    struct wl_display *wl_display, struct wl_surface *wl_surface,
    GError ** error);

/** Has its window fill the screen, or no longer; of a card, nothing is done. */
void gst_dma_heap_display_set_fullscreen (GstDmaHeapDisplay * self,
    gboolean fullscreen);

/** Where the last frame is on screen, or in its window. %FALSE: there is none. */
gboolean gst_dma_heap_display_get_place (GstDmaHeapDisplay * self,
    GstVideoRectangle * place);

/**
 * gst_dma_heap_display_set_place:
 * @window: where on screen, in pixels of the mode; an empty one is all of it
 * @can_scale: whether frames are scaled to fill that, or centred in it
 *
 * Takes effect with the next frame.
 */
void gst_dma_heap_display_set_place (GstDmaHeapDisplay * self,
    const struct zc_rect *window, gboolean can_scale);

/**
 * gst_dma_heap_display_set_manner:
 * @at_once: a frame does not wait where a newer one is expected for the same
 *     vertical blank
 * @tells_flips: flips are told at once, not when the next frame comes
 */
void gst_dma_heap_display_set_manner (GstDmaHeapDisplay * self,
    gboolean at_once, gboolean tells_flips);

/**
 * gst_dma_heap_display_show:
 * @buffer: held until another has replaced it on screen
 * @info: its format
 * @modifier: DRM_FORMAT_MOD_*, how its pixels lie
 * @capture_ns: when it was captured, CLOCK_MONOTONIC; 0: not known
 *
 * Hands @buffer over; one that still waits is superseded by it. The one that was
 * handed over last is not shown twice.
 *
 * Returns: %FALSE: it failed, and told so
 */
gboolean gst_dma_heap_display_show (GstDmaHeapDisplay * self,
    GstBuffer * buffer, const GstVideoInfo * info, guint64 modifier,
    gint64 capture_ns);

/**
 * gst_dma_heap_display_wait:
 * @plugged: also until a display is plugged in, where none is
 *
 * Waits until no frame waits to be committed.
 *
 * Returns: %GST_FLOW_OK, %GST_FLOW_FLUSHING woken, %GST_FLOW_ERROR it failed
 */
GstFlowReturn gst_dma_heap_display_wait (GstDmaHeapDisplay * self,
    gboolean plugged);

/** The same until the last one is on screen, or a second has passed. */
GstFlowReturn gst_dma_heap_display_wait_shown (GstDmaHeapDisplay * self);

/** Wakes those who wait, and has no one wait, until it is set to %FALSE. */
void gst_dma_heap_display_set_flushing (GstDmaHeapDisplay * self,
    gboolean flushing);

/** Forgets the frame that waits to be committed. */
void gst_dma_heap_display_flush (GstDmaHeapDisplay * self);

/** Lets all buffers go. The picture stays, for the display holds its memory. */
void gst_dma_heap_display_drain (GstDmaHeapDisplay * self);

/** Shows the last frame again. */
void gst_dma_heap_display_expose (GstDmaHeapDisplay * self);

/** Adds counts of frames, and latencies where there are enough of them. */
void gst_dma_heap_display_add_stats (GstDmaHeapDisplay * self,
    GstStructure * stats);

G_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsinkprivate.h - what the files of element dmaheapsink share */
#ifndef GST_DMA_HEAP_SINK_PRIVATE_H
#define GST_DMA_HEAP_SINK_PRIVATE_H

#include "elements/gstdmaheapelement.h"
#include "display/gstdmaheapdisplay.h"
#include "elements/gstdmaheapsink.h"

#include <gst/video/navigation.h>
#include <gst/video/videooverlay.h>

G_BEGIN_DECLS

enum live
{
  LIVE_UNKNOWN,
  LIVE_NO,
  LIVE_YES,
};

/** When a frame is committed for a vertical blank. */
typedef enum
{
  GST_DMA_HEAP_COMMIT_ONCE,
  GST_DMA_HEAP_COMMIT_LATE,
} GstDmaHeapCommit;

#define GST_TYPE_DMA_HEAP_COMMIT (gst_dma_heap_commit_get_type ())
GType gst_dma_heap_commit_get_type (void);

struct _GstDmaHeapSink
{
  GstVideoSink parent;

  /* Properties, under the object lock. */
  gchar *where, *device, *driver, *bus_id, *mode, *heap;
  gint fd, connector_id, plane_id;
  GstStructure *connector_properties, *plane_properties;        /* or NULL */
  gboolean force_modesetting, restore_crtc, can_scale;
  gboolean newest_frame, flip_messages, skip_vsync;
  GstDmaHeapCommit commit;
  struct zc_rect window;
  gboolean fullscreen, no_navigation;
  GstContext *context;          /* with the application's wl_display, or NULL */
  guintptr surface;             /* the application's wl_surface, or 0 */
  struct gst_dma_heap_damage damage;

  GstDmaHeapDisplay *display;   /* from READY on; changed under the object lock */
  gint in_window;               /* a compositor has the frames last; atomic */
  gint told_of_caps;            /* why they did not fit; atomic */
  GstDmaHeapAllocator *allocator;       /* of the offered pool; object lock */

  /* The streaming thread's. */
  GstVideoInfo info;
  guint64 modifier;             /* of the pixels; 0: linear */
  gboolean prerolling;
  gboolean is_first;            /* no frame of these caps was shown yet */
  gboolean is_sized;            /* its window has had the size of a video */
  enum live live;
  gboolean is_poolless;         /* its pool could not be had, which was told */
  gchar *told;                  /* the last error */
};

/** What is told when the display does something; the user is the element. */
extern const struct gst_dma_heap_display_events gst_dma_heap_sink_events;

/** The display that is open, or %NULL. For any thread: another may close it meanwhile.
 * Returns: (transfer full) (nullable) */
GstDmaHeapDisplay *gst_dma_heap_sink_ref_display (GstDmaHeapSink * self);

/** As of the base class. Any thread's. */
GstCaps *gst_dma_heap_sink_get_caps (GstBaseSink * bsink, GstCaps * filter);

/** Sets a mode of the video's size, where that is asked for, or where nothing was lit.
 * The streaming thread's. */
gboolean gst_dma_heap_sink_choose_mode (GstDmaHeapSink * self,
    const GstVideoInfo * info, GError ** error);

/** Of its GstVideoOverlay. */
void gst_dma_heap_sink_overlay_init (GstVideoOverlayInterface * iface);

/* gstdmaheapsinkallocation.c */

gboolean gst_dma_heap_sink_propose_allocation (GstBaseSink * bsink,
    GstQuery * query);
void gst_dma_heap_sink_drop_allocator (GstDmaHeapSink * self);

/* gstdmaheapsinkwindow.c */

/** Of its GstNavigation. */
void gst_dma_heap_sink_navigation_init (GstNavigationInterface * iface);

/** As of GstElement: takes an application's wl_display. */
void gst_dma_heap_sink_set_context (GstElement * element, GstContext * context);

/** Asks the application for its connection and its surface, where @config may become a
 * window, and has it use them. */
gboolean gst_dma_heap_sink_find_window (GstDmaHeapSink * self,
    struct zc_display_config *config, GError ** error);

/** Has an open window move to the surface that was set last. */
void gst_dma_heap_sink_move_window (GstDmaHeapSink * self);

/** A user did something in the window. */
void gst_dma_heap_sink_act (GstDmaHeapSink * self,
    const struct zc_display_event *event);

/** Tells the display what the properties say of commits and flips; object lock. */
void gst_dma_heap_sink_set_manner (GstDmaHeapSink * self);

/** Opens the display as the properties say. */
GstDmaHeapDisplay *gst_dma_heap_sink_open_display (GstDmaHeapSink * self,
    GError ** error);

/** Frees what the properties hold. */
void gst_dma_heap_sink_free_properties (GstDmaHeapSink * self);

/** Installs the properties, and what sets and gets them. */
void gst_dma_heap_sink_install_properties (GObjectClass * klass);

G_END_DECLS

#endif

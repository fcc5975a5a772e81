/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsinkprivate.h - what the files of element dmaheapsink share */
#ifndef GST_DMA_HEAP_SINK_PRIVATE_H
#define GST_DMA_HEAP_SINK_PRIVATE_H

#include "memory/gstdmaheapallocator.h"
#include "display/gstdmaheapdisplay.h"
#include "elements/gstdmaheapsink.h"

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
  gchar *device, *driver, *mode, *heap;
  gint connector_id, plane_id;
  gboolean force_modesetting, restore_crtc, can_scale;
  gboolean newest_frame, flip_messages;
  GstDmaHeapCommit commit;
  struct zc_rect window;

  GstDmaHeapDisplay *display;   /* from READY on; changed under the object lock */
  GstDmaHeapAllocator *allocator;       /* of the offered pool; object lock */

  /* The streaming thread's. */
  GstVideoInfo info;
  gboolean prerolling;
  gboolean is_first;            /* no frame of these caps was shown yet */
  enum live live;
  gboolean told_of_formats;
  gboolean is_poolless;         /* its pool could not be had, which was told */
  gchar *told;                  /* the last error */
};

/** What is told when the display does something; the user is the element. */
extern const struct gst_dma_heap_display_events gst_dma_heap_sink_events;

/** Of its GstVideoOverlay. */
void gst_dma_heap_sink_overlay_init (GstVideoOverlayInterface * iface);

/** Tells the display what the properties say of commits and flips; object lock. */
void gst_dma_heap_sink_set_manner (GstDmaHeapSink * self);

/** Installs the properties, and what sets and gets them. */
void gst_dma_heap_sink_install_properties (GObjectClass * klass);

G_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsinkproperties - the properties of element dmaheapsink */
#include "elements/gstdmaheapmember.h"
#include "elements/gstdmaheapsinkprivate.h"

enum
{
  PROP_0,
  PROP_DEVICE,
  PROP_DRIVER_NAME,
  PROP_CONNECTOR_ID,
  PROP_PLANE_ID,
  PROP_MODE,
  PROP_FORCE_MODESETTING,
  PROP_RESTORE_CRTC,
  PROP_CAN_SCALE,
  PROP_DISPLAY_WIDTH,
  PROP_DISPLAY_HEIGHT,
  PROP_NEWEST_FRAME,
  PROP_COMMIT,
  PROP_HEAP,
  PROP_FLIP_MESSAGES,
  PROP_STATS,
  N_PROPERTIES
};

GType
gst_dma_heap_commit_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = {
    {GST_DMA_HEAP_COMMIT_ONCE, "As soon as no flip is pending", "once"},
    {GST_DMA_HEAP_COMMIT_LATE, "Where a newer frame is expected in time for the "
          "same vertical blank, when that comes or must go", "late"},
    {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstDmaHeapCommit", values));
  return type;
}

/* Where each frame is shown, none needs to wait for a newer one. */
void
gst_dma_heap_sink_set_manner (GstDmaHeapSink * self)
{
  if (self->display)
    gst_dma_heap_display_set_manner (self->display, !self->newest_frame
        || self->commit == GST_DMA_HEAP_COMMIT_ONCE, self->flip_messages);
}

static const struct gst_dma_heap_member members[] = {
  {PROP_DEVICE, offsetof (GstDmaHeapSink, device)},
  {PROP_DRIVER_NAME, offsetof (GstDmaHeapSink, driver)},
  {PROP_CONNECTOR_ID, offsetof (GstDmaHeapSink, connector_id)},
  {PROP_PLANE_ID, offsetof (GstDmaHeapSink, plane_id)},
  {PROP_MODE, offsetof (GstDmaHeapSink, mode)},
  {PROP_FORCE_MODESETTING, offsetof (GstDmaHeapSink, force_modesetting)},
  {PROP_RESTORE_CRTC, offsetof (GstDmaHeapSink, restore_crtc)},
  {PROP_CAN_SCALE, offsetof (GstDmaHeapSink, can_scale)},
  {PROP_NEWEST_FRAME, offsetof (GstDmaHeapSink, newest_frame)},
  {PROP_COMMIT, offsetof (GstDmaHeapSink, commit)},
  {PROP_HEAP, offsetof (GstDmaHeapSink, heap)},
  {PROP_FLIP_MESSAGES, offsetof (GstDmaHeapSink, flip_messages)},
  {0}
};

static void
set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * spec)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (object);

  if (gst_video_overlay_set_property (object, N_PROPERTIES, id, value))
    return;
  GST_OBJECT_LOCK (self);
  if (!gst_dma_heap_member_set (self, members, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  if (id == PROP_CAN_SCALE && self->display)
    gst_dma_heap_display_set_place (self->display, &self->window,
        self->can_scale);
  if (id == PROP_NEWEST_FRAME || id == PROP_COMMIT || id == PROP_FLIP_MESSAGES)
    gst_dma_heap_sink_set_manner (self);
  GST_OBJECT_UNLOCK (self);
}

static GstStructure *
get_stats (GstDmaHeapSink * self)
{
  GstStructure *stats = gst_base_sink_get_stats (GST_BASE_SINK (self));

  GST_OBJECT_LOCK (self);
  if (self->display)
    gst_dma_heap_display_add_stats (self->display, stats);
  if (self->allocator)
    gst_structure_set (stats, "cpu-maps", G_TYPE_UINT64,
        gst_dma_heap_allocator_get_cpu_maps (self->allocator), NULL);
  GST_OBJECT_UNLOCK (self);
  return stats;
}

/* What the display is, where it is open. FALSE: it says nothing of that. */
static gboolean
get_of_display (GstDmaHeapSink * self, guint id, GValue * value)
{
  struct gst_dma_heap_display_info info = { .can_scale = self->can_scale };

  if (self->display)
    gst_dma_heap_display_get_info (self->display, &info);
  if (id == PROP_CONNECTOR_ID && info.connector_id)
    g_value_set_int (value, info.connector_id);
  else if (id == PROP_PLANE_ID && info.plane_id)
    g_value_set_int (value, info.plane_id);
  else if (id == PROP_CAN_SCALE)
    g_value_set_boolean (value, info.can_scale);
  else if (id == PROP_DISPLAY_WIDTH)
    g_value_set_int (value, info.width);
  else if (id == PROP_DISPLAY_HEIGHT)
    g_value_set_int (value, info.height);
  else
    return FALSE;
  return TRUE;
}

static void
get_property (GObject * object, guint id, GValue * value, GParamSpec * spec)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (object);

  if (id == PROP_STATS) {
    g_value_take_boxed (value, get_stats (self));
    return;
  }
  GST_OBJECT_LOCK (self);
  if (!get_of_display (self, id, value)
      && !gst_dma_heap_member_get (self, members, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  GST_OBJECT_UNLOCK (self);
}

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)
#define READY (FLAGS | GST_PARAM_MUTABLE_READY)
#define PLAYING (FLAGS | GST_PARAM_MUTABLE_PLAYING)
#define READABLE (G_PARAM_READABLE | G_PARAM_STATIC_STRINGS)

static void
install_display_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, PROP_DEVICE,
      g_param_spec_string ("device", "Device",
          "The KMS device, as /dev/dri/card0 (unset: the first with a connected "
          "output that nobody else holds)", NULL, FLAGS));
  g_object_class_install_property (klass, PROP_DRIVER_NAME,
      g_param_spec_string ("driver-name", "Driver name",
          "Only a device of this kernel driver (unset: of any)", NULL, FLAGS));
  g_object_class_install_property (klass, PROP_CONNECTOR_ID,
      g_param_spec_int ("connector-id", "Connector ID",
          "DRM connector id (-1: one that is lit, or else connected)", -1,
          G_MAXINT32, -1, FLAGS));
  g_object_class_install_property (klass, PROP_PLANE_ID,
      g_param_spec_int ("plane-id", "Plane ID",
          "DRM plane id (-1: one that takes the frames)", -1, G_MAXINT32, -1,
          FLAGS));
  g_object_class_install_property (klass, PROP_MODE,
      g_param_spec_string ("mode", "Mode",
          "Size of the mode to set, as 1280x720 (unset: the mode that is lit, or "
          "else one of the video's size, or else the preferred one)", NULL,
          FLAGS));
  g_object_class_install_property (klass, PROP_FORCE_MODESETTING,
      g_param_spec_boolean ("force-modesetting", "Force modesetting",
          "Set a mode of the video's size although another is lit", FALSE,
          READY));
  g_object_class_install_property (klass, PROP_RESTORE_CRTC,
      g_param_spec_boolean ("restore-crtc", "Restore CRTC",
          "Restore at the end what the display showed before", TRUE, FLAGS));
  g_object_class_install_property (klass, PROP_DISPLAY_WIDTH,
      g_param_spec_int ("display-width", "Display width",
          "Width of the display's mode in pixels (0: it is not open)", 0,
          G_MAXINT32, 0, READABLE));
  g_object_class_install_property (klass, PROP_DISPLAY_HEIGHT,
      g_param_spec_int ("display-height", "Display height",
          "Height of the display's mode in pixels (0: it is not open)", 0,
          G_MAXINT32, 0, READABLE));
}

static void
install_frame_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, PROP_CAN_SCALE,
      g_param_spec_boolean ("can-scale", "Can scale",
          "Scale frames to fill the screen or the render rectangle; turns false "
          "when no plane can, and frames are then centred", TRUE, PLAYING));
  g_object_class_install_property (klass, PROP_NEWEST_FRAME,
      g_param_spec_boolean ("newest-frame", "Newest frame",
          "Only the newest frame waits for the display; otherwise each is shown, "
          "and upstream waits for it", TRUE, PLAYING));
  g_object_class_install_property (klass, PROP_COMMIT,
      g_param_spec_enum ("commit", "Commit",
          "When a frame is given to the display, where only the newest waits",
          GST_TYPE_DMA_HEAP_COMMIT, GST_DMA_HEAP_COMMIT_LATE, PLAYING));
  g_object_class_install_property (klass, PROP_HEAP,
      g_param_spec_string ("heap", "Heap",
          "The dma-buf heap of the buffers that are offered upstream: a name in "
          "/dev/dma_heap, a path, \"contiguous\", \"cached\" or \"udmabuf\" (unset: "
          "system-pooled, or else system, or else udmabuf)", NULL, READY));
  g_object_class_install_property (klass, PROP_FLIP_MESSAGES,
      g_param_spec_boolean ("flip-messages", "Flip messages",
          "Post an element message \"dmaheapsink-flip\" for each frame that came "
          "on screen", FALSE, PLAYING));
  /* The base class's, with more in it: shown, superseded, discarded (by a flush),
   * latency-* in ns for live sources, cpu-maps of the offered buffers. */
  g_object_class_override_property (klass, PROP_STATS, "stats");
  gst_video_overlay_install_properties (klass, N_PROPERTIES);
}

void
gst_dma_heap_sink_install_properties (GObjectClass * klass)
{
  klass->set_property = set_property;
  klass->get_property = get_property;
  install_display_properties (klass);
  install_frame_properties (klass);
}

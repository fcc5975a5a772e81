/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsinkproperties - the properties of element dmaheapsink */
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

/* With the object lock held. */
static void
set_can_scale (GstDmaHeapSink * self, gboolean can_scale)
{
  self->can_scale = can_scale;
  if (self->display)
    gst_dma_heap_display_set_place (self->display, &self->window, can_scale);
}

static void
set_string (gchar ** member, const GValue * value)
{
  g_free (*member);
  *member = g_value_dup_string (value);
}

static void
set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * spec)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (object);

  if (gst_video_overlay_set_property (object, N_PROPERTIES, id, value))
    return;
  GST_OBJECT_LOCK (self);
  switch (id) {
    case PROP_DEVICE:
      set_string (&self->device, value);
      break;
    case PROP_DRIVER_NAME:
      set_string (&self->driver, value);
      break;
    case PROP_CONNECTOR_ID:
      self->connector_id = g_value_get_int (value);
      break;
    case PROP_PLANE_ID:
      self->plane_id = g_value_get_int (value);
      break;
    case PROP_MODE:
      set_string (&self->mode, value);
      break;
    case PROP_FORCE_MODESETTING:
      self->force_modesetting = g_value_get_boolean (value);
      break;
    case PROP_RESTORE_CRTC:
      self->restore_crtc = g_value_get_boolean (value);
      break;
    case PROP_CAN_SCALE:
      set_can_scale (self, g_value_get_boolean (value));
      break;
    case PROP_NEWEST_FRAME:
      self->newest_frame = g_value_get_boolean (value);
      gst_dma_heap_sink_set_manner (self);
      break;
    case PROP_COMMIT:
      self->commit = g_value_get_enum (value);
      gst_dma_heap_sink_set_manner (self);
      break;
    case PROP_HEAP:
      set_string (&self->heap, value);
      break;
    case PROP_FLIP_MESSAGES:
      self->flip_messages = g_value_get_boolean (value);
      gst_dma_heap_sink_set_manner (self);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
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

/* What the display is, where it is open. */
static void
get_display_property (GstDmaHeapSink * self, guint id, GValue * value)
{
  struct gst_dma_heap_display_info info = {.can_scale = self->can_scale };

  if (self->display)
    gst_dma_heap_display_get_info (self->display, &info);
  switch (id) {
    case PROP_CONNECTOR_ID:
      g_value_set_int (value, info.connector_id ? (gint) info.connector_id :
          self->connector_id);
      break;
    case PROP_PLANE_ID:
      g_value_set_int (value, info.plane_id ? (gint) info.plane_id :
          self->plane_id);
      break;
    case PROP_CAN_SCALE:
      g_value_set_boolean (value, info.can_scale);
      break;
    case PROP_DISPLAY_WIDTH:
      g_value_set_int (value, info.width);
      break;
    default:
      g_value_set_int (value, info.height);
  }
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
  switch (id) {
    case PROP_DEVICE:
      g_value_set_string (value, self->device);
      break;
    case PROP_DRIVER_NAME:
      g_value_set_string (value, self->driver);
      break;
    case PROP_MODE:
      g_value_set_string (value, self->mode);
      break;
    case PROP_FORCE_MODESETTING:
      g_value_set_boolean (value, self->force_modesetting);
      break;
    case PROP_RESTORE_CRTC:
      g_value_set_boolean (value, self->restore_crtc);
      break;
    case PROP_NEWEST_FRAME:
      g_value_set_boolean (value, self->newest_frame);
      break;
    case PROP_COMMIT:
      g_value_set_enum (value, self->commit);
      break;
    case PROP_HEAP:
      g_value_set_string (value, self->heap);
      break;
    case PROP_FLIP_MESSAGES:
      g_value_set_boolean (value, self->flip_messages);
      break;
    case PROP_CONNECTOR_ID:
    case PROP_PLANE_ID:
    case PROP_CAN_SCALE:
    case PROP_DISPLAY_WIDTH:
    case PROP_DISPLAY_HEIGHT:
      get_display_property (self, id, value);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  }
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

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsinkproperties - the properties of element dmaheapsink */
#include "elements/gstdmaheapmember.h"
#include "elements/gstdmaheapsinkprivate.h"
#include "memory/gstdmaheapmode.h"

enum
{
  PROP_0,
  PROP_DISPLAY,
  PROP_DEVICE,
  PROP_DRIVER_NAME,
  PROP_BUS_ID,
  PROP_FD,
  PROP_CONNECTOR_ID,
  PROP_PLANE_ID,
  PROP_CONNECTOR_PROPERTIES,
  PROP_PLANE_PROPERTIES,
  PROP_MODE,
  PROP_FORCE_MODESETTING,
  PROP_RESTORE_CRTC,
  PROP_CAN_SCALE,
  PROP_DISPLAY_WIDTH,
  PROP_DISPLAY_HEIGHT,
  PROP_IN_WINDOW,
  PROP_NEWEST_FRAME,
  PROP_COMMIT,
  PROP_SKIP_VSYNC,
  PROP_HEAP,
  PROP_FLIP_MESSAGES,
  PROP_FULLSCREEN,
  PROP_SHOW_CORRUPTED,
  PROP_CORRUPTED,
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

/* A number of the kernel's; what is none is told, and left out. */
static gboolean
read_number (const GValue * value, guint64 * number)
{
  if (G_VALUE_HOLDS_INT (value))
    *number = g_value_get_int (value);
  else if (G_VALUE_HOLDS_UINT (value))
    *number = g_value_get_uint (value);
  else if (G_VALUE_HOLDS_INT64 (value))
    *number = g_value_get_int64 (value);
  else if (G_VALUE_HOLDS_UINT64 (value))
    *number = g_value_get_uint64 (value);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    *number = g_value_get_boolean (value);
  else
    return FALSE;
  return TRUE;
}

/* NULL: a value is no number. The names are the structure's. */
static struct zc_display_setting *
read_settings (const GstStructure * structure, gint * n, GError ** error)
{
  struct zc_display_setting *settings;

  *n = structure ? gst_structure_n_fields (structure) : 0;
  settings = g_new0 (struct zc_display_setting, *n + 1);
  for (gint i = 0; i < *n; i++) {
    settings[i].name = gst_structure_nth_field_name (structure, i);
    if (read_number (gst_structure_get_value (structure, settings[i].name),
            &settings[i].value))
      continue;
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
        "the property \"%s\" of connector or plane is set to no number",
        settings[i].name);
    g_free (settings);
    return NULL;
  }
  return settings;
}

/* In the library's words. What is said of a card alone asks for one. */
static const gchar *
path_of (GstDmaHeapSink * self)
{
  if (self->where && *self->where && !g_str_equal (self->where, "kms"))
    return self->where;
  if (self->where || self->device || self->driver || self->bus_id
      || self->fd >= 0 || self->connector_id > 0 || self->plane_id > 0)
    return self->device;
  return "auto";
}

GstDmaHeapDisplay *
gst_dma_heap_sink_open_display (GstDmaHeapSink * self, GError ** error)
{
  struct zc_display_config config = {
    .path = path_of (self),
    .driver = self->driver,
    .bus_id = self->bus_id,
    .use_fd = self->fd >= 0,
    .fd = self->fd,
    .connector_id = MAX (self->connector_id, 0),
    .plane_id = MAX (self->plane_id, 0),
    .keep = !self->restore_crtc,
  };
  struct zc_display_setting *connector, *plane = NULL;
  GstDmaHeapDisplay *display = NULL;

  connector = read_settings (self->connector_properties,
      &config.n_connector_settings, error);
  if (connector)
    plane = read_settings (self->plane_properties, &config.n_plane_settings,
        error);
  config.connector_settings = connector;
  config.plane_settings = plane;
  if (plane && gst_dma_heap_mode_parse (self->mode, &config, error)
      && gst_dma_heap_sink_find_window (self, &config, error))
    display = gst_dma_heap_display_open (&config, &gst_dma_heap_sink_events,
        self, error);
  g_free (connector);
  g_free (plane);
  return display;
}

void
gst_dma_heap_sink_free_properties (GstDmaHeapSink * self)
{
  g_free (self->where);
  g_free (self->device);
  g_free (self->driver);
  g_free (self->bus_id);
  g_free (self->mode);
  g_free (self->heap);
  gst_clear_structure (&self->connector_properties);
  gst_clear_structure (&self->plane_properties);
  g_clear_pointer (&self->context, gst_context_unref);
}

/* Where each frame is shown, none needs to wait for a newer one. */
void
gst_dma_heap_sink_set_manner (GstDmaHeapSink * self)
{
  if (self->display)
    gst_dma_heap_display_set_manner (self->display, !self->newest_frame
        || self->skip_vsync || self->commit == GST_DMA_HEAP_COMMIT_ONCE,
        self->flip_messages);
}

static const struct gst_dma_heap_member members[] = {
  {PROP_DISPLAY, offsetof (GstDmaHeapSink, where)},
  {PROP_DEVICE, offsetof (GstDmaHeapSink, device)},
  {PROP_DRIVER_NAME, offsetof (GstDmaHeapSink, driver)},
  {PROP_BUS_ID, offsetof (GstDmaHeapSink, bus_id)},
  {PROP_FD, offsetof (GstDmaHeapSink, fd)},
  {PROP_CONNECTOR_ID, offsetof (GstDmaHeapSink, connector_id)},
  {PROP_PLANE_ID, offsetof (GstDmaHeapSink, plane_id)},
  {PROP_MODE, offsetof (GstDmaHeapSink, mode)},
  {PROP_FORCE_MODESETTING, offsetof (GstDmaHeapSink, force_modesetting)},
  {PROP_RESTORE_CRTC, offsetof (GstDmaHeapSink, restore_crtc)},
  {PROP_CAN_SCALE, offsetof (GstDmaHeapSink, can_scale)},
  {PROP_NEWEST_FRAME, offsetof (GstDmaHeapSink, newest_frame)},
  {PROP_SKIP_VSYNC, offsetof (GstDmaHeapSink, skip_vsync)},
  {PROP_COMMIT, offsetof (GstDmaHeapSink, commit)},
  {PROP_HEAP, offsetof (GstDmaHeapSink, heap)},
  {PROP_FLIP_MESSAGES, offsetof (GstDmaHeapSink, flip_messages)},
  {PROP_FULLSCREEN, offsetof (GstDmaHeapSink, fullscreen)},
  {PROP_SHOW_CORRUPTED, offsetof (GstDmaHeapSink, damage.shown)},
  {PROP_CORRUPTED, offsetof (GstDmaHeapSink, damage.n)},
  {0}
};

static GstStructure **
structure_of (GstDmaHeapSink * self, guint id)
{
  if (id == PROP_CONNECTOR_PROPERTIES)
    return &self->connector_properties;
  return id == PROP_PLANE_PROPERTIES ? &self->plane_properties : NULL;
}

static void
set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * spec)
{
  GstDmaHeapSink *self = GST_DMA_HEAP_SINK (object);
  GstStructure **structure;

  if (gst_video_overlay_set_property (object, N_PROPERTIES, id, value))
    return;
  structure = structure_of (self, id);
  GST_OBJECT_LOCK (self);
  if (structure) {
    gst_clear_structure (structure);
    *structure = g_value_dup_boxed (value);
  } else if (!gst_dma_heap_member_set (self, members, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  if (id == PROP_CAN_SCALE && self->display)
    gst_dma_heap_display_set_place (self->display, &self->window,
        self->can_scale);
  if (id == PROP_FULLSCREEN && self->display)
    gst_dma_heap_display_set_fullscreen (self->display, self->fullscreen);
  if (id == PROP_NEWEST_FRAME || id == PROP_COMMIT || id == PROP_SKIP_VSYNC
      || id == PROP_FLIP_MESSAGES)
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
  GstStructure **structure;

  if (id == PROP_STATS) {
    g_value_take_boxed (value, get_stats (self));
    return;
  }
  /* Without a lock: a tracer asks while the element has its own. */
  if (id == PROP_IN_WINDOW) {
    g_value_set_boolean (value, g_atomic_int_get (&self->in_window));
    return;
  }
  structure = structure_of (self, id);
  GST_OBJECT_LOCK (self);
  if (structure)
    g_value_set_boxed (value, *structure);
  else if (!get_of_display (self, id, value)
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
  g_object_class_install_property (klass, PROP_DISPLAY,
      g_param_spec_string ("display", "Display",
          "auto: a window where WAYLAND_DISPLAY is set, else a card; kms: a card; "
          "wayland: a window; or a card, as /dev/dri/card0, or a compositor's socket, as "
          "wayland-1 (unset: a card where another property names one, else auto)",
          NULL, FLAGS));
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
  g_object_class_install_property (klass, PROP_IN_WINDOW,
      g_param_spec_boolean ("in-window", "In a window",
          "The display is a window: a compositor has the frames last", FALSE,
          READABLE));
}

/* As kmssink has them. */
static void
install_card_properties (GObjectClass * klass)
{
  g_object_class_install_property (klass, PROP_BUS_ID,
      g_param_spec_string ("bus-id", "Bus ID",
          "Only a device at this place, as pci:0000:00:02.0 (unset: at any)",
          NULL, FLAGS));
  g_object_class_install_property (klass, PROP_FD,
      g_param_spec_int ("fd", "File descriptor",
          "An open KMS device that is master, as of a lease or of logind, in place "
          "of device; it stays the application's (-1: none)", -1, G_MAXINT32, -1,
          FLAGS));
  g_object_class_install_property (klass, PROP_CONNECTOR_PROPERTIES,
      g_param_spec_boxed ("connector-properties", "Connector properties",
          "KMS properties of the connector and their numbers, set with the first "
          "frame and restored at the end: props,max-bpc=8", GST_TYPE_STRUCTURE,
          FLAGS));
  g_object_class_install_property (klass, PROP_PLANE_PROPERTIES,
      g_param_spec_boxed ("plane-properties", "Plane properties",
          "The same of the plane that shows frames: props,zpos=2",
          GST_TYPE_STRUCTURE, FLAGS));
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
  g_object_class_install_property (klass, PROP_SKIP_VSYNC,
      g_param_spec_boolean ("skip-vsync", "Skip vsync",
          "Do not wait for a vertical blank before a frame is committed: as "
          "commit=once (no frame waits for two blanks in any case)", FALSE,
          PLAYING));
  g_object_class_install_property (klass, PROP_HEAP,
      g_param_spec_string ("heap", "Heap",
          "The dma-buf heap of the buffers that are offered upstream: a name in "
          "/dev/dma_heap, a path, \"contiguous\", \"cached\" or \"udmabuf\" (unset: "
          "system-cacheable, or else system, or else udmabuf)", NULL, READY));
  g_object_class_install_property (klass, PROP_FLIP_MESSAGES,
      g_param_spec_boolean ("flip-messages", "Flip messages",
          "Post an element message \"dmaheapsink-flip\" for each frame that came "
          "on screen", FALSE, PLAYING));
  g_object_class_install_property (klass, PROP_FULLSCREEN,
      g_param_spec_boolean ("fullscreen", "Fullscreen",
          "Have the window fill the screen", FALSE, PLAYING));
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
  install_card_properties (klass);
  install_frame_properties (klass);
  gst_dma_heap_element_install_damage (klass, PROP_SHOW_CORRUPTED,
      PROP_CORRUPTED);
}

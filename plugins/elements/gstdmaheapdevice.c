/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapdevice - the V4L2 device of the element before or behind */
#include "elements/gstdmaheapdevice.h"
#include "elements/gstdmaheap.h"
#include "memory/gstdmaheapformat.h"

#include <errno.h>
#include <gst/base/gstbasetransform.h>
#include <poll.h>
#include <unistd.h>

/* Elements in between that pass queries on: capsfilter, queue, … */
#define STEPS 8

/* What each says of the memory that its device imports. */
#define CAMERA_MODE "io-mode"
#define WRITER_MODE "capture-io-mode"
#define READER_MODE "output-io-mode"

/* The element on the other side of @pad. */
static GstElement *
neighbour (GstPad * pad)
{
  GstPad *peer = gst_pad_get_peer (pad);
  GstElement *element = NULL;

  if (peer)
    element = gst_pad_get_parent_element (peer);
  gst_clear_object (&peer);
  return element;
}

static gboolean
is_passthrough (GstElement * element)
{
  return GST_IS_BASE_TRANSFORM (element)
      && gst_base_transform_is_passthrough (GST_BASE_TRANSFORM (element));
}

/* Whether what it sends is what it was sent, and written where we say: a capsfilter works in
 * place. Before dmaheap the camera writes into that one's memory, which asks it itself. */
static gboolean
passes_on (GstElement * element)
{
  if (GST_IS_DMA_HEAP (element))
    return FALSE;
  return !GST_IS_BASE_TRANSFORM (element) || is_passthrough (element)
      || gst_base_transform_is_in_place (GST_BASE_TRANSFORM (element));
}

static gboolean
has_property (GstElement * element, const gchar * name)
{
  return g_object_class_find_property (G_OBJECT_GET_CLASS (element), name)
      != NULL;
}

/* The property of a device that writes what comes from there; NULL: it is none, or sends
 * what was sent to it. */
static const gchar *
writer_mode (GstElement * element)
{
  GstElementFactory *factory = gst_element_get_factory (element);

  if (factory && !g_strcmp0 (GST_OBJECT_NAME (factory), "v4l2src"))
    return CAMERA_MODE;
  return has_property (element, WRITER_MODE) && !is_passthrough (element) ?
      WRITER_MODE : NULL;
}

/* The same of one that reads what is sent there. */
static const gchar *
reader_mode (GstElement * element)
{
  return has_property (element, READER_MODE) && !is_passthrough (element) ?
      READER_MODE : NULL;
}

/* The first from @pad on with such a property, which is *@mode; NULL: none. */
static GstElement *
find (GstPad * pad, const gchar * (*mode_of) (GstElement *),
    const gchar ** mode)
{
  const gchar *onwards = GST_PAD_IS_SINK (pad) ? "sink" : "src";
  GstElement *element = neighbour (pad);

  for (guint step = 0; element && step < STEPS; step++) {
    GstElement *next = NULL;
    GstPad *other;

    *mode = mode_of (element);
    if (*mode)
      return element;
    other = passes_on (element) ?
        gst_element_get_static_pad (element, onwards) : NULL;
    if (other)
      next = neighbour (other);
    gst_clear_object (&other);
    gst_object_unref (element);
    element = next;
  }
  gst_clear_object (&element);
  return NULL;
}

static gboolean
imports (GstElement * element, const gchar * mode)
{
  GValue value = G_VALUE_INIT;
  gboolean does;
  gchar *text;

  g_object_get_property (G_OBJECT (element), mode, &value);
  text = gst_value_serialize (&value);
  does = !g_strcmp0 (text, "dmabuf-import");
  g_free (text);
  g_value_unset (&value);
  return does;
}

/* A converter's queues are those of its own fd. */
static struct zc_camera *
open_queue (GstElement * element, enum zc_camera_queue queue)
{
  struct zc_camera *device = NULL;
  gint fd = -1;

  g_object_get (element, "device-fd", &fd, NULL);
  if (fd >= 0)
    (void) zc_camera_open_fd (&device, fd, queue);
  return device;
}

static struct zc_camera *
open_camera (GstElement * element)
{
  struct zc_camera *device = NULL;
  gchar *path = NULL;

  g_object_get (element, "device", &path, NULL);
  if (path)
    (void) zc_camera_open (&device, path);
  g_free (path);
  return device;
}

gboolean
gst_dma_heap_device_before (GstPad * sink, struct zc_camera ** device,
    gboolean * is_camera)
{
  const gchar *mode;
  GstElement *element = find (sink, writer_mode, &mode);
  gboolean does = element && imports (element, mode);

  if (does) {
    *is_camera = !g_strcmp0 (mode, CAMERA_MODE);
    *device = *is_camera ? open_camera (element) :
        open_queue (element, ZC_QUEUE_CAPTURE);
  }
  gst_clear_object (&element);
  return does;
}

/* The kernel ends a camera's transfers before it takes the node away. */
#define GONE_WITHIN_MS 500
#define LOOK_EVERY_MS 10

gchar *
gst_dma_heap_device_gone (GstPad * sink)
{
  const gchar *mode = NULL;
  GstElement *element = find (sink, writer_mode, &mode);
  struct pollfd camera = {.fd = -1,.events = POLLIN };
  gchar *path = NULL;
  gint left_ms;

  if (element && !g_strcmp0 (mode, CAMERA_MODE))
    g_object_get (element, "device", &path, "device-fd", &camera.fd, NULL);
  gst_clear_object (&element);
  left_ms = poll (&camera, 1, 0) > 0 && camera.revents & POLLERR ?
      GONE_WITHIN_MS : 0;
  while (path && !(access (path, F_OK) && errno == ENOENT)) {
    if (!left_ms)
      g_clear_pointer (&path, g_free);
    left_ms -= LOOK_EVERY_MS;
    if (path)
      g_usleep (LOOK_EVERY_MS * 1000);
  }
  return path;
}

/* The widest of the multiples that make of a row what the device reads; 0: none does. */
static guint
align_for (const struct zc_layout *reads, guint most)
{
  for (guint align = most; align; align /= 2) {
    const struct zc_align wish = { .stride = align };
    struct zc_layout layout;

    if (!zc_layout_solve (&layout, reads->format, reads->width, reads->height,
            &wish) && layout.plane[0].stride == reads->plane[0].stride)
      return align;
  }
  return 0;
}

void
gst_dma_heap_device_ask_behind (GstPad * src, const GstVideoInfo * info,
    struct gst_dma_heap_needs *needs)
{
  const struct zc_format *format = gst_dma_heap_format_zc (info, FALSE);
  const struct zc_align wish = { .stride = needs->stride_align };
  const gchar *mode;
  GstElement *element = find (src, reader_mode, &mode);
  struct zc_camera *device = NULL;
  struct zc_layout reads;
  guint align = 0;

  if (element && imports (element, mode))
    device = open_queue (element, ZC_QUEUE_OUTPUT);
  if (device && format && !zc_camera_try_layout (device, format,
          GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info), &wish,
          &reads))
    align = align_for (&reads, needs->stride_align);
  if (align)
    needs->stride_align = align;
  zc_camera_close (device);
  gst_clear_object (&element);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapcamera - tries a heap's memory on the camera upstream */
#include "elements/gstdmaheapcamera.h"
#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheaplog.h"

#include <errno.h>

/* Elements between camera and us that pass queries on: capsfilter, queue, … */
#define STEPS 8
#define HEAPS 32

/* The element before another one's only sink pad. */
static GstElement *
element_before (GstPad * sink)
{
  GstPad *peer = gst_pad_get_peer (sink);
  GstElement *element = NULL;

  if (peer)
    element = gst_pad_get_parent_element (peer);
  gst_clear_object (&peer);
  return element;
}

static GstElement *
find_v4l2src (GstPad * sink)
{
  GstElement *element = element_before (sink);

  for (guint step = 0; element && step < STEPS; step++) {
    GstElementFactory *factory = gst_element_get_factory (element);
    GstElement *before = NULL;
    GstPad *pad;

    if (factory && !g_strcmp0 (GST_OBJECT_NAME (factory), "v4l2src"))
      return element;
    pad = gst_element_get_static_pad (element, "sink");
    if (pad)
      before = element_before (pad);
    gst_clear_object (&pad);
    gst_object_unref (element);
    element = before;
  }
  gst_clear_object (&element);
  return NULL;
}

/* The device that frames are to be imported into; NULL: none. */
static gchar *
find_device (GstPad * sink)
{
  GstElement *source = find_v4l2src (sink);
  gchar *device = NULL, *mode;
  GValue value = G_VALUE_INIT;

  if (!source)
    return NULL;
  g_object_get_property (G_OBJECT (source), "io-mode", &value);
  mode = gst_value_serialize (&value);
  if (!g_strcmp0 (mode, "dmabuf-import"))
    g_object_get (source, "device", &device, NULL);
  g_free (mode);
  g_value_unset (&value);
  gst_object_unref (source);
  return device;
}

/* Gives the camera one buffer of the heap, and takes it back. */
static gint
try_heap (struct zc_camera *camera, const struct zc_layout *layout,
    const gchar * name)
{
  struct zc_pool *pool = NULL;
  struct zc_heap *heap;
  gint result = zc_heap_open (&heap, name);

  if (result)
    return result;
  result = zc_pool_create (&pool, heap, layout, 1);
  zc_heap_close (heap);
  if (result)
    return result;
  result = zc_camera_import (camera, pool);
  zc_camera_stop (camera);
  zc_pool_unref (pool);
  return result;
}

/* The first other heap that it takes, in words. */
static gchar *
advice (struct zc_camera *camera, const struct zc_layout *layout,
    const gchar * but)
{
  struct zc_heap_entry heaps[HEAPS];
  gint n = zc_heap_list (heaps, HEAPS);

  for (gint i = 0; i < MIN (n, HEAPS); i++)
    if (g_strcmp0 (heaps[i].name, but) && !heaps[i].error
        && !try_heap (camera, layout, heaps[i].name))
      return g_strdup_printf ("it takes memory of heap %s: dmaheap heap=%s",
          heaps[i].name, heaps[i].name);
  return g_strdup ("it takes memory of none of this machine's heaps: let it give its "
      "own by v4l2src io-mode=dmabuf");
}

/* An answer that is about the memory, and not about who uses the camera or the heap. */
static gboolean
is_refusal (gint result)
{
  return result && result != -EBUSY && result != -ENODEV && result != -EACCES
      && result != -ENOENT;
}

/* v4l2src chooses the format with separate planes where the camera has both. */
static gboolean
will_separate (const struct zc_camera *camera, const GstVideoInfo * info)
{
  const struct zc_format *separate = gst_dma_heap_format_zc (info, TRUE);
  const struct zc_format *format;

  for (gint i = 0; (format = zc_camera_format (camera, i)); i++)
    if (format == separate)
      return TRUE;
  return FALSE;
}

gboolean
gst_dma_heap_camera_check (GstPad * sink, const GstVideoInfo * info,
    const gchar * heap, gboolean * separate, GError ** error)
{
  gchar *device = find_device (sink), *more;
  struct zc_camera *camera = NULL;
  struct zc_layout layout;
  GError *why = NULL;
  gint result = 0;

  gst_dma_heap_log_clear ();
  if (device && !zc_camera_open (&camera, device)) {
    *separate |= will_separate (camera, info);
    /* v4l2src sets its format only after this: what is set now will do to try. */
    if (!zc_camera_get_layout (camera, &layout))
      result = try_heap (camera, &layout, heap);
  }
  if (is_refusal (result)) {
    gst_dma_heap_log_error (&why, GST_RESOURCE_ERROR_SETTINGS, result);
    more = advice (camera, &layout, heap);
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
        "%s; %s", why->message, more);
    g_free (more);
    g_error_free (why);
  }
  zc_camera_close (camera);
  g_free (device);
  return !is_refusal (result);
}

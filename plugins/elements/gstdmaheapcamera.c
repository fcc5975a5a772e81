/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapcamera - what the device upstream asks for, and whether it takes a heap's memory */
#include "elements/gstdmaheapcamera.h"
#include "elements/gstdmaheapdevice.h"
#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheaplog.h"

#include <errno.h>

#define HEAPS 32

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

/* The best contiguous one, as most that refuse memory want it in one piece; NULL: none. */
static gchar *
contiguous_heap (void)
{
  struct zc_heap *heap;
  gchar *name = NULL;

  if (!zc_heap_open (&heap, "contiguous")) {
    name = g_strdup (zc_heap_name (heap));
    zc_heap_close (heap);
  }
  return name;
}

static gboolean
is_tried (const gchar * name, const gchar * but, const gchar * contiguous)
{
  return !g_strcmp0 (name, but) || !g_strcmp0 (name, contiguous);
}

/* Another heap that it takes; NULL: none. */
static gchar *
find_other (struct zc_camera *camera, const struct zc_layout *layout,
    const gchar * but)
{
  struct zc_heap_entry heaps[HEAPS];
  gint n = zc_heap_list (heaps, HEAPS);
  gchar *contiguous = contiguous_heap (), *other = NULL;

  if (contiguous && g_strcmp0 (contiguous, but)
      && !try_heap (camera, layout, contiguous))
    return contiguous;
  for (gint i = 0; i < MIN (n, HEAPS) && !other; i++)
    if (!heaps[i].error && !is_tried (heaps[i].name, but, contiguous)
        && !try_heap (camera, layout, heaps[i].name))
      other = g_strdup (heaps[i].name);
  g_free (contiguous);
  return other;
}

static gchar *
advice (const gchar * other)
{
  if (other)
    return g_strdup_printf ("it takes memory of heap %s: dmaheap heap=%s", other,
        other);
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

/* Whether the answer is another than the wish, which the pool would follow. */
static gboolean
is_other (const struct zc_layout *answer, const struct zc_layout *wish)
{
  for (gint i = 0; i < wish->n_planes; i++)
    if (answer->plane[i].stride != wish->plane[i].stride
        || answer->plane[i].offset != wish->plane[i].offset)
      return TRUE;
  /* Room behind the picture is had by a larger buffer, where it is only one. */
  for (gint i = 0; wish->n_buffers > 1 && i < wish->n_buffers; i++)
    if (answer->bytes[i] != wish->bytes[i])
      return TRUE;
  return FALSE;
}

static gboolean
reads (const gchar * reader, const struct zc_layout *layout,
    const GstVideoInfo * info, const gchar * device, GError ** error)
{
  for (gint i = 0; reader && i < layout->n_planes; i++) {
    if (layout->plane[i].stride == (guint) GST_VIDEO_INFO_PLANE_STRIDE (info, i))
      continue;
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
        "camera %s writes %s of %dx%d in rows of %u bytes and takes no other; %s "
        "behind reads rows of %d bytes only, for it knows no GstVideoMeta: choose "
        "another size, or put dmaheapgpu before it", device,
        GST_VIDEO_INFO_NAME (info), GST_VIDEO_INFO_WIDTH (info),
        GST_VIDEO_INFO_HEIGHT (info), layout->plane[i].stride, reader,
        GST_VIDEO_INFO_PLANE_STRIDE (info, i));
    return FALSE;
  }
  return TRUE;
}

/* GStreamer's own strides are of that multiple. */
#define CAPS_STRIDE_ALIGN 4

/* FALSE: nobody knows. */
static gboolean
try_layout (struct zc_camera *device, const GstVideoInfo * info,
    struct gst_dma_heap_needs *needs)
{
  const struct zc_format *format =
      gst_dma_heap_format_zc (info, needs->separate);
  const struct zc_align align = {
    .stride = MAX (needs->stride_align, CAPS_STRIDE_ALIGN),
  };
  guint width = GST_VIDEO_INFO_WIDTH (info);
  guint height = GST_VIDEO_INFO_HEIGHT (info);
  struct zc_layout *layout = &needs->writer.layout, wish;

  if (!format || zc_layout_solve (&wish, format, width, height, &align))
    return FALSE;
  if (zc_camera_try_layout (device, format, width, height, &align, layout)) {
    layout->format = NULL;
    return FALSE;
  }
  needs->writer.insists = is_other (layout, &wish);
  return TRUE;
}

static gboolean
ask_layout (struct zc_camera *device, const GstVideoInfo * info,
    const gchar * reader, struct gst_dma_heap_needs *needs, GError ** error)
{
  /* v4l2src chooses the format with separate planes where the camera has both. */
  if (device)
    needs->separate |= zc_camera_has_format (device,
        gst_dma_heap_format_zc (info, TRUE));
  if (device && try_layout (device, info, needs))
    return reads (reader, &needs->writer.layout, info, zc_camera_path (device),
        error);
  GST_INFO ("it cannot be asked how %s of %dx%d is written: strides are those "
      "of the caps", GST_VIDEO_INFO_NAME (info), GST_VIDEO_INFO_WIDTH (info),
      GST_VIDEO_INFO_HEIGHT (info));
  needs->stride_align = 1;
  return TRUE;
}

/* Where in its buffers pixels begin is to be asked once it streams. */
static void
note_place (struct zc_camera *camera, struct gst_dma_heap_writer *writer)
{
  guint32 begin[ZC_MAX_PLANES];

  if (writer->layout.format
      && zc_camera_ask_offset (camera, begin) != -ENOTSUP)
    g_strlcpy (writer->device, zc_camera_path (camera),
        sizeof (writer->device));
}

static gboolean
takes (struct zc_camera *camera, const gchar * heap, gchar ** better,
    GError ** error)
{
  struct zc_layout layout;
  gint result = 0;
  GError *why = NULL;
  gchar *other, *more;

  gst_dma_heap_log_clear ();
  /* v4l2src sets its format only after this: what is set now will do to try. */
  if (!zc_camera_get_layout (camera, &layout))
    result = try_heap (camera, &layout, heap);
  if (!is_refusal (result))
    return TRUE;
  gst_dma_heap_log_error (&why, GST_RESOURCE_ERROR_SETTINGS, result);
  other = find_other (camera, &layout, heap);
  if (better && other) {
    *better = other;
  } else {
    more = advice (other);
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
        "%s; %s", why->message, more);
    g_free (more);
    g_free (other);
  }
  g_error_free (why);
  return better && *better;
}

gboolean
gst_dma_heap_camera_ask (GstPad * sink, const GstVideoInfo * info,
    const gchar * heap, gchar ** better, const gchar * reader,
    struct gst_dma_heap_needs *needs, GError ** error)
{
  struct zc_camera *device;
  gboolean is_camera, fine;

  if (!gst_dma_heap_device_before (sink, &device, &is_camera))
    return TRUE;
  gst_dma_heap_log_clear ();
  fine = ask_layout (device, info, reader, needs, error);
  if (fine && device && is_camera) {
    note_place (device, &needs->writer);
    fine = takes (device, heap, better, error);
  }
  zc_camera_close (device);
  return fine;
}

static gboolean
ask_place (GstDmaHeapBufferPool * pool, const gchar * device, GError ** error)
{
  guint32 begin[ZC_MAX_PLANES] = { 0, };
  struct zc_camera *camera = NULL;

  if (zc_camera_open (&camera, device)
      || zc_camera_ask_offset (camera, begin))
    GST_WARNING ("cannot ask camera %s where in its buffers pixels begin: they "
        "are taken to begin at the begin", device);
  zc_camera_close (camera);
  return gst_dma_heap_buffer_pool_set_place (pool, begin, error);
}

gboolean
gst_dma_heap_camera_passed (GstBuffer * buffer, GError ** error)
{
  GstDmaHeapBufferPool *pool;
  const gchar *device;

  if (!buffer->pool || !GST_IS_DMA_HEAP_BUFFER_POOL (buffer->pool))
    return TRUE;
  pool = GST_DMA_HEAP_BUFFER_POOL (buffer->pool);
  device = gst_dma_heap_buffer_pool_unplaced (pool);
  if (device && !ask_place (pool, device, error))
    return FALSE;
  gst_dma_heap_buffer_pool_passed (pool, buffer);
  return TRUE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapframe - frames of libzerocopy that stay with a buffer's first memory */
#include "memory/gstdmaheapframe.h"
#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheaplog.h"

#include <fcntl.h>
#include <gst/allocators/allocators.h>
#include <string.h>
#include <unistd.h>

/* Elements that may have a frame of one memory: a tee has few branches with devices. */
#define OWNERS 8

struct entry
{
  gconstpointer owner;
  GstMemory *memory[ZC_MAX_PLANES];     /* it was made of; all but the first are held */
  struct zc_frame *frame;               /* kept, used by who asked for it */
};

struct entries
{
  GMutex lock;
  guint next;                   /* to be replaced when all are taken */
  struct entry entry[OWNERS];
};

static GQuark
entries_quark (void)
{
  static GQuark quark;

  if (!quark)
    quark = g_quark_from_static_string ("GstDmaHeapFrames");
  return quark;
}

/* A memory that is held is no other one that came to lie where it was. */
static void
entry_set (struct entry *entry, gconstpointer owner, struct zc_frame *frame,
    GstMemory ** memory)
{
  zc_frame_unkeep (entry->frame);
  for (guint i = 1; i < ZC_MAX_PLANES; i++)
    if (entry->memory[i])
      gst_memory_unref (entry->memory[i]);
  *entry = (struct entry) { 0 };
  if (!frame)
    return;
  entry->owner = owner;
  entry->frame = frame;
  memcpy (entry->memory, memory, sizeof (entry->memory));
  for (guint i = 1; i < ZC_MAX_PLANES; i++)
    if (memory[i])
      gst_memory_ref (memory[i]);
}

static void
entries_free (gpointer data)
{
  struct entries *entries = data;

  for (guint i = 0; i < OWNERS; i++)
    entry_set (&entries->entry[i], NULL, NULL, NULL);
  g_mutex_clear (&entries->lock);
  g_free (entries);
}

static struct entries *
entries_of (GstMemory * memory)
{
  static GMutex creating;
  GstMiniObject *object = GST_MINI_OBJECT (memory);
  struct entries *entries = gst_mini_object_get_qdata (object,
      entries_quark ());

  if (entries)
    return entries;
  g_mutex_lock (&creating);
  entries = gst_mini_object_get_qdata (object, entries_quark ());
  if (!entries) {
    entries = g_new0 (struct entries, 1);
    g_mutex_init (&entries->lock);
    gst_mini_object_set_qdata (object, entries_quark (), entries, entries_free);
  }
  g_mutex_unlock (&creating);
  return entries;
}

static gboolean
refuse (GError ** error, const gchar * format, ...)
{
  va_list args;
  gchar *text;

  va_start (args, format);
  text = g_strdup_vprintf (format, args);
  va_end (args);
  g_set_error_literal (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED,
      text);
  g_free (text);
  return FALSE;
}

/* The memories of a buffer: all dma-bufs, as many as a frame may have. */
static gboolean
get_memories (GstBuffer * buffer, GstMemory ** memory, guint * n,
    GError ** error)
{
  *n = gst_buffer_n_memory (buffer);
  if (*n < 1 || *n > ZC_MAX_PLANES)
    return refuse (error, "a buffer of %u memories is no picture", *n);
  for (guint i = 0; i < *n; i++) {
    memory[i] = gst_buffer_peek_memory (buffer, i);
    if (!gst_is_dmabuf_memory (memory[i]))
      return refuse (error, "the picture comes in memory of \"%s\", which is no "
          "dma-buf: nothing is copied here; put dmaheap before this element, or "
          "have the element upstream write into its pool (v4l2src "
          "io-mode=dmabuf-import)", memory[i]->allocator->mem_type);
  }
  return TRUE;
}

/* Which memory holds the byte @offset of the buffer, and where in its dma-buf. */
static gboolean
find_plane (GstMemory ** memory, guint n, gsize offset, gint * buffer,
    gsize * at)
{
  for (guint i = 0; i < n; i++) {
    if (offset < memory[i]->size) {
      *buffer = i;
      *at = memory[i]->offset + offset;
      return TRUE;
    }
    offset -= memory[i]->size;
  }
  return FALSE;
}

/* Whether all rows of a plane that begins at @at are in what @memory shows. */
static gboolean
holds (const GstMemory * memory, const struct zc_layout *layout, gint plane,
    gsize at)
{
  gsize rows = zc_layout_rows (layout, plane);

  return at + (rows - 1) * layout->plane[plane].stride +
      zc_layout_row_bytes (layout, plane) <= memory->offset + memory->size;
}

/* Where the planes are, by the buffer's meta if it has one. */
static gboolean
get_layout (GstBuffer * buffer, const GstVideoInfo * info, GstMemory ** memory,
    guint n, struct zc_layout *layout, GError ** error)
{
  const GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  const gsize *offset = meta ? meta->offset : info->offset;
  const gint *stride = meta ? meta->stride : info->stride;
  guint width = meta ? meta->width : (guint) GST_VIDEO_INFO_WIDTH (info);
  guint height = meta ? meta->height : (guint) GST_VIDEO_INFO_HEIGHT (info);
  const gchar *name = GST_VIDEO_INFO_NAME (info);

  memset (layout, 0, sizeof (*layout));
  layout->format = gst_dma_heap_format_zc (info, n > 1);
  if (!layout->format || (n > 1 && (guint) layout->format->n_planes != n))
    return refuse (error, "%s in %u dma-bufs is not supported", name, n);
  layout->width = width;
  layout->height = height;
  layout->colour = gst_dma_heap_format_colour (info);
  layout->n_planes = layout->format->n_planes;
  layout->n_buffers = n;
  /* Devices may touch what lies behind the picture: the whole dma-buf is theirs. */
  for (guint i = 0; i < n; i++)
    layout->bytes[i] = memory[i]->maxsize;
  for (gint i = 0; i < layout->n_planes; i++) {
    gsize at;

    layout->plane[i].stride = stride[i];
    if (stride[i] <= 0 || !find_plane (memory, n, offset[i],
            &layout->plane[i].buffer, &at) || at > G_MAXUINT32
        || !holds (memory[layout->plane[i].buffer], layout, i, at))
      return refuse (error, "plane %d of a %s picture, at byte %"
          G_GSIZE_FORMAT " with stride %d, is not within its memory", i, name,
          offset[i], stride[i]);
    layout->plane[i].offset = at;
  }
  return TRUE;
}

static gboolean
same_layout (const struct zc_layout *a, const struct zc_layout *b)
{
  if (a->format != b->format || a->width != b->width || a->height != b->height
      || a->n_buffers != b->n_buffers || a->colour.matrix != b->colour.matrix
      || a->colour.range != b->colour.range)
    return FALSE;
  for (gint i = 0; i < a->n_planes; i++)
    if (a->plane[i].offset != b->plane[i].offset
        || a->plane[i].stride != b->plane[i].stride
        || a->plane[i].buffer != b->plane[i].buffer)
      return FALSE;
  return TRUE;
}

static struct zc_frame *
make_frame (const struct zc_layout *layout, GstMemory ** memory,
    GError ** error)
{
  struct zc_frame *frame = NULL;
  gint fds[ZC_MAX_PLANES], result;

  for (gint i = 0; i < layout->n_buffers; i++)
    fds[i] = fcntl (gst_dmabuf_memory_get_fd (memory[i]), F_DUPFD_CLOEXEC, 0);
  gst_dma_heap_log_clear ();
  result = zc_frame_wrap (&frame, layout, fds);
  if (!result) {
    zc_frame_keep (frame);
    zc_frame_unref (frame);
    return frame;
  }
  gst_dma_heap_log_error (error, GST_RESOURCE_ERROR_FAILED, result);
  for (gint i = 0; i < layout->n_buffers; i++)
    if (fds[i] >= 0)
      close (fds[i]);
  return NULL;
}

/* The owner's entry, or one that is free or must make room. */
static struct entry *
find_entry (struct entries *entries, gconstpointer owner)
{
  struct entry *entry = NULL;

  for (guint i = 0; i < OWNERS; i++) {
    if (entries->entry[i].owner == owner)
      return &entries->entry[i];
    if (!entry && !entries->entry[i].owner)
      entry = &entries->entry[i];
  }
  if (!entry) {
    entry = &entries->entry[entries->next];
    entries->next = (entries->next + 1) % OWNERS;
  }
  return entry;
}

struct zc_frame *
gst_dma_heap_frame_get (GstBuffer * buffer, const GstVideoInfo * info,
    gconstpointer owner, GError ** error)
{
  GstMemory *memory[ZC_MAX_PLANES] = { NULL, };
  struct zc_layout layout;
  struct entries *entries;
  struct zc_frame *frame;
  struct entry *entry;
  guint n;

  if (!get_memories (buffer, memory, &n, error)
      || !get_layout (buffer, info, memory, n, &layout, error))
    return NULL;
  entries = entries_of (memory[0]);
  g_mutex_lock (&entries->lock);
  entry = find_entry (entries, owner);
  if (entry->owner != owner || !entry->frame
      || memcmp (entry->memory, memory, sizeof (memory))
      || !same_layout (zc_frame_layout (entry->frame), &layout))
    entry_set (entry, owner, make_frame (&layout, memory, error), memory);
  frame = entry->frame;
  g_mutex_unlock (&entries->lock);
  return frame;
}

gboolean
gst_dma_heap_frame_is_dma_buf (GstBuffer * buffer)
{
  guint n = gst_buffer_n_memory (buffer);

  for (guint i = 0; i < n; i++)
    if (!gst_is_dmabuf_memory (gst_buffer_peek_memory (buffer, i)))
      return FALSE;
  return n > 0;
}

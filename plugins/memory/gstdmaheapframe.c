/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapframe - frames of libzerocopy that stay with a buffer's first memory */
#include "memory/gstdmaheapframe.h"
#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheaplog.h"
#include "memory/gstdmaheaporphans.h"

#include <errno.h>
#include <fcntl.h>
#include <gst/allocators/allocators.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Elements that may have a frame of one memory: a tee has few branches with devices. */
#define OWNERS 8

/* The memories of a buffer, and which dma-buf each is of. */
struct parts
{
  GstMemory *memory[ZC_MAX_PLANES];
  guint n;
  gint dma_buf[ZC_MAX_PLANES];  /* of each memory */
  guint n_dma_bufs;
  guint64 inode[ZC_MAX_PLANES]; /* of each dma-buf */
};

struct entry
{
  gconstpointer owner;
  struct parts parts;           /* it was made of; all memories but the first are held */
  struct zc_frame *frame;       /* kept, used by who asked for it */
  gboolean comes_anew;          /* each buffer brings new memory */
};

struct entries
{
  GMutex lock;
  guint next;                   /* to be replaced when all are taken */
  struct entry entry[OWNERS];
};

static G_DEFINE_QUARK (GstDmaHeapFrames, entries)

static void
entry_clear (struct entry *entry)
{
  zc_frame_unkeep (entry->frame);
  for (guint i = 1; i < entry->parts.n; i++)
    gst_memory_unref (entry->parts.memory[i]);
  *entry = (struct entry) { 0 };
}

/* A memory that is held is no other one that came to lie where it was. */
static void
entry_set (struct entry *entry, gconstpointer owner, struct zc_frame *frame,
    const struct parts *parts, gboolean comes_anew)
{
  entry_clear (entry);
  if (!frame)
    return;
  *entry = (struct entry) { owner, *parts, frame, comes_anew };
  for (guint i = 1; i < parts->n; i++)
    gst_memory_ref (parts->memory[i]);
}

/* What devices have of a frame is for the next memory of its dma-bufs, if that comes. */
static void
entries_free (gpointer data)
{
  struct entries *entries = data;

  for (guint i = 0; i < OWNERS; i++) {
    struct entry *entry = &entries->entry[i];

    if (entry->frame && entry->comes_anew)
      gst_dma_heap_orphans_add (entry->owner, g_steal_pointer (&entry->frame));
    entry_clear (entry);
  }
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
get_memories (GstBuffer * buffer, struct parts *parts, GError ** error)
{
  parts->n = gst_buffer_n_memory (buffer);
  if (parts->n < 1 || parts->n > ZC_MAX_PLANES)
    return refuse (error, "a buffer of %u memories is no picture", parts->n);
  for (guint i = 0; i < parts->n; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);

    parts->memory[i] = memory;
    if (!gst_is_dmabuf_memory (memory))
      return refuse (error, "the picture comes in memory of \"%s\", which is no "
          "dma-buf: nothing is copied here; put dmaheap before this element, or "
          "have the element upstream write into its pool (v4l2src "
          "io-mode=dmabuf-import)", memory->allocator->mem_type);
  }
  return TRUE;
}

/* Several memories may be of one dma-buf, as libcamerasrc's planes are. */
static gboolean
know_dma_bufs (struct parts *parts, GError ** error)
{
  parts->n_dma_bufs = 0;
  for (guint i = 0; i < parts->n; i++) {
    guint k = 0;
    struct stat node;

    if (fstat (gst_dmabuf_memory_get_fd (parts->memory[i]), &node))
      return refuse (error, "memory %u of a buffer has no dma-buf: %s", i,
          g_strerror (errno));
    while (k < parts->n_dma_bufs && parts->inode[k] != node.st_ino)
      k++;
    if (k == parts->n_dma_bufs)
      parts->inode[parts->n_dma_bufs++] = node.st_ino;
    parts->dma_buf[i] = k;
  }
  return TRUE;
}

/* Which memory holds the byte @offset of the buffer, and where in its dma-buf. */
static gboolean
find_plane (const struct parts *parts, gsize offset, guint * index, gsize * at)
{
  for (guint i = 0; i < parts->n; i++) {
    if (offset < parts->memory[i]->size) {
      *index = i;
      *at = parts->memory[i]->offset + offset;
      return TRUE;
    }
    offset -= parts->memory[i]->size;
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
place_planes (const struct parts *parts, const GstVideoInfo * info,
    const GstVideoMeta * meta, struct zc_layout *layout, GError ** error)
{
  const gsize *offset = meta ? meta->offset : info->offset;
  const gint *stride = meta ? meta->stride : info->stride;

  for (gint i = 0; i < layout->n_planes; i++) {
    guint index;
    gsize at;

    layout->plane[i].stride = stride[i];
    if (stride[i] <= 0 || !find_plane (parts, offset[i], &index, &at)
        || at > G_MAXUINT32 || !holds (parts->memory[index], layout, i, at))
      return refuse (error, "plane %d of a %s picture, at byte %"
          G_GSIZE_FORMAT " with stride %d, is not within its memory", i,
          GST_VIDEO_INFO_NAME (info), offset[i], stride[i]);
    layout->plane[i].buffer = parts->dma_buf[index];
    layout->plane[i].offset = at;
  }
  return TRUE;
}

static gboolean
get_layout (const struct parts *parts, const GstVideoInfo * info,
    guint64 modifier, const GstVideoMeta * meta, struct zc_layout *layout,
    GError ** error)
{
  guint n = parts->n_dma_bufs;

  memset (layout, 0, sizeof (*layout));
  layout->format = gst_dma_heap_format_zc (info, n > 1);
  if (!layout->format || (n > 1 && (guint) layout->format->n_planes != n))
    return refuse (error, "%s in %u dma-bufs is not supported",
        GST_VIDEO_INFO_NAME (info), n);
  layout->modifier = modifier;
  layout->width = meta ? meta->width : (guint) GST_VIDEO_INFO_WIDTH (info);
  layout->height = meta ? meta->height : (guint) GST_VIDEO_INFO_HEIGHT (info);
  layout->colour = gst_dma_heap_format_colour (info);
  layout->n_planes = layout->format->n_planes;
  layout->n_buffers = n;
  /* Devices may touch what lies behind the picture: the whole dma-buf is theirs. */
  for (guint i = 0; i < parts->n; i++)
    layout->bytes[parts->dma_buf[i]] = MAX (layout->bytes[parts->dma_buf[i]],
        parts->memory[i]->maxsize);
  return place_planes (parts, info, meta, layout, error);
}

/* An fd of that dma-buf, as one of its memories has it. */
static gint
dup_fd (const struct parts *parts, gint dma_buf)
{
  guint i = 0;

  while (parts->dma_buf[i] != dma_buf)
    i++;
  return fcntl (gst_dmabuf_memory_get_fd (parts->memory[i]), F_DUPFD_CLOEXEC,
      0);
}

static struct zc_frame *
make_frame (const struct zc_layout *layout, const struct parts *parts,
    GError ** error)
{
  struct zc_frame *frame = NULL;
  gint fds[ZC_MAX_PLANES], result;

  for (gint i = 0; i < layout->n_buffers; i++)
    fds[i] = dup_fd (parts, i);
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

/* The frame that @entry is to have of a buffer: what it has, where that is the same. */
static struct zc_frame *
renew (struct entry *entry, GstBuffer * buffer, const GstVideoInfo * info,
    guint64 modifier, gconstpointer owner, struct parts *parts, GError ** error)
{
  gboolean same = entry->owner == owner && entry->frame
      && entry->parts.n == parts->n
      && !memcmp (entry->parts.memory, parts->memory, sizeof (parts->memory));
  struct zc_layout layout;
  struct zc_frame *frame;

  if (same)
    *parts = entry->parts;
  else if (!know_dma_bufs (parts, error))
    return NULL;
  if (!get_layout (parts, info, modifier, gst_buffer_get_video_meta (buffer),
          &layout, error))
    return NULL;
  if (same && gst_dma_heap_orphans_same_layout (zc_frame_layout (entry->frame),
          &layout))
    return entry->frame;
  frame = gst_dma_heap_orphans_take (owner, &layout, parts->inode);
  if (!frame)
    frame = make_frame (&layout, parts, error);
  /* Memory of a buffer that goes back to no pool goes with that. */
  entry_set (entry, owner, frame, parts, !buffer->pool);
  return frame;
}

struct zc_frame *
gst_dma_heap_frame_get (GstBuffer * buffer, const GstVideoInfo * info,
    gconstpointer owner, GError ** error)
{
  return gst_dma_heap_frame_get_tiled (buffer, info, 0, owner, error);
}

struct zc_frame *
gst_dma_heap_frame_get_tiled (GstBuffer * buffer, const GstVideoInfo * info,
    guint64 modifier, gconstpointer owner, GError ** error)
{
  struct parts parts = { 0 };
  struct entries *entries;
  struct zc_frame *frame;

  gst_dma_heap_orphans_trim (0);
  if (!get_memories (buffer, &parts, error))
    return NULL;
  entries = entries_of (parts.memory[0]);
  g_mutex_lock (&entries->lock);
  frame = renew (find_entry (entries, owner), buffer, info, modifier, owner,
      &parts, error);
  g_mutex_unlock (&entries->lock);
  return frame;
}

void
gst_dma_heap_frame_forget (gconstpointer owner)
{
  gst_dma_heap_orphans_drop (owner);
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

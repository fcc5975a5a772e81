/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapmapping - one mmap for the life of a dma-buf, and paired syncs */
#include "memory/gstdmaheapmapping.h"
#include "memory/gstdmaheapsync.h"

#include <errno.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>

struct gst_dma_heap_mapping
{
  GMutex lock;
  gint fd;
  gsize bytes;
  gpointer data;
  guint readers, writers;
};

struct gst_dma_heap_mapping *
gst_dma_heap_mapping_new (gint fd, gsize bytes)
{
  struct gst_dma_heap_mapping *mapping =
      g_new0 (struct gst_dma_heap_mapping, 1);

  g_mutex_init (&mapping->lock);
  mapping->fd = fd;
  mapping->bytes = bytes;
  return mapping;
}

static guint64
sync_flags (gboolean reads, gboolean writes)
{
  return (reads ? DMA_BUF_SYNC_READ : 0) | (writes ? DMA_BUF_SYNC_WRITE : 0);
}

void
gst_dma_heap_mapping_free (struct gst_dma_heap_mapping *mapping)
{
  guint64 open = sync_flags (mapping->readers, mapping->writers);

  if (open)
    gst_dma_heap_sync_cpu (mapping->fd, DMA_BUF_SYNC_END | open);
  if (mapping->data)
    munmap (mapping->data, mapping->bytes);
  g_mutex_clear (&mapping->lock);
  g_free (mapping);
}

static gint
map (struct gst_dma_heap_mapping *mapping)
{
  gpointer data;

  if (mapping->data)
    return 0;
  data = mmap (NULL, mapping->bytes, PROT_READ | PROT_WRITE, MAP_SHARED,
      mapping->fd, 0);
  if (data == MAP_FAILED)
    return -errno;
  mapping->data = data;
  return 0;
}

gint
gst_dma_heap_mapping_begin (struct gst_dma_heap_mapping *mapping,
    GstMapFlags flags, gpointer * data)
{
  gboolean reads = (flags & GST_MAP_READ) != 0;
  gboolean writes = (flags & GST_MAP_WRITE) != 0;
  guint64 first;
  gint result;

  g_mutex_lock (&mapping->lock);
  result = map (mapping);
  first = sync_flags (reads && !mapping->readers, writes && !mapping->writers);
  if (!result && first)
    result = gst_dma_heap_sync_cpu (mapping->fd, DMA_BUF_SYNC_START | first);
  if (!result) {
    mapping->readers += reads;
    mapping->writers += writes;
    *data = mapping->data;
  }
  g_mutex_unlock (&mapping->lock);
  return result;
}

gint
gst_dma_heap_mapping_end (struct gst_dma_heap_mapping *mapping,
    GstMapFlags flags)
{
  gboolean reads = (flags & GST_MAP_READ) != 0;
  gboolean writes = (flags & GST_MAP_WRITE) != 0;
  guint64 last;
  gint result = 0;

  g_mutex_lock (&mapping->lock);
  mapping->readers -= reads;
  mapping->writers -= writes;
  last = sync_flags (reads && !mapping->readers, writes && !mapping->writers);
  if (last)
    result = gst_dma_heap_sync_cpu (mapping->fd, DMA_BUF_SYNC_END | last);
  g_mutex_unlock (&mapping->lock);
  return result;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapmapping - one mmap for the life of a dma-buf, and paired syncs */
#include "memory/gstdmaheapmapping.h"

#include <errno.h>
#include <sys/mman.h>
#include <zerocopy.h>

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

static gint
access_of (gboolean reads, gboolean writes)
{
  return (reads ? ZC_CPU_READ : 0) | (writes ? ZC_CPU_WRITE : 0);
}

void
gst_dma_heap_mapping_free (struct gst_dma_heap_mapping *mapping)
{
  gint open = access_of (mapping->readers, mapping->writers);

  if (open)
    zc_dmabuf_end_cpu (mapping->fd, open);
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
  gint first, result;

  g_mutex_lock (&mapping->lock);
  result = map (mapping);
  first = access_of (reads && !mapping->readers, writes && !mapping->writers);
  if (!result && first)
    result = zc_dmabuf_begin_cpu (mapping->fd, first);
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
  gint last, result = 0;

  g_mutex_lock (&mapping->lock);
  mapping->readers -= reads;
  mapping->writers -= writes;
  last = access_of (reads && !mapping->readers, writes && !mapping->writers);
  if (last)
    result = zc_dmabuf_end_cpu (mapping->fd, last);
  g_mutex_unlock (&mapping->lock);
  return result;
}

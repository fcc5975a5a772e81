/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstzerocopymaps - an allocator's functions are fields of each allocator, which anybody may
 * set: there we look on, and call those that were there
 */
#include "tracer/gstzerocopymaps.h"
#include "tracer/gstzerocopybook.h"
#include "tracer/gstzerocopyidentity.h"
#include "tracer/gstzerocopyplace.h"

/* Memory that has no fd and is smaller is no frame. */
#define LEAST_BYTES 4096
/* Flags of maps for a device, GST_MAP_GL and its like. The first after GST_MAP_FLAG_LAST is
 * GST_VIDEO_FRAME_MAP_FLAG_NO_REF. */
#define DEVICES_FLAGS (~((guint) GST_MAP_FLAG_LAST * 2 - 1))

struct functions
{
  GstMemoryMapFunction map;
  GstMemoryMapFullFunction map_full;
  GstMemoryUnmapFunction unmap;
  GstMemoryUnmapFullFunction unmap_full;
  GstMemoryCopyFunction copy;
};

static G_DEFINE_QUARK (GstZerocopyFunctions, functions)

static const struct functions *
functions_of (GstMemory * memory)
{
  return g_object_get_qdata (G_OBJECT (memory->allocator), functions_quark ());
}

static gboolean
is_cpus (GstMemory * memory, guint flags)
{
  return !(flags & DEVICES_FLAGS) && memory->maxsize >= LEAST_BYTES;
}

static gpointer
map (GstMemory * memory, GstMapInfo * info, gsize maxsize)
{
  const struct functions *functions = functions_of (memory);
  gpointer data = functions->map_full ? functions->map_full (memory, info,
      maxsize) : functions->map (memory, maxsize, info->flags);
  struct gst_zerocopy_identity *identity;
  struct gst_zerocopy_station *station;
  gboolean setup;

  if (!data || !is_cpus (memory, info->flags))
    return data;
  gst_zerocopy_book_lock ();
  identity = gst_zerocopy_identity_of (memory);
  station = gst_zerocopy_place_current (&setup);
  gst_zerocopy_identity_access (identity, station,
      (info->flags & GST_MAP_READ) != 0, (info->flags & GST_MAP_WRITE) != 0,
      setup);
  identity->open_maps++;
  identity->maps++;
  identity->holder = station;
  gst_zerocopy_book_unlock ();
  return data;
}

static void
unmap (GstMemory * memory, GstMapInfo * info)
{
  const struct functions *functions = functions_of (memory);

  if (is_cpus (memory, info->flags)) {
    struct gst_zerocopy_identity *identity;

    gst_zerocopy_book_lock ();
    identity = gst_zerocopy_identity_of (memory);
    /* The map may have been made before we looked on. */
    if (identity->open_maps)
      identity->open_maps--;
    gst_zerocopy_book_unlock ();
  }
  if (functions->unmap_full)
    functions->unmap_full (memory, info);
  else if (functions->unmap)
    functions->unmap (memory);
}

static guint64
maps_of (GstMemory * memory)
{
  guint64 maps;

  gst_zerocopy_book_lock ();
  maps = gst_zerocopy_identity_of (memory)->maps;
  gst_zerocopy_book_unlock ();
  return maps;
}

/* Where the allocator's own copy maps the memory, that was noted there. */
static GstMemory *
copy (GstMemory * memory, gssize offset, gssize size)
{
  gboolean is_large = memory->maxsize >= LEAST_BYTES, setup;
  guint64 maps = is_large ? maps_of (memory) : 0;
  GstMemory *made = functions_of (memory)->copy (memory, offset, size);
  struct gst_zerocopy_identity *from;
  struct gst_zerocopy_station *station;

  if (!made || !is_large || made->maxsize < LEAST_BYTES)
    return made;
  gst_zerocopy_maps_watch (made->allocator);
  gst_zerocopy_book_lock ();
  station = gst_zerocopy_place_current (&setup);
  gst_zerocopy_identity_of (made)->copier = station;
  from = gst_zerocopy_identity_of (memory);
  if (from->maps == maps)
    gst_zerocopy_identity_access (from, station, TRUE, FALSE, setup);
  gst_zerocopy_book_unlock ();
  return made;
}

void
gst_zerocopy_maps_watch (GstAllocator * allocator)
{
  struct functions *functions;

  if (!allocator || allocator->mem_map_full == map)
    return;
  gst_zerocopy_book_lock ();
  functions = g_object_get_qdata (G_OBJECT (allocator), functions_quark ());
  /* Functions that were set again after us are left alone. */
  if (!functions && (allocator->mem_map_full || allocator->mem_map)) {
    functions = g_new0 (struct functions, 1);
    *functions = (struct functions) {
      .map = allocator->mem_map,
      .map_full = allocator->mem_map_full,
      .unmap = allocator->mem_unmap,
      .unmap_full = allocator->mem_unmap_full,
      .copy = allocator->mem_copy,
    };
    g_object_set_qdata_full (G_OBJECT (allocator), functions_quark (),
        functions, g_free);
    if (allocator->mem_copy)
      allocator->mem_copy = copy;
    allocator->mem_unmap_full = unmap;
    allocator->mem_map_full = map;
  }
  gst_zerocopy_book_unlock ();
}

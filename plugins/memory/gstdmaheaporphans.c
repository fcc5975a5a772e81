/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheaporphans - frames that wait for their dma-buf to come again */
#include "memory/gstdmaheaporphans.h"

#include <string.h>

/* How long a round of a source's buffers takes at most. */
#define PATIENCE_US (2 * G_USEC_PER_SEC)

struct orphan
{
  gconstpointer owner;
  struct zc_frame *frame;
  gint64 since_us;
};

static GMutex lock;
static struct orphan orphans[GST_DMA_HEAP_ORPHANS];  /* the oldest first */
static gint n_orphans;          /* changed under the lock; read atomically */

static struct zc_frame *
take_out (gint i)
{
  struct zc_frame *frame = orphans[i].frame;
  gint n = n_orphans - 1;

  memmove (&orphans[i], &orphans[i + 1], (n - i) * sizeof (struct orphan));
  g_atomic_int_set (&n_orphans, n);
  return frame;
}

void
gst_dma_heap_orphans_add (gconstpointer owner, struct zc_frame *frame)
{
  struct zc_frame *oldest = NULL;

  g_mutex_lock (&lock);
  if (n_orphans == GST_DMA_HEAP_ORPHANS)
    oldest = take_out (0);
  orphans[n_orphans] =
      (struct orphan) { owner, frame, g_get_monotonic_time () };
  g_atomic_int_inc (&n_orphans);
  g_mutex_unlock (&lock);
  zc_frame_unkeep (oldest);
}

gboolean
gst_dma_heap_orphans_same_layout (const struct zc_layout *a,
    const struct zc_layout *b)
{
  if (a->format != b->format || a->modifier != b->modifier
      || a->width != b->width || a->height != b->height
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

static gboolean
is_of (struct zc_frame *frame, const struct zc_layout *layout,
    const guint64 inode[ZC_MAX_PLANES])
{
  if (!gst_dma_heap_orphans_same_layout (zc_frame_layout (frame), layout))
    return FALSE;
  for (gint i = 0; i < layout->n_buffers; i++)
    if (zc_frame_identity (frame, i) != inode[i])
      return FALSE;
  return TRUE;
}

struct zc_frame *
gst_dma_heap_orphans_take (gconstpointer owner, const struct zc_layout *layout,
    const guint64 inode[ZC_MAX_PLANES])
{
  struct zc_frame *frame = NULL;

  g_mutex_lock (&lock);
  for (gint i = 0; i < n_orphans && !frame; i++)
    if (orphans[i].owner == owner && is_of (orphans[i].frame, layout, inode))
      frame = take_out (i);
  g_mutex_unlock (&lock);
  return frame;
}

/* One that waits since before @until_us, or is of @owner; NULL: there is none. */
static struct zc_frame *
take_any (gint64 until_us, gconstpointer owner)
{
  struct zc_frame *frame = NULL;

  g_mutex_lock (&lock);
  for (gint i = 0; i < n_orphans && !frame; i++)
    if (orphans[i].since_us <= until_us
        && (!owner || orphans[i].owner == owner))
      frame = take_out (i);
  g_mutex_unlock (&lock);
  return frame;
}

void
gst_dma_heap_orphans_trim (gint64 after_us)
{
  gint64 until_us;
  struct zc_frame *frame;

  if (!g_atomic_int_get (&n_orphans))
    return;
  until_us = g_get_monotonic_time () + after_us - PATIENCE_US;
  while ((frame = take_any (until_us, NULL)))
    zc_frame_unkeep (frame);
}

void
gst_dma_heap_orphans_drop (gconstpointer owner)
{
  struct zc_frame *frame;

  while ((frame = take_any (G_MAXINT64, owner)))
    zc_frame_unkeep (frame);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopybook.h - the book of records, and its lock */
#ifndef GST_ZEROCOPY_BOOK_H
#define GST_ZEROCOPY_BOOK_H

#include "tracer/gstzerocopyrecords.h"

G_BEGIN_DECLS

/* One a process, as hooks are. */
struct gst_zerocopy_book
{
  GRecMutex lock;               /* a last reference may be dropped with it held */
  guint run;                    /* changes with each reset */
  guint warmup;                 /* frames of a link that are not counted */
  guint wiring;                 /* changes with each link that is made or cut */
  GPtrArray *stations, *links;  /* of the run, in the order in which they came */
  GHashTable *identities;       /* by device and inode */
  GHashTable *loose;            /* those of memory that has no fd */
  struct gst_zerocopy_tally strangers; /* accesses to frames by threads of nobody's */
  guint look;                   /* counts looks at what is mapped */
  guint64 mapped_aside;         /* frames' dma-bufs that are mapped beside GStreamer */
  guint64 mapped_by_gpu;        /* of these, what an element of a GPU read or wrote */
  gboolean has_gpu;             /* when that was looked at last */
};

extern struct gst_zerocopy_book gst_zerocopy_book;

void gst_zerocopy_book_open (guint warmup);

static inline void
gst_zerocopy_book_lock (void)
{
  g_rec_mutex_lock (&gst_zerocopy_book.lock);
}

static inline void
gst_zerocopy_book_unlock (void)
{
  g_rec_mutex_unlock (&gst_zerocopy_book.lock);
}

/*
 * All that follows is called with the lock held.
 */

/** The record of an element, made when it is first asked for. */
struct gst_zerocopy_station *gst_zerocopy_book_station (GstElement * element);

/** The record of a source pad, with who is on its other side. */
struct gst_zerocopy_link *gst_zerocopy_book_link (GstPad * pad);

/** A CAPS event is on its way: what passes next may be something else. */
void gst_zerocopy_book_forget_caps (GstPad * pad);

/** Forgets what was counted of an element. */
void gst_zerocopy_book_begin_anew (struct gst_zerocopy_station *station);

/** All is as new. The records of what lives stay, those of what is gone go. */
void gst_zerocopy_book_reset (void);

G_END_DECLS

#endif

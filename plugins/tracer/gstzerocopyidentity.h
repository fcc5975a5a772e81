/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopyidentity.h - which memory is the same, and what it is */
#ifndef GST_ZEROCOPY_IDENTITY_H
#define GST_ZEROCOPY_IDENTITY_H

#include "tracer/gstzerocopyrecords.h"

G_BEGIN_DECLS

/*
 * Each is called with the book's lock held.
 */

/**
 * gst_zerocopy_identity_of:
 *
 * Asks the kernel once for a memory (its inode) and once for an inode (its
 * exporter). Memory without an fd is its own identity, and that goes with it.
 */
struct gst_zerocopy_identity *gst_zerocopy_identity_of (GstMemory * memory);

/** Notes an access of @station, or of nobody (%NULL). */
void gst_zerocopy_identity_access (struct gst_zerocopy_identity *identity,
    struct gst_zerocopy_station *station, gboolean reads, gboolean writes,
    gboolean setup);

/** Whether it was written by the CPU since it was sent on last. */
gboolean gst_zerocopy_identity_is_written (const struct gst_zerocopy_identity
    *identity);

/** Counts what was noted, for the elements that did it. */
void gst_zerocopy_identity_settle (struct gst_zerocopy_identity *identity);

/** It comes to @station. */
void gst_zerocopy_identity_visit (struct gst_zerocopy_identity *identity,
    struct gst_zerocopy_station *station, GstClockTime pts);

/** How it came to @station last, or %NULL. */
const struct gst_zerocopy_visit *gst_zerocopy_identity_find_visit (const struct
    gst_zerocopy_identity *identity,
    const struct gst_zerocopy_station *station);

/** The one of a file, or %NULL. */
struct gst_zerocopy_identity *gst_zerocopy_identity_find (guint64 device,
    guint64 inode);

/** Makes the book's tables of them, once. */
void gst_zerocopy_identity_open (void);

/** For all: counts what is still noted; forgets what was noted. */
void gst_zerocopy_identity_settle_all (void);
void gst_zerocopy_identity_forget_all (void);

G_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopycause.h - why an element copies, in words, and what to change */
#ifndef GST_ZEROCOPY_CAUSE_H
#define GST_ZEROCOPY_CAUSE_H

#include "tracer/gstzerocopybook.h"

G_BEGIN_DECLS

/**
 * gst_zerocopy_cause_find:
 * @station: an element that was seen to copy
 * @why: (out) (transfer full): the cause
 * @change: (out) (transfer full) (nullable): what to change
 *
 * With the book's lock held.
 */
void gst_zerocopy_cause_find (const struct gst_zerocopy_station *station,
    gchar ** why, gchar ** change);

/** The links from (or to) an element, one after the other; *@i begins at 0. */
const struct gst_zerocopy_link *gst_zerocopy_cause_next_from (const struct
    gst_zerocopy_station *station, guint * i);
const struct gst_zerocopy_link *gst_zerocopy_cause_next_to (const struct
    gst_zerocopy_station *station, guint * i);

G_END_DECLS

#endif

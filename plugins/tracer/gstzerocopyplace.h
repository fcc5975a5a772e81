/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstzerocopyplace.h - which element runs on this thread: by the pads that push on it, by
 * queries and changes of state, and by whose thread it is
 */
#ifndef GST_ZEROCOPY_PLACE_H
#define GST_ZEROCOPY_PLACE_H

#include "tracer/gstzerocopyrecords.h"

G_BEGIN_DECLS

enum gst_zerocopy_act
{
  GST_ZEROCOPY_PUSH,
  GST_ZEROCOPY_QUERY,
  GST_ZEROCOPY_STATE,
};

/*
 * Each is for the calling thread, with the book's lock held.
 */

/** @key, only compared, begins something in which @station runs. */
void gst_zerocopy_place_enter (enum gst_zerocopy_act act, gconstpointer key,
    struct gst_zerocopy_station *station);

/** That ends, and all that began in it. */
void gst_zerocopy_place_leave (enum gst_zerocopy_act act, gconstpointer key);

/** This thread is that element's own. */
void gst_zerocopy_place_set_home (struct gst_zerocopy_station *station);

/**
 * gst_zerocopy_place_current:
 * @setup: (out): whether that is a query or a change of state, and no frame
 *     is on its way
 *
 * Returns: (nullable): the element that runs here
 */
struct gst_zerocopy_station *gst_zerocopy_place_current (gboolean * setup);

G_END_DECLS

#endif

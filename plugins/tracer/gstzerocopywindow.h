/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopywindow.h - what a compositor says of the frames that a sink gives it */
#ifndef GST_ZEROCOPY_WINDOW_H
#define GST_ZEROCOPY_WINDOW_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * Asks the sinks of a pipeline that still runs how their frames came on screen, and notes
 * that with their records. Without the book's lock: sinks take their own to answer.
 */
void gst_zerocopy_window_ask (GstBin * pipeline);

G_END_DECLS

#endif

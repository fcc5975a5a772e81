/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopypass.h - a buffer on its way from one element to the next */
#ifndef GST_ZEROCOPY_PASS_H
#define GST_ZEROCOPY_PASS_H

#include "tracer/gstzerocopyrecords.h"

G_BEGIN_DECLS

/**
 * gst_zerocopy_pass:
 *
 * Notes that @buffer goes over @link, if that has raw video. With the book's lock
 * held. It reads the kernel's word for memory that was never seen, and else none.
 */
void gst_zerocopy_pass (struct gst_zerocopy_link *link, GstBuffer * buffer);

G_END_DECLS

#endif

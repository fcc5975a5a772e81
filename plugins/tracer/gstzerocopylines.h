/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopylines.h - what elements log of copies */
#ifndef GST_ZEROCOPY_LINES_H
#define GST_ZEROCOPY_LINES_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_zerocopy_lines_listen:
 *
 * From now on lines of GST_PERFORMANCE, of v4l2's pools and of GL's uploads are
 * heard, and are not shown but where the user asked for them.
 */
void gst_zerocopy_lines_listen (void);
void gst_zerocopy_lines_stop (void);

G_END_DECLS

#endif

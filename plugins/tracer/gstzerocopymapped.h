/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopymapped.h - what this process has mapped and open */
#ifndef GST_ZEROCOPY_MAPPED_H
#define GST_ZEROCOPY_MAPPED_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_zerocopy_mapped_each:
 * @each: is called with what this process has mapped of files: device and inode
 *
 * Reads /proc/self/maps.
 *
 * Returns: whether it could be read
 */
gboolean gst_zerocopy_mapped_each (void (*each) (guint64 device,
        guint64 inode, gpointer user), gpointer user);

/** Whether this process has a render node open: a GPU that is no CPU. */
gboolean gst_zerocopy_mapped_has_gpu (void);

G_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopymaps.h - maps and copies of memories, seen through their allocators */
#ifndef GST_ZEROCOPY_MAPS_H
#define GST_ZEROCOPY_MAPS_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_zerocopy_maps_watch:
 *
 * Puts functions of ours before those of an allocator, once; they stay for its
 * life. Threads: any, without the book's lock.
 */
void gst_zerocopy_maps_watch (GstAllocator * allocator);

G_END_DECLS

#endif

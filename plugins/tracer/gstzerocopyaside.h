/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopyaside.h - mappings of frames that nobody made by GStreamer */
#ifndef GST_ZEROCOPY_ASIDE_H
#define GST_ZEROCOPY_ASIDE_H

#include <gst/gst.h>

G_BEGIN_DECLS

/** Looks at what is mapped now, and notes it in the book, whose lock is held. */
void gst_zerocopy_aside_look (void);

G_END_DECLS

#endif

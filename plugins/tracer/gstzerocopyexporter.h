/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopyexporter.h - what the kernel says of a dma-buf */
#ifndef GST_ZEROCOPY_EXPORTER_H
#define GST_ZEROCOPY_EXPORTER_H

#include <gst/gst.h>

G_BEGIN_DECLS

/**
 * gst_zerocopy_exporter_name:
 * @fd: any
 *
 * Reads /proc/self/fdinfo.
 *
 * Returns: (transfer full) (nullable): "heap system", "udmabuf", "V4L2
 *     (vb2_vmalloc)", "DRM"; %NULL: it is no dma-buf
 */
gchar *gst_zerocopy_exporter_name (gint fd);

G_END_DECLS

#endif

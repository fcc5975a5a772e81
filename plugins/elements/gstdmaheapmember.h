/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapmember.h - properties that are members of their element's struct */
#ifndef GST_DMA_HEAP_MEMBER_H
#define GST_DMA_HEAP_MEMBER_H

#include <gst/gst.h>

G_BEGIN_DECLS

/** Which member a property is: a gchar *, or a gint, guint, gboolean or enum; a guint64
 * where it is only read. */
struct gst_dma_heap_member {
  guint id;                     /* of the property; 0 ends a table */
  gsize offset;
};

/**
 * gst_dma_heap_member_set:
 * @object: the element, with its lock held
 * @members: its table
 *
 * Returns: %FALSE: @id stands in no row of @members
 */
gboolean gst_dma_heap_member_set (gpointer object,
    const struct gst_dma_heap_member *members, guint id, const GValue * value);

/** The same the other way: @value has the property's type. */
gboolean gst_dma_heap_member_get (gpointer object,
    const struct gst_dma_heap_member *members, guint id, GValue * value);

G_END_DECLS

#endif

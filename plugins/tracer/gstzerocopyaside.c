/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopyaside - compares the process's mappings with those of allocators */
#include "tracer/gstzerocopyaside.h"
#include "tracer/gstzerocopybook.h"
#include "tracer/gstzerocopyidentity.h"
#include "tracer/gstzerocopymapped.h"

/* An allocator has one mapping for each memory, where it was asked for. */
static void
note_mapped (guint64 device, guint64 inode, gpointer user)
{
  struct gst_zerocopy_identity *identity =
      gst_zerocopy_identity_find (device, inode);

  if (!identity || !identity->is_frame || identity->is_mapped_aside
      || identity->kind != GST_ZEROCOPY_DMABUF)
    return;
  if (identity->look != gst_zerocopy_book.look)
    identity->mappings = 0;
  identity->look = gst_zerocopy_book.look;
  identity->mappings++;
  if (identity->mappings > (identity->maps ? MAX (identity->memories, 1) : 0)) {
    identity->is_mapped_aside = TRUE;
    gst_zerocopy_book.mapped_aside++;
    gst_zerocopy_book.mapped_by_gpu += identity->is_gpus;
  }
}

void
gst_zerocopy_aside_look (void)
{
  gst_zerocopy_book.look++;
  gst_zerocopy_mapped_each (note_mapped, NULL);
  gst_zerocopy_book.has_gpu |= gst_zerocopy_mapped_has_gpu ();
}

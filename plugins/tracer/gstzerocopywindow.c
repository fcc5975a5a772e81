/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopywindow - properties of sinks */
#include "tracer/gstzerocopywindow.h"
#include "tracer/gstzerocopybook.h"

/* What came since it was asked last. A display that was opened anew counts from none. */
static void
note (struct gst_zerocopy_station *station,
    const struct gst_zerocopy_shown *shown)
{
  struct gst_zerocopy_shown *before = &station->shown_before;

  if (shown->plane < before->plane || shown->pass < before->pass
      || shown->untold < before->untold)
    *before = (struct gst_zerocopy_shown) { 0, 0, 0 };
  station->shown.plane += shown->plane - before->plane;
  station->shown.pass += shown->pass - before->pass;
  station->shown.untold += shown->untold - before->untold;
  *before = *shown;
}

static void
ask (const GValue * item, gpointer unused)
{
  GstElement *sink = g_value_get_object (item);
  struct gst_zerocopy_shown shown;
  GstStructure *stats = NULL;

  if (!g_object_class_find_property (G_OBJECT_GET_CLASS (sink), "in-window"))
    return;
  g_object_get (sink, "stats", &stats, NULL);
  if (stats && gst_structure_get (stats,
          "compositor-plane", G_TYPE_UINT64, &shown.plane,
          "compositor-pass", G_TYPE_UINT64, &shown.pass,
          "compositor-untold", G_TYPE_UINT64, &shown.untold, NULL)) {
    gst_zerocopy_book_lock ();
    note (gst_zerocopy_book_station (sink), &shown);
    gst_zerocopy_book_unlock ();
  }
  g_clear_pointer (&stats, gst_structure_free);
}

void
gst_zerocopy_window_ask (GstBin * pipeline)
{
  GstIterator *each = gst_bin_iterate_recurse (pipeline);

  /* To ask one twice is no harm. */
  while (gst_iterator_foreach (each, ask, NULL) == GST_ITERATOR_RESYNC)
    gst_iterator_resync (each);
  gst_iterator_free (each);
}

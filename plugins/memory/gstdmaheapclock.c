/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapclock - reads both clocks at once */
#include "memory/gstdmaheapclock.h"

#include <zerocopy.h>

GstClockTime
gst_dma_heap_clock_at (GstElement * element, gint64 ns)
{
  GstClock *clock = gst_element_get_clock (element);
  GstClockTime time;
  gint64 ago;

  if (!clock)
    return GST_CLOCK_TIME_NONE;
  ago = zc_now_ns () - ns;
  time = gst_clock_get_time (clock) - ago;
  gst_object_unref (clock);
  return time;
}

gint64
gst_dma_heap_clock_monotonic_ns (GstElement * element, GstClockTime running)
{
  GstClock *clock = gst_element_get_clock (element);
  GstClockTime now;
  gint64 ns;

  if (!clock || !GST_CLOCK_TIME_IS_VALID (running)) {
    gst_clear_object (&clock);
    return 0;
  }
  now = gst_clock_get_time (clock);
  ns = zc_now_ns () -
      GST_CLOCK_DIFF (gst_element_get_base_time (element) + running, now);
  gst_object_unref (clock);
  return MAX (ns, 0);
}

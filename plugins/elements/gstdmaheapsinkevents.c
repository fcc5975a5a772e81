/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapsinkevents - what the display does, as messages of element dmaheapsink */
#include "memory/gstdmaheapclock.h"
#include "elements/gstdmaheapelement.h"
#include "elements/gstdmaheapsinkprivate.h"

/* On the thread that took the flip. */
static void
on_flipped (gpointer user, const struct gst_dma_heap_flip *flip)
{
  GstDmaHeapSink *self = user;
  GstStructure *structure;
  GstClockTime time;

  if (!self->flip_messages)
    return;
  structure = gst_structure_new ("dmaheapsink-flip",
      "sequence", G_TYPE_UINT64, flip->sequence,
      "offset", G_TYPE_UINT64, flip->offset,
      "pts", G_TYPE_UINT64, flip->pts,
      "flip-monotonic-ns", G_TYPE_INT64, flip->flip_ns,
      "vblank", G_TYPE_BOOLEAN, flip->vblank, NULL);
  time = gst_dma_heap_clock_at (GST_ELEMENT (self), flip->flip_ns);
  if (GST_CLOCK_TIME_IS_VALID (time))
    gst_structure_set (structure, "flip-time", G_TYPE_UINT64, time, NULL);
  if (flip->latency_ns >= 0)
    gst_structure_set (structure, "latency-ns", G_TYPE_INT64, flip->latency_ns,
        NULL);
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self), structure));
}

static void
on_unplugged (gpointer user, const gchar * connector, gboolean back)
{
  GstDmaHeapSink *self = user;

  if (back) {
    GST_ELEMENT_INFO (self, RESOURCE, NOT_FOUND,
        ("there is a display on %s again", connector), (NULL));
    /* Its size may be another. */
    gst_pad_push_event (GST_BASE_SINK_PAD (self),
        gst_event_new_reconfigure ());
  } else
    GST_ELEMENT_WARNING (self, RESOURCE, NOT_FOUND,
        ("nothing is plugged into %s any more: nothing is shown until a display "
            "is", connector), (NULL));
}

static void
on_failed (gpointer user, GError * error)
{
  GST_DMA_HEAP_ELEMENT_ERROR (user, error);
}

/* From within gst_dma_heap_display_open() there is no display yet. */
static void
on_changed (gpointer user)
{
  GstDmaHeapSink *self = user;

  g_object_notify (G_OBJECT (self), "display-width");
  g_object_notify (G_OBJECT (self), "display-height");
  g_object_notify (G_OBJECT (self), "can-scale");
}

static void
on_reformatted (gpointer user)
{
  GstDmaHeapSink *self = user;

  gst_pad_push_event (GST_BASE_SINK_PAD (self), gst_event_new_reconfigure ());
}

static void
on_acted (gpointer user, const struct zc_display_event *event)
{
  gst_dma_heap_sink_act (user, event);
}

const struct gst_dma_heap_display_events gst_dma_heap_sink_events = {
  .flipped = on_flipped,
  .unplugged = on_unplugged,
  .failed = on_failed,
  .changed = on_changed,
  .reformatted = on_reformatted,
  .acted = on_acted,
};

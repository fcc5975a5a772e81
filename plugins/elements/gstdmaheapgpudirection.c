/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapgpudirection - which way up element dmaheapgpu draws: properties and tags */
#include "elements/gstdmaheapgpuprivate.h"

void
gst_dma_heap_gpu_take_turn (GstDmaHeapGpu * self)
{
  GstVideoOrientationMethod direction;
  struct gst_dma_heap_turn first;

  if (!g_atomic_int_compare_and_exchange (&self->turn_asked, TRUE, FALSE))
    return;
  GST_OBJECT_LOCK (self);
  direction = self->asked_direction;
  if (direction == GST_VIDEO_ORIENTATION_AUTO)
    direction = self->tagged;
  first = gst_dma_heap_turn_of (direction);
  self->turn = gst_dma_heap_turn_then (&first, &self->asked_turn);
  GST_OBJECT_UNLOCK (self);
}

/* Returns whether it is this element that does what is tagged. */
static gboolean
note_tagged (GstDmaHeapGpu * self, GstVideoOrientationMethod direction)
{
  gboolean is_auto;

  GST_OBJECT_LOCK (self);
  self->tagged = direction;
  is_auto = self->asked_direction == GST_VIDEO_ORIENTATION_AUTO;
  GST_OBJECT_UNLOCK (self);
  if (is_auto)
    g_atomic_int_set (&self->turn_asked, TRUE);
  return is_auto;
}

/* As @event, for pictures that are upright. Takes @event over. */
static GstEvent *
upright (GstEvent * event)
{
  GstTagList *tags;
  GstEvent *other;

  gst_event_parse_tag (event, &tags);
  tags = gst_tag_list_copy (tags);
  gst_tag_list_add (tags, GST_TAG_MERGE_REPLACE, GST_TAG_IMAGE_ORIENTATION,
      "rotate-0", NULL);
  other = gst_event_new_tag (tags);
  gst_event_set_seqnum (other, gst_event_get_seqnum (event));
  gst_event_unref (event);
  return other;
}

GstEvent *
gst_dma_heap_gpu_take_event (GstDmaHeapGpu * self, GstEvent * event)
{
  GstVideoOrientationMethod direction;
  GstTagList *tags;

  if (GST_EVENT_TYPE (event) == GST_EVENT_STREAM_START)
    note_tagged (self, GST_VIDEO_ORIENTATION_IDENTITY);
  if (GST_EVENT_TYPE (event) != GST_EVENT_TAG)
    return event;
  gst_event_parse_tag (event, &tags);
  if (!gst_video_orientation_from_tag (tags, &direction)
      || !note_tagged (self, direction))
    return event;
  return upright (event);
}

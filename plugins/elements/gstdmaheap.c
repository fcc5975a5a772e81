/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-dmaheap
 * @title: dmaheap
 * @short_description: video buffers from a dma-buf heap
 *
 * Gives the element upstream a pool of buffers from a dma-buf heap, and passes on
 * what that writes into them. Nothing is touched on the way: the buffers that the
 * camera fills are those that the display or the GPU behind it reads.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 v4l2src io-mode=dmabuf-import ! video/x-raw,format=BGRx ! dmaheap heap=system-cacheable ! kmssink
 * ]| A camera writes into memory of the heap, and the display scans it out.
 * |[
 * gst-launch-1.0 videotestsrc ! video/x-raw,format=BGRx ! dmaheap ! kmssink
 * ]| The same with a source that draws into memory: it draws into the heap's.
 * |[
 * gst-launch-1.0 v4l2src io-mode=dmabuf-import ! dmaheap cpu-access=deny ! tee name=t t. ! queue ! kmssink t. ! queue ! videoconvert ! fakesink
 * ]| Fails, and names who reads the picture with the CPU: videoconvert.
 *
 * An element upstream that does not use the pool has its buffers copied into one of
 * the heap, after one warning that says so, unless cpu-access=deny.
 */
#include "memory/gstdmaheapallocation.h"
#include "elements/gstdmaheapcamera.h"
#include "elements/gstdmaheapdevice.h"
#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheapframe.h"
#include "elements/gstdmaheapprivate.h"

GST_DEBUG_CATEGORY_STATIC (gst_dma_heap_debug);
#define GST_CAT_DEFAULT gst_dma_heap_debug

static GstStaticPadTemplate sink_template = GST_STATIC_PAD_TEMPLATE ("sink",
    GST_PAD_SINK, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_DMA_HEAP_CAPS (GST_VIDEO_FORMATS_ALL)));

static GstStaticPadTemplate src_template = GST_STATIC_PAD_TEMPLATE ("src",
    GST_PAD_SRC, GST_PAD_ALWAYS,
    GST_STATIC_CAPS (GST_DMA_HEAP_CAPS (GST_VIDEO_FORMATS_ALL)));

G_DEFINE_TYPE (GstDmaHeap, gst_dma_heap, GST_TYPE_BASE_TRANSFORM)
GST_ELEMENT_REGISTER_DEFINE (dmaheap, "dmaheap", GST_RANK_NONE,
    GST_TYPE_DMA_HEAP);

/* ------------------------------------------------------ what is told of */

static void
on_dry (GstBufferPool * pool, guint before, guint behind, GstDmaHeap * self)
{
  GstBaseTransform *trans = GST_BASE_TRANSFORM (self);
  gchar *up = gst_dma_heap_element_neighbour (GST_BASE_TRANSFORM_SINK_PAD (trans));
  gchar *down = gst_dma_heap_element_neighbour (GST_BASE_TRANSFORM_SRC_PAD (trans));
  gchar *text = g_strdup_printf ("%s and before it: %u, %s and behind it: %u",
      up, before, down, behind);

  GST_INFO_OBJECT (self, "the pool ran dry; buffers are with %s", text);
  gst_element_post_message (GST_ELEMENT (self),
      gst_message_new_element (GST_OBJECT (self),
          gst_structure_new ("dmaheap-pool-dry", "upstream", G_TYPE_UINT,
              before, "downstream", G_TYPE_UINT, behind, "holders",
              G_TYPE_STRING, text, NULL)));
  g_free (text);
  g_free (up);
  g_free (down);
}

/* ----------------------------------------------------------- start, stop */

static gboolean
start (GstBaseTransform * trans)
{
  GstDmaHeap *self = GST_DMA_HEAP (trans);
  GError *error = NULL;

  if (!gst_dma_heap_memory_open (self, &error)) {
    GST_DMA_HEAP_ELEMENT_ERROR (self, error);
    return FALSE;
  }
  GST_OBJECT_LOCK (self);
  self->n_passed = self->n_foreign = self->n_copied = 0;
  self->damage.n = 0;
  self->told_of_foreign = FALSE;
  g_clear_pointer (&self->told, g_free);
  g_hash_table_remove_all (self->culprits);
  GST_OBJECT_UNLOCK (self);
  gst_dma_heap_element_inform (GST_ELEMENT (self), "frames are in heap %s (%s)",
      gst_dma_heap_allocator_get_heap (self->allocator),
      gst_dma_heap_allocator_get_reason (self->allocator));
  return TRUE;
}

/* v4l2src, whose stream ends with an error, does not say so. */
static void
tell_if_unplugged (GstDmaHeap * self)
{
  gchar *node = gst_dma_heap_device_gone (GST_BASE_TRANSFORM_SINK_PAD (self));

  if (node)
    GST_ELEMENT_WARNING (self, RESOURCE, NOT_FOUND,
        ("camera %s was unplugged: its node is gone", node), (NULL));
  g_free (node);
}

static gboolean
sink_event (GstBaseTransform * trans, GstEvent * event)
{
  GstDmaHeap *self = GST_DMA_HEAP (trans);

  if (GST_EVENT_TYPE (event) == GST_EVENT_EOS)
    tell_if_unplugged (self);
  if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_START)
    gst_dma_heap_copier_set_flushing (&self->copier, TRUE);
  else if (GST_EVENT_TYPE (event) == GST_EVENT_FLUSH_STOP)
    gst_dma_heap_copier_set_flushing (&self->copier, FALSE);
  return GST_BASE_TRANSFORM_CLASS (gst_dma_heap_parent_class)
      ->sink_event (trans, event);
}

static GstStateChangeReturn
change_state (GstElement * element, GstStateChange change)
{
  GstDmaHeap *self = GST_DMA_HEAP (element);

  if (change == GST_STATE_CHANGE_PAUSED_TO_READY)
    gst_dma_heap_copier_set_flushing (&self->copier, TRUE);
  return GST_ELEMENT_CLASS (gst_dma_heap_parent_class)->change_state (element,
      change);
}

static gboolean
stop (GstBaseTransform * trans)
{
  GstDmaHeap *self = GST_DMA_HEAP (trans);

  gst_dma_heap_copier_stop (&self->copier);
  gst_video_info_init (&self->info);
  gst_dma_heap_memory_close (self);
  return TRUE;
}

/* ------------------------------------------------------------------ caps */

static GstCaps *
transform_caps (GstBaseTransform * trans, GstPadDirection direction,
    GstCaps * caps, GstCaps * filter)
{
  GstCaps *bridged = gst_dma_heap_format_bridge (caps), *result;

  if (!filter)
    return bridged;
  result = gst_caps_intersect_full (filter, bridged, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (bridged);
  return result;
}

/* Caps that name no shape of pixels mean square ones; a range of shapes would be fixed to
 * its begin. */
static GstCaps *
fixate_caps (GstBaseTransform * trans, GstPadDirection direction,
    GstCaps * caps, GstCaps * other)
{
  GstStructure *structure;

  other = gst_caps_make_writable (gst_caps_truncate (other));
  structure = gst_caps_get_structure (other, 0);
  if (gst_structure_has_field (structure, "pixel-aspect-ratio"))
    gst_structure_fixate_field_nearest_fraction (structure,
        "pixel-aspect-ratio", 1, 1);
  return GST_BASE_TRANSFORM_CLASS (gst_dma_heap_parent_class)
      ->fixate_caps (trans, direction, caps, other);
}

static gboolean
set_caps (GstBaseTransform * trans, GstCaps * in, GstCaps * out)
{
  GstDmaHeap *self = GST_DMA_HEAP (trans);
  GError *error = NULL;
  GstVideoInfo info;

  if (!gst_dma_heap_format_parse (in, &self->info, &error)
      || !gst_dma_heap_format_parse (out, &info, &error)) {
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
    return FALSE;
  }
  gst_dma_heap_copier_stop (&self->copier);
  return TRUE;
}

/* ------------------------------------------------------------ allocation */

static GstCaps *
src_caps (GstDmaHeap * self, GstCaps * otherwise)
{
  GstCaps *caps =
      gst_pad_get_current_caps (GST_BASE_TRANSFORM_SRC_PAD (self));

  return caps ? caps : gst_caps_ref (otherwise);
}

static gboolean
propose_allocation (GstBaseTransform * trans, GstQuery * decide,
    GstQuery * query)
{
  GstDmaHeap *self = GST_DMA_HEAP (trans);
  struct gst_dma_heap_needs needs;
  GstBufferPool *pool = NULL;
  GstVideoInfo info;
  GError *error = NULL;
  GstCaps *caps, *out;

  gst_query_parse_allocation (query, &caps, NULL);
  if (!caps || !self->allocator)
    return FALSE;
  out = src_caps (self, caps);
  gst_dma_heap_needs_ask (self, out, query, &needs);
  gst_caps_unref (out);
  if (gst_dma_heap_format_parse (caps, &info, &error)
      && gst_dma_heap_memory_ask_camera (self, &info, &needs, &error))
    pool = gst_dma_heap_allocation_offer (query, self->allocator, &needs,
        &error);
  if (!pool) {
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
    return FALSE;
  }
  if (needs.writer.insists
      && needs.writer.layout.plane[0].stride % needs.stride_align)
    gst_dma_heap_element_inform (GST_ELEMENT (self), "rows are of %u bytes, as its device writes them, and no "
        "multiple of stride-align: %u", needs.writer.layout.plane[0].stride,
        needs.stride_align);
  g_signal_connect_object (pool, "dry", G_CALLBACK (on_dry), self, 0);
  gst_object_unref (pool);
  return TRUE;
}

/* --------------------------------------------------------------- buffers */

static void
count (GstDmaHeap * self, guint64 * what)
{
  GST_OBJECT_LOCK (self);
  (*what)++;
  GST_OBJECT_UNLOCK (self);
}

static GstFlowReturn
pass (GstDmaHeap * self, GstBuffer * buffer)
{
  GstMemory *memory = gst_buffer_peek_memory (buffer, 0);
  GError *error = NULL;

  if (memory->allocator == GST_ALLOCATOR (self->allocator)) {
    /* Of the pool that was offered last, or of one before that. */
    if (!gst_dma_heap_camera_passed (buffer, &error)) {
      GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
      return GST_FLOW_ERROR;
    }
    count (self, &self->n_passed);
    return GST_FLOW_OK;
  }
  if (!self->told_of_foreign) {
    self->told_of_foreign = TRUE;
    gst_dma_heap_element_inform (GST_ELEMENT (self), "frames come in dma-bufs of another allocator (%s) and are "
        "passed on as they are: upstream did not use the offered pool",
        memory->allocator->mem_type);
  }
  count (self, &self->n_foreign);
  return GST_FLOW_OK;
}

/* The pool of copies, where there may be any. */
static GstBufferPool *
copies_pool (GstDmaHeap * self, const gchar * up, GError ** error)
{
  struct gst_dma_heap_needs needs;
  GstBufferPool *pool;
  GstCaps *caps;

  if (self->cpu_access == GST_DMA_HEAP_CPU_ACCESS_DENY) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_FAILED,
        "%s has not used the pool that it was offered: its frames are no "
        "dma-bufs, and would have to be copied, which cpu-access=deny forbids",
        up);
    return NULL;
  }
  caps = src_caps (self, NULL);
  gst_dma_heap_needs_ask (self, caps, NULL, &needs);
  pool = gst_dma_heap_allocation_pool (self->allocator, caps, &needs, error);
  gst_caps_unref (caps);
  return pool;
}

static gboolean
start_copying (GstDmaHeap * self)
{
  gchar *up = gst_dma_heap_element_neighbour (GST_BASE_TRANSFORM_SINK_PAD (self));
  GError *error = NULL;
  GstBufferPool *pool = copies_pool (self, up, &error);
  gboolean started = FALSE;

  if (pool) {
    g_signal_connect_object (pool, "dry", G_CALLBACK (on_dry), self, 0);
    started = gst_dma_heap_copier_start (&self->copier, pool);
  } else {
    /* If the offered pool was refused, that was reported then. */
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
  }
  if (started)
    GST_ELEMENT_WARNING (self, RESOURCE, FAILED,
        ("each frame is copied into the heap: %s has not used the pool that it "
            "was offered", up), ("its frames are no dma-bufs"));
  g_free (up);
  return started;
}

static GstFlowReturn
copy (GstDmaHeap * self, GstBuffer * from, GstBuffer ** to)
{
  GError *error = NULL;
  GstFlowReturn result;

  if (GST_VIDEO_INFO_FORMAT (&self->info) == GST_VIDEO_FORMAT_UNKNOWN)
    return GST_FLOW_NOT_NEGOTIATED;
  if (!gst_dma_heap_copier_is_started (&self->copier) && !start_copying (self))
    return GST_FLOW_ERROR;
  result = gst_dma_heap_copier_copy (&self->copier, &self->info, from, to,
      &error);
  if (error)
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
  if (result == GST_FLOW_OK)
    count (self, &self->n_copied);
  return result;
}

static GstFlowReturn
submit_input_buffer (GstBaseTransform * trans, gboolean is_discont,
    GstBuffer * in)
{
  if (gst_dma_heap_element_drops (GST_ELEMENT (trans),
          &GST_DMA_HEAP (trans)->damage, in)) {
    gst_buffer_unref (in);
    return GST_BASE_TRANSFORM_FLOW_DROPPED;
  }
  return GST_BASE_TRANSFORM_CLASS (gst_dma_heap_parent_class)
      ->submit_input_buffer (trans, is_discont, in);
}

/* The element is always a passthrough: what comes out of this is pushed. */
static GstFlowReturn
prepare_output_buffer (GstBaseTransform * trans, GstBuffer * in,
    GstBuffer ** out)
{
  GstDmaHeap *self = GST_DMA_HEAP (trans);

  if (!gst_dma_heap_frame_is_dma_buf (in))
    return copy (self, in, out);
  *out = in;
  return pass (self, in);
}

/* ----------------------------------------------------------------- class */

static void
finalize (GObject * object)
{
  GstDmaHeap *self = GST_DMA_HEAP (object);

  gst_dma_heap_copier_clear (&self->copier);
  g_free (self->heap);
  g_free (self->told);
  g_hash_table_unref (self->culprits);
  G_OBJECT_CLASS (gst_dma_heap_parent_class)->finalize (object);
}

static void
gst_dma_heap_class_init (GstDmaHeapClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_dma_heap_debug, "dmaheap", 0,
      "video buffers from a dma-buf heap");
  object_class->finalize = finalize;
  gst_dma_heap_install_properties (object_class);
  gst_element_class_set_static_metadata (element_class,
      "Buffers from a dma-buf heap", "Filter/Video",
      "Lets the element upstream write into buffers of a dma-buf heap, and "
      "passes them on untouched", "zerocopy");
  gst_element_class_add_static_pad_template (element_class, &sink_template);
  gst_element_class_add_static_pad_template (element_class, &src_template);
  gst_type_mark_as_plugin_api (GST_TYPE_DMA_HEAP_CPU_ACCESS, 0);
  element_class->change_state = change_state;
  trans_class->sink_event = sink_event;
  trans_class->passthrough_on_same_caps = FALSE;
  trans_class->start = start;
  trans_class->stop = stop;
  trans_class->transform_caps = transform_caps;
  trans_class->fixate_caps = fixate_caps;
  trans_class->set_caps = set_caps;
  trans_class->propose_allocation = propose_allocation;
  trans_class->submit_input_buffer = submit_input_buffer;
  trans_class->prepare_output_buffer = prepare_output_buffer;
}

static void
gst_dma_heap_init (GstDmaHeap * self)
{
  self->min_buffers = GST_DMA_HEAP_MIN_BUFFERS;
  self->stride_align = GST_DMA_HEAP_STRIDE_ALIGN;
  gst_dma_heap_copier_init (&self->copier);
  gst_video_info_init (&self->info);
  self->culprits =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  gst_base_transform_set_passthrough (GST_BASE_TRANSFORM (self), TRUE);
}

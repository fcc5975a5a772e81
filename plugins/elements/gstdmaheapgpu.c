/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-dmaheapgpu
 * @title: dmaheapgpu
 * @short_description: converts, scales and turns video on the GPU, dma-buf to dma-buf
 *
 * Draws each picture from the dma-buf that it comes in into one of a heap: as RGB,
 * or as NV12 where that is asked for, as encoders do, at the size that the caps downstream say, mirrored, rotated, and by a fragment
 * shader. The CPU touches no pixel. What comes in must be in dma-bufs: the element
 * offers upstream a pool of them, and refuses what comes in other memory.
 *
 * The property video-direction (GstVideoDirection) turns first, then flip mirrors, then
 * rotation rotates. With video-direction=auto the stream's tag image-orientation says
 * how, and the tag goes on as "rotate-0".
 *
 * A rotation by 90 or 270 degrees turns the size as well, and takes effect with the
 * next picture, as does all else that may change while it plays.
 *
 * A shader is GLSL ES 1.00 that defines `vec4 zc_effect(vec2 at)`, with `at` from
 * (0,0), top left, to (1,1). It may call `zc_sample(vec2)` for the picture's colour
 * at a place, and read `zc_size` (its pixels, a vec2) and `zc_time` (seconds, a
 * float). One that does not compile ends the start with an error that has the
 * compiler's lines; while playing, with a warning, and the one before stays.
 *
 * Mesa draws in software since its version 25; where that is what there is, it is
 * taken. The element has a GPU from READY to PAUSED on.
 *
 * ## Example launch lines
 * |[
 * gst-launch-1.0 v4l2src io-mode=dmabuf-import ! video/x-raw,format=YUY2 ! dmaheap ! dmaheapgpu rotation=90 ! dmaheapsink
 * ]| From camera to display, a quarter turned.
 * |[
 * gst-launch-1.0 v4l2src io-mode=dmabuf-import ! dmaheap ! dmaheapgpu flip=horizontal ! video/x-raw,width=320,format=BGRx ! kmssink
 * ]| As a mirror shows it, scaled to 320 pixels of width.
 * |[
 * gst-launch-1.0 v4l2src io-mode=dmabuf-import ! video/x-raw,format=YUY2 ! dmaheap ! dmaheapgpu ! video/x-raw,format=NV12 ! v4l2h264enc output-io-mode=dmabuf-import ! filesink location=camera.h264
 * ]| NV12, of which an encoder makes a file.
 * |[
 * gst-launch-1.0 videotestsrc ! dmaheapgpu shader=negative.frag ! kmssink
 * ]| With a shader, for example
 * `vec4 zc_effect(vec2 at) { return vec4(1.0 - zc_sample(at).rgb, 1.0); }`.
 */
#include "elements/gstdmaheapcamera.h"
#include "elements/gstdmaheapelement.h"
#include "memory/gstdmaheapframe.h"
#include "elements/gstdmaheapgpucaps.h"
#include "elements/gstdmaheapgpuprivate.h"

GST_DEBUG_CATEGORY_STATIC (gst_dma_heap_gpu_debug);
#define GST_CAT_DEFAULT gst_dma_heap_gpu_debug

G_DEFINE_TYPE_WITH_CODE (GstDmaHeapGpu, gst_dma_heap_gpu,
    GST_TYPE_BASE_TRANSFORM,
    G_IMPLEMENT_INTERFACE (GST_TYPE_VIDEO_DIRECTION, NULL))
GST_ELEMENT_REGISTER_DEFINE (dmaheapgpu, "dmaheapgpu", GST_RANK_NONE,
    GST_TYPE_DMA_HEAP_GPU);

/* ---------------------------------------------------- what is asked for */

static gboolean
is_idle (GstDmaHeapGpu * self)
{
  return gst_dma_heap_turn_is_none (&self->turn)
      && !gst_dma_heap_painter_has_shader (self->painter);
}

static void
update_passthrough (GstDmaHeapGpu * self)
{
  gst_base_transform_set_passthrough (GST_BASE_TRANSFORM (self),
      self->same_caps && is_idle (self));
}

/* Draws by the file that is asked for, if another is. */
static gboolean
take_shader (GstDmaHeapGpu * self, GError ** error)
{
  gboolean taken;
  gchar *path;

  if (!g_atomic_int_compare_and_exchange (&self->shader_asked, TRUE, FALSE))
    return TRUE;
  GST_OBJECT_LOCK (self);
  path = g_strdup (self->asked_shader);
  GST_OBJECT_UNLOCK (self);
  taken = gst_dma_heap_painter_set_shader (self->painter, path, error);
  g_free (path);
  return taken;
}

/* What was asked for since the last picture holds for this one. */
static void
take_changes (GstDmaHeapGpu * self)
{
  GstBaseTransform *trans = GST_BASE_TRANSFORM (self);
  gboolean sideways = gst_dma_heap_turn_is_sideways (&self->turn);
  gboolean idle = is_idle (self);
  GError *error = NULL;

  gst_dma_heap_gpu_take_turn (self);
  if (!take_shader (self, &error)) {
    gst_element_message_full (GST_ELEMENT (self), GST_MESSAGE_WARNING,
        error->domain, error->code, g_strdup (error->message), NULL, __FILE__,
        GST_FUNCTION, __LINE__);
    g_error_free (error);
  }
  update_passthrough (self);
  if (idle != is_idle (self)) {
    gst_base_transform_reconfigure_src (trans);
    /* Whose pool upstream takes depends on it. */
    gst_base_transform_reconfigure_sink (trans);
  } else if (sideways != gst_dma_heap_turn_is_sideways (&self->turn)) {
    gst_base_transform_reconfigure_src (trans);
  }
}

/* ----------------------------------------------------------- start, stop */

/* What it draws that is not linear, which others may ask for meanwhile; takes @tiled over. */
static void
set_tiled (GstDmaHeapGpu * self, GPtrArray * tiled)
{
  GPtrArray *before;

  GST_OBJECT_LOCK (self);
  before = self->tiled;
  self->tiled = tiled;
  GST_OBJECT_UNLOCK (self);
  g_ptr_array_unref (before);
}

static gboolean
stop (GstBaseTransform * trans)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);

  gst_dma_heap_frame_forget (self);
  gst_dma_heap_painter_close (self->painter);
  self->painter = NULL;
  set_tiled (self, g_ptr_array_new ());
  gst_clear_object (&self->allocator);
  g_clear_pointer (&self->told, g_free);
  self->same_caps = FALSE;
  update_passthrough (self);
  return TRUE;
}

static gboolean
start (GstBaseTransform * trans)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);
  GError *error = NULL;
  gchar *device, *heap;
  const gchar *retiles;
  gboolean fine;

  GST_OBJECT_LOCK (self);
  device = g_strdup (self->device);
  heap = g_strdup (self->heap);
  GST_OBJECT_UNLOCK (self);
  gst_dma_heap_gpu_take_turn (self);
  gst_dma_heap_element_reset_damage (GST_ELEMENT (self), &self->damage);
  g_atomic_int_set (&self->shader_asked, TRUE);
  self->painter = gst_dma_heap_painter_open (device, &error);
  if (self->painter) {
    set_tiled (self, gst_dma_heap_painter_list_tiled (self->painter));
    self->allocator = gst_dma_heap_element_new_allocator (GST_ELEMENT (self),
        heap, self->fallback, &error);
  }
  fine = self->allocator && take_shader (self, &error);
  g_free (device);
  g_free (heap);
  if (!fine) {
    GST_DMA_HEAP_ELEMENT_ERROR (self, error);
    stop (trans);
    return FALSE;
  }
  GST_INFO_OBJECT (self, "draws on %s (%s) into heap %s (%s)",
      gst_dma_heap_painter_info (self->painter)->device,
      gst_dma_heap_painter_info (self->painter)->renderer,
      gst_dma_heap_allocator_get_heap (self->allocator),
      gst_dma_heap_allocator_get_reason (self->allocator));
  retiles = gst_dma_heap_painter_info (self->painter)->retiles;
  if (retiles)
    GST_ELEMENT_INFO (self, RESOURCE, SETTINGS, ("%s", retiles), ("%s",
            retiles));
  return TRUE;
}

/* ------------------------------------------------------------------ caps */

static GstCaps *
transform_caps (GstBaseTransform * trans, GstPadDirection direction,
    GstCaps * caps, GstCaps * filter)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);
  GstCaps *sink =
      gst_pad_get_pad_template_caps (GST_BASE_TRANSFORM_SINK_PAD (trans));
  GstCaps *src =
      gst_pad_get_pad_template_caps (GST_BASE_TRANSFORM_SRC_PAD (trans));
  gboolean is_sink = direction == GST_PAD_SINK;
  GstCaps *own = gst_caps_intersect_full (caps, is_sink ? sink : src,
      GST_CAPS_INTERSECT_FIRST);
  GstCaps *other =
      gst_dma_heap_gpu_caps_other (direction, own, is_sink ? src : sink);
  GPtrArray *tiled;
  GstCaps *result;

  if (is_sink) {
    GST_OBJECT_LOCK (self);
    tiled = g_ptr_array_ref (self->tiled);
    GST_OBJECT_UNLOCK (self);
    other = gst_dma_heap_gpu_caps_add_tiled (other, tiled);
    g_ptr_array_unref (tiled);
  }
  gst_caps_unref (sink);
  gst_caps_unref (src);
  gst_caps_unref (own);
  if (!filter)
    return other;
  result = gst_caps_intersect_full (filter, other, GST_CAPS_INTERSECT_FIRST);
  gst_caps_unref (other);
  return result;
}

static GstCaps *
fixate_caps (GstBaseTransform * trans, GstPadDirection direction,
    GstCaps * caps, GstCaps * other)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);

  /* The caps are those of this turn; where they stay the same, nothing else tells. */
  gst_dma_heap_gpu_take_turn (self);
  update_passthrough (self);
  if (direction == GST_PAD_SINK && is_idle (self)
      && gst_dma_heap_gpu_caps_can_pass (caps, other)) {
    gst_caps_unref (other);
    return gst_caps_ref (caps);
  }
  return gst_dma_heap_gpu_caps_fixate (caps, other, &self->turn);
}

/* Whether the GPU can make the one of the other; what the formats do not tell. */
static gboolean
check_infos (const GstVideoInfo * in, const GstVideoInfo * out, GError ** error)
{
  if (GST_VIDEO_INFO_IS_INTERLACED (in)) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "interlaced video cannot be scaled or turned: put deinterlace before "
        "this element, or ask for interlace-mode=progressive");
    return FALSE;
  }
  if (!gst_dma_heap_format_is_drawn (GST_VIDEO_INFO_FORMAT (out))) {
    gchar *names = gst_dma_heap_format_names (TRUE);

    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "the GPU draws no %s, but %s", GST_VIDEO_INFO_NAME (out), names);
    g_free (names);
    return FALSE;
  }
  if (GST_VIDEO_INFO_IS_RGB (out)
      && out->colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235) {
    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "the GPU draws RGB of the range 0 to 255, which is colorimetry=sRGB");
    return FALSE;
  }
  return TRUE;
}

static gboolean
set_caps (GstBaseTransform * trans, GstCaps * in, GstCaps * out)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);
  GError *error = NULL;

  if (!gst_dma_heap_format_parse_tiled (in, &self->in, &self->modifier, &error)
      || !gst_dma_heap_format_parse_tiled (out, &self->out,
          &self->out_modifier, &error)
      || !check_infos (&self->in, &self->out, &error)
      || !gst_dma_heap_painter_takes (self->painter, &self->in, self->modifier,
          &error)) {
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
    return FALSE;
  }
  self->same_caps = gst_caps_is_equal (in, out);
  update_passthrough (self);
  return TRUE;
}

/* ------------------------------------------------------- events, buffers */

static gboolean
sink_event (GstBaseTransform * trans, GstEvent * event)
{
  return GST_BASE_TRANSFORM_CLASS (gst_dma_heap_gpu_parent_class)->sink_event
      (trans, gst_dma_heap_gpu_take_event (GST_DMA_HEAP_GPU (trans), event));
}

static gboolean
transform_meta (GstBaseTransform * trans, GstBuffer * out, GstMeta * meta,
    GstBuffer * in)
{
  return gst_dma_heap_gpu_is_of_any_size (meta->info->api);
}

static GstFlowReturn
submit_input_buffer (GstBaseTransform * trans, gboolean is_discont,
    GstBuffer * in)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);

  take_changes (self);
  if (gst_dma_heap_element_drops (GST_ELEMENT (self), &self->damage, in)) {
    gst_buffer_unref (in);
    return GST_BASE_TRANSFORM_FLOW_DROPPED;
  }
  return GST_BASE_TRANSFORM_CLASS (gst_dma_heap_gpu_parent_class)
      ->submit_input_buffer (trans, is_discont, in);
}

static gboolean
is_cropped (GstBuffer * buffer, const GstVideoInfo * info, GError ** error)
{
  const GstVideoCropMeta *crop = gst_buffer_get_video_crop_meta (buffer);

  if (!crop || (!crop->x && !crop->y
          && crop->width == (guint) GST_VIDEO_INFO_WIDTH (info)
          && crop->height == (guint) GST_VIDEO_INFO_HEIGHT (info)))
    return FALSE;
  g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
      "the picture is to be cropped to %ux%u at %u,%u (GstVideoCropMeta), which "
      "this element, that did not offer to, cannot", crop->width, crop->height,
      crop->x, crop->y);
  return TRUE;
}

static GstFlowReturn
transform (GstBaseTransform * trans, GstBuffer * in, GstBuffer * out)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);
  struct zc_frame *src, *dst;
  GError *error = NULL;

  if (gst_dma_heap_camera_passed (in, &error)
      && !is_cropped (in, &self->in, &error)
      && (src = gst_dma_heap_frame_get_tiled (in, &self->in, self->modifier,
              self, &error))
      && (dst = gst_dma_heap_frame_get_tiled (out, &self->out,
              self->out_modifier, self, &error))
      && gst_dma_heap_painter_draw (self->painter, src, dst, &self->turn,
          &error))
    return GST_FLOW_OK;
  GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
  return GST_FLOW_ERROR;
}

/* ----------------------------------------------------------------- class */

static void
finalize (GObject * object)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (object);

  g_ptr_array_unref (self->tiled);
  g_free (self->asked_shader);
  g_free (self->device);
  g_free (self->heap);
  G_OBJECT_CLASS (gst_dma_heap_gpu_parent_class)->finalize (object);
}

static void
gst_dma_heap_gpu_class_init (GstDmaHeapGpuClass * klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GstElementClass *element_class = GST_ELEMENT_CLASS (klass);
  GstBaseTransformClass *trans_class = GST_BASE_TRANSFORM_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_dma_heap_gpu_debug, "dmaheapgpu", 0,
      "video on the GPU, dma-buf to dma-buf");
  object_class->finalize = finalize;
  gst_dma_heap_gpu_install_properties (object_class);
  gst_element_class_set_static_metadata (element_class,
      "Converter, scaler and turner on the GPU",
      "Filter/Converter/Video/Scaler/Effect/Hardware",
      "Draws video from dma-bufs into dma-bufs of a heap: as RGB or NV12, scaled, "
      "mirrored, rotated, through a fragment shader", "zerocopy");
  gst_element_class_add_pad_template (element_class,
      gst_dma_heap_format_template (GST_PAD_SINK, FALSE));
  gst_element_class_add_pad_template (element_class,
      gst_dma_heap_format_template (GST_PAD_SRC, TRUE));
  gst_type_mark_as_plugin_api (GST_TYPE_DMA_HEAP_ROTATION, 0);
  gst_type_mark_as_plugin_api (GST_TYPE_DMA_HEAP_FLIP, 0);
  trans_class->passthrough_on_same_caps = FALSE;
  trans_class->start = start;
  trans_class->stop = stop;
  trans_class->transform_caps = transform_caps;
  trans_class->fixate_caps = fixate_caps;
  trans_class->set_caps = set_caps;
  trans_class->filter_meta = gst_dma_heap_gpu_filter_meta;
  trans_class->decide_allocation = gst_dma_heap_gpu_decide_allocation;
  trans_class->propose_allocation = gst_dma_heap_gpu_propose_allocation;
  trans_class->sink_event = sink_event;
  trans_class->transform_meta = transform_meta;
  trans_class->submit_input_buffer = submit_input_buffer;
  trans_class->transform = transform;
}

static void
gst_dma_heap_gpu_init (GstDmaHeapGpu * self)
{
  self->tiled = g_ptr_array_new ();
  gst_base_transform_set_qos_enabled (GST_BASE_TRANSFORM (self), TRUE);
}

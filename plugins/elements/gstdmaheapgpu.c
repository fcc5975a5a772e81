/* SPDX-License-Identifier: LGPL-2.1-or-later */
/**
 * SECTION:element-dmaheapgpu
 * @title: dmaheapgpu
 * @short_description: converts, scales and turns video on the GPU, dma-buf to dma-buf
 *
 * Draws each picture from the dma-buf that it comes in into one of a heap: as RGB,
 * at the size that the caps downstream say, mirrored, rotated, and by a fragment
 * shader. The CPU touches no pixel. What comes in must be in dma-bufs: the element
 * offers upstream a pool of them, and refuses what comes in other memory.
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
 * gst-launch-1.0 videotestsrc ! dmaheapgpu shader=negative.frag ! kmssink
 * ]| With a shader, for example
 * `vec4 zc_effect(vec2 at) { return vec4(1.0 - zc_sample(at).rgb, 1.0); }`.
 */
#include "memory/gstdmaheapallocation.h"
#include "elements/gstdmaheapelement.h"
#include "memory/gstdmaheapframe.h"
#include "elements/gstdmaheapgpucaps.h"
#include "elements/gstdmaheapgpuprivate.h"

GST_DEBUG_CATEGORY_STATIC (gst_dma_heap_gpu_debug);
#define GST_CAT_DEFAULT gst_dma_heap_gpu_debug

/* One is written while one is read; those of the neighbours come on top. */
#define MIN_BUFFERS 2
/* See zc_gpu_convert(). */
#define ROW_ALIGN 4

G_DEFINE_TYPE (GstDmaHeapGpu, gst_dma_heap_gpu, GST_TYPE_BASE_TRANSFORM)
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

static void
take_turn (GstDmaHeapGpu * self)
{
  if (!g_atomic_int_compare_and_exchange (&self->turn_asked, TRUE, FALSE))
    return;
  GST_OBJECT_LOCK (self);
  self->turn = self->asked_turn;
  GST_OBJECT_UNLOCK (self);
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

  take_turn (self);
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

static gboolean
stop (GstBaseTransform * trans)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);

  gst_dma_heap_painter_close (self->painter);
  self->painter = NULL;
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
  gboolean fine;

  GST_OBJECT_LOCK (self);
  device = g_strdup (self->device);
  heap = g_strdup (self->heap);
  GST_OBJECT_UNLOCK (self);
  take_turn (self);
  g_atomic_int_set (&self->shader_asked, TRUE);
  self->painter = gst_dma_heap_painter_open (device, &error);
  if (self->painter)
    self->allocator = gst_dma_heap_element_new_allocator (GST_ELEMENT (self),
        heap, self->fallback, &error);
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
  return TRUE;
}

/* ------------------------------------------------------------------ caps */

static GstCaps *
transform_caps (GstBaseTransform * trans, GstPadDirection direction,
    GstCaps * caps, GstCaps * filter)
{
  GstCaps *sink =
      gst_pad_get_pad_template_caps (GST_BASE_TRANSFORM_SINK_PAD (trans));
  GstCaps *src =
      gst_pad_get_pad_template_caps (GST_BASE_TRANSFORM_SRC_PAD (trans));
  gboolean is_sink = direction == GST_PAD_SINK;
  GstCaps *own = gst_caps_intersect_full (caps, is_sink ? sink : src,
      GST_CAPS_INTERSECT_FIRST);
  GstCaps *other =
      gst_dma_heap_gpu_caps_other (direction, own, is_sink ? src : sink);
  GstCaps *result;

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
  take_turn (self);
  update_passthrough (self);
  if (direction == GST_PAD_SINK && is_idle (self)
      && gst_caps_can_intersect (caps, other)) {
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
  if (!GST_VIDEO_INFO_IS_RGB (out)) {
    gchar *names = gst_dma_heap_format_names (TRUE);

    g_set_error (error, GST_STREAM_ERROR, GST_STREAM_ERROR_FORMAT,
        "the GPU draws no %s, but %s", GST_VIDEO_INFO_NAME (out), names);
    g_free (names);
    return FALSE;
  }
  if (out->colorimetry.range == GST_VIDEO_COLOR_RANGE_16_235) {
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

  if (!gst_dma_heap_format_parse (in, &self->in, &error)
      || !gst_dma_heap_format_parse (out, &self->out, &error)
      || !check_infos (&self->in, &self->out, &error)) {
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
    return FALSE;
  }
  self->same_caps = gst_caps_is_equal (in, out);
  update_passthrough (self);
  return TRUE;
}

/* ------------------------------------------------------------ allocation */

/* Whether what a meta says holds as well of a picture of another size and place. */
static gboolean
is_of_any_size (GType api)
{
  const gchar *const *tags = gst_meta_api_type_get_tags (api);

  for (; tags && *tags; tags++)
    if (g_strcmp0 (*tags, GST_META_TAG_VIDEO_STR))
      return FALSE;
  return TRUE;
}

static gboolean
filter_meta (GstBaseTransform * trans, GstQuery * query, GType api,
    const GstStructure * params)
{
  return is_of_any_size (api);
}

/* What we draw into: of our heap, as the one downstream needs it. */
static gboolean
decide_allocation (GstBaseTransform * trans, GstQuery * query)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);
  struct gst_dma_heap_needs needs = {
    .stride_align = GST_DMA_HEAP_STRIDE_ALIGN,
    .row_align = ROW_ALIGN,
  };
  GError *error = NULL;
  GstBufferPool *pool;

  if (!gst_dma_heap_allocation_read (query, &needs))
    needs.stride_align = 1;
  needs.min_buffers += MIN_BUFFERS;
  if (needs.max_buffers)
    needs.max_buffers += MIN_BUFFERS;
  while (gst_query_get_n_allocation_pools (query))
    gst_query_remove_nth_allocation_pool (query, 0);
  while (gst_query_get_n_allocation_params (query))
    gst_query_remove_nth_allocation_param (query, 0);
  pool = gst_dma_heap_allocation_offer (query, self->allocator, &needs, &error);
  if (!pool) {
    GST_DMA_HEAP_ELEMENT_ERROR_ONCE (self, self->told, error);
    return FALSE;
  }
  gst_object_unref (pool);
  return GST_BASE_TRANSFORM_CLASS (gst_dma_heap_gpu_parent_class)
      ->decide_allocation (trans, query);
}

/* What upstream may write into, so that its pictures come in dma-bufs. */
static gboolean
propose_allocation (GstBaseTransform * trans, GstQuery * decide,
    GstQuery * query)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (trans);
  const struct gst_dma_heap_needs needs = {
    .min_buffers = MIN_BUFFERS,
    .stride_align = GST_DMA_HEAP_STRIDE_ALIGN,
  };
  GError *error = NULL;
  GstBufferPool *pool;

  if (!GST_BASE_TRANSFORM_CLASS (gst_dma_heap_gpu_parent_class)
      ->propose_allocation (trans, decide, query))
    return FALSE;
  if (!decide)
    return TRUE;                /* passed through: downstream has answered */
  pool = gst_dma_heap_allocation_offer (query, self->allocator, &needs, &error);
  if (!pool) {
    GST_WARNING_OBJECT (self, "offers upstream nothing: %s", error->message);
    g_error_free (error);
    return FALSE;
  }
  gst_object_unref (pool);
  gst_query_add_allocation_meta (query, GST_VIDEO_META_API_TYPE, NULL);
  return TRUE;
}

/* --------------------------------------------------------------- buffers */

static gboolean
transform_meta (GstBaseTransform * trans, GstBuffer * out, GstMeta * meta,
    GstBuffer * in)
{
  return is_of_any_size (meta->info->api);
}

static GstFlowReturn
submit_input_buffer (GstBaseTransform * trans, gboolean is_discont,
    GstBuffer * in)
{
  take_changes (GST_DMA_HEAP_GPU (trans));
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

  if (!is_cropped (in, &self->in, &error)
      && (src = gst_dma_heap_frame_get (in, &self->in, self, &error))
      && (dst = gst_dma_heap_frame_get (out, &self->out, self, &error))
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
      "Draws video from dma-bufs into dma-bufs of a heap: as RGB, scaled, "
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
  trans_class->filter_meta = filter_meta;
  trans_class->decide_allocation = decide_allocation;
  trans_class->propose_allocation = propose_allocation;
  trans_class->transform_meta = transform_meta;
  trans_class->submit_input_buffer = submit_input_buffer;
  trans_class->transform = transform;
}

static void
gst_dma_heap_gpu_init (GstDmaHeapGpu * self)
{
  gst_base_transform_set_qos_enabled (GST_BASE_TRANSFORM (self), TRUE);
}

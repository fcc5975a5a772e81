/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapgpuproperties - the properties of element dmaheapgpu */
#include "elements/gstdmaheapgpuprivate.h"
#include "elements/gstdmaheapmember.h"

enum
{
  PROP_0,
  PROP_ROTATION,
  PROP_FLIP,
  PROP_SHADER,
  PROP_DEVICE,
  PROP_HEAP,
  PROP_FALLBACK,
  PROP_VIDEO_DIRECTION,
  PROP_SHOW_CORRUPTED,
  PROP_CORRUPTED,
};

static const struct gst_dma_heap_member members[] = {
  {PROP_ROTATION, offsetof (GstDmaHeapGpu, asked_turn.rotation)},
  {PROP_FLIP, offsetof (GstDmaHeapGpu, asked_turn.flip)},
  {PROP_VIDEO_DIRECTION, offsetof (GstDmaHeapGpu, asked_direction)},
  {PROP_SHADER, offsetof (GstDmaHeapGpu, asked_shader)},
  {PROP_DEVICE, offsetof (GstDmaHeapGpu, device)},
  {PROP_HEAP, offsetof (GstDmaHeapGpu, heap)},
  {PROP_FALLBACK, offsetof (GstDmaHeapGpu, fallback)},
  {PROP_SHOW_CORRUPTED, offsetof (GstDmaHeapGpu, damage.shown)},
  {PROP_CORRUPTED, offsetof (GstDmaHeapGpu, damage.n)},
  {0}
};

static void
set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * spec)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (object);

  GST_OBJECT_LOCK (self);
  if (!gst_dma_heap_member_set (self, members, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  if (id == PROP_ROTATION || id == PROP_FLIP || id == PROP_VIDEO_DIRECTION)
    g_atomic_int_set (&self->turn_asked, TRUE);
  if (id == PROP_SHADER)
    g_atomic_int_set (&self->shader_asked, TRUE);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject * object, guint id, GValue * value, GParamSpec * spec)
{
  GstDmaHeapGpu *self = GST_DMA_HEAP_GPU (object);

  GST_OBJECT_LOCK (self);
  if (!gst_dma_heap_member_get (self, members, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  GST_OBJECT_UNLOCK (self);
}

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)
#define READY (FLAGS | GST_PARAM_MUTABLE_READY)
#define PLAYING (FLAGS | GST_PARAM_MUTABLE_PLAYING)

void
gst_dma_heap_gpu_install_properties (GObjectClass * klass)
{
  klass->set_property = set_property;
  klass->get_property = get_property;
  g_object_class_install_property (klass, PROP_ROTATION,
      g_param_spec_enum ("rotation", "Rotation",
          "Degrees to rotate clockwise by, after flipping",
          GST_TYPE_DMA_HEAP_ROTATION, GST_DMA_HEAP_ROTATION_0, PLAYING));
  g_object_class_install_property (klass, PROP_FLIP,
      g_param_spec_enum ("flip", "Flip", "How to mirror, before rotating",
          GST_TYPE_DMA_HEAP_FLIP, GST_DMA_HEAP_FLIP_NONE, PLAYING));
  g_object_class_install_property (klass, PROP_SHADER,
      g_param_spec_string ("shader", "Shader",
          "File with a fragment shader: GLSL ES 1.00 that defines vec4 "
          "zc_effect(vec2 at) and may call zc_sample(vec2)", NULL, PLAYING));
  g_object_class_install_property (klass, PROP_DEVICE,
      g_param_spec_string ("device", "Device",
          "GPU to draw with: a node as /dev/dri/renderD128, or \"software\" "
          "(unset: the first in hardware, else software)", NULL, READY));
  g_object_class_install_property (klass, PROP_HEAP,
      g_param_spec_string ("heap", "Heap",
          "The dma-buf heap of what is drawn: a name in /dev/dma_heap, a path, "
          "\"contiguous\", \"cached\" or \"udmabuf\" (unset: system-cacheable, or "
          "else system, or else udmabuf)", NULL, READY));
  g_object_class_install_property (klass, PROP_FALLBACK,
      g_param_spec_boolean ("fallback", "Fallback",
          "Use udmabuf where that heap cannot be opened", FALSE, READY));
  /* Done before flip and rotation. */
  g_object_class_override_property (klass, PROP_VIDEO_DIRECTION,
      "video-direction");
  gst_dma_heap_element_install_damage (klass, PROP_SHOW_CORRUPTED,
      PROP_CORRUPTED);
}

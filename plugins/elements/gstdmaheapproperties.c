/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapproperties - the properties of element dmaheap */
#include "elements/gstdmaheapmember.h"
#include "elements/gstdmaheapprivate.h"
#include "memory/gstdmaheapallocation.h"

enum
{
  PROP_0,
  PROP_HEAP,
  PROP_FALLBACK,
  PROP_MIN_BUFFERS,
  PROP_MAX_BUFFERS,
  PROP_STRIDE_ALIGN,
  PROP_SEPARATE_PLANES,
  PROP_CPU_ACCESS,
  PROP_SHOW_CORRUPTED,
  PROP_CORRUPTED,
  PROP_STATS,
};

static GstStructure *
get_stats (GstDmaHeap * self)
{
  GstDmaHeapAllocator *allocator = self->allocator;

  return gst_structure_new ("dmaheap-stats",
      "heap", G_TYPE_STRING,
      allocator ? gst_dma_heap_allocator_get_heap (allocator) : NULL,
      "passed", G_TYPE_UINT64, self->n_passed,
      "foreign", G_TYPE_UINT64, self->n_foreign,
      "copied", G_TYPE_UINT64, self->n_copied,
      "corrupted", G_TYPE_UINT64, self->damage.n,
      "cpu-maps", G_TYPE_UINT64,
      allocator ? gst_dma_heap_allocator_get_cpu_maps (allocator) : 0, NULL);
}

static const struct gst_dma_heap_member members[] = {
  {PROP_HEAP, offsetof (GstDmaHeap, heap)},
  {PROP_FALLBACK, offsetof (GstDmaHeap, fallback)},
  {PROP_MIN_BUFFERS, offsetof (GstDmaHeap, min_buffers)},
  {PROP_MAX_BUFFERS, offsetof (GstDmaHeap, max_buffers)},
  {PROP_STRIDE_ALIGN, offsetof (GstDmaHeap, stride_align)},
  {PROP_SEPARATE_PLANES, offsetof (GstDmaHeap, separate_planes)},
  {PROP_CPU_ACCESS, offsetof (GstDmaHeap, cpu_access)},
  {PROP_SHOW_CORRUPTED, offsetof (GstDmaHeap, damage.shown)},
  {PROP_CORRUPTED, offsetof (GstDmaHeap, damage.n)},
  {0}
};

/* With the object lock held. */
static void
apply_cpu_access (GstDmaHeap * self)
{
  g_hash_table_remove_all (self->culprits);
  if (self->allocator)
    gst_dma_heap_allocator_set_cpu_access (self->allocator, self->cpu_access);
}

static void
set_property (GObject * object, guint id, const GValue * value,
    GParamSpec * spec)
{
  GstDmaHeap *self = GST_DMA_HEAP (object);

  GST_OBJECT_LOCK (self);
  if (!gst_dma_heap_member_set (self, members, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  if (id == PROP_CPU_ACCESS)
    apply_cpu_access (self);
  GST_OBJECT_UNLOCK (self);
}

static void
get_property (GObject * object, guint id, GValue * value, GParamSpec * spec)
{
  GstDmaHeap *self = GST_DMA_HEAP (object);

  GST_OBJECT_LOCK (self);
  if (id == PROP_STATS)
    g_value_take_boxed (value, get_stats (self));
  else if (!gst_dma_heap_member_get (self, members, id, value))
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, spec);
  GST_OBJECT_UNLOCK (self);
}

#define FLAGS (G_PARAM_READWRITE | G_PARAM_STATIC_STRINGS)
#define READY (FLAGS | GST_PARAM_MUTABLE_READY)

void
gst_dma_heap_install_properties (GObjectClass * klass)
{
  klass->set_property = set_property;
  klass->get_property = get_property;
  g_object_class_install_property (klass, PROP_HEAP,
      g_param_spec_string ("heap", "Heap",
          "The dma-buf heap: a name in /dev/dma_heap, a path, \"contiguous\", "
          "\"cached\" or \"udmabuf\"; unset or \"auto\": system-cacheable, or else "
          "system, or else udmabuf, or one whose memory the camera takes where it "
          "refuses that", NULL, READY));
  g_object_class_install_property (klass, PROP_FALLBACK,
      g_param_spec_boolean ("fallback", "Fallback",
          "Use udmabuf where that heap cannot be opened", FALSE, READY));
  g_object_class_install_property (klass, PROP_MIN_BUFFERS,
      g_param_spec_uint ("min-buffers", "Minimum of buffers",
          "How many buffers there are at least", 0, 64, GST_DMA_HEAP_MIN_BUFFERS,
          READY));
  g_object_class_install_property (klass, PROP_MAX_BUFFERS,
      g_param_spec_uint ("max-buffers", "Maximum of buffers",
          "How many buffers there are at most (0: as the neighbours ask, within "
          "the bytes that a pool may hold)", 0, 1024, 0, READY));
  g_object_class_install_property (klass, PROP_STRIDE_ALIGN,
      g_param_spec_uint ("stride-align", "Alignment of strides",
          "Strides are a multiple of so many bytes, a power of two, where those "
          "downstream read GstVideoMeta", 1, 4096, GST_DMA_HEAP_STRIDE_ALIGN,
          READY));
  g_object_class_install_property (klass, PROP_SEPARATE_PLANES,
      g_param_spec_boolean ("separate-planes", "Separate planes",
          "Each plane in a dma-buf of its own, also where no camera of V4L2's "
          "format NM12 is upstream, for which it is so in any case", FALSE, READY));
  g_object_class_install_property (klass, PROP_CPU_ACCESS,
      g_param_spec_enum ("cpu-access", "CPU access",
          "What happens when an element maps a frame for the CPU",
          GST_TYPE_DMA_HEAP_CPU_ACCESS, GST_DMA_HEAP_CPU_ACCESS_ALLOW,
          FLAGS | GST_PARAM_MUTABLE_PLAYING));
  gst_dma_heap_element_install_damage (klass, PROP_SHOW_CORRUPTED,
      PROP_CORRUPTED);
  g_object_class_install_property (klass, PROP_STATS,
      g_param_spec_boxed ("stats", "Statistics",
          "heap; frames passed in memory of the heap, foreign (in other "
          "dma-bufs), copied, and corrupted; and how often the heap's memory was mapped for "
          "the CPU", GST_TYPE_STRUCTURE,
          G_PARAM_READABLE | G_PARAM_STATIC_STRINGS));
}

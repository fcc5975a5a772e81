/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapallocator - memory of a dma-buf heap
 *
 * The base class makes a GstMemory of an fd, and elements know it as dma-buf by
 * that class. Mapping, copying and freeing are done here: the base class does not
 * repeat an interrupted sync, and only warns of one that fails.
 */
#include "memory/gstdmaheapallocator.h"
#include "memory/gstdmaheapculprit.h"
#include "memory/gstdmaheaplog.h"
#include "memory/gstdmaheapmapping.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>
#include <zerocopy.h>

GST_DEBUG_CATEGORY_STATIC (gst_dma_heap_allocator_debug);
GST_DEBUG_CATEGORY_STATIC (performance);
#define GST_CAT_DEFAULT gst_dma_heap_allocator_debug

/* What was freed last serves a renegotiation: no more than this stays. */
#define KEPT_BUFFERS 32
#define KEPT_BYTES ((gsize) 128 << 20)
/* A renegotiation takes what it needs within this. */
#define KEPT_US (2 * G_USEC_PER_SEC)

/* Without the byte that ends it: what the kernel takes as a dma-buf's name. */
#define NAME_LENGTH 31

/* Memory that was allocated here, and not made of an fd of somebody's. */
#define FLAG_OF_HEAP GST_MEMORY_FLAG_LAST

enum
{
  SIGNAL_CPU_ACCESS,
  SIGNAL_EXHAUSTED,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];
static GstMemoryShareFunction base_share;

struct kept
{
  gint fd;
  gsize bytes;
  gint64 since_us;
};

struct _GstDmaHeapAllocator
{
  GstDmaBufAllocator parent;
  struct zc_heap *heap;
  gint access;                  /* GstDmaHeapCpuAccess; atomic */
  guint cpu_maps;               /* atomic */

  GMutex lock;                  /* of what follows, and of the heap */
  guint live_buffers;
  gsize live_bytes;
  gint n_kept;                  /* read without the lock, atomically */
  gsize kept_bytes;
  struct kept kept[KEPT_BUFFERS];
};

G_DEFINE_TYPE (GstDmaHeapAllocator, gst_dma_heap_allocator,
    GST_TYPE_DMABUF_ALLOCATOR)

GType
gst_dma_heap_cpu_access_get_type (void)
{
  static GType type = 0;
  static const GEnumValue values[] = {
    {GST_DMA_HEAP_CPU_ACCESS_ALLOW, "The CPU may read and write", "allow"},
    {GST_DMA_HEAP_CPU_ACCESS_WARN, "It may, and who does is named", "warn"},
    {GST_DMA_HEAP_CPU_ACCESS_DENY, "Mapping fails", "deny"},
    {0, NULL, NULL},
  };

  if (g_once_init_enter (&type))
    g_once_init_leave (&type,
        g_enum_register_static ("GstDmaHeapCpuAccess", values));
  return type;
}

static G_DEFINE_QUARK (GstDmaHeapMapping, mapping)

static void
take_out (GstDmaHeapAllocator * self, gint i)
{
  gint n = self->n_kept - 1;

  self->kept_bytes -= self->kept[i].bytes;
  memmove (&self->kept[i], &self->kept[i + 1], (n - i) * sizeof (struct kept));
  g_atomic_int_set (&self->n_kept, n);
}

/* Takes a dma-buf of that size that was freed; -1: there is none. */
static gint
take_kept (GstDmaHeapAllocator * self, gsize bytes)
{
  for (gint i = 0; i < self->n_kept; i++) {
    if (self->kept[i].bytes == bytes) {
      gint fd = self->kept[i].fd;

      take_out (self, i);
      return fd;
    }
  }
  return -1;
}

static void
drop_oldest (GstDmaHeapAllocator * self)
{
  close (self->kept[0].fd);
  take_out (self, 0);
}

static void
keep (GstDmaHeapAllocator * self, gint fd, gsize bytes)
{
  if (bytes > KEPT_BYTES) {
    close (fd);
    return;
  }
  while (self->n_kept == KEPT_BUFFERS || self->kept_bytes + bytes > KEPT_BYTES)
    drop_oldest (self);
  self->kept[self->n_kept] =
      (struct kept) { fd, bytes, g_get_monotonic_time () };
  self->kept_bytes += bytes;
  g_atomic_int_inc (&self->n_kept);
}

/* With what is kept given up first, where the heap has no more. */
static gint
get_fd (GstDmaHeapAllocator * self, gsize bytes, gboolean zeroed,
    GError ** error)
{
  gint fd = zeroed ? -1 : take_kept (self, bytes), result;
  gchar name[NAME_LENGTH + 1];

  if (fd >= 0)
    return fd;
  g_strlcpy (name, GST_OBJECT_NAME (self), sizeof (name));
  for (;;) {
    gst_dma_heap_log_clear ();
    result = zc_heap_alloc (self->heap, bytes, 0, name, &fd);
    if (!result)
      return fd;
    if (!self->n_kept)
      break;
    drop_oldest (self);
  }
  gst_dma_heap_log_error (error, GST_RESOURCE_ERROR_NO_SPACE_LEFT, result);
  if (error)
    g_prefix_error (error, "%s holds %u buffers of %" G_GSIZE_FORMAT " bytes; ",
        GST_OBJECT_NAME (self), self->live_buffers, self->live_bytes);
  return -1;
}

static GstMemory *
wrap (GstDmaHeapAllocator * self, gint fd, gsize bytes)
{
  GstMemory *memory = gst_fd_allocator_alloc (GST_ALLOCATOR (self), fd, bytes,
      GST_FD_MEMORY_FLAG_DONT_CLOSE);

  GST_MINI_OBJECT_FLAG_SET (memory, FLAG_OF_HEAP);
  return memory;
}

/* How many bytes that takes, with what goes before and after; 0: no number. */
static gsize
bytes_of (gsize size, const GstAllocationParams * params, gsize page)
{
  gsize most = G_MAXSSIZE - page, around = 0;

  if (params && (params->prefix > most || params->padding > most))
    return 0;
  if (params)
    around = params->prefix + params->padding;
  if (!size || size > most || around > most - size)
    return 0;
  return (size + around + page - 1) & ~(page - 1);
}

GstMemory *
gst_dma_heap_allocator_alloc (GstDmaHeapAllocator * self, gsize size,
    const GstAllocationParams * params, GError ** error)
{
  gsize page = sysconf (_SC_PAGESIZE), bytes = bytes_of (size, params, page);
  gboolean zeroed = params && params->flags & (GST_MEMORY_FLAG_ZERO_PREFIXED |
      GST_MEMORY_FLAG_ZERO_PADDED);
  GstMemory *memory;
  gint fd;

  if (params && params->align >= page) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
        "memory of a heap cannot be aligned to %" G_GSIZE_FORMAT " bytes: it "
        "starts at a page, of %" G_GSIZE_FORMAT, params->align + 1, page);
    return NULL;
  }
  if (!bytes) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
        "a heap gives no buffer of %" G_GSIZE_FORMAT " bytes", size);
    return NULL;
  }
  g_mutex_lock (&self->lock);
  fd = get_fd (self, bytes, zeroed, error);
  if (fd >= 0) {
    self->live_buffers++;
    self->live_bytes += bytes;
  }
  g_mutex_unlock (&self->lock);
  if (fd < 0)
    return NULL;
  memory = wrap (self, fd, bytes);
  gst_memory_resize (memory, params ? params->prefix : 0, size);
  return memory;
}

static GstMemory *
alloc (GstAllocator * allocator, gsize size, GstAllocationParams * params)
{
  GError *error = NULL;
  GstMemory *memory = gst_dma_heap_allocator_alloc (GST_DMA_HEAP_ALLOCATOR
      (allocator), size, params, &error);

  if (!memory) {
    GST_WARNING_OBJECT (allocator, "%s", error->message);
    g_signal_emit (allocator, signals[SIGNAL_EXHAUSTED], 0, error->message);
    g_error_free (error);
  }
  return memory;
}

/* A part of a memory shares the fd of the whole, which gives it back when it
 * is freed. */
static void
free_memory (GstAllocator * allocator, GstMemory * memory)
{
  GstDmaHeapAllocator *self = GST_DMA_HEAP_ALLOCATOR (allocator);
  gboolean of_heap = GST_MEMORY_FLAG_IS_SET (memory, FLAG_OF_HEAP);
  gint fd = memory->parent || !of_heap ? -1 : gst_fd_memory_get_fd (memory);
  gsize bytes = memory->maxsize;

  GST_ALLOCATOR_CLASS (gst_dma_heap_allocator_parent_class)->free (allocator,
      memory);
  if (fd < 0)
    return;
  g_mutex_lock (&self->lock);
  self->live_buffers--;
  self->live_bytes -= bytes;
  keep (self, fd, bytes);
  g_mutex_unlock (&self->lock);
}

/* Whether the CPU may access it. Unless everybody may, who asks is reported. */
static gboolean
may_access (GstDmaHeapAllocator * self, GstMapFlags flags)
{
  GstDmaHeapCpuAccess access = g_atomic_int_get (&self->access);
  gchar *who;

  if (access == GST_DMA_HEAP_CPU_ACCESS_ALLOW)
    return TRUE;
  who = gst_dma_heap_culprit_name ();
  g_signal_emit (self, signals[SIGNAL_CPU_ACCESS], 0, who, (guint) flags);
  g_free (who);
  return access == GST_DMA_HEAP_CPU_ACCESS_WARN;
}

/* Made when it is first asked for: many a memory is never mapped. */
static struct gst_dma_heap_mapping *
mapping_of (GstMemory * memory)
{
  static GMutex creating;
  GstMemory *whole = memory->parent ? memory->parent : memory;
  GstMiniObject *object = GST_MINI_OBJECT (whole);
  struct gst_dma_heap_mapping *mapping;

  g_mutex_lock (&creating);
  mapping = gst_mini_object_get_qdata (object, mapping_quark ());
  if (!mapping) {
    mapping = gst_dma_heap_mapping_new (gst_fd_memory_get_fd (whole),
        whole->maxsize);
    gst_mini_object_set_qdata (object, mapping_quark (), mapping,
        (GDestroyNotify) gst_dma_heap_mapping_free);
  }
  g_mutex_unlock (&creating);
  return mapping;
}

static gpointer
map (GstMemory * memory, GstMapInfo * info, gsize maxsize)
{
  GstDmaHeapAllocator *self = GST_DMA_HEAP_ALLOCATOR (memory->allocator);
  gpointer data = NULL;
  gint result;

  if (GST_MEMORY_FLAG_IS_SET (memory, GST_MEMORY_FLAG_NOT_MAPPABLE)
      || !may_access (self, info->flags))
    return NULL;
  result = gst_dma_heap_mapping_begin (mapping_of (memory), info->flags, &data);
  if (result) {
    GST_ERROR_OBJECT (self, "cannot map a dma-buf of %" G_GSIZE_FORMAT
        " bytes for the CPU: %s", maxsize, g_strerror (-result));
    return NULL;
  }
  g_atomic_int_inc (&self->cpu_maps);
  return data;
}

static void
unmap (GstMemory * memory, GstMapInfo * info)
{
  gint result = gst_dma_heap_mapping_end (mapping_of (memory), info->flags);

  if (result)
    GST_ERROR_OBJECT (memory->allocator, "cannot end the CPU's access to a "
        "dma-buf: %s", g_strerror (-result));
}

/* The base class takes all up to the end of the dma-buf for a size that is not given. */
static GstMemory *
share (GstMemory * memory, gssize offset, gssize size)
{
  return base_share (memory, offset,
      size == -1 ? (gssize) memory->size - offset : size);
}

static GstMemory *
copy (GstMemory * memory, gssize offset, gssize size)
{
  GstDmaHeapAllocator *self = GST_DMA_HEAP_ALLOCATOR (memory->allocator);
  gsize bytes = size == -1 ? memory->size - offset : (gsize) size;
  GstMapInfo from, to;
  GstMemory *made;

  if (offset < 0 || (gsize) offset >= memory->size
      || bytes > memory->size - offset
      || !gst_memory_map (memory, &from, GST_MAP_READ))
    return NULL;
  made = alloc (GST_ALLOCATOR (self), bytes, NULL);
  if (made && gst_memory_map (made, &to, GST_MAP_WRITE)) {
    GST_CAT_DEBUG (performance, "memcpy of %" G_GSIZE_FORMAT
        " bytes of a dma-buf", bytes);
    memcpy (to.data, from.data + offset, bytes);
    gst_memory_unmap (made, &to);
  } else if (made) {
    gst_memory_unref (made);
    made = NULL;
  }
  gst_memory_unmap (memory, &from);
  return made;
}

static gboolean
is_span (GstMemory * first, GstMemory * second, gsize * offset)
{
  if (!first->parent || first->parent != second->parent
      || first->offset + first->size != second->offset)
    return FALSE;
  if (offset)
    *offset = first->offset - first->parent->offset;
  return TRUE;
}

static void
finalize (GObject * object)
{
  GstDmaHeapAllocator *self = GST_DMA_HEAP_ALLOCATOR (object);

  while (self->n_kept)
    drop_oldest (self);
  zc_heap_close (self->heap);
  g_mutex_clear (&self->lock);
  G_OBJECT_CLASS (gst_dma_heap_allocator_parent_class)->finalize (object);
}

static void
gst_dma_heap_allocator_class_init (GstDmaHeapAllocatorClass * klass)
{
  GstAllocatorClass *allocator_class = GST_ALLOCATOR_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_dma_heap_allocator_debug, "dmaheapallocator", 0,
      "memory of dma-buf heaps");
  GST_DEBUG_CATEGORY_GET (performance, "GST_PERFORMANCE");
  G_OBJECT_CLASS (klass)->finalize = finalize;
  allocator_class->alloc = alloc;
  allocator_class->free = free_memory;
  signals[SIGNAL_CPU_ACCESS] = g_signal_new ("cpu-access",
      G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 2, G_TYPE_STRING, G_TYPE_UINT);
  signals[SIGNAL_EXHAUSTED] = g_signal_new ("exhausted",
      G_TYPE_FROM_CLASS (klass), G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
      G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
gst_dma_heap_allocator_init (GstDmaHeapAllocator * self)
{
  GstAllocator *allocator = GST_ALLOCATOR (self);

  g_mutex_init (&self->lock);
  /* The base class has only a function that takes an fd; here is one that needs none. */
  GST_OBJECT_FLAG_UNSET (self, GST_ALLOCATOR_FLAG_CUSTOM_ALLOC);
  allocator->mem_map_full = map;
  allocator->mem_unmap_full = unmap;
  base_share = allocator->mem_share;
  allocator->mem_share = share;
  allocator->mem_copy = copy;
  allocator->mem_is_span = is_span;
}

static GstResourceError
code_of (gint result)
{
  return result == -ENOENT ? GST_RESOURCE_ERROR_NOT_FOUND :
      result == -EACCES || result == -EPERM ?
      GST_RESOURCE_ERROR_NOT_AUTHORIZED : GST_RESOURCE_ERROR_OPEN_READ_WRITE;
}

GstDmaHeapAllocator *
gst_dma_heap_allocator_new (const gchar * heap, gboolean fallback,
    GError ** error)
{
  GstDmaHeapAllocator *self;
  struct zc_heap *opened;
  gint result;

  gst_dma_heap_log_clear ();
  result = zc_heap_open (&opened, heap);
  if (result) {
    GstResourceError code = code_of (result);

    if (!fallback || zc_heap_open (&opened, "udmabuf")) {
      gst_dma_heap_log_error (error, code, result);
      return NULL;
    }
  }
  self = gst_object_ref_sink (g_object_new (GST_TYPE_DMA_HEAP_ALLOCATOR, NULL));
  self->heap = opened;
  return self;
}

const gchar *
gst_dma_heap_allocator_get_heap (GstDmaHeapAllocator * self)
{
  return zc_heap_name (self->heap);
}

const gchar *
gst_dma_heap_allocator_get_reason (GstDmaHeapAllocator * self)
{
  return zc_heap_reason (self->heap);
}

void
gst_dma_heap_allocator_set_cpu_access (GstDmaHeapAllocator * self,
    GstDmaHeapCpuAccess access)
{
  if (access != GST_DMA_HEAP_CPU_ACCESS_ALLOW)
    gst_dma_heap_culprit_watch ();
  g_atomic_int_set (&self->access, access);
}

void
gst_dma_heap_allocator_trim (GstDmaHeapAllocator * self, gint64 after_us)
{
  gint64 until_us;

  if (!g_atomic_int_get (&self->n_kept))
    return;
  until_us = g_get_monotonic_time () + after_us - KEPT_US;
  g_mutex_lock (&self->lock);
  while (self->n_kept && self->kept[0].since_us <= until_us)
    drop_oldest (self);
  g_mutex_unlock (&self->lock);
}

guint64
gst_dma_heap_allocator_get_cpu_maps (GstDmaHeapAllocator * self)
{
  return g_atomic_int_get (&self->cpu_maps);
}

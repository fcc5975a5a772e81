/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapbufferpool - video buffers of a heap
 *
 * A buffer is handed out for writing, so all that a device still does with it must
 * have ended: an encoder or a display may read on after its element let go.
 */
#include "memory/gstdmaheapbufferpool.h"
#include "memory/gstdmaheapformat.h"
#include "memory/gstdmaheaplayout.h"
#include "memory/gstdmaheapsync.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/eventfd.h>
#include <unistd.h>

GST_DEBUG_CATEGORY_STATIC (gst_dma_heap_buffer_pool_debug);
#define GST_CAT_DEFAULT gst_dma_heap_buffer_pool_debug

/* A device that has not done with a buffer by then never will. */
#define FENCE_PATIENCE_MS 5000

enum
{
  SIGNAL_DRY,
  N_SIGNALS,
};

static guint signals[N_SIGNALS];

struct _GstDmaHeapBufferPool
{
  GstBufferPool parent;
  GstDmaHeapAllocator *allocator;
  struct gst_dma_heap_layout_rules rules;
  struct gst_dma_heap_writer writer;
  struct zc_pool *frames;       /* whose memory it is; NULL: the allocator's */
  guint n_taken;                /* of them, so far */

  struct gst_dma_heap_layout layout;    /* of the configuration */

  /* Where pixels begin in each memory; the streaming thread's. */
  gboolean is_placed, is_moved;
  guint32 begin[ZC_MAX_PLANES];

  gint flush_fd;                /* readable while flushing */
  gint before, behind;          /* buffers that are out; atomic */
};

G_DEFINE_TYPE (GstDmaHeapBufferPool, gst_dma_heap_buffer_pool,
    GST_TYPE_BUFFER_POOL)

/* Where a buffer is, as its qdata. */
enum place
{
  AT_HOME,
  BEFORE,
  BEHIND,
};

static G_DEFINE_QUARK (GstDmaHeapBufferPlace, place)

static gint *
place_of (GstBuffer * buffer)
{
  return gst_mini_object_get_qdata (GST_MINI_OBJECT (buffer), place_quark ());
}

static const gchar **
get_options (GstBufferPool * pool)
{
  static const gchar *options[] = {
    GST_BUFFER_POOL_OPTION_VIDEO_META,
    GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT,
    NULL,
  };

  return options;
}

/* How many buffers there may be; 0: not even as few as are needed. */
static guint
bound (GstDmaHeapBufferPool * self, gsize size, guint min, guint max)
{
  guint64 most = self->frames ? (guint64) zc_pool_size (self->frames)
      : GST_DMA_HEAP_BUFFER_POOL_MAX_BYTES / size;

  if (min > most || most == 0) {
    GST_ERROR_OBJECT (self, "%u buffers of %" G_GSIZE_FORMAT " bytes are more than the %"
        G_GUINT64_FORMAT " MiB that a pool may hold", min, size,
        GST_DMA_HEAP_BUFFER_POOL_MAX_BYTES >> 20);
    return 0;
  }
  return max && max < most ? max : most;
}

static gboolean
set_config (GstBufferPool * pool, GstStructure * config)
{
  GstDmaHeapBufferPool *self = GST_DMA_HEAP_BUFFER_POOL (pool);
  struct gst_dma_heap_layout *layout = &self->layout;
  guint size, min, max;
  GError *error = NULL;
  GstVideoAlignment align;
  GstVideoInfo info;
  guint64 modifier;
  GstCaps *caps;

  gst_video_alignment_reset (&align);
  if (!gst_buffer_pool_config_get_params (config, &caps, &size, &min, &max)
      || !caps) {
    GST_WARNING_OBJECT (self, "a configuration without caps");
    return FALSE;
  }
  if (!gst_dma_heap_format_parse_tiled (caps, &info, &modifier, &error)) {
    GST_WARNING_OBJECT (self, "%s", error->message);
    g_error_free (error);
    return FALSE;
  }
  if (gst_buffer_pool_config_has_option (config,
          GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT))
    gst_buffer_pool_config_get_video_alignment (config, &align);
  if (modifier != (self->writer.insists ? self->writer.layout.modifier : 0)
      || !gst_dma_heap_layout_solve (layout, &self->rules, &self->writer, &info,
          &align)) {
    GST_WARNING_OBJECT (self, "no layout of %" GST_PTR_FORMAT
        " has strides of a multiple of %u", caps, self->rules.stride_align);
    return FALSE;
  }
  if (gst_buffer_pool_config_has_option (config,
          GST_BUFFER_POOL_OPTION_VIDEO_ALIGNMENT))
    gst_buffer_pool_config_set_video_alignment (config, &layout->align);
  if (self->writer.layout.format)
    size = MAX (size, self->writer.layout.bytes[0]);
  if (layout->n_memories == 1 && size > layout->bytes[0] && !self->frames)
    layout->bytes[0] = GST_VIDEO_INFO_SIZE (&layout->info) = size;
  /* Before it is cut to what a configuration holds. */
  max = bound (self, GST_VIDEO_INFO_SIZE (&layout->info), min, max);
  if (!max)
    return FALSE;
  size = GST_VIDEO_INFO_SIZE (&layout->info);
  gst_buffer_pool_config_set_params (config, caps, size, min, max);
  gst_buffer_pool_config_set_allocator (config,
      GST_ALLOCATOR (self->allocator), NULL);
  return GST_BUFFER_POOL_CLASS (gst_dma_heap_buffer_pool_parent_class)
      ->set_config (pool, config);
}

static void
add_video_meta (GstDmaHeapBufferPool * self, GstBuffer * buffer)
{
  const GstVideoInfo *info = &self->layout.info;
  GstVideoMeta *meta = gst_buffer_add_video_meta_full (buffer,
      GST_VIDEO_FRAME_FLAG_NONE, GST_VIDEO_INFO_FORMAT (info),
      GST_VIDEO_INFO_WIDTH (info), GST_VIDEO_INFO_HEIGHT (info),
      GST_VIDEO_INFO_N_PLANES (info), (gsize *) info->offset,
      (gint *) info->stride);

  gst_video_meta_set_alignment (meta, self->layout.align);
}

/* The memory of the next frame, by an fd of its own: there are no more buffers than frames,
 * and those of before are gone. */
static GstMemory *
next_frame (GstDmaHeapBufferPool * self)
{
  struct zc_frame *frame = zc_pool_frame (self->frames,
      self->n_taken++ % zc_pool_size (self->frames));
  gint fd = fcntl (zc_frame_fd (frame, 0), F_DUPFD_CLOEXEC, 0);
  GstMemory *memory = NULL;

  if (fd >= 0)
    memory = gst_dmabuf_allocator_alloc (GST_ALLOCATOR (self->allocator), fd,
        self->layout.bytes[0]);
  if (memory)
    GST_MINI_OBJECT_FLAG_SET (memory, GST_MEMORY_FLAG_NOT_MAPPABLE);
  return memory;
}

static GstFlowReturn
alloc_buffer (GstBufferPool * pool, GstBuffer ** out,
    GstBufferPoolAcquireParams * params)
{
  GstDmaHeapBufferPool *self = GST_DMA_HEAP_BUFFER_POOL (pool);
  GstAllocationParams room = { .padding = self->layout.tail };
  GstBuffer *buffer = gst_buffer_new ();

  for (guint i = 0; i < self->layout.n_memories; i++) {
    GstMemory *memory = self->frames ? next_frame (self) :
        gst_allocator_alloc (GST_ALLOCATOR (self->allocator),
        self->layout.bytes[i], &room);

    if (!memory) {
      gst_buffer_unref (buffer);
      return GST_FLOW_ERROR;
    }
    gst_buffer_append_memory (buffer, memory);
  }
  add_video_meta (self, buffer);
  gst_mini_object_set_qdata (GST_MINI_OBJECT (buffer), place_quark (),
      g_new0 (gint, 1), g_free);
  *out = buffer;
  return GST_FLOW_OK;
}

/* Waits until devices have done with all memories of a buffer. */
static GstFlowReturn
wait_for_devices (GstDmaHeapBufferPool * self, GstBuffer * buffer)
{
  for (guint i = 0; i < gst_buffer_n_memory (buffer); i++) {
    gint fd = gst_dmabuf_memory_get_fd (gst_buffer_peek_memory (buffer, i));
    gint result =
        gst_dma_heap_sync_wait (fd, self->flush_fd, FENCE_PATIENCE_MS);

    if (result == -ECANCELED)
      return GST_FLOW_FLUSHING;
    if (result) {
      GST_ERROR_OBJECT (self, "waiting for a device that has to do with a "
          "buffer: %s%s", g_strerror (-result),
          result == -ETIME ? " (it has not done with it in 5 s)" : "");
      return GST_FLOW_ERROR;
    }
  }
  return GST_FLOW_OK;
}

static GstFlowReturn
acquire_or_wait (GstBufferPool * pool, GstBuffer ** buffer,
    GstBufferPoolAcquireParams * params)
{
  GstDmaHeapBufferPool *self = GST_DMA_HEAP_BUFFER_POOL (pool);
  GstBufferPoolClass *parent =
      GST_BUFFER_POOL_CLASS (gst_dma_heap_buffer_pool_parent_class);
  GstBufferPoolAcquireParams at_once = { 0, };
  GstFlowReturn result;

  if (params)
    at_once = *params;
  at_once.flags |= GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT;
  result = parent->acquire_buffer (pool, buffer, &at_once);
  if (result != GST_FLOW_EOS
      || (params && (params->flags & GST_BUFFER_POOL_ACQUIRE_FLAG_DONTWAIT)))
    return result;
  g_signal_emit (self, signals[SIGNAL_DRY], 0,
      (guint) g_atomic_int_get (&self->before),
      (guint) g_atomic_int_get (&self->behind));
  return parent->acquire_buffer (pool, buffer, params);
}

static GstFlowReturn
acquire_buffer (GstBufferPool * pool, GstBuffer ** buffer,
    GstBufferPoolAcquireParams * params)
{
  GstDmaHeapBufferPool *self = GST_DMA_HEAP_BUFFER_POOL (pool);
  GstFlowReturn result = acquire_or_wait (pool, buffer, params);

  if (result != GST_FLOW_OK)
    return result;
  result = wait_for_devices (self, *buffer);
  if (result != GST_FLOW_OK) {
    GST_BUFFER_POOL_CLASS (gst_dma_heap_buffer_pool_parent_class)
        ->release_buffer (pool, *buffer);
    *buffer = NULL;
    return result;
  }
  gst_dma_heap_allocator_trim (self->allocator, 0);
  *place_of (*buffer) = BEFORE;
  g_atomic_int_inc (&self->before);
  return GST_FLOW_OK;
}

static void
leave_place (GstDmaHeapBufferPool * self, GstBuffer * buffer)
{
  gint *place = place_of (buffer);

  if (place && *place != AT_HOME)
    g_atomic_int_add (*place == BEFORE ? &self->before : &self->behind, -1);
  if (place)
    *place = AT_HOME;
}

/* Has each memory show the bytes from where the pixels of a device begin, or all. */
static void
move (GstDmaHeapBufferPool * self, GstBuffer * buffer, gboolean to_pixels)
{
  GstVideoMeta *meta = gst_buffer_get_video_meta (buffer);
  gsize left_out = 0;

  for (guint i = 0; i < self->layout.n_memories; i++) {
    GstMemory *memory = gst_buffer_peek_memory (buffer, i);
    gsize begin = to_pixels ? self->begin[i] : 0;

    gst_memory_resize (memory, (gssize) begin - (gssize) memory->offset,
        self->layout.bytes[i] - begin);
    /* A plane that has a memory of its own is found behind those before it. */
    if (self->layout.n_memories > 1 && meta)
      meta->offset[i] = self->layout.info.offset[i] - left_out;
    left_out += begin;
  }
}

static void
reset_buffer (GstBufferPool * pool, GstBuffer * buffer)
{
  GstDmaHeapBufferPool *self = GST_DMA_HEAP_BUFFER_POOL (pool);

  if (self->is_moved
      && !GST_BUFFER_FLAG_IS_SET (buffer, GST_BUFFER_FLAG_TAG_MEMORY))
    move (self, buffer, FALSE);
  GST_BUFFER_POOL_CLASS (gst_dma_heap_buffer_pool_parent_class)
      ->reset_buffer (pool, buffer);
}

static void
release_buffer (GstBufferPool * pool, GstBuffer * buffer)
{
  leave_place (GST_DMA_HEAP_BUFFER_POOL (pool), buffer);
  GST_BUFFER_POOL_CLASS (gst_dma_heap_buffer_pool_parent_class)
      ->release_buffer (pool, buffer);
}

void
gst_dma_heap_buffer_pool_passed (GstDmaHeapBufferPool * self,
    GstBuffer * buffer)
{
  gint *place;

  if (buffer->pool != GST_BUFFER_POOL (self))
    return;
  place = place_of (buffer);
  if (place && *place == BEFORE) {
    leave_place (self, buffer);
    *place = BEHIND;
    g_atomic_int_inc (&self->behind);
    if (self->is_moved)
      move (self, buffer, TRUE);
  }
}

const gchar *
gst_dma_heap_buffer_pool_unplaced (GstDmaHeapBufferPool * self)
{
  return self->is_placed ? NULL : self->writer.device;
}

gboolean
gst_dma_heap_buffer_pool_set_place (GstDmaHeapBufferPool * self,
    const guint32 begin[ZC_MAX_PLANES], GError ** error)
{
  self->is_placed = TRUE;
  if (!gst_dma_heap_writer_check_place (&self->writer, &self->layout.info,
          self->layout.bytes, self->layout.n_memories, begin, error))
    return FALSE;
  for (guint i = 0; i < self->layout.n_memories; i++) {
    self->begin[i] = begin[i];
    self->is_moved |= begin[i] != 0;
  }
  return TRUE;
}

static void
flush_start (GstBufferPool * pool)
{
  const guint64 one = 1;

  (void) !write (GST_DMA_HEAP_BUFFER_POOL (pool)->flush_fd, &one, sizeof (one));
}

static void
flush_stop (GstBufferPool * pool)
{
  guint64 all;

  (void) !read (GST_DMA_HEAP_BUFFER_POOL (pool)->flush_fd, &all, sizeof (all));
}

static void
finalize (GObject * object)
{
  GstDmaHeapBufferPool *self = GST_DMA_HEAP_BUFFER_POOL (object);

  G_OBJECT_CLASS (gst_dma_heap_buffer_pool_parent_class)->finalize (object);
  zc_pool_unref (self->frames);
  gst_object_unref (self->allocator);
  close (self->flush_fd);
}

static void
gst_dma_heap_buffer_pool_class_init (GstDmaHeapBufferPoolClass * klass)
{
  GstBufferPoolClass *pool_class = GST_BUFFER_POOL_CLASS (klass);

  GST_DEBUG_CATEGORY_INIT (gst_dma_heap_buffer_pool_debug, "dmaheapbufferpool",
      0, "video buffers of dma-buf heaps");
  G_OBJECT_CLASS (klass)->finalize = finalize;
  pool_class->get_options = get_options;
  pool_class->set_config = set_config;
  pool_class->alloc_buffer = alloc_buffer;
  pool_class->acquire_buffer = acquire_buffer;
  pool_class->reset_buffer = reset_buffer;
  pool_class->release_buffer = release_buffer;
  pool_class->flush_start = flush_start;
  pool_class->flush_stop = flush_stop;
  signals[SIGNAL_DRY] = g_signal_new ("dry", G_TYPE_FROM_CLASS (klass),
      G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 2, G_TYPE_UINT,
      G_TYPE_UINT);
}

static void
gst_dma_heap_buffer_pool_init (GstDmaHeapBufferPool * self)
{
  self->flush_fd = eventfd (0, EFD_CLOEXEC | EFD_NONBLOCK);
}

GstBufferPool *
gst_dma_heap_buffer_pool_new (GstDmaHeapAllocator * allocator,
    guint stride_align, guint row_align, gboolean separate)
{
  GstDmaHeapBufferPool *self =
      gst_object_ref_sink (g_object_new (GST_TYPE_DMA_HEAP_BUFFER_POOL, NULL));

  self->allocator = gst_object_ref (allocator);
  gst_dma_heap_layout_rules_init (&self->rules, stride_align, row_align,
      separate);
  self->is_placed = TRUE;
  return GST_BUFFER_POOL (self);
}

void
gst_dma_heap_buffer_pool_set_writer (GstDmaHeapBufferPool * self,
    const struct gst_dma_heap_writer *writer)
{
  self->writer = *writer;
  self->is_placed = !writer->device[0];
}

void
gst_dma_heap_buffer_pool_set_frames (GstDmaHeapBufferPool * self,
    struct zc_pool *frames)
{
  self->frames = frames;
  self->writer.layout = *zc_frame_layout (zc_pool_frame (frames, 0));
  self->writer.insists = TRUE;
}

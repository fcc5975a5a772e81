/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstdmaheapculprit - a stack of pads for each thread, kept by the hooks that
 * GStreamer has for tracers
 */
#define GST_USE_UNSTABLE_API
#include "memory/gstdmaheapculprit.h"

#include <gst/gsttracer.h>
#include <sys/prctl.h>

#define DEPTH 128

/* Pads that are pushing on this thread, the last on top. Deeper ones are counted. */
struct stack
{
  guint n;
  GstPad *pad[DEPTH];
};

static GPrivate stacks = G_PRIVATE_INIT (g_free);

#define GST_TYPE_DMA_HEAP_CULPRIT (gst_dma_heap_culprit_get_type ())
G_DECLARE_FINAL_TYPE (GstDmaHeapCulprit, gst_dma_heap_culprit, GST,
    DMA_HEAP_CULPRIT, GstTracer)

struct _GstDmaHeapCulprit
{
  GstTracer parent;
};

G_DEFINE_TYPE (GstDmaHeapCulprit, gst_dma_heap_culprit, GST_TYPE_TRACER)

static void
gst_dma_heap_culprit_class_init (GstDmaHeapCulpritClass * klass)
{
}

static void
gst_dma_heap_culprit_init (GstDmaHeapCulprit * self)
{
}

static void
push_begins (GstTracer * tracer, GstClockTime at, GstPad * pad)
{
  struct stack *stack = g_private_get (&stacks);

  if (!stack) {
    stack = g_new0 (struct stack, 1);
    g_private_set (&stacks, stack);
  }
  if (stack->n < DEPTH)
    stack->pad[stack->n] = pad;
  stack->n++;
}

static void
push_ends (GstTracer * tracer, GstClockTime at, GstPad * pad)
{
  struct stack *stack = g_private_get (&stacks);

  /* The watch may have begun in the middle of a push. */
  if (stack && stack->n)
    stack->n--;
}

static gpointer
watch (gpointer unused)
{
  GstTracer *tracer = g_object_new (GST_TYPE_DMA_HEAP_CULPRIT, NULL);

  gst_tracing_register_hook (tracer, "pad-push-pre", G_CALLBACK (push_begins));
  gst_tracing_register_hook (tracer, "pad-push-post", G_CALLBACK (push_ends));
  gst_tracing_register_hook (tracer, "pad-push-list-pre",
      G_CALLBACK (push_begins));
  gst_tracing_register_hook (tracer, "pad-push-list-post",
      G_CALLBACK (push_ends));
  gst_object_unref (tracer);
  return NULL;
}

void
gst_dma_heap_culprit_watch (void)
{
  static GOnce once = G_ONCE_INIT;

  g_once (&once, watch, NULL);
}

static gchar *
thread_name (void)
{
  gchar name[16] = "";

  prctl (PR_GET_NAME, name);
  return g_strdup_printf ("the thread \"%s\"", name);
}

gchar *
gst_dma_heap_culprit_name (void)
{
  struct stack *stack = g_private_get (&stacks);
  GstElement *element = NULL;
  GstPad *peer = NULL;
  gchar *name;

  if (stack && stack->n > 0 && stack->n <= DEPTH)
    peer = gst_pad_get_peer (stack->pad[stack->n - 1]);
  if (peer)
    element = gst_pad_get_parent_element (peer);
  name = element ? gst_object_get_name (GST_OBJECT (element)) : thread_name ();
  gst_clear_object (&element);
  gst_clear_object (&peer);
  return name;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapplugin - the plugin: video in dma-bufs of a heap, without copies */
#include "elements/gstdmaheap.h"
#include "elements/gstdmaheapgpu.h"
#include "memory/gstdmaheaplog.h"
#include "elements/gstdmaheapsink.h"

static gboolean
plugin_init (GstPlugin * plugin)
{
  gst_dma_heap_log_init ();
  return GST_ELEMENT_REGISTER (dmaheap, plugin)
      && GST_ELEMENT_REGISTER (dmaheapgpu, plugin)
      && GST_ELEMENT_REGISTER (dmaheapsink, plugin);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, dmaheap,
    "Video in dma-bufs of a chosen heap, from camera to display without copies",
    plugin_init, VERSION, "LGPL", "zerocopy", "zerocopy")

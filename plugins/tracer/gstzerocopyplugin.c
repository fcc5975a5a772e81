/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstzerocopyplugin - the tracer's own plugin: it comes into any pipeline, and brings no
 * library of cameras, displays and GPUs with it
 */
#define GST_USE_UNSTABLE_API
#include "tracer/gstzerocopytracer.h"

#include <gst/gsttracer.h>

static gboolean
plugin_init (GstPlugin * plugin)
{
  return gst_tracer_register (plugin, "zerocopy", GST_TYPE_ZEROCOPY_TRACER);
}

GST_PLUGIN_DEFINE (GST_VERSION_MAJOR, GST_VERSION_MINOR, zerocopytracer,
    "Says who copies video frames in a pipeline, and why", plugin_init, VERSION,
    "LGPL", "zerocopy", "zerocopy")

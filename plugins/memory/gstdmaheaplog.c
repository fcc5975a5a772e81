/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheaplog - between libzerocopy's log and GStreamer's */
#include "memory/gstdmaheaplog.h"

#include <errno.h>
#include <zerocopy.h>

GST_DEBUG_CATEGORY_STATIC (gst_dma_heap_log_debug);
#define GST_CAT_DEFAULT gst_dma_heap_log_debug

static void
free_text (gpointer text)
{
  g_string_free (text, TRUE);
}

/* The errors that the library told of on this thread. */
static GPrivate errors = G_PRIVATE_INIT (free_text);

static GString *
errors_get (void)
{
  GString *text = g_private_get (&errors);

  if (!text) {
    text = g_string_new (NULL);
    g_private_set (&errors, text);
  }
  return text;
}

static void
take (enum zc_log_level level, const char *message, void *user)
{
  static const GstDebugLevel levels[] = {
    [ZC_LOG_ERROR] = GST_LEVEL_WARNING, /* the element says whether it is one */
    [ZC_LOG_WARNING] = GST_LEVEL_WARNING,
    [ZC_LOG_INFO] = GST_LEVEL_INFO,
    [ZC_LOG_DEBUG] = GST_LEVEL_DEBUG,
  };

  GST_CAT_LEVEL_LOG (GST_CAT_DEFAULT, levels[level], NULL, "%s", message);
  if (level == ZC_LOG_ERROR) {
    GString *text = errors_get ();

    if (text->len)
      g_string_append (text, "; ");
    g_string_append (text, message);
  }
}

void
gst_dma_heap_log_init (void)
{
  GST_DEBUG_CATEGORY_INIT (gst_dma_heap_log_debug, "dmaheaplog", 0,
      "what libzerocopy says");
  if (zc_log_listen (ZC_LOG_DEBUG, take, NULL))
    GST_WARNING ("libzerocopy has no place for one more who listens: errors say "
        "less");
}

void
gst_dma_heap_log_clear (void)
{
  g_string_truncate (errors_get (), 0);
}

void
gst_dma_heap_log_error (GError ** error, GstResourceError code, int result)
{
  GString *text = errors_get ();

  g_set_error_literal (error, GST_RESOURCE_ERROR, code,
      text->len ? text->str : g_strerror (-result));
  g_string_truncate (text, 0);
}

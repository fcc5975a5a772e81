/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapmode - reads the size of a display's mode */
#include "memory/gstdmaheapmode.h"

/* Digits, with no sign and no room before them; 0: none. */
static guint
parse_size (const gchar ** text)
{
  guint64 size = 0;

  for (; g_ascii_isdigit (**text) && size <= G_MAXUINT16; (*text)++)
    size = size * 10 + **text - '0';
  return size;
}

gboolean
gst_dma_heap_mode_parse (const gchar * mode, struct zc_display_config *config,
    GError ** error)
{
  const gchar *text = mode;

  if (!mode || !*mode)
    return TRUE;
  config->force_mode = TRUE;
  config->width = parse_size (&text);
  if (*text == 'x') {
    text++;
    config->height = parse_size (&text);
  }
  if (!*text && config->width && config->height)
    return TRUE;
  g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_SETTINGS,
      "mode=%s is no size: write it as 1280x720", mode);
  return FALSE;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstzerocopylines - a log function. A category's threshold is one for all log functions:
 * where it was raised for us, GStreamer's own must not print what nobody asked for.
 */
#include "tracer/gstzerocopylines.h"
#include "tracer/gstzerocopybook.h"
#include "tracer/gstzerocopyplace.h"

#include <stdio.h>
#include <string.h>

/* Less is no frame. */
#define LEAST_BYTES 4096

/* One category at LOG has each line of that level, of all elements, made and thrown away. */
static const struct
{
  const gchar *category;
  GstDebugLevel level;
} heard[] = {
  {"GST_PERFORMANCE", GST_LEVEL_DEBUG},
  {"v4l2bufferpool", GST_LEVEL_WARNING},
  {"glupload", GST_LEVEL_DEBUG},
};

/* What was shown before, by category; and whether it is us who show it. */
static GstDebugLevel shown[G_N_ELEMENTS (heard)];
static gboolean shows;

static gint
find (GstDebugCategory * category)
{
  const gchar *name = gst_debug_category_get_name (category);

  for (guint i = 0; i < G_N_ELEMENTS (heard); i++)
    if (!strcmp (name, heard[i].category))
      return i;
  return -1;
}

static void
keep (gchar ** text, const gchar * said)
{
  if (!*text)
    *text = g_strdup (said);
}

/* Which line that is, or -1. Most that have "copy" in them are of metadata. */
static gint
line_of (const gchar * said)
{
  guint64 bytes;

  if (strstr (said, "enabling copy threshold"))
    return GST_ZEROCOPY_LINE_THRESHOLD;
  if (sscanf (said, "memcpy %" G_GUINT64_FORMAT, &bytes) == 1)
    return bytes >= LEAST_BYTES ? GST_ZEROCOPY_LINE_COPY : -1;
  return strstr (said, "copy plane") || strstr (said, "frame copy")
      || strstr (said, "slow copy") ? GST_ZEROCOPY_LINE_COPY : -1;
}

static void
take (const gchar * said)
{
  const gchar *uploader = strstr (said, "upload with uploader ");
  struct gst_zerocopy_station *station;
  gint line = line_of (said);
  gboolean setup;

  if (line < 0 && !uploader)
    return;
  gst_zerocopy_book_lock ();
  station = gst_zerocopy_place_current (&setup);
  if (station && uploader) {
    g_free (station->uploader);
    station->uploader = g_strdup (uploader + strlen ("upload with uploader "));
  } else if (station && (!setup || line == GST_ZEROCOPY_LINE_THRESHOLD)) {
    station->lines[line]++;
    keep (&station->line[line], said);
  }
  gst_zerocopy_book_unlock ();
}

static void
listen (GstDebugCategory * category, GstDebugLevel level, const gchar * file,
    const gchar * function, gint line, GObject * object,
    GstDebugMessage * message, gpointer user)
{
  gint i = find (category);

  if (i >= 0) {
    const gchar *said = gst_debug_message_get (message);

    if (said)
      take (said);
  }
  if (shows && (i < 0 || level <= shown[i]))
    gst_debug_log_default (category, level, file, function, line, object,
        message, NULL);
}

static GstDebugLevel
threshold_of (const gchar * name)
{
  GSList *all = gst_debug_get_all_categories ();
  GstDebugLevel level = gst_debug_get_default_threshold ();

  for (GSList * one = all; one; one = one->next)
    if (!strcmp (gst_debug_category_get_name (one->data), name))
      level = gst_debug_category_get_threshold (one->data);
  g_slist_free (all);
  return level;
}

void
gst_zerocopy_lines_listen (void)
{
  gst_debug_set_active (TRUE);
  /* A file of the user's is left to GStreamer, with some lines more. */
  if (!g_getenv ("GST_DEBUG_FILE"))
    shows = gst_debug_remove_log_function (gst_debug_log_default) > 0;
  gst_debug_add_log_function (listen, NULL, NULL);
  for (guint i = 0; i < G_N_ELEMENTS (heard); i++) {
    shown[i] = threshold_of (heard[i].category);
    if (shown[i] < heard[i].level)
      gst_debug_set_threshold_for_name (heard[i].category, heard[i].level);
  }
}

void
gst_zerocopy_lines_stop (void)
{
  gst_debug_remove_log_function (listen);
  if (shows)
    gst_debug_add_log_function (gst_debug_log_default, NULL, NULL);
  shows = FALSE;
  for (guint i = 0; i < G_N_ELEMENTS (heard); i++)
    gst_debug_set_threshold_for_name (heard[i].category, shown[i]);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopyexporter - reads fdinfo */
#include "tracer/gstzerocopyexporter.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What exporters call themselves; most write the name of their kernel module. */
static gchar *
describe (const gchar * exporter)
{
  gchar *node = g_strdup_printf ("/dev/dma_heap/%s", exporter), *text;

  if (access (node, F_OK) == 0)
    text = g_strdup_printf ("heap %s", exporter);
  else if (!strcmp (exporter, "udmabuf"))
    text = g_strdup ("udmabuf");
  else if (g_str_has_prefix (exporter, "videobuf2"))
    text = g_strdup_printf ("V4L2 (%s)", exporter + strlen ("videobuf2_"));
  else if (!strcmp (exporter, "drm"))
    text = g_strdup ("DRM");
  else
    text = g_strdup_printf ("dma-buf of %s", exporter);
  g_free (node);
  return text;
}

gchar *
gst_zerocopy_exporter_name (gint fd)
{
  gchar path[64], line[128], name[64] = "";
  FILE *file;

  g_snprintf (path, sizeof (path), "/proc/self/fdinfo/%d", fd);
  file = fopen (path, "re");
  if (!file)
    return NULL;
  while (fgets (line, sizeof (line), file))
    if (sscanf (line, "exp_name: %63s", name) == 1)
      break;
  fclose (file);
  return *name ? describe (name) : NULL;
}

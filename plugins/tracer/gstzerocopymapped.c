/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopymapped - reads /proc/self/maps and /proc/self/fd */
#include "tracer/gstzerocopymapped.h"

#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

gboolean
gst_zerocopy_mapped_each (void (*each) (guint64, guint64, gpointer),
    gpointer user)
{
  FILE *file = fopen ("/proc/self/maps", "re");
  gchar line[512];
  gboolean begins = TRUE;

  if (!file)
    return FALSE;
  while (fgets (line, sizeof (line), file)) {
    guint major, minor;
    gulong inode;

    /* Of a long line the rest is no line. */
    if (begins && sscanf (line, "%*x-%*x %*4s %*x %x:%x %lu", &major, &minor,
            &inode) == 3 && inode)
      each (makedev (major, minor), inode, user);
    begins = strchr (line, '\n') != NULL;
  }
  fclose (file);
  return TRUE;
}

gboolean
gst_zerocopy_mapped_has_gpu (void)
{
  GDir *folder = g_dir_open ("/proc/self/fd", 0, NULL);
  const gchar *name;
  gboolean has = FALSE;

  while (folder && !has && (name = g_dir_read_name (folder))) {
    gchar *path = g_strdup_printf ("/proc/self/fd/%s", name);
    gchar *target = g_file_read_link (path, NULL);

    has = target && (g_str_has_prefix (target, "/dev/dri/renderD")
        || g_str_has_prefix (target, "/dev/nvidia")
        || g_str_has_prefix (target, "/dev/mali")
        || g_str_has_prefix (target, "/dev/galcore")
        || g_str_has_prefix (target, "/dev/pvr"));
    g_free (target);
    g_free (path);
  }
  if (folder)
    g_dir_close (folder);
  return has;
}

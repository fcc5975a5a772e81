/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapshader - reads a shader's file */
#include "elements/gstdmaheapshader.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LONGEST (64 * 1024)     /* what the library takes */

/* Reads all of @fd, at most @size bytes. Returns how many, or -errno. */
static gssize
read_all (gint fd, gchar * text, gsize size)
{
  gsize n = 0;

  while (n < size) {
    gssize got = read (fd, text + n, size - n);

    if (got < 0 && errno == EINTR)
      continue;
    if (got < 0)
      return -errno;
    if (got == 0)
      break;
    n += got;
  }
  return n;
}

/* The text of the open file @fd, or NULL, and why not. */
static gchar *
read_file (gint fd, const gchar * path, GError ** error)
{
  struct stat info;
  gchar *text;
  gssize n;

  /* A device or a pipe could give text for ever, or never. */
  if (fstat (fd, &info) || !S_ISREG (info.st_mode)) {
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ,
        "shader %s is no ordinary file", path);
    return NULL;
  }
  text = g_malloc (LONGEST + 2);
  n = read_all (fd, text, LONGEST + 1);
  if (n < 0)
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ,
        "cannot read the shader %s: %s", path, g_strerror (-n));
  else if (n > LONGEST)
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ,
        "shader %s is longer than %d bytes", path, LONGEST);
  else if (memchr (text, 0, n))
    g_set_error (error, GST_RESOURCE_ERROR, GST_RESOURCE_ERROR_READ,
        "shader %s is no text: there is a zero byte in it", path);
  else {
    text[n] = '\0';
    return text;
  }
  g_free (text);
  return NULL;
}

gchar *
gst_dma_heap_shader_read (const gchar * path, GError ** error)
{
  /* Not to hang where the path is a pipe that nobody writes to. */
  gint fd = open (path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
  gint saved = errno;
  gchar *text;

  if (fd < 0) {
    g_set_error (error, GST_RESOURCE_ERROR, saved == ENOENT
        ? GST_RESOURCE_ERROR_NOT_FOUND : GST_RESOURCE_ERROR_OPEN_READ,
        "cannot open the shader %s: %s", path, g_strerror (saved));
    return NULL;
  }
  text = read_file (fd, path, error);
  close (fd);
  return text;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstdmaheapmember - a property's value in and out of its element's struct */
#include "elements/gstdmaheapmember.h"

static gpointer
find (gpointer object, const struct gst_dma_heap_member *member, guint id)
{
  for (; member->id; member++)
    if (member->id == id)
      return (guint8 *) object + member->offset;
  return NULL;
}

gboolean
gst_dma_heap_member_set (gpointer object,
    const struct gst_dma_heap_member *members, guint id, const GValue * value)
{
  gpointer member = find (object, members, id);

  if (!member)
    return FALSE;
  if (G_VALUE_HOLDS_STRING (value)) {
    g_free (*(gchar **) member);
    *(gchar **) member = g_value_dup_string (value);
  } else if (G_VALUE_HOLDS_BOOLEAN (value)) {
    *(gboolean *) member = g_value_get_boolean (value);
  } else if (G_VALUE_HOLDS_UINT (value)) {
    *(guint *) member = g_value_get_uint (value);
  } else if (G_VALUE_HOLDS_INT (value)) {
    *(gint *) member = g_value_get_int (value);
  } else {
    *(gint *) member = g_value_get_enum (value);
  }
  return TRUE;
}

gboolean
gst_dma_heap_member_get (gpointer object,
    const struct gst_dma_heap_member *members, guint id, GValue * value)
{
  gconstpointer member = find (object, members, id);

  if (!member)
    return FALSE;
  if (G_VALUE_HOLDS_STRING (value))
    g_value_set_string (value, *(gchar * const *) member);
  else if (G_VALUE_HOLDS_BOOLEAN (value))
    g_value_set_boolean (value, *(const gboolean *) member);
  else if (G_VALUE_HOLDS_UINT (value))
    g_value_set_uint (value, *(const guint *) member);
  else if (G_VALUE_HOLDS_UINT64 (value))
    g_value_set_uint64 (value, *(const guint64 *) member);
  else if (G_VALUE_HOLDS_INT (value))
    g_value_set_int (value, *(const gint *) member);
  else
    g_value_set_enum (value, *(const gint *) member);
  return TRUE;
}

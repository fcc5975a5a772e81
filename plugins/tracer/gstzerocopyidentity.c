/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopyidentity - inodes of file descriptors, kept with the memories */
#include "tracer/gstzerocopyidentity.h"
#include "tracer/gstzerocopybook.h"
#include "tracer/gstzerocopyexporter.h"

#include <gst/allocators/allocators.h>
#include <string.h>
#include <sys/stat.h>

/* More inodes than pools have: then each frame has another, and the old ones go. */
#define MOST_IDENTITIES 4096

static G_DEFINE_QUARK (GstZerocopyIdentity, identity)

static guint
identity_hash (gconstpointer data)
{
  const struct gst_zerocopy_identity *identity = data;

  return identity->inode ^ (identity->inode >> 32) ^ identity->device << 24;
}

static gboolean
identity_equal (gconstpointer a, gconstpointer b)
{
  const struct gst_zerocopy_identity *one = a, *other = b;

  return one->inode == other->inode && one->device == other->device;
}

static struct gst_zerocopy_identity *
identity_new (void)
{
  struct gst_zerocopy_identity *identity =
      g_new0 (struct gst_zerocopy_identity, 1);

  identity->accesses = g_array_new (FALSE, FALSE,
      sizeof (struct gst_zerocopy_access));
  identity->visits = g_array_new (FALSE, FALSE,
      sizeof (struct gst_zerocopy_visit));
  return identity;
}

static void
identity_free (gpointer data)
{
  struct gst_zerocopy_identity *identity = data;

  g_array_unref (identity->accesses);
  g_array_unref (identity->visits);
  g_free (identity);
}

void
gst_zerocopy_identity_open (void)
{
  struct gst_zerocopy_book *book = &gst_zerocopy_book;

  if (book->identities)
    return;
  book->identities = g_hash_table_new_full (identity_hash, identity_equal,
      identity_free, NULL);
  book->loose = g_hash_table_new_full (NULL, NULL, identity_free, NULL);
}

struct gst_zerocopy_identity *
gst_zerocopy_identity_find (guint64 device, guint64 inode)
{
  struct gst_zerocopy_identity key = {.device = device,.inode = inode };

  return g_hash_table_lookup (gst_zerocopy_book.identities, &key);
}

/* A memory ends; an inode's identity stays for the next one that has it. */
static void
memory_ends (gpointer data)
{
  struct gst_zerocopy_identity *identity = data;

  gst_zerocopy_book_lock ();
  identity->memories--;
  if (!identity->inode) {
    gst_zerocopy_identity_settle (identity);
    g_hash_table_remove (gst_zerocopy_book.loose, identity);
  }
  gst_zerocopy_book_unlock ();
}

/* ------------------------------------------------------------- what it is */

static gboolean
is_devices (const gchar * type)
{
  static const gchar *const types[] = { "GL", "Vulkan", "VA", "CUDA", "NVMM",
    "Qsv", "AMF", "D3D"
  };

  for (guint i = 0; i < G_N_ELEMENTS (types); i++)
    if (g_str_has_prefix (type, types[i]))
      return TRUE;
  return FALSE;
}

static void
describe (struct gst_zerocopy_identity *identity, const gchar * type)
{
  if (is_devices (type)) {
    identity->kind = GST_ZEROCOPY_DEVICE;
    identity->memory = g_intern_string (type);
  } else if (!strcmp (type, GST_ALLOCATOR_SYSMEM)) {
    identity->memory = "system";
  } else if (g_str_has_prefix (type, "V4l2")) {
    identity->memory = "V4L2 (mmap)";
  } else {
    identity->memory = g_intern_string (type);
  }
}

static void
drop_unused (void)
{
  GHashTableIter iter;
  gpointer identity;

  g_hash_table_iter_init (&iter, gst_zerocopy_book.identities);
  while (g_hash_table_iter_next (&iter, NULL, &identity)) {
    if (((struct gst_zerocopy_identity *) identity)->memories)
      continue;
    gst_zerocopy_identity_settle (identity);
    g_hash_table_iter_remove (&iter);
  }
}

static struct gst_zerocopy_identity *
identity_of_fd (gint fd)
{
  struct gst_zerocopy_identity *identity;
  struct stat node;
  gchar *name;

  if (fstat (fd, &node))
    return identity_new ();
  identity = gst_zerocopy_identity_find (node.st_dev, node.st_ino);
  if (identity)
    return identity;
  if (g_hash_table_size (gst_zerocopy_book.identities) >= MOST_IDENTITIES)
    drop_unused ();
  identity = identity_new ();
  identity->device = node.st_dev;
  identity->inode = node.st_ino;
  name = gst_zerocopy_exporter_name (fd);
  identity->kind = name ? GST_ZEROCOPY_DMABUF : GST_ZEROCOPY_SYSTEM;
  identity->memory = name ? g_intern_string (name) : "a file, no dma-buf";
  g_free (name);
  g_hash_table_add (gst_zerocopy_book.identities, identity);
  return identity;
}

struct gst_zerocopy_identity *
gst_zerocopy_identity_of (GstMemory * memory)
{
  GstMemory *whole = memory->parent ? memory->parent : memory;
  GstMiniObject *object = GST_MINI_OBJECT (whole);
  struct gst_zerocopy_identity *identity =
      gst_mini_object_get_qdata (object, identity_quark ());

  if (identity)
    return identity;
  if (gst_is_fd_memory (whole)) {
    identity = identity_of_fd (gst_fd_memory_get_fd (whole));
  } else {
    identity = identity_new ();
    describe (identity, whole->allocator->mem_type);
  }
  if (!identity->inode)
    g_hash_table_add (gst_zerocopy_book.loose, identity);
  if (!identity->memory)
    identity->memory = "unknown";
  identity->memories++;
  identity->bytes = whole->size;
  gst_mini_object_set_qdata (object, identity_quark (), identity, memory_ends);
  return identity;
}

/* ------------------------------------------------------- what is done to it */

void
gst_zerocopy_identity_access (struct gst_zerocopy_identity *identity,
    struct gst_zerocopy_station *station, gboolean reads, gboolean writes,
    gboolean setup)
{
  guint epoch = station ? station->epoch : 0;
  struct gst_zerocopy_access *access = NULL, fresh = { station, epoch, 0, 0,
    setup
  };

  for (guint i = 0; i < identity->accesses->len && !access; i++) {
    struct gst_zerocopy_access *one = &g_array_index (identity->accesses,
        struct gst_zerocopy_access, i);

    if (one->station == station && one->epoch == epoch && one->setup == setup)
      access = one;
  }
  if (!access) {
    g_array_append_val (identity->accesses, fresh);
    access = &g_array_index (identity->accesses, struct gst_zerocopy_access,
        identity->accesses->len - 1);
  }
  access->reads += reads;
  access->writes += writes;
}

gboolean
gst_zerocopy_identity_is_written (const struct gst_zerocopy_identity *identity)
{
  for (guint i = 0; i < identity->accesses->len; i++) {
    const struct gst_zerocopy_access *access =
        &g_array_index (identity->accesses, struct gst_zerocopy_access, i);

    if (access->writes && !access->setup)
      return TRUE;
  }
  return FALSE;
}

static void
add (struct gst_zerocopy_tally *tally, guint times, gsize bytes)
{
  if (!times)
    return;
  tally->times += times;
  tally->frames++;
  tally->bytes += bytes;
}

/* By a thread of nobody's: the element that was given the frame last has let it read there.
 * Who writes has made the frame, or does what nobody can tell. */
static void
count_strangers (const struct gst_zerocopy_access *access,
    const struct gst_zerocopy_identity *identity)
{
  struct gst_zerocopy_station *last = access->setup ? NULL : identity->last;
  guint strange = access->writes + (last ? 0 : access->reads);

  add (&gst_zerocopy_book.strangers, strange, identity->bytes);
  if (last) {
    add (&last->reads, access->reads, identity->bytes);
    last->others += access->reads;
  }
}

static void
count (const struct gst_zerocopy_access *access,
    const struct gst_zerocopy_identity *identity)
{
  struct gst_zerocopy_station *station = access->station;
  gsize bytes = identity->bytes;

  if (!station) {
    count_strangers (access, identity);
    return;
  }
  if (access->epoch != station->epoch)
    return;
  if (access->setup) {
    add (&station->setup, access->reads + access->writes, bytes);
    return;
  }
  add (&station->reads, access->reads, bytes);
  add (&station->writes, access->writes, bytes);
  if (identity->kind == GST_ZEROCOPY_DEVICE)
    add (&station->readbacks, access->reads, bytes);
  if (gst_zerocopy_identity_find_visit (identity, station))
    add (&station->rewrites, access->writes, bytes);
}

void
gst_zerocopy_identity_settle (struct gst_zerocopy_identity *identity)
{
  if (identity->is_frame)
    for (guint i = 0; i < identity->accesses->len; i++)
      count (&g_array_index (identity->accesses, struct gst_zerocopy_access, i),
          identity);
  g_array_set_size (identity->accesses, 0);
}

const struct gst_zerocopy_visit *
gst_zerocopy_identity_find_visit (const struct gst_zerocopy_identity *identity,
    const struct gst_zerocopy_station *station)
{
  for (guint i = 0; i < identity->visits->len; i++) {
    const struct gst_zerocopy_visit *visit = &g_array_index (identity->visits,
        struct gst_zerocopy_visit, i);

    if (visit->station == station)
      return visit;
  }
  return NULL;
}

void
gst_zerocopy_identity_visit (struct gst_zerocopy_identity *identity,
    struct gst_zerocopy_station *station, GstClockTime pts)
{
  struct gst_zerocopy_visit fresh = { station, pts };
  struct gst_zerocopy_visit *known = (struct gst_zerocopy_visit *)
      gst_zerocopy_identity_find_visit (identity, station);

  if (known)
    known->pts = pts;
  else
    g_array_append_val (identity->visits, fresh);
  identity->last = station;
}

/* ----------------------------------------------------------- at a run's end */

static void
each (void (*call) (struct gst_zerocopy_identity * identity))
{
  GHashTable *tables[] = { gst_zerocopy_book.identities,
    gst_zerocopy_book.loose
  };

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++) {
    GHashTableIter iter;
    gpointer identity;

    g_hash_table_iter_init (&iter, tables[i]);
    while (g_hash_table_iter_next (&iter, &identity, NULL))
      call (identity);
  }
}

void
gst_zerocopy_identity_settle_all (void)
{
  each (gst_zerocopy_identity_settle);
}

static void
forget (struct gst_zerocopy_identity *identity)
{
  g_array_set_size (identity->accesses, 0);
  g_array_set_size (identity->visits, 0);
  identity->holder = identity->copier = identity->last = NULL;
  identity->is_frame = identity->is_gpus = FALSE;
  identity->is_mapped_aside = FALSE;
}

static gboolean
is_unused (gpointer key, gpointer identity, gpointer user)
{
  return !((struct gst_zerocopy_identity *) identity)->memories;
}

void
gst_zerocopy_identity_forget_all (void)
{
  each (forget);
  g_hash_table_foreach_remove (gst_zerocopy_book.identities, is_unused, NULL);
}

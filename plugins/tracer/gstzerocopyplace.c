/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopyplace - a stack for each thread */
#include "tracer/gstzerocopyplace.h"
#include "tracer/gstzerocopybook.h"

/* Deeper is not looked at: what happens there is the last known one's. */
#define DEPTH 128

struct frame
{
  enum gst_zerocopy_act act;
  gconstpointer key;
  struct gst_zerocopy_station *station;
};

struct place
{
  guint run;                    /* whose records home is of */
  struct gst_zerocopy_station *home;
  guint n;
  struct frame frame[DEPTH];
};

static GPrivate places = G_PRIVATE_INIT (g_free);

static struct place *
get_place (void)
{
  struct place *place = g_private_get (&places);

  if (!place) {
    place = g_new0 (struct place, 1);
    g_private_set (&places, place);
  }
  if (place->run != gst_zerocopy_book.run) {
    place->run = gst_zerocopy_book.run;
    place->home = NULL;
  }
  return place;
}

void
gst_zerocopy_place_enter (enum gst_zerocopy_act act, gconstpointer key,
    struct gst_zerocopy_station *station)
{
  struct place *place = get_place ();

  /* A query that ends in an error may not say so. No query pushes frames. */
  if (act == GST_ZEROCOPY_PUSH)
    while (place->n && place->frame[place->n - 1].act == GST_ZEROCOPY_QUERY)
      place->n--;
  if (place->n < DEPTH)
    place->frame[place->n++] = (struct frame) { act, key, station };
}

void
gst_zerocopy_place_leave (enum gst_zerocopy_act act, gconstpointer key)
{
  struct place *place = get_place ();

  for (guint i = place->n; i-- > 0;) {
    if (place->frame[i].act == act && place->frame[i].key == key) {
      place->n = i;
      return;
    }
  }
}

void
gst_zerocopy_place_set_home (struct gst_zerocopy_station *station)
{
  get_place ()->home = station;
}

struct gst_zerocopy_station *
gst_zerocopy_place_current (gboolean * setup)
{
  struct place *place = get_place ();
  const struct frame *top = place->n ? &place->frame[place->n - 1] : NULL;

  *setup = top && top->act != GST_ZEROCOPY_PUSH;
  return top ? top->station : place->home;
}

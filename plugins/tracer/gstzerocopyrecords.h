/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gstzerocopyrecords.h - what the tracer writes down: memories by their identity, elements
 * ("stations"), the links between them. All of it is behind one lock, that of the book.
 */
#ifndef GST_ZEROCOPY_RECORDS_H
#define GST_ZEROCOPY_RECORDS_H

#include <gst/gst.h>

G_BEGIN_DECLS

enum gst_zerocopy_kind
{
  GST_ZEROCOPY_SYSTEM,          /* plain memory, or a file that is no dma-buf */
  GST_ZEROCOPY_DMABUF,
  GST_ZEROCOPY_DEVICE,          /* GL, Vulkan, VA, CUDA: a GPU's, that has no fd */
};

/* What a frame is, as it leaves an element. */
enum gst_zerocopy_passage
{
  GST_ZEROCOPY_NEW,             /* it begins here */
  GST_ZEROCOPY_KEPT,            /* the memory that came in */
  GST_ZEROCOPY_IMPORTED,        /* a dma-buf came in, a GPU's handle leaves */
  GST_ZEROCOPY_BY_GPU,          /* other memory, which a device wrote */
  GST_ZEROCOPY_BY_CPU,          /* other memory, which the CPU wrote */
  GST_ZEROCOPY_UNKNOWN,         /* other memory, and nobody was seen to write it */
  GST_ZEROCOPY_PASSAGES,
};

/* Lines of GStreamer's log that tell of copies. */
enum gst_zerocopy_line
{
  GST_ZEROCOPY_LINE_COPY,       /* GST_PERFORMANCE: memcpy, a plane, a frame, a buffer */
  GST_ZEROCOPY_LINE_THRESHOLD,  /* v4l2's pool copies when few buffers are left */
  GST_ZEROCOPY_LINES,
};

/* How often, of how many frames, how much. */
struct gst_zerocopy_tally
{
  guint64 times, frames, bytes;
};

/* How many frames a compositor put on screen in which way, by its own word. */
struct gst_zerocopy_shown
{
  guint64 plane, pass, untold;
};

/* What leaves an element with the timestamp of what came in. */
struct gst_zerocopy_arrival
{
  GstClockTime pts;
  gconstpointer identity;       /* only compared */
};

#define GST_ZEROCOPY_ARRIVALS 64

struct gst_zerocopy_station
{
  gpointer element;             /* only compared; NULL: it is gone */
  gchar *name, *factory, *klass;
  gboolean is_device;           /* its class or plugin says that a device does the work */
  gboolean is_gpu;              /* by a GPU, or a renderer in its place */
  gboolean is_capture;          /* a source that has a device */
  gboolean is_read;             /* a capture by read() */
  gboolean is_sink;
  gboolean is_window;           /* it gives frames to a compositor, which shows them */

  guint epoch;                  /* what was noted in another one is forgotten */
  guint64 frames_in, frames_out;
  struct gst_zerocopy_tally reads, writes, copies, setup;
  struct gst_zerocopy_tally rewrites; /* writes into frames that came in */
  struct gst_zerocopy_tally readbacks; /* reads of a GPU's memory */
  guint64 held;                 /* frames that passed while it had a map open */
  guint64 others;               /* accesses by a thread that is not its own */
  guint64 passages[GST_ZEROCOPY_PASSAGES];
  guint64 lines[GST_ZEROCOPY_LINES];
  gchar *line[GST_ZEROCOPY_LINES]; /* the first of each */
  struct gst_zerocopy_shown shown, shown_before; /* in a window; when it was asked last */
  gchar *uploader;              /* what glupload says that it uses */

  struct gst_zerocopy_arrival arrival[GST_ZEROCOPY_ARRIVALS];
  guint n_arrivals;
};

/* Accesses of one element to one frame, not yet counted. */
struct gst_zerocopy_access
{
  struct gst_zerocopy_station *station; /* NULL: a thread of nobody's */
  guint epoch;
  guint reads, writes;
  gboolean setup;               /* not in a flow of frames: a query, a change of state */
};

struct gst_zerocopy_visit
{
  struct gst_zerocopy_station *station;
  GstClockTime pts;
};

struct gst_zerocopy_identity
{
  guint64 device, inode;        /* of an fd; else 0 */
  enum gst_zerocopy_kind kind;
  const gchar *memory;          /* its name, for ever */
  gboolean is_gpus;             /* an element of a GPU read or wrote it */
  gboolean is_frame;            /* it has passed a link of raw video */
  guint memories;               /* that have it */
  gsize bytes;
  guint open_maps;
  guint64 maps;                 /* of the CPU's, that GStreamer made */
  gboolean is_mapped_aside;     /* and by somebody else */
  guint look, mappings;         /* as many were there at that look */
  struct gst_zerocopy_station *holder; /* of the last map */
  struct gst_zerocopy_station *copier; /* who made it as a copy, until it is sent on */
  struct gst_zerocopy_station *last;   /* where it was sent */
  GArray *accesses, *visits;
};

struct gst_zerocopy_link
{
  gpointer pad;                 /* only compared; NULL: it is gone */
  gpointer peer;                /* the pad's own, only compared */
  guint wiring;                 /* of the pipeline when the peer was looked up */
  gchar *name;                  /* of both pads, where an element has several */
  struct gst_zerocopy_station *from, *to;
  gboolean is_inner;            /* a ghost pad's: the same frames as another link */
  gboolean has_caps, is_raw, is_plain; /* plain: caps of no memory feature */
  gchar *caps;

  gboolean is_warm;
  guint64 frames, bytes;
  guint64 passages[GST_ZEROCOPY_PASSAGES];
  guint64 kinds[GST_ZEROCOPY_DEVICE + 1];
  const gchar *memory;          /* of the last frame */
  guint memories_of_frame;

  gboolean asked, has_video_meta; /* its ALLOCATION query */
};

G_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopyfinding.h - what the book means: who copied, and a verdict */
#ifndef GST_ZEROCOPY_FINDING_H
#define GST_ZEROCOPY_FINDING_H

#include "tracer/gstzerocopybook.h"

G_BEGIN_DECLS

enum gst_zerocopy_verdict
{
  GST_ZEROCOPY_VERDICT_CLEAN,
  GST_ZEROCOPY_VERDICT_GPU,
  GST_ZEROCOPY_VERDICT_UNKNOWN,
  GST_ZEROCOPY_VERDICT_COPIES,
};

enum gst_zerocopy_weight
{
  GST_ZEROCOPY_NOTE,            /* changes no verdict */
  GST_ZEROCOPY_DOUBT,
  GST_ZEROCOPY_COPY,
};

struct gst_zerocopy_finding
{
  enum gst_zerocopy_weight weight;
  const struct gst_zerocopy_station *station; /* NULL: of the whole */
  guint64 frames, of;           /* so many of so many */
  guint64 bytes;                /* a frame; 0: not known */
  gchar *what, *why, *change;   /* why and change: may be NULL */
  const gchar *signal;          /* who told it */
  const gchar *sure;            /* "seen", "inferred" or "cannot be seen" */
};

struct gst_zerocopy_audit
{
  enum gst_zerocopy_verdict verdict;
  guint gpu_passes;
  guint64 frames;               /* of the link with the most */
  gboolean gpu_is_software;
  GPtrArray *findings;          /* struct gst_zerocopy_finding, the worst first */
};

/**
 * gst_zerocopy_audit_new:
 *
 * Draws its conclusions from the book, which must stay locked while they are used.
 *
 * Returns: (transfer full): to be freed by gst_zerocopy_audit_free()
 */
struct gst_zerocopy_audit *gst_zerocopy_audit_new (void);
void gst_zerocopy_audit_free (struct gst_zerocopy_audit *audit);

/** "ZERO-COPY", "GPU PASSES 2", "COPIES", "CANNOT TELL". (transfer full) */
gchar *gst_zerocopy_audit_verdict (const struct gst_zerocopy_audit *audit);

G_END_DECLS

#endif

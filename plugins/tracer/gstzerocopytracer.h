/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gstzerocopytracer.h - the tracer: see the SECTION in its source */
#ifndef GST_ZEROCOPY_TRACER_H
#define GST_ZEROCOPY_TRACER_H

#include <gst/gst.h>

G_BEGIN_DECLS

#define GST_TYPE_ZEROCOPY_TRACER (gst_zerocopy_tracer_get_type ())
GType gst_zerocopy_tracer_get_type (void);

G_END_DECLS

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* format-private.h - what only the library asks of the table of formats. */
#ifndef ZC_FORMAT_PRIVATE_H
#define ZC_FORMAT_PRIVATE_H

#include "zerocopy.h"

/** The fourcc by which a GPU draws plane @plane of @format; 0: it cannot be drawn. */
uint32_t zc_format_drawn_as(const struct zc_format *format, int plane);

/** Those that can, for messages. */
extern const char zc_formats_drawn[];

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * copy.h - the one place where the CPU copies pixels: the baseline, never a fallback.
 */
#ifndef ZC_COPY_H
#define ZC_COPY_H

#include "zerocopy.h"

/** Copies the pixels of @src to @dst, of the same format and size, by counted CPU access. */
int zc_copy_frame(struct zc_frame *src, struct zc_frame *dst);

#endif

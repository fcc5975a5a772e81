/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* advice.h - what to do about an image that a GPU refuses. Touches nothing. */
#ifndef ZC_GPU_ADVICE_H
#define ZC_GPU_ADVICE_H

#include "gpu/egl.h"
#include "zerocopy.h"

/**
 * Rows that a buffer should have room for: a multiple of this. AMD's drivers want it, and
 * renderers in software draw in blocks of 4.
 */
#define ZC_GPU_ROWS 16

/** Where in its buffer @plane ends, with room for so many rows. */
uint64_t zc_gpu_end_of_rows(const struct zc_layout *layout, int plane);

/** What to do where EGL answered @error to an image of @plane. */
const char *zc_import_advice(const struct zc_egl *egl, const struct zc_layout *layout,
                             int plane, EGLint error);

#endif

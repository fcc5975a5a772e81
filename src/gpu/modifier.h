/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modifier.h - which layouts of memory an EGL takes. Touches EGL alone. */
#ifndef ZC_GPU_MODIFIER_H
#define ZC_GPU_MODIFIER_H

#include "gpu/egl.h"

#include <stdint.h>

/**
 * Whether the driver lists @modifier for images of @fourcc; *external: they are to be
 * sampled by samplerExternalOES alone, and not drawn into.
 * Source: EGL_EXT_image_dma_buf_import_modifiers.
 */
bool zc_egl_lists_modifier(const struct zc_egl *egl, uint32_t fourcc, uint64_t modifier,
                           bool *external);

/** The @index-th that is listed to draw images of @fourcc with, linear left out. */
bool zc_egl_drawn_modifier(const struct zc_egl *egl, uint32_t fourcc, int index,
                           uint64_t *modifier);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-source.h - the text of shaders. Knows formats; touches nothing.
 */
#ifndef ZC_GPU_SOURCE_H
#define ZC_GPU_SOURCE_H

#include "gpu/shader.h"

/** The vertex shader, one for all. */
extern const char zc_vertex_source[];

/** What comes after the effect. */
extern const char *const zc_fragment_end[]; /* by enum zc_into */

/** The effect where the user has none. */
extern const char zc_fragment_plain[];

/**
 * Writes what comes before the effect: zc_sample() and all it needs, for @recipe. The
 * text ends with a newline. The caller frees *out. Returns 0, -ENOMEM, or -ENOTSUP for a
 * format there is no way to read.
 */
int zc_fragment_begin(char **out, const struct zc_recipe *recipe, bool highp);

#endif

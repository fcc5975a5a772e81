/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* choice.h - which of EGL's devices is taken, and what is said of those that are not. */
#ifndef ZC_GPU_CHOICE_H
#define ZC_GPU_CHOICE_H

#include "gpu/egl.h"

/**
 * Opens @spec as zc_gpu_open() documents it, and makes the context current. Returns 0, or a
 * negative errno value, and has said why.
 */
int zc_egl_choose(struct zc_egl *egl, const char *spec);

#endif

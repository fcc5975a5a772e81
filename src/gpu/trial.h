/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trial.h - whether a GPU draws into linear memory: asked, and then tried.
 *
 * May touch: an EGL whose context is current, a heap if there is one.
 */
#ifndef ZC_GPU_TRIAL_H
#define ZC_GPU_TRIAL_H

#include "gpu/egl.h"

#include <stddef.h>

/**
 * Draws a small linear picture into memory of a heap, and looks at the memory. Without any
 * heap only the driver's word counts. Returns 0, or -ENOTSUP and why in @why.
 */
int zc_gpu_try(const struct zc_egl *egl, char *why, size_t size);

#endif

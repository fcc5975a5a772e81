/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * tiled.h - frames in memory that the GPU's driver allocates, laid out as a modifier says.
 *
 * May touch: GBM, the layouts of frames.
 */
#ifndef ZC_GPU_TILED_H
#define ZC_GPU_TILED_H

#include "gpu/gbm.h"
#include "zerocopy.h"

/** What zc_gpu_pool() documents; @device: how messages call the GPU. */
int zc_tiled_pool(const struct zc_gbm *gbm, const char *device,
                  const struct zc_layout *layout, const uint64_t *modifiers,
                  int n_modifiers, int n, struct zc_pool **pool);

#endif

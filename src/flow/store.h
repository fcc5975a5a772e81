/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* store.h - whose memory a flow's frames are in. */
#ifndef ZC_STORE_H
#define ZC_STORE_H

#include "zerocopy.h"

/** In the order in which they are tried. */
enum zc_store {
    ZC_STORE_HEAP,
    ZC_STORE_CONTIGUOUS, /* another heap, opened where the first does not do */
    ZC_STORE_CAMERA,
    ZC_STORE_DISPLAY,
    ZC_STORE_GPU, /* not linear, and only where the display shows nothing that is */
    ZC_STORES
};

/** The memory of a flow; the heaps and devices are those of its config. */
struct zc_stores {
    const struct zc_flow_config *config;
    const uint64_t *modifiers;  /* of what the GPU draws */
    int n_modifiers;            /* 0: it is linear */
    struct zc_heap *contiguous; /* NULL: not opened */
};

/**
 * Whether frames of the camera, which the display shows if @shown, may be in @store as the
 * config wants it.
 */
bool zc_store_serves_camera(const struct zc_stores *stores, enum zc_store store,
                            bool shown);
/** Whether what the GPU draws may be. */
bool zc_store_serves_gpu(const struct zc_stores *stores, enum zc_store store);

/** @n frames of @layout; the camera's are of its mode. Errors: those of the makers. */
int zc_store_pool(struct zc_stores *stores, enum zc_store store,
                  const struct zc_layout *layout, int n, struct zc_pool **pool);

/** "system", "camera", "display", and how it came to be that heap, or what it is. */
const char *zc_store_name(const struct zc_stores *stores, enum zc_store store);
const char *zc_store_reason(const struct zc_stores *stores, enum zc_store store);

void zc_stores_finish(struct zc_stores *stores);

#endif

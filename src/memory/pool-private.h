/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pool-private.h - what frame and pool tell each other.
 */
#ifndef ZC_POOL_PRIVATE_H
#define ZC_POOL_PRIVATE_H

#include "zerocopy.h"

/** A pooled frame's last reference is gone: takes it back. Threads: any. */
void zc_pool_return(struct zc_pool *pool, struct zc_frame *frame);

/** Says where the frame's last reference sends it. */
void zc_frame_set_pool(struct zc_frame *frame, struct zc_pool *pool);

/** Frees a frame that its pool owns and nobody holds. */
void zc_frame_destroy_pooled(struct zc_frame *frame);

/** The literal that zc_frame_set_holder() set last, or NULL. */
const char *zc_frame_holder(const struct zc_frame *frame);

#endif

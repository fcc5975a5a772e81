/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* placement.h - which planes show the frames of one layout at one place on screen. */
#ifndef ZC_KMS_PLACEMENT_H
#define ZC_KMS_PLACEMENT_H

#include "display/kms/backdrop.h"
#include "display/kms/framebuffer.h"
#include "display/kms/plane.h"

/** Found by TEST_ONLY commits, then kept. */
struct placement {
    struct zc_layout layout;
    struct zc_rect to;
    struct plane *plane;
    struct plane *below; /* the primary, black below an overlay that wants one; or NULL */
};

#define PLACEMENTS 8

/** Those found last, and the one on screen. */
struct placements {
    struct output *output;
    struct plane_set *planes;
    struct framebuffers *framebuffers;
    struct backdrop *backdrop;
    struct atomic *atomic;
    struct placement found[PLACEMENTS];
    int n, next;
    struct placement *active; /* of the last commit */
    int answer;               /* the kernel's, to the last TEST_ONLY commit */
};

/**
 * The placement for @frame at @to (zero width: centred, unscaled): remembered, or found.
 * Errors, silent: -ENOTSUP with a bit set in *reasons, the kernel's.
 */
int placements_find(struct placements *all, struct zc_frame *frame,
                    const struct zc_rect *to, struct placement **out, uint32_t *reasons);

/** Whether the kernel waits for a frame's fence. */
bool placement_takes_fence(const struct placement *placement);

/**
 * Commits framebuffer @fb at @placement without waiting, after @fence where it is >= 0;
 * the flip's event carries @user. Returns 0 or the kernel's answer as a negative errno value.
 */
int placements_commit(struct placements *all, struct placement *placement, uint32_t fb,
                      int fence, void *user);

#endif

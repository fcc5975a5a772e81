/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* backdrop.h - black of the mode's size, for a primary plane below an overlay. */
#ifndef ZC_KMS_BACKDROP_H
#define ZC_KMS_BACKDROP_H

#include "display/kms/output.h"

struct backdrop {
    const struct output *output;
    uint32_t fb; /* 0: none yet */
};

/** The framebuffer, XR24, made at the first call; 0: cannot be had. */
uint32_t backdrop_get(struct backdrop *backdrop);
void backdrop_finish(struct backdrop *backdrop);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dumb.h - memory of the card's own, mapped for the CPU. */
#ifndef ZC_KMS_DUMB_H
#define ZC_KMS_DUMB_H

#include "display/kms/framebuffer.h"

/** As zc_display_dumb_pool(). */
int dumb_pool(struct framebuffers *framebuffers, const struct zc_layout *layout, int n,
              struct zc_pool **pool);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* dumb.h - memory of the card's own, mapped for the CPU or shared with other devices. */
#ifndef ZC_KMS_DUMB_H
#define ZC_KMS_DUMB_H

#include "display/kms/framebuffer.h"

/** As zc_display_dumb_pool(), or, where @shared, zc_display_pool(). */
int dumb_pool(struct framebuffers *framebuffers, const struct zc_layout *layout, int n,
              bool shared, struct zc_pool **pool);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* open.h - the way to a display on a card. */
#ifndef ZC_KMS_OPEN_H
#define ZC_KMS_OPEN_H

#include "zerocopy.h"

/** As zc_display_open(). */
int zc_kms_open(struct zc_display **out, const struct zc_display_config *config);

#endif

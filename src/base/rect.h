/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rect.h - a picture in a place of other proportions. */
#ifndef ZC_RECT_H
#define ZC_RECT_H

#include "zerocopy.h"

/** The largest rectangle of @width:@height centred in @into_width x @into_height. */
struct zc_rect zc_rect_fit(uint32_t width, uint32_t height, uint32_t into_width,
                           uint32_t into_height);

#endif

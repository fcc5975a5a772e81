/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rect - arithmetic of rectangles. */
#include "base/rect.h"

struct zc_rect zc_rect_fit(uint32_t width, uint32_t height, uint32_t into_width,
                           uint32_t into_height)
{
    struct zc_rect fit = {.width = into_width, .height = into_height};

    if ((uint64_t)width * into_height > (uint64_t)height * into_width)
        fit.height = (uint64_t)height * into_width / width;
    else
        fit.width = (uint64_t)width * into_height / height;
    /* Of a place that is but a line, the line. */
    fit.width += !fit.width;
    fit.height += !fit.height;
    fit.x = (into_width - fit.width) / 2;
    fit.y = (into_height - fit.height) / 2;
    return fit;
}

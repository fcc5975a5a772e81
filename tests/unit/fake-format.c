/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake-format - what a device asks of formats, for tests that have rows of their own. */
#include "zerocopy.h"

#include <string.h>

void zc_fourcc_text(uint32_t fourcc, char text[5])
{
    memcpy(text, &fourcc, 4);
    text[4] = '\0';
}

void zc_colour_matrix(const struct zc_colour *colour, float out[3][4])
{
    (void)colour;
    memset(out, 0, 12 * sizeof(float));
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * retile.h - the drivers that sample no linear picture, and copy each into a layout of
 * their own before they do. Knows names of renderers; touches nothing.
 */
#ifndef ZC_RETILE_H
#define ZC_RETILE_H

#include <stdbool.h>

struct zc_retile {
    const char *prefix, *part; /* GL_RENDERER begins with the one and has the other */
    /* The copy is made anew only where the image is bound anew to its texture: without
     * that, each buffer shows its first picture for ever. */
    bool at_binding;
    const char
        *unless; /* what spares the copy and cannot be seen from here; NULL: nothing */
};

/** The row of the table for @renderer, or NULL: it reads linear pictures where they are. */
const struct zc_retile *zc_retile_of(const char *renderer);

#endif

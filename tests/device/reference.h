/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * reference.h - what the GPU should draw, computed plainly on the CPU, sharing no code
 * with the library but the layout of frames.
 */
#ifndef REFERENCE_H
#define REFERENCE_H

#include <zerocopy.h>

/** A picture of B, G, R, X bytes, tightly packed. */
struct picture {
    uint32_t width, height;
    uint8_t *pixels;
};

/** Converts the pixels of @frame, of any format of the table. Returns 0 or 1. */
int reference_convert(struct zc_frame *frame, struct picture *out);

/** Flips, then rotates clockwise, into a new picture. */
void reference_turn(const struct picture *in, int rotate, bool flip_h, bool flip_v,
                    struct picture *out);

/** Scales bilinearly, pixel centres on pixel centres, edges repeated. */
void reference_scale(const struct picture *in, uint32_t width, uint32_t height,
                     struct picture *out);

void reference_free(struct picture *picture);

#endif

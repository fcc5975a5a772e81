/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pattern.h - the pictures of the UVC camera: each byte follows from the frame's number
 * and the place in it, so that who gets a frame knows which it is and what must stand
 * in it. Knows no USB, and is linked into the camera and into the tests of it.
 */
#ifndef PATTERN_H
#define PATTERN_H

#include <stddef.h>
#include <stdint.h>

enum pattern_format { PATTERN_YUYV, PATTERN_NV12, PATTERN_MJPG, PATTERN_FORMATS };

/** The frame's number stands in the picture as bits, each a square of this many pixels,
 * white for 1, side by side from the upper left corner, the highest first. */
#define PATTERN_BIT 16
#define PATTERN_BITS 16

/** Bytes that a picture needs at most; both sizes are even. */
size_t pattern_room(enum pattern_format format, uint32_t width, uint32_t height);

/**
 * Writes picture @number, without padding between rows, to @out, which has room for
 * pattern_room(). YUYV and NV12: BT.601, limited range. Returns its bytes.
 */
size_t pattern_draw(enum pattern_format format, uint32_t number, uint32_t width,
                    uint32_t height, uint8_t *out);

/** The luma of picture @number at @x, @y: of YUYV and NV12; of MJPG it is that of the
 * block of 8x8 pixels, in full range, without colour. */
uint8_t pattern_luma(uint32_t number, uint32_t x, uint32_t y);

/** The chroma (U, V) of the 2x2 pixels at 2*@x, 2*@y in YUYV and NV12. */
void pattern_chroma(uint32_t number, uint32_t x, uint32_t y, uint8_t uv[2]);

/** The number in a picture whose luma at @x, @y is luma(user, x, y). */
uint32_t pattern_number(uint8_t (*luma)(const void *user, uint32_t x, uint32_t y),
                        const void *user);

#endif

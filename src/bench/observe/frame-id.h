/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * frame-id.h - the number that a test camera (the kernel's vivid) draws into each picture,
 * read out of the pixels: " HH:MM:SS:mmm NUMBER" in cells of 8 x 16 pixels, white on black.
 *
 * The shapes of the digits are learnt from pictures whose number is known. What does not
 * look exactly like what was learnt is no number: nothing is guessed.
 */
#ifndef BENCH_FRAME_ID_H
#define BENCH_FRAME_ID_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FRAME_ID_ROWS 16
#define FRAME_ID_COLON 10 /* after the ten digits */

struct glyphs {
    uint16_t known; /* a bit a digit, and one for the colon */
    uint8_t row[11][FRAME_ID_ROWS];
};

/* Where pixels are: the plane that has the luma, or all of RGB. */
struct picture {
    const uint8_t *base;
    uint32_t fourcc; /* DRM_FORMAT_* */
    uint32_t width, height, stride;
};

/** Whether numbers can be read in pictures of this format. */
bool frame_id_has_format(uint32_t fourcc);

/** Bytes of the plane that are looked at, at most; 0 for a format without numbers. */
size_t frame_id_bytes(const struct picture *picture);

/**
 * Learns from a camera's own picture, with its number, which the camera draws at (16, 16).
 * Returns 0, or a negative errno value, silently: -ENOENT no number is drawn there,
 * -EINVAL it does not fit what was learnt before, -ENOTSUP the format.
 */
int frame_id_learn(struct glyphs *glyphs, const struct picture *picture, uint32_t number);
/** Whether all digits are known. */
bool frame_id_learnt(const struct glyphs *glyphs);

/** Looks for the text everywhere; *x, *y: where it begins. */
bool frame_id_find(const struct glyphs *glyphs, const struct picture *picture,
                   uint32_t *x, uint32_t *y);

/** Reads the number of the text that begins at (@x, @y). */
bool frame_id_read(const struct glyphs *glyphs, const struct picture *picture, uint32_t x,
                   uint32_t y, uint32_t *number);

#endif

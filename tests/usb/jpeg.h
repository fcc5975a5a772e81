/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * jpeg.h - a baseline JPEG picture (ITU-T T.81, JFIF) of blocks that are all of one grey:
 * the least that a decoder of Motion JPEG takes for a frame of 4:2:2.
 */
#ifndef JPEG_H
#define JPEG_H

#include <stddef.h>
#include <stdint.h>

/** Bytes that a picture needs at most. */
size_t jpeg_room(uint32_t width, uint32_t height);

/** Writes picture @number, whose block of 8x8 pixels at column @x, row @y of blocks is of
 * the grey level(@number, x, y). Returns its bytes. */
size_t jpeg_write(uint8_t (*level)(uint32_t number, uint32_t x, uint32_t y),
                  uint32_t number, uint32_t width, uint32_t height, uint8_t *out);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* pattern - the pictures of the UVC camera. */
#include "pattern.h"
#include "jpeg.h"

#define BLACK 16
#define WHITE 235
#define GREY 128
/* No colour that these give is clipped in RGB, so that it does not matter whether one
 * scales before or after the conversion. */
#define LUMA_LEVELS 90
#define LUMA_LOWEST 80
#define CHROMA_LEVELS 48
#define CHROMA_LOWEST 104

static int in_number(uint32_t x, uint32_t y)
{
    return y < PATTERN_BIT && x < PATTERN_BIT * PATTERN_BITS;
}

uint8_t pattern_luma(uint32_t number, uint32_t x, uint32_t y)
{
    if (in_number(x, y))
        return number >> (PATTERN_BITS - 1 - x / PATTERN_BIT) & 1 ? WHITE : BLACK;
    return LUMA_LOWEST + (x + 3 * y + 8 * number) % LUMA_LEVELS;
}

void pattern_chroma(uint32_t number, uint32_t x, uint32_t y, uint8_t uv[2])
{
    if (in_number(2 * x, 2 * y)) {
        uv[0] = uv[1] = GREY;
        return;
    }
    uv[0] = CHROMA_LOWEST + (x + number) % CHROMA_LEVELS;
    uv[1] = CHROMA_LOWEST + (y + 2 * number) % CHROMA_LEVELS;
}

size_t pattern_room(enum pattern_format format, uint32_t width, uint32_t height)
{
    size_t pixels = (size_t)width * height;

    switch (format) {
    case PATTERN_NV12:
        return pixels * 3 / 2;
    case PATTERN_MJPG:
        return jpeg_room(width, height);
    default:
        return pixels * 2;
    }
}

static size_t draw_yuyv(uint32_t number, uint32_t width, uint32_t height, uint8_t *out)
{
    uint8_t *at = out, uv[2];

    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x += 2) {
            pattern_chroma(number, x / 2, y / 2, uv);
            *at++ = pattern_luma(number, x, y);
            *at++ = uv[0];
            *at++ = pattern_luma(number, x + 1, y);
            *at++ = uv[1];
        }
    }
    return at - out;
}

static size_t draw_nv12(uint32_t number, uint32_t width, uint32_t height, uint8_t *out)
{
    uint8_t *at = out;

    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            *at++ = pattern_luma(number, x, y);
    for (uint32_t y = 0; y < height / 2; y++)
        for (uint32_t x = 0; x < width / 2; x++, at += 2)
            pattern_chroma(number, x, y, at);
    return at - out;
}

/* Of a block of 8x8 pixels, which is all grey. */
static uint8_t block_level(uint32_t number, uint32_t x, uint32_t y)
{
    return pattern_luma(number, 8 * x, 8 * y);
}

size_t pattern_draw(enum pattern_format format, uint32_t number, uint32_t width,
                    uint32_t height, uint8_t *out)
{
    switch (format) {
    case PATTERN_NV12:
        return draw_nv12(number, width, height, out);
    case PATTERN_MJPG:
        return jpeg_write(block_level, number, width, height, out);
    default:
        return draw_yuyv(number, width, height, out);
    }
}

uint32_t pattern_number(uint8_t (*luma)(const void *user, uint32_t x, uint32_t y),
                        const void *user)
{
    uint32_t number = 0;

    for (uint32_t i = 0; i < PATTERN_BITS; i++)
        number = number << 1 |
                 (luma(user, i * PATTERN_BIT + PATTERN_BIT / 2, PATTERN_BIT / 2) >= GREY);
    return number;
}

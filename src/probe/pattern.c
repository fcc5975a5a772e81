/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pattern - a picture of coloured blocks, in any format that a table row describes, and the
 * look whether it arrived. Touches frames by the CPU only.
 */
#include "probe/pattern.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BLOCK 32 /* pixels, each way */
/* Chroma of two blocks mixes where they meet. */
#define BORDER 2

/* In reach of all matrices and both ranges. */
static const uint8_t levels[] = {48, 128, 208};

/* The colour of the block at a pixel: each differs from its neighbours. */
static void colour_at(uint32_t x, uint32_t y, uint8_t rgb[3])
{
    uint32_t block = x / BLOCK * 7 + y / BLOCK * 5;

    rgb[0] = levels[block % 3];
    rgb[1] = levels[block / 3 % 3];
    rgb[2] = levels[(block + y / BLOCK) / 2 % 3];
}

bool pattern_has(const struct zc_format *format)
{
    return format->model == ZC_MODEL_YUV ||
           (format->model == ZC_MODEL_RGB && format->n_planes == 1);
}

static uint8_t to_byte(float value)
{
    return value <= 0 ? 0 : value >= 1 ? 255 : (uint8_t)(value * 255 + 0.5f);
}

static void to_yuv(const uint8_t rgb[3], const float matrix[3][4], uint8_t yuv[3])
{
    for (int i = 0; i < 3; i++)
        yuv[i] = to_byte(matrix[i][0] * rgb[0] / 255 + matrix[i][1] * rgb[1] / 255 +
                         matrix[i][2] * rgb[2] / 255 + matrix[i][3]);
}

/* DRM names components from the highest bit: the second letter of a name is in memory last
 * but alpha. */
static void put_rgb(const struct zc_format *format, const uint8_t rgb[3], uint8_t *to)
{
    bool red_high =
        (format->fourcc >> 8 & 0xff) == 'R' || format->plane[0].block_bytes == 2;

    if (format->plane[0].block_bytes == 2) {
        uint16_t pixel = (rgb[0] >> 3) << 11 | (rgb[1] >> 2) << 5 | rgb[2] >> 3;

        to[0] = pixel;
        to[1] = pixel >> 8;
        return;
    }
    to[0] = rgb[red_high ? 2 : 0];
    to[1] = rgb[1];
    to[2] = rgb[red_high ? 0 : 2];
    to[3] = 255;
}

/* One block of bytes of @plane, of the colour @yuv. */
static void put_yuv(const struct zc_format *format, int plane, const uint8_t yuv[3],
                    uint8_t *to)
{
    static const char order[] = "yuv";

    for (int i = 0; i < format->plane[plane].block_bytes; i++) {
        char component = format->n_planes == 1   ? format->order[i]
                         : !plane                ? 'y'
                         : format->n_planes == 2 ? format->order[i]
                                                 : format->order[plane - 1];

        to[i] = yuv[strchr(order, component) - order];
    }
}

static void draw_row(const struct zc_layout *layout, int plane, uint32_t row,
                     const float matrix[3][4], uint8_t *to)
{
    const struct zc_format *format = layout->format;
    const struct zc_format_plane *part = &format->plane[plane];
    uint32_t blocks = zc_layout_row_bytes(layout, plane) / part->block_bytes;
    uint8_t rgb[3], yuv[3];

    for (uint32_t i = 0; i < blocks; i++, to += part->block_bytes) {
        uint32_t x = i * part->block_width;

        if (x % BLOCK == 0) {
            colour_at(x, row * part->block_height, rgb);
            to_yuv(rgb, matrix, yuv);
        }
        if (format->model == ZC_MODEL_RGB)
            put_rgb(format, rgb, to);
        else
            put_yuv(format, plane, yuv, to);
    }
}

/* Rows within a block are the same. */
static void draw_plane(const struct zc_layout *layout, int plane, uint8_t *rows)
{
    uint32_t each = BLOCK / layout->format->plane[plane].block_height;
    uint32_t length = zc_layout_row_bytes(layout, plane);
    size_t stride = layout->plane[plane].stride;
    float matrix[3][4];

    zc_colour_inverse(&layout->colour, matrix);
    for (uint32_t row = 0; row < zc_layout_rows(layout, plane); row++) {
        if (row % each == 0)
            draw_row(layout, plane, row, matrix, rows + row * stride);
        else
            memcpy(rows + row * stride, rows + (row - 1) * stride, length);
    }
}

void pattern_draw_planes(const struct zc_layout *layout, void *const plane[ZC_MAX_PLANES])
{
    for (int i = 0; i < layout->n_planes; i++)
        draw_plane(layout, i, plane[i]);
}

int pattern_draw(struct zc_frame *frame)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    void *plane[ZC_MAX_PLANES];
    int error;

    if (!pattern_has(layout->format))
        return -ENOTSUP;
    error = zc_frame_begin_cpu(frame, ZC_CPU_WRITE, plane);
    if (error)
        return error;
    pattern_draw_planes(layout, plane);
    return zc_frame_end_cpu(frame);
}

/* Whether a pixel is no neighbour of another block. */
static bool is_inner(uint32_t at)
{
    return at < BORDER || (at % BLOCK >= BORDER && at % BLOCK < BLOCK - BORDER);
}

static bool differs(const uint8_t *pixel, const uint8_t rgb[3], int tolerance)
{
    return abs(pixel[2] - rgb[0]) > tolerance || abs(pixel[1] - rgb[1]) > tolerance ||
           abs(pixel[0] - rgb[2]) > tolerance;
}

/* A row's pixels that differ; of the first of all, where and how. */
static uint64_t wrong_in_row(const uint8_t *pixel, uint32_t row, uint32_t width,
                             int tolerance, char *why, size_t size)
{
    uint64_t wrong = 0;
    uint8_t rgb[3];

    for (uint32_t at = 0; at < width; at++, pixel += 4) {
        if (at % BLOCK == 0)
            colour_at(at, row, rgb);
        if (!is_inner(at) || !differs(pixel, rgb, tolerance))
            continue;
        if (!wrong++ && !why[0])
            snprintf(why, size,
                     "first at pixel %u,%u, which is %02x%02x%02x and should be "
                     "%02x%02x%02x",
                     at, row, pixel[2], pixel[1], pixel[0], rgb[0], rgb[1], rgb[2]);
    }
    return wrong;
}

int pattern_check(struct zc_frame *frame, uint32_t x, uint32_t y, uint32_t width,
                  uint32_t height, int tolerance, char *why, size_t size)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    void *plane[ZC_MAX_PLANES];
    uint64_t wrong = 0;
    size_t used;
    int error = zc_frame_begin_cpu(frame, ZC_CPU_READ, plane);

    why[0] = '\0';
    if (error)
        return error;
    for (uint32_t row = 0; row < height; row++)
        if (is_inner(row))
            wrong += wrong_in_row((const uint8_t *)plane[0] +
                                      (size_t)(y + row) * layout->plane[0].stride + x * 4,
                                  row, width, tolerance, why, size);
    zc_frame_end_cpu(frame);
    used = strlen(why);
    if (wrong)
        snprintf(why + used, size - used, "; %llu pixels differ",
                 (unsigned long long)wrong);
    return !wrong;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * nv12 - luma and chroma by the ITU's own equations: Y = Kr R + Kg G + Kb B, Cb and Cr the
 * scaled differences of B and R from it, and 8-bit codes.
 */
#include "nv12.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

struct yuv {
    double y, u, v;
};

static struct yuv encode(const struct zc_colour *colour, double r, double g, double b)
{
    static const double weights[][2] = {
        [ZC_MATRIX_BT601] = {0.299, 0.114},
        [ZC_MATRIX_BT709] = {0.2126, 0.0722},
        [ZC_MATRIX_BT2020] = {0.2627, 0.0593},
    };
    double kr = weights[colour->matrix][0], kb = weights[colour->matrix][1];
    double y = kr * r + (1 - kr - kb) * g + kb * b;
    double u = (b - y) / (1 - kb) / 2, v = (r - y) / (1 - kr) / 2;

    if (colour->range == ZC_RANGE_FULL)
        return (struct yuv){y * 255, u * 255 + 128, v * 255 + 128};
    return (struct yuv){y * 219 + 16, u * 224 + 128, v * 224 + 128};
}

/* The mean of up to 2 x 2 pixels from (@x, @y) on; at an edge the last is repeated. */
static struct yuv mean(const struct picture *picture, const struct zc_colour *colour,
                       uint32_t x, uint32_t y, uint32_t n)
{
    double sum[3] = {0};

    for (uint32_t i = 0; i < n * n; i++) {
        uint32_t px = x + i % n, py = y + i / n;
        const uint8_t *pixel;

        px = px < picture->width ? px : picture->width - 1;
        py = py < picture->height ? py : picture->height - 1;
        pixel = picture->pixels + ((size_t)py * picture->width + px) * 4;
        for (int c = 0; c < 3; c++)
            sum[c] += pixel[c] / 255.0 / (n * n);
    }
    return encode(colour, sum[2], sum[1], sum[0]);
}

/* Clipping is the GPU's to do: what is stored is a byte. */
static int off_by(double want, uint8_t got)
{
    return abs((int)lround(fmin(fmax(want, 0), 255)) - got);
}

static int compare(const struct zc_layout *layout, void *const plane[],
                   const struct picture *want, int tolerance)
{
    for (uint32_t y = 0; y < want->height; y++) {
        const uint8_t *luma = (uint8_t *)plane[0] + (size_t)y * layout->plane[0].stride;
        const uint8_t *chroma =
            (uint8_t *)plane[1] + (size_t)(y / 2) * layout->plane[1].stride;

        for (uint32_t x = 0; x < want->width; x++) {
            struct yuv one = mean(want, &layout->colour, x, y, 1);
            struct yuv four = mean(want, &layout->colour, x & ~1u, y & ~1u, 2);
            const uint8_t *uv = chroma + (x & ~1u);

            if (off_by(one.y, luma[x]) > tolerance || off_by(four.u, uv[0]) > tolerance ||
                off_by(four.v, uv[1]) > tolerance)
                FAIL("at %u,%u: got YUV %d %d %d, want %.0f %.0f %.0f", x, y, luma[x],
                     uv[0], uv[1], one.y, four.u, four.v);
        }
    }
    return 0;
}

int nv12_draw_and_compare(struct devices *devices, struct zc_frame *src,
                          const struct zc_gpu_op *op, const struct picture *want,
                          const char *format, struct zc_colour colour, int tolerance)
{
    const struct zc_align align = {.stride = 256, .rows = 4};
    void *plane[ZC_MAX_PLANES];
    struct zc_frame *dst = NULL;
    struct zc_layout layout;
    int result;

    if (zc_layout_solve(&layout, zc_format_by_name(format), want->width, want->height,
                        &align))
        FAIL("no layout of %s", format);
    layout.colour = colour;
    if (zc_frame_create(&dst, devices->heap, &layout))
        FAIL("cannot allocate a target");
    if (zc_gpu_convert(devices->gpu, src, dst, op) ||
        zc_frame_begin_cpu(dst, ZC_CPU_READ, plane)) {
        zc_frame_unref(dst);
        FAIL("the GPU refuses the frame");
    }
    result = compare(&layout, plane, want, tolerance);
    zc_frame_end_cpu(dst);
    if (!result && zc_gpu_verify(devices->gpu, dst) == 0) {
        snprintf(device_why, sizeof(device_why), "the GPU drew into other memory");
        result = 1;
    }
    zc_frame_unref(dst);
    return result;
}

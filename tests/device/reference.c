/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reference - colour conversion, turning and scaling on the CPU. */
#include "reference.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static void make(struct picture *picture, uint32_t width, uint32_t height)
{
    picture->width = width;
    picture->height = height;
    picture->pixels = calloc((size_t)width * height, 4);
}

void reference_free(struct picture *picture)
{
    free(picture->pixels);
    picture->pixels = NULL;
}

static uint8_t *pixel(const struct picture *picture, uint32_t x, uint32_t y)
{
    return picture->pixels + ((size_t)y * picture->width + x) * 4;
}

static uint8_t byte_of(double value)
{
    return value < 0 ? 0 : value > 1 ? 255 : (uint8_t)lround(value * 255);
}

/* From the luma coefficients of the standards, ITU-R BT.601, BT.709 and BT.2020. */
static void yuv_to_bgr(const struct zc_colour *colour, int y, int u, int v, uint8_t *bgr)
{
    static const double kr_of[] = {0.299, 0.2126, 0.2627},
                        kb_of[] = {0.114, 0.0722, 0.0593};
    double kr = kr_of[colour->matrix], kb = kb_of[colour->matrix];
    bool full = colour->range == ZC_RANGE_FULL;
    double luma = full ? y / 255.0 : (y - 16) / 219.0;
    double cb = (u - 128) / (full ? 255.0 : 224.0),
           cr = (v - 128) / (full ? 255.0 : 224.0);
    double red = luma + 2 * (1 - kr) * cr, blue = luma + 2 * (1 - kb) * cb;

    bgr[0] = byte_of(blue);
    bgr[1] = byte_of((luma - kr * red - kb * blue) / (1 - kr - kb));
    bgr[2] = byte_of(red);
}

struct source {
    const struct zc_layout *layout;
    void *plane[ZC_MAX_PLANES];
};

static const uint8_t *at(const struct source *source, int plane, uint32_t x, uint32_t y)
{
    const struct zc_format_plane *format = &source->layout->format->plane[plane];

    return (const uint8_t *)source->plane[plane] +
           (size_t)(y / format->block_height) * source->layout->plane[plane].stride +
           (size_t)(x / format->block_width) * format->block_bytes;
}

static void packed(const struct source *source, uint32_t x, uint32_t y, uint8_t *bgr)
{
    const char *order = source->layout->format->order;
    const uint8_t *block = at(source, 0, x, y);
    int luma = strchr(order, 'y') - order;

    yuv_to_bgr(&source->layout->colour, block[luma + 2 * (x % 2)],
               block[strchr(order, 'u') - order], block[strchr(order, 'v') - order], bgr);
}

static void semi_planar(const struct source *source, uint32_t x, uint32_t y, uint8_t *bgr)
{
    const uint8_t *chroma = at(source, 1, x, y);
    bool swapped = source->layout->format->order[0] == 'v';

    yuv_to_bgr(&source->layout->colour, *at(source, 0, x, y), chroma[swapped],
               chroma[!swapped], bgr);
}

static void planar(const struct source *source, uint32_t x, uint32_t y, uint8_t *bgr)
{
    bool swapped = source->layout->format->order[0] == 'v';

    yuv_to_bgr(&source->layout->colour, *at(source, 0, x, y),
               *at(source, swapped ? 2 : 1, x, y), *at(source, swapped ? 1 : 2, x, y),
               bgr);
}

static void rgb(const struct source *source, uint32_t x, uint32_t y, uint8_t *bgr)
{
    const uint8_t *value = at(source, 0, x, y);
    const char *name = source->layout->format->name;

    if (!strcmp(name, "RG16")) {
        int word = value[0] | value[1] << 8;

        bgr[0] = byte_of((word & 31) / 31.0);
        bgr[1] = byte_of((word >> 5 & 63) / 63.0);
        bgr[2] = byte_of((word >> 11) / 31.0);
    } else {
        bool reversed = name[1] == 'B';

        bgr[0] = value[reversed ? 2 : 0];
        bgr[1] = value[1];
        bgr[2] = value[reversed ? 0 : 2];
    }
}

static void grey(const struct source *source, uint32_t x, uint32_t y, uint8_t *bgr)
{
    memset(bgr, *at(source, 0, x, y), 3);
}

int reference_convert(struct zc_frame *frame, struct picture *out)
{
    struct source source = {.layout = zc_frame_layout(frame)};
    const struct zc_format *format = source.layout->format;
    void (*convert)(const struct source *, uint32_t, uint32_t, uint8_t *) =
        format->model == ZC_MODEL_RGB    ? rgb
        : format->model == ZC_MODEL_GREY ? grey
        : format->n_planes == 1          ? packed
        : format->n_planes == 2          ? semi_planar
                                         : planar;

    if (zc_frame_begin_cpu(frame, ZC_CPU_READ, source.plane))
        return 1;
    make(out, source.layout->width, source.layout->height);
    for (uint32_t y = 0; y < out->height; y++)
        for (uint32_t x = 0; x < out->width; x++)
            convert(&source, x, y, pixel(out, x, y));
    return zc_frame_end_cpu(frame) ? 1 : 0;
}

void reference_turn(const struct picture *in, int rotate, bool flip_h, bool flip_v,
                    struct picture *out)
{
    bool sideways = rotate % 180;

    make(out, sideways ? in->height : in->width, sideways ? in->width : in->height);
    for (uint32_t y = 0; y < in->height; y++) {
        for (uint32_t x = 0; x < in->width; x++) {
            uint32_t fx = flip_h ? in->width - 1 - x : x;
            uint32_t fy = flip_v ? in->height - 1 - y : y;
            uint32_t tx = rotate == 90    ? in->height - 1 - fy
                          : rotate == 180 ? in->width - 1 - fx
                          : rotate == 270 ? fy
                                          : fx;
            uint32_t ty = rotate == 90    ? fx
                          : rotate == 180 ? in->height - 1 - fy
                          : rotate == 270 ? in->width - 1 - fx
                                          : fy;

            memcpy(pixel(out, tx, ty), pixel(in, x, y), 4);
        }
    }
}

static double clamp(double value, double highest)
{
    return value < 0 ? 0 : value > highest ? highest : value;
}

void reference_scale(const struct picture *in, uint32_t width, uint32_t height,
                     struct picture *out)
{
    make(out, width, height);
    for (uint32_t y = 0; y < height; y++) {
        for (uint32_t x = 0; x < width; x++) {
            double sx = (x + 0.5) * in->width / width - 0.5;
            double sy = (y + 0.5) * in->height / height - 0.5;
            double fx = sx - floor(sx), fy = sy - floor(sy);
            uint32_t x0 = clamp(floor(sx), in->width - 1);
            uint32_t x1 = clamp(floor(sx) + 1, in->width - 1);
            uint32_t y0 = clamp(floor(sy), in->height - 1);
            uint32_t y1 = clamp(floor(sy) + 1, in->height - 1);

            for (int c = 0; c < 3; c++)
                pixel(out, x, y)[c] = lround(
                    (1 - fy) *
                        ((1 - fx) * pixel(in, x0, y0)[c] + fx * pixel(in, x1, y0)[c]) +
                    fy * ((1 - fx) * pixel(in, x0, y1)[c] + fx * pixel(in, x1, y1)[c]));
        }
    }
}

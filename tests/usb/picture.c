/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * picture - is a PNG file a picture of the UVC camera, as the GPU should draw it: whole,
 * in its place, in its colours? It tells the number of the frame, or the difference.
 *
 * Usage: picture FILE FORMAT WxH
 * FORMAT and WxH are the camera's. A picture of another size has the camera's in its
 * middle, scaled, with its proportions, with black around it.
 */
#include "pattern.h"
#include "../device/device.h"
#include "../device/reference.h"

#include <png.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Of the conversion; where a blend of bytes that were rounded comes to it; and for the
 * black around. */
#define TOLERANCE 2
#define TOLERANCE_SCALED 4

struct place {
    uint32_t x, y, width, height;
};

/* A picture, and where in it the camera's is. */
struct shown {
    struct picture all;
    struct place place;
    uint32_t width, height; /* the camera's */
};

static int read_png(const char *path, struct picture *out)
{
    png_image image = {.version = PNG_IMAGE_VERSION};

    if (!png_image_begin_read_from_file(&image, path))
        FAIL("%s: %s", path, image.message);
    image.format = PNG_FORMAT_BGRA;
    out->width = image.width;
    out->height = image.height;
    out->pixels = malloc(PNG_IMAGE_SIZE(image));
    if (!png_image_finish_read(&image, NULL, out->pixels, 0, NULL))
        FAIL("%s: %s", path, image.message);
    return 0;
}

static struct place fit(const struct picture *all, uint32_t width, uint32_t height)
{
    struct place place = {.width = all->width, .height = all->height};

    if ((uint64_t)width * all->height > (uint64_t)height * all->width)
        place.height = (uint64_t)height * all->width / width;
    else
        place.width = (uint64_t)width * all->height / height;
    place.x = (all->width - place.width) / 2;
    place.y = (all->height - place.height) / 2;
    return place;
}

/* Grey is its own luma, but for the range; dark and bright are still told apart. */
static uint8_t green(const void *user, uint32_t x, uint32_t y)
{
    const struct shown *shown = user;
    size_t at_x = shown->place.x + (uint64_t)x * shown->place.width / shown->width;
    size_t at_y = shown->place.y + (uint64_t)y * shown->place.height / shown->height;

    return shown->all.pixels[(at_y * shown->all.width + at_x) * 4 + 1];
}

/* The picture with that number, as the camera sends it, converted on the CPU. */
static int draw(const char *format, enum pattern_format pattern, uint32_t number,
                const struct shown *shown, struct picture *out)
{
    uint32_t width = shown->width, height = shown->height;
    uint8_t *picture = malloc(pattern_room(pattern, width, height)), *from = picture;
    void *plane[ZC_MAX_PLANES];
    struct zc_layout layout;
    struct zc_frame *frame;
    struct zc_heap *heap;
    int failed;

    if (zc_layout_solve(&layout, zc_format_by_name(format), width, height, NULL) ||
        zc_heap_open(&heap, NULL) || zc_frame_create(&frame, heap, &layout) ||
        zc_frame_begin_cpu(frame, ZC_CPU_WRITE, plane))
        FAIL("no frame of %s at %ux%u can be made", format, width, height);
    pattern_draw(pattern, number, width, height, picture);
    for (int i = 0; i < layout.format->n_planes; i++) {
        size_t bytes = zc_layout_row_bytes(&layout, i) *
                       (height / layout.format->plane[i].block_height);

        memcpy(plane[i], from, bytes);
        from += bytes;
    }
    zc_frame_end_cpu(frame);
    failed = reference_convert(frame, out);
    zc_frame_unref(frame);
    zc_heap_close(heap);
    free(picture);
    return failed;
}

static int compare(const struct shown *shown, const struct picture *camera,
                   uint32_t number)
{
    const struct place *place = &shown->place;
    bool scaled = place->width != camera->width || place->height != camera->height;
    struct picture scaled_picture, want = shown->all;
    int failed;

    reference_scale(camera, place->width, place->height, &scaled_picture);
    want.pixels = calloc((size_t)want.width * want.height, 4);
    for (uint32_t y = 0; y < place->height; y++)
        memcpy(want.pixels + ((size_t)(place->y + y) * want.width + place->x) * 4,
               scaled_picture.pixels + (size_t)y * place->width * 4,
               (size_t)place->width * 4);
    failed = device_compare(shown->all.pixels, want.pixels, want.width, want.height,
                            scaled ? TOLERANCE_SCALED : TOLERANCE);
    if (failed)
        fprintf(stderr, "frame %u at %u,%u as %ux%u in %ux%u\n", number, place->x,
                place->y, place->width, place->height, want.width, want.height);
    reference_free(&scaled_picture);
    reference_free(&want);
    return failed;
}

static int test(const char *path, const char *format, uint32_t width, uint32_t height)
{
    enum pattern_format pattern = strcmp(format, "NV12") ? PATTERN_YUYV : PATTERN_NV12;
    struct shown shown = {.width = width, .height = height};
    struct picture camera = {0};
    int failed = read_png(path, &shown.all);
    uint32_t number;

    if (failed)
        return failed;
    shown.place = fit(&shown.all, width, height);
    number = pattern_number(green, &shown);
    failed = draw(format, pattern, number, &shown, &camera);
    if (!failed)
        failed = compare(&shown, &camera, number);
    reference_free(&shown.all);
    reference_free(&camera);
    if (!failed)
        printf("frame %u\n", number);
    return failed;
}

int main(int argc, char **argv)
{
    unsigned width, height;

    if (argc != 4 || sscanf(argv[3], "%ux%u", &width, &height) != 2 || !width ||
        !height) {
        fprintf(stderr, "usage: picture FILE FORMAT WxH\n");
        return 2;
    }
    if (!test(argv[1], argv[2], width, height))
        return 0;
    printf("%s\n", device_why);
    return 1;
}

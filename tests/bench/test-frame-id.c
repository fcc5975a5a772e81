/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* Numbers read out of pictures that are drawn here, in a font of its own. */
#include "bench/observe/frame-id.h"
#include "test.h"
#include "zerocopy.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 400
#define HEIGHT 120

/* How a format is written here: each byte of a pixel in white, black, and the picture's. */
struct writing {
    uint32_t fourcc;
    int bytes;
    uint8_t white[8], black[8], grey[8];
};

static const struct writing xr24 = {
    DRM_FORMAT_XRGB8888, 4, {255, 255, 255, 0}, {0, 0, 0, 0}, {200, 100, 50, 0}};
static const struct writing writings[] = {
    {DRM_FORMAT_XRGB8888, 4, {255, 255, 255, 0}, {0, 0, 0, 0}, {200, 100, 50, 0}},
    {DRM_FORMAT_ARGB8888, 4, {255, 255, 255, 255}, {0, 0, 0, 255}, {9, 99, 50, 255}},
    {DRM_FORMAT_XBGR8888, 4, {255, 255, 255, 7}, {0, 0, 0, 9}, {50, 100, 200, 0}},
    {DRM_FORMAT_BGRX8888, 4, {0, 255, 255, 255}, {0, 0, 0, 0}, {0, 50, 90, 200}},
    {DRM_FORMAT_RGB888, 3, {255, 255, 255}, {0, 0, 0}, {200, 100, 50}},
    {DRM_FORMAT_RGB565, 2, {0xff, 0xff}, {0, 0}, {0x10, 0x84}},
    {DRM_FORMAT_YUYV, 2, {235, 128}, {16, 128}, {120, 90}},
    {DRM_FORMAT_UYVY, 2, {128, 235}, {128, 16}, {90, 120}},
    {DRM_FORMAT_YVYU, 2, {235, 128}, {16, 128}, {120, 90}},
    {DRM_FORMAT_VYUY, 2, {128, 235}, {128, 16}, {90, 120}},
    {DRM_FORMAT_NV12, 1, {235}, {16}, {120}},
    {DRM_FORMAT_YUV420, 1, {255}, {0}, {120}},
    {DRM_FORMAT_XRGB16161616,
     8,
     {255, 255, 255, 255, 255, 255},
     {0},
     {0, 9, 0, 99, 1, 8}},
};

/* Rows that no two characters share, with a dark edge above and below as fonts have. */
static uint8_t font_row(char c, int row)
{
    if (c == ' ' || row < 2 || row > 12)
        return 0;
    if (c == ':')
        return row == 5 || row == 10 ? 0x18 : 0;
    return (uint8_t)(0x11 * (c - '0' + 1) + row * 8);
}

static struct picture make(const struct writing *writing)
{
    struct picture picture = {
        .fourcc = writing->fourcc,
        .width = WIDTH,
        .height = HEIGHT,
        .stride = WIDTH * (uint32_t)writing->bytes + 12,
    };
    uint8_t *base = calloc(HEIGHT, picture.stride);

    assert_non_null(base);
    for (int y = 0; y < HEIGHT; y++)
        for (int x = 0; x < WIDTH; x++)
            memcpy(base + (size_t)y * picture.stride + x * writing->bytes, writing->grey,
                   writing->bytes);
    picture.base = base;
    return picture;
}

static void put(struct picture *picture, const struct writing *writing, int x, int y,
                const uint8_t *pixel)
{
    memcpy((uint8_t *)picture->base + (size_t)y * picture->stride + x * writing->bytes,
           pixel, writing->bytes);
}

static void draw(struct picture *picture, const struct writing *writing, int x, int y,
                 const char *text)
{
    for (int i = 0; text[i]; i++)
        for (int row = 0; row < 16; row++)
            for (int column = 0; column < 8; column++)
                put(picture, writing, x + i * 8 + column, y + row,
                    font_row(text[i], row) & 0x80 >> column ? writing->white
                                                            : writing->black);
}

static void learn(struct glyphs *glyphs, const struct writing *writing)
{
    struct picture picture = make(writing);

    *glyphs = (struct glyphs){0};
    for (unsigned i = 0; i < 10; i++) {
        char text[64];

        assert_false(frame_id_learnt(glyphs));
        snprintf(text, sizeof(text), " 00:00:12:34%u %u", i, i);
        draw(&picture, writing, 16, 16, text);
        assert_int_equal(frame_id_learn(glyphs, &picture, i), 0);
    }
    assert_true(frame_id_learnt(glyphs));
    free((void *)picture.base);
}

/* Reads a line drawn at (40, 8); -1: unread. */
static int64_t read_text(const struct glyphs *glyphs, const char *text)
{
    struct picture picture = make(&xr24);
    uint32_t number;
    bool read;

    draw(&picture, &xr24, 40, 8, text);
    read = frame_id_read(glyphs, &picture, 40, 8, &number);
    free((void *)picture.base);
    return read ? (int64_t)number : -1;
}

static void formats(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof(writings) / sizeof(writings[0]); i++)
        for (size_t j = 0; j < sizeof(writings) / sizeof(writings[0]); j += 6) {
            struct picture picture = make(&writings[i]);
            uint32_t x, y, number = 0;
            struct glyphs glyphs;

            /* Learnt in one format, read in another. */
            learn(&glyphs, &writings[j]);
            draw(&picture, &writings[i], 16, 16, " 01:23:45:678 90817");
            assert_true(frame_id_find(&glyphs, &picture, &x, &y));
            assert_int_equal(x, 16);
            assert_int_equal(y, 16);
            assert_true(frame_id_read(&glyphs, &picture, x, y, &number));
            assert_int_equal(number, 90817);
            free((void *)picture.base);
        }
}

static void all_of_the_library(void **state)
{
    (void)state;
    for (const struct zc_format *format = zc_formats; format->name; format++)
        if (!frame_id_has_format(format->fourcc))
            fail_msg("no number can be read in %s", format->name);
}

static void any_place(void **state)
{
    static const struct {
        uint32_t x, y;
    } places[] = {{0, 0}, {1, 1}, {7, 103}, {264, 104}, {100, 50}, {0, 104}};
    struct glyphs glyphs;

    (void)state;
    learn(&glyphs, &xr24);
    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
        struct picture picture = make(&xr24);
        uint32_t x, y, number;

        /* The last but one ends at the picture's edge. */
        draw(&picture, &xr24, places[i].x, places[i].y, " 00:00:00:000 123");
        assert_true(frame_id_find(&glyphs, &picture, &x, &y));
        assert_int_equal(x, places[i].x);
        assert_int_equal(y, places[i].y);
        assert_true(frame_id_read(&glyphs, &picture, x, y, &number));
        assert_int_equal(number, 123);
        free((void *)picture.base);
    }
}

static void numbers(void **state)
{
    struct glyphs glyphs;

    (void)state;
    learn(&glyphs, &xr24);
    assert_int_equal(read_text(&glyphs, " 00:00:00:000 0"), 0);
    assert_int_equal(read_text(&glyphs, " 00:00:00:000 4294967295"), 4294967295);
    assert_int_equal(read_text(&glyphs, " 00:00:00:000 12 "), 12);
    assert_int_equal(read_text(&glyphs, " 00:00:00:000 4294967296"), -1);
    assert_int_equal(read_text(&glyphs, " 00:00:00:000 10000000000"), -1);
    assert_int_equal(read_text(&glyphs, " 00:00:00:000 012"), -1);
    assert_int_equal(read_text(&glyphs, " 00:00:00:000 "), -1);
    assert_int_equal(read_text(&glyphs, " 00:00:00:000 1:2"), -1);
    assert_int_equal(read_text(&glyphs, " 00:00:00:0000 12"), -1);
    assert_int_equal(read_text(&glyphs, "000:00:00:000 12"), -1);
}

/* Each pixel of each cell, inverted or grey, makes the number unreadable; it never makes it
 * another number. */
static void damage(void **state)
{
    static const uint8_t *const inks[] = {xr24.white, xr24.black, xr24.grey};
    static const char text[] = " 00:00:12:345 607";
    struct picture picture = make(&xr24);
    struct glyphs glyphs;

    (void)state;
    learn(&glyphs, &xr24);
    for (int at = 0; at < (int)sizeof(text) - 1; at++)
        for (int pixel = 0; pixel < 128; pixel++)
            for (int ink = 0; ink < 3; ink++) {
                uint32_t number;
                bool changes;

                draw(&picture, &xr24, 40, 8, text);
                put(&picture, &xr24, 40 + at * 8 + pixel % 8, 8 + pixel / 8, inks[ink]);
                changes = ink == 2 || !(font_row(text[at], pixel / 8) &
                                        0x80 >> pixel % 8) == (ink == 0);
                if (frame_id_read(&glyphs, &picture, 40, 8, &number)) {
                    assert_false(changes);
                    assert_int_equal(number, 607);
                } else {
                    assert_true(changes);
                }
            }
    free((void *)picture.base);
}

/* The last digit half covered is no end of the number. */
static void covered(void **state)
{
    struct picture picture = make(&xr24);
    struct glyphs glyphs;
    uint32_t number;

    (void)state;
    learn(&glyphs, &xr24);
    draw(&picture, &xr24, 40, 8, " 00:00:12:345 607");
    for (int y = 0; y < 14; y++)
        for (int x = 0; x < 8; x++)
            put(&picture, &xr24, 40 + 16 * 8 + x, 8 + y, xr24.grey);
    assert_false(frame_id_read(&glyphs, &picture, 40, 8, &number));
    free((void *)picture.base);
}

static void no_text(void **state)
{
    struct picture picture = make(&xr24), small = picture, strange = picture;
    struct glyphs glyphs, none = {0};
    uint32_t x, y, number;

    (void)state;
    learn(&glyphs, &xr24);
    assert_false(frame_id_find(&glyphs, &picture, &x, &y));
    draw(&picture, &xr24, 40, 8, " 00:00:12:345 607");
    assert_false(frame_id_find(&none, &picture, &x, &y));
    strange.fourcc = DRM_FORMAT_C8;
    assert_false(frame_id_find(&glyphs, &strange, &x, &y));
    assert_int_equal(frame_id_bytes(&strange), 0);
    /* Places outside, and pictures too small to hold text. */
    assert_false(frame_id_read(&glyphs, &picture, WIDTH, 0, &number));
    assert_false(frame_id_read(&glyphs, &picture, UINT32_MAX, UINT32_MAX, &number));
    assert_false(frame_id_read(&glyphs, &picture, 0, UINT32_MAX - 3, &number));
    small.height = 15;
    assert_false(frame_id_find(&glyphs, &small, &x, &y));
    small.height = HEIGHT;
    small.width = 119;
    assert_false(frame_id_find(&glyphs, &small, &x, &y));
    free((void *)picture.base);
}

static void learning(void **state)
{
    struct picture picture = make(&xr24);
    struct glyphs glyphs = {0}, before;

    (void)state;
    assert_int_equal(frame_id_learn(&glyphs, &picture, 7), -ENOENT);
    draw(&picture, &xr24, 16, 16, " 00:00:00:000 7");
    assert_int_equal(frame_id_learn(&glyphs, &picture, 7), 0);
    before = glyphs;
    /* Another number than is drawn, or the same shape for two. */
    draw(&picture, &xr24, 16, 16, " 00:00:00:000 8");
    assert_int_equal(frame_id_learn(&glyphs, &picture, 7), -EINVAL);
    draw(&picture, &xr24, 16, 16, " 00:00:00:000 7");
    assert_int_equal(frame_id_learn(&glyphs, &picture, 3), -EINVAL);
    /* More digits than are drawn. */
    assert_int_equal(frame_id_learn(&glyphs, &picture, 77), -ENOENT);
    assert_memory_equal(&glyphs, &before, sizeof(glyphs));
    picture.fourcc = DRM_FORMAT_C8;
    assert_int_equal(frame_id_learn(&glyphs, &picture, 7), -ENOTSUP);
    free((void *)picture.base);
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(formats),   cmocka_unit_test(all_of_the_library),
    cmocka_unit_test(any_place), cmocka_unit_test(numbers),
    cmocka_unit_test(damage),    cmocka_unit_test(covered),
    cmocka_unit_test(no_text),   cmocka_unit_test(learning),
};
TEST_MAIN("frame-id", tests)

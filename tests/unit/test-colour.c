/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* colour - 8-bit codes from the recommendations' own equations, mapped back to RGB. */
#include "test.h"
#include "zerocopy.h"

#include <math.h>

static const struct zc_colour all[] = {
    {ZC_MATRIX_BT601, ZC_RANGE_LIMITED},  {ZC_MATRIX_BT601, ZC_RANGE_FULL},
    {ZC_MATRIX_BT709, ZC_RANGE_LIMITED},  {ZC_MATRIX_BT709, ZC_RANGE_FULL},
    {ZC_MATRIX_BT2020, ZC_RANGE_LIMITED}, {ZC_MATRIX_BT2020, ZC_RANGE_FULL},
};

static void map(const struct zc_colour *colour, const int code[3], double rgb[3])
{
    float m[3][4];

    zc_colour_matrix(colour, m);
    for (int i = 0; i < 3; i++)
        rgb[i] =
            (m[i][0] * code[0] + m[i][1] * code[1] + m[i][2] * code[2]) / 255 + m[i][3];
}

static void expect(const struct zc_colour *colour, const int code[3], double r, double g,
                   double b, double within)
{
    double rgb[3], want[3] = {r, g, b};

    map(colour, code, rgb);
    for (int i = 0; i < 3; i++)
        if (!(fabs(rgb[i] - want[i]) <= within))
            fail_msg("%s, code %d %d %d: component %d is %f, not %f",
                     zc_colour_text(colour), code[0], code[1], code[2], i, rgb[i],
                     want[i]);
}

static void black_white_and_grey_are_exact(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        bool limited = all[i].range == ZC_RANGE_LIMITED;
        double grey = limited ? (126 - 16) / 219.0 : 126 / 255.0;

        expect(&all[i], (int[]){limited ? 16 : 0, 128, 128}, 0, 0, 0, 1e-6);
        expect(&all[i], (int[]){limited ? 235 : 255, 128, 128}, 1, 1, 1, 1e-6);
        expect(&all[i], (int[]){126, 128, 128}, grey, grey, grey, 1e-6);
    }
}

/* Codes of the saturated primaries as they are printed for colour bars; each is rounded
 * to a whole code, and full-range red and blue chroma is clipped at 255, so within a
 * code. */
static void primaries_come_back(void **state)
{
    static const int codes[6][3][3] = {
        {{81, 90, 240}, {145, 54, 34}, {41, 240, 110}},
        {{76, 85, 255}, {150, 44, 21}, {29, 255, 107}},
        {{63, 102, 240}, {173, 42, 26}, {32, 240, 118}},
        {{54, 99, 255}, {182, 30, 12}, {18, 255, 116}},
        {{74, 97, 240}, {164, 47, 25}, {29, 240, 119}},
        {{67, 92, 255}, {173, 36, 11}, {15, 255, 118}},
    };

    (void)state;
    for (int i = 0; i < 6; i++) {
        expect(&all[i], codes[i][0], 1, 0, 0, 0.012);
        expect(&all[i], codes[i][1], 0, 1, 0, 0.012);
        expect(&all[i], codes[i][2], 0, 0, 1, 0.012);
    }
}

/* The coefficients that everybody knows: 1.164, 1.596, … */
static void coefficients_match_the_books(void **state)
{
    static const struct {
        int colour;
        double y, rv, gu, gv, bu;
    } book[] = {
        {0, 1.164384, 1.596027, -0.391762, -0.812968, 2.017232},
        {1, 1.0, 1.402, -0.344136, -0.714136, 1.772},
        {2, 1.164384, 1.792741, -0.213249, -0.532909, 2.112402},
        {3, 1.0, 1.5748, -0.187324, -0.468124, 1.8556},
        {4, 1.164384, 1.678674, -0.187326, -0.650424, 2.141772},
        {5, 1.0, 1.4746, -0.164553, -0.571353, 1.8814},
    };

    (void)state;
    for (int i = 0; i < 6; i++) {
        float m[3][4];

        zc_colour_matrix(&all[book[i].colour], m);
        for (int row = 0; row < 3; row++)
            assert_float_equal(m[row][0], book[i].y, 2e-6);
        assert_float_equal(m[0][1], 0, 1e-9);
        assert_float_equal(m[0][2], book[i].rv, 2e-6);
        assert_float_equal(m[1][1], book[i].gu, 2e-6);
        assert_float_equal(m[1][2], book[i].gv, 2e-6);
        assert_float_equal(m[2][1], book[i].bu, 2e-6);
        assert_float_equal(m[2][2], 0, 1e-9);
    }
}

/* There and back again is where it began. */
static void inverse_undoes(void **state)
{
    (void)state;
    for (int i = 0; i < 6; i++) {
        float there[3][4], back[3][4];

        zc_colour_matrix(&all[i], there);
        zc_colour_inverse(&all[i], back);
        for (int row = 0; row < 3; row++)
            for (int column = 0; column < 4; column++) {
                float sum = column == 3 ? back[row][3] : 0;

                for (int k = 0; k < 3; k++)
                    sum += back[row][k] * there[k][column];
                assert_float_equal(sum, row == column, 1e-5);
            }
    }
}

static void text_names_matrix_and_range(void **state)
{
    (void)state;
    assert_string_equal(zc_colour_text(&all[0]), "BT.601 limited");
    assert_string_equal(zc_colour_text(&all[3]), "BT.709 full");
    assert_string_equal(zc_colour_text(&all[4]), "BT.2020 limited");
}

static const struct CMUnitTest tests[] = {
    cmocka_unit_test(black_white_and_grey_are_exact),
    cmocka_unit_test(primaries_come_back),
    cmocka_unit_test(coefficients_match_the_books),
    cmocka_unit_test(inverse_undoes),
    cmocka_unit_test(text_names_matrix_and_range),
};
TEST_MAIN("colour", tests)

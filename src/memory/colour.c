/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* colour - from YUV to RGB, by the ITU's recommendations. Arithmetic only. */
#include "zerocopy.h"

/* The luma coefficients of red and blue; green has the rest. */
static const struct {
    double red, blue;
} weights[] = {
    [ZC_MATRIX_BT601] = {0.299, 0.114},
    [ZC_MATRIX_BT709] = {0.2126, 0.0722},
    [ZC_MATRIX_BT2020] = {0.2627, 0.0593},
};

void zc_colour_matrix(const struct zc_colour *colour, float out[3][4])
{
    bool limited = colour->range == ZC_RANGE_LIMITED;
    double kr = weights[colour->matrix].red, kb = weights[colour->matrix].blue;
    double kg = 1 - kr - kb;
    /* An 8-bit code c is sampled as c/255; this takes it back to luma in [0,1] and chroma
     * in [-1/2,1/2]. */
    double luma = limited ? 255.0 / 219 : 1, chroma = limited ? 255.0 / 224 : 1;
    double black = limited ? 16.0 / 255 : 0, neutral = 128.0 / 255;
    double rows[3][2] = {
        {0, 2 * (1 - kr)},
        {-2 * kb * (1 - kb) / kg, -2 * kr * (1 - kr) / kg},
        {2 * (1 - kb), 0},
    };

    for (int i = 0; i < 3; i++) {
        double u = rows[i][0] * chroma, v = rows[i][1] * chroma;

        out[i][0] = luma;
        out[i][1] = u;
        out[i][2] = v;
        out[i][3] = -luma * black - (u + v) * neutral;
    }
}

void zc_colour_inverse(const struct zc_colour *colour, float out[3][4])
{
    bool limited = colour->range == ZC_RANGE_LIMITED;
    double kr = weights[colour->matrix].red, kb = weights[colour->matrix].blue;
    double luma = limited ? 219 / 255.0 : 1, chroma = limited ? 224 / 255.0 : 1;
    double black = limited ? 16 / 255.0 : 0, neutral = 128 / 255.0;
    double y[3] = {kr, 1 - kr - kb, kb};

    for (int i = 0; i < 3; i++) {
        out[0][i] = luma * y[i];
        out[1][i] = chroma * ((i == 2) - y[i]) / (2 * (1 - kb));
        out[2][i] = chroma * ((i == 0) - y[i]) / (2 * (1 - kr));
    }
    out[0][3] = black;
    out[1][3] = out[2][3] = neutral;
}

const char *zc_colour_text(const struct zc_colour *colour)
{
    static const char *const text[][2] = {
        [ZC_MATRIX_BT601] = {"BT.601 limited", "BT.601 full"},
        [ZC_MATRIX_BT709] = {"BT.709 limited", "BT.709 full"},
        [ZC_MATRIX_BT2020] = {"BT.2020 limited", "BT.2020 full"},
    };

    return text[colour->matrix][colour->range];
}

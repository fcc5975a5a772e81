/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* frame-id - bits of cells out of pixels, and digits out of bits. Touches no device. */
#include "bench/observe/frame-id.h"
#include "zerocopy.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#define CELL_WIDTH 8
#define TEXT_X 16
#define TEXT_Y 16
#define TIME_CELLS 14 /* " HH:MM:SS:mmm " */
#define NUMBER_DIGITS 10
/* White and black at least so far apart, and each no further from its like. */
#define CONTRAST 24
#define LIKENESS 12

/* Where in a pixel there is a byte that is dark in black and bright in white. */
struct texel {
    uint32_t fourcc;
    uint8_t bytes, at;
};

/* What others show and the library has no format for. */
static const struct texel foreign[] = {
    {DRM_FORMAT_RGBX8888, 4, 2},     {DRM_FORMAT_RGBA8888, 4, 2},
    {DRM_FORMAT_BGRX8888, 4, 2},     {DRM_FORMAT_BGRA8888, 4, 2},
    {DRM_FORMAT_XRGB2101010, 4, 3},  {DRM_FORMAT_XBGR2101010, 4, 3},
    {DRM_FORMAT_RGB888, 3, 1},       {DRM_FORMAT_BGR888, 3, 1},
    {DRM_FORMAT_XRGB16161616, 8, 3}, {DRM_FORMAT_ARGB16161616, 8, 3},
    {DRM_FORMAT_BGR565, 2, 1},       {DRM_FORMAT_NV61, 1, 0},
    {DRM_FORMAT_NV24, 1, 0},         {DRM_FORMAT_NV42, 1, 0},
    {DRM_FORMAT_YUV422, 1, 0},       {DRM_FORMAT_YVU422, 1, 0},
    {DRM_FORMAT_YUV444, 1, 0},       {DRM_FORMAT_YVU444, 1, 0},
    {DRM_FORMAT_P010, 2, 1},
};

/* A line of text, and what is black and white there. */
struct line {
    const uint8_t *at; /* that byte of its first pixel */
    uint32_t stride, step;
    uint32_t cells; /* that fit into the picture */
    int black, white;
};

/* RGB has some green in its second byte, packed YUV says where its luma is, and where luma
 * has a plane of its own, that is the first. */
static struct texel texel_in(const struct zc_format *format)
{
    const struct zc_format_plane *plane = &format->plane[0];
    struct texel texel = {.bytes = plane->block_bytes / plane->block_width};

    if (format->model == ZC_MODEL_RGB)
        texel.at = 1;
    else if (format->order && format->n_planes == 1)
        texel.at = strchr(format->order, 'y') - format->order;
    return texel;
}

static bool find_texel(struct texel *out, uint32_t fourcc)
{
    const struct zc_format *format = zc_format_by_drm(fourcc);

    if (format) {
        *out = texel_in(format);
        return true;
    }
    for (size_t i = 0; i < sizeof(foreign) / sizeof(foreign[0]); i++)
        if (foreign[i].fourcc == fourcc) {
            *out = foreign[i];
            return true;
        }
    return false;
}

bool frame_id_has_format(uint32_t fourcc)
{
    struct texel texel;

    return find_texel(&texel, fourcc);
}

size_t frame_id_bytes(const struct picture *picture)
{
    struct texel texel;

    if (!find_texel(&texel, picture->fourcc) || !picture->height || !picture->width)
        return 0;
    return (size_t)picture->stride * (picture->height - 1) +
           (size_t)picture->width * texel.bytes;
}

/* Sets what is black by the first cell, which is blank, and white by @white. */
static bool begin_line(struct line *line, const struct picture *picture,
                       const struct texel *texel, uint32_t x, uint32_t y)
{
    if (x >= picture->width || y + FRAME_ID_ROWS > picture->height ||
        y + FRAME_ID_ROWS < y)
        return false;
    *line = (struct line){
        .at = picture->base + (size_t)y * picture->stride + (size_t)x * texel->bytes +
              texel->at,
        .stride = picture->stride,
        .step = texel->bytes,
        .cells = (picture->width - x) / CELL_WIDTH,
    };
    if (line->cells <= TIME_CELLS)
        return false;
    line->black = *line->at;
    return true;
}

static int luma(const struct line *line, uint32_t cell, uint32_t column, uint32_t row)
{
    return line
        ->at[(size_t)row * line->stride + (cell * CELL_WIDTH + column) * line->step];
}

/* The bits of a cell. Returns false where a pixel is neither black nor white. */
static bool cell_bits(const struct line *line, uint32_t cell, uint8_t bits[FRAME_ID_ROWS])
{
    if (cell >= line->cells)
        return false;
    for (uint32_t row = 0; row < FRAME_ID_ROWS; row++) {
        bits[row] = 0;
        for (uint32_t column = 0; column < CELL_WIDTH; column++) {
            int value = luma(line, cell, column, row);

            if (value >= line->white - LIKENESS && value <= line->white + LIKENESS)
                bits[row] |= 0x80 >> column;
            else if (value < line->black - LIKENESS || value > line->black + LIKENESS)
                return false;
        }
    }
    return true;
}

static bool is_blank(const struct line *line, uint32_t cell)
{
    static const uint8_t blank[FRAME_ID_ROWS];
    uint8_t bits[FRAME_ID_ROWS];

    return cell_bits(line, cell, bits) && !memcmp(bits, blank, sizeof(bits));
}

/* The digit, or colon, in a cell; -1 for another, or none. */
static int glyph_at(const struct glyphs *glyphs, const struct line *line, uint32_t cell)
{
    uint8_t bits[FRAME_ID_ROWS];

    if (!cell_bits(line, cell, bits))
        return -1;
    for (int i = 0; i <= FRAME_ID_COLON; i++)
        if (glyphs->known & 1 << i && !memcmp(bits, glyphs->row[i], sizeof(bits)))
            return i;
    return -1;
}

static bool is_colon_cell(uint32_t cell)
{
    return cell == 3 || cell == 6 || cell == 9;
}

static bool find_white(struct line *line, uint32_t first, uint32_t last)
{
    line->white = line->black;
    for (uint32_t cell = first; cell <= last; cell++)
        for (uint32_t row = 0; row < FRAME_ID_ROWS; row++)
            for (uint32_t column = 0; column < CELL_WIDTH; column++) {
                int value = luma(line, cell, column, row);

                line->white = value > line->white ? value : line->white;
            }
    return line->white - line->black >= CONTRAST;
}

/* ---- learning ---- */

/* The shape of a text line that may be the time, before any digit is known. */
static bool has_frame(const struct line *line, uint8_t colon[FRAME_ID_ROWS])
{
    uint8_t bits[FRAME_ID_ROWS];

    if (!is_blank(line, 0) || !is_blank(line, 13) || is_blank(line, 3) ||
        !cell_bits(line, 3, colon))
        return false;
    for (uint32_t cell = 6; cell <= 9; cell += 3)
        if (!cell_bits(line, cell, bits) || memcmp(bits, colon, sizeof(bits)))
            return false;
    return true;
}

static int learn_glyph(struct glyphs *glyphs, int which, const uint8_t *bits)
{
    for (int i = 0; i <= FRAME_ID_COLON; i++) {
        bool same = !memcmp(glyphs->row[i], bits, FRAME_ID_ROWS);

        if (glyphs->known & 1 << i && same != (i == which))
            return -EINVAL;
    }
    memcpy(glyphs->row[which], bits, FRAME_ID_ROWS);
    glyphs->known |= 1 << which;
    return 0;
}

int frame_id_learn(struct glyphs *glyphs, const struct picture *picture, uint32_t number)
{
    uint8_t bits[FRAME_ID_ROWS];
    struct glyphs learnt = *glyphs;
    struct texel texel;
    struct line line;
    char digits[NUMBER_DIGITS + 1];
    int error;

    if (!find_texel(&texel, picture->fourcc))
        return -ENOTSUP;
    if (!begin_line(&line, picture, &texel, TEXT_X, TEXT_Y) ||
        !find_white(&line, 1, 12) || !has_frame(&line, bits))
        return -ENOENT;
    error = learn_glyph(&learnt, FRAME_ID_COLON, bits);
    snprintf(digits, sizeof(digits), "%u", number);
    for (uint32_t i = 0; digits[i] && !error; i++)
        error = cell_bits(&line, TIME_CELLS + i, bits)
                    ? learn_glyph(&learnt, digits[i] - '0', bits)
                    : -ENOENT;
    if (!error)
        *glyphs = learnt;
    return error;
}

bool frame_id_learnt(const struct glyphs *glyphs)
{
    return glyphs->known == (1 << (FRAME_ID_COLON + 1)) - 1;
}

/* ---- reading ---- */

/* Whether a cell still has a row of text's background where digits have one: then it may
 * be a digit that is damaged. */
static bool may_be_text(const struct glyphs *glyphs, const struct line *line,
                        uint32_t cell)
{
    for (uint32_t row = 0; row < FRAME_ID_ROWS; row++) {
        uint8_t used = 0;
        bool black = true;

        for (int i = 0; i < FRAME_ID_COLON; i++)
            used |= glyphs->row[i][row];
        for (uint32_t column = 0; column < CELL_WIDTH && !used; column++)
            black &= luma(line, cell, column, row) <= line->black + LIKENESS;
        if (!used && black)
            return true;
    }
    return false;
}

/* The number ends at the picture's edge, a blank cell, or where the text's box ends. */
static bool is_end(const struct glyphs *glyphs, const struct line *line, uint32_t cell)
{
    return cell >= line->cells || is_blank(line, cell) ||
           !may_be_text(glyphs, line, cell);
}

static bool read_number(const struct glyphs *glyphs, const struct line *line,
                        uint32_t *number)
{
    uint64_t value = 0;
    uint32_t n = 0;

    for (;; n++) {
        int digit = glyph_at(glyphs, line, TIME_CELLS + n);

        if (digit < 0)
            break;
        if (digit == FRAME_ID_COLON || n == NUMBER_DIGITS || (n && !value))
            return false;
        value = value * 10 + (unsigned)digit;
    }
    if (!n || value > UINT32_MAX || !is_end(glyphs, line, TIME_CELLS + n))
        return false;
    *number = (uint32_t)value;
    return true;
}

static bool is_time(const struct glyphs *glyphs, const struct line *line)
{
    for (uint32_t cell = 1; cell < TIME_CELLS - 1; cell++) {
        int glyph = glyph_at(glyphs, line, cell);

        if (glyph < 0 || (glyph == FRAME_ID_COLON) != is_colon_cell(cell))
            return false;
    }
    return is_blank(line, 0) && is_blank(line, TIME_CELLS - 1);
}

static bool first_pixel(const struct glyphs *glyphs, uint32_t *column, uint32_t *row)
{
    for (*row = 0; *row < FRAME_ID_ROWS; ++*row)
        for (*column = 0; *column < CELL_WIDTH; ++*column)
            if (glyphs->row[FRAME_ID_COLON][*row] & 0x80 >> *column)
                return true;
    return false;
}

/* Looks at one pixel of each colon first: most places end there. */
static bool is_text(const struct glyphs *glyphs, struct line *line, uint32_t column,
                    uint32_t row)
{
    line->white = luma(line, 3, column, row);
    if (line->white - line->black < CONTRAST)
        return false;
    for (uint32_t cell = 6; cell <= 9; cell += 3) {
        int value = luma(line, cell, column, row);

        if (value < line->white - LIKENESS || value > line->white + LIKENESS)
            return false;
    }
    return is_time(glyphs, line);
}

bool frame_id_read(const struct glyphs *glyphs, const struct picture *picture, uint32_t x,
                   uint32_t y, uint32_t *number)
{
    uint32_t column, row;
    struct texel texel;
    struct line line;

    return find_texel(&texel, picture->fourcc) && first_pixel(glyphs, &column, &row) &&
           begin_line(&line, picture, &texel, x, y) &&
           is_text(glyphs, &line, column, row) && read_number(glyphs, &line, number);
}

bool frame_id_find(const struct glyphs *glyphs, const struct picture *picture,
                   uint32_t *x, uint32_t *y)
{
    uint32_t column, row;
    struct texel texel;
    struct line line;

    if (!find_texel(&texel, picture->fourcc) || !first_pixel(glyphs, &column, &row))
        return false;
    for (*y = 0; *y + FRAME_ID_ROWS <= picture->height; ++*y)
        for (*x = 0; begin_line(&line, picture, &texel, *x, *y); ++*x)
            if (is_text(glyphs, &line, column, row))
                return true;
    return false;
}

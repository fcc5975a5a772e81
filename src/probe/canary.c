/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * canary - bytes that are there before a device writes, and must not be there after; and
 * pictures beside each other. Touches frames by the CPU only.
 */
#include "probe/pattern.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* Bytes that are compared at once: that many are never a picture's by chance. */
#define GROUP 8
/* Two pictures of one scene by one camera differ by its noise. */
#define NOISE 12

/* The eight bytes of group @group of a buffer: a mix of its place and the frame's number. */
static uint64_t canary_of(uint64_t group, uint32_t number)
{
    uint64_t mixed =
        (group + 1) * UINT64_C(0x9e3779b97f4a7c15) + number * UINT64_C(0xd1b54a33);

    mixed ^= mixed >> 29;
    return mixed * UINT64_C(0xbf58476d1ce4e5b9);
}

static uint8_t canary_at(uint64_t at, uint32_t number)
{
    uint64_t canary = canary_of(at / GROUP, number);

    return ((const uint8_t *)&canary)[at % GROUP];
}

/* What begins at plane 0 of a buffer begins at its begin, wherever its pixels do. */
static uint8_t *buffer_of(const struct zc_layout *layout, int buffer,
                          void *const plane[ZC_MAX_PLANES])
{
    for (int i = 0; i < layout->n_planes; i++)
        if (layout->plane[i].buffer == buffer)
            return (uint8_t *)plane[i] - layout->plane[i].offset;
    return NULL;
}

int canary_fill(struct zc_frame *frame, uint32_t number)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    void *plane[ZC_MAX_PLANES];
    int error = zc_frame_begin_cpu(frame, ZC_CPU_WRITE, plane);

    if (error)
        return error;
    for (int i = 0; i < layout->n_buffers; i++) {
        uint8_t *to = buffer_of(layout, i, plane);

        for (size_t group = 0; to && group < layout->bytes[i] / GROUP; group++) {
            uint64_t canary = canary_of(group, number);

            memcpy(to + group * GROUP, &canary, GROUP);
        }
    }
    return zc_frame_end_cpu(frame);
}

static bool is_canary(const uint8_t *buffer, uint64_t at, uint32_t number)
{
    uint64_t canary = canary_of(at / GROUP, number);

    if (at % GROUP == 0)
        return !memcmp(buffer + at, &canary, GROUP);
    for (int i = 0; i < GROUP; i++)
        if (buffer[at + i] != canary_at(at + i, number))
            return false;
    return true;
}

static void look_at(const uint8_t *buffer, uint64_t row_at, uint32_t byte, int plane,
                    uint32_t row, uint32_t number, struct canary_rest *out)
{
    out->looked++;
    if (!is_canary(buffer, row_at + byte, number))
        return;
    if (!out->left++) {
        out->plane = plane;
        out->row = row;
        out->byte = byte;
    }
}

int canary_look(struct zc_frame *frame, uint32_t number, struct canary_rest *out)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    void *plane[ZC_MAX_PLANES];
    int error = zc_frame_begin_cpu(frame, ZC_CPU_READ, plane);

    *out = (struct canary_rest){0};
    if (error)
        return error;
    for (int i = 0; i < layout->n_planes; i++) {
        const uint8_t *buffer = buffer_of(layout, layout->plane[i].buffer, plane);
        uint32_t length = zc_layout_row_bytes(layout, i);

        for (uint32_t row = 0; row < zc_layout_rows(layout, i) && length >= GROUP;
             row++) {
            uint64_t at =
                layout->plane[i].offset + (uint64_t)row * layout->plane[i].stride;

            for (uint32_t byte = 0; byte + GROUP <= length; byte += GROUP)
                look_at(buffer, at, byte, i, row, number, out);
            /* The last of the row, also where rows are no whole groups. */
            look_at(buffer, at, length - GROUP, i, row, number, out);
        }
    }
    return zc_frame_end_cpu(frame);
}

/* ------------------------------------------------------------ beside each other */

int copy_planes(struct copy *copy, const struct zc_layout *layout,
                void *const plane[ZC_MAX_PLANES])
{
    size_t used = 0;

    *copy = (struct copy){0};
    for (int i = 0; i < layout->n_planes; i++)
        copy->bytes += (size_t)zc_layout_rows(layout, i) * zc_layout_row_bytes(layout, i);
    copy->at = malloc(copy->bytes);
    if (!copy->at)
        return -ENOMEM;
    for (int i = 0; i < layout->n_planes; i++)
        for (uint32_t row = 0; row < zc_layout_rows(layout, i); row++) {
            uint32_t length = zc_layout_row_bytes(layout, i);

            memcpy(copy->at + used,
                   (const char *)plane[i] + (size_t)row * layout->plane[i].stride,
                   length);
            used += length;
        }
    return 0;
}

int copy_make(struct copy *copy, struct zc_frame *frame)
{
    void *plane[ZC_MAX_PLANES];
    int error = zc_frame_begin_cpu(frame, ZC_CPU_READ, plane), end;

    *copy = (struct copy){0};
    if (error)
        return error;
    error = copy_planes(copy, zc_frame_layout(frame), plane);
    end = zc_frame_end_cpu(frame);
    return error ? error : end;
}

void copy_free(struct copy *copy)
{
    free(copy->at);
    *copy = (struct copy){0};
}

int copy_alike(const struct copy *a, const struct copy *b)
{
    size_t alike = 0;

    if (!a->bytes || a->bytes != b->bytes)
        return -1;
    for (size_t i = 0; i < a->bytes; i++)
        alike += abs(a->at[i] - b->at[i]) <= NOISE;
    return alike * 100 / a->bytes;
}

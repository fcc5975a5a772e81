/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* layout - where the pixels of a frame are: arithmetic on the format table alone. */
#include "zerocopy.h"

#include <errno.h>

/* Hardware stops well below; up to here no width or height can overflow by itself. */
#define MAX_PIXELS 32768

static uint64_t align_up(uint64_t value, uint32_t align)
{
    return align ? (value + align - 1) & ~((uint64_t)align - 1) : value;
}

static bool valid_align(uint32_t align)
{
    return (align & (align - 1)) == 0;
}

uint32_t zc_layout_rows(const struct zc_layout *layout, int plane)
{
    uint32_t height;

    if (plane < 0 || plane >= layout->n_planes)
        return 0;
    height = layout->format->plane[plane].block_height;
    return (layout->height + height - 1) / height;
}

uint32_t zc_layout_row_bytes(const struct zc_layout *layout, int plane)
{
    const struct zc_format_plane *block;

    if (plane < 0 || plane >= layout->n_planes)
        return 0;
    block = &layout->format->plane[plane];
    return (layout->width + block->block_width - 1) / block->block_width *
           block->block_bytes;
}

/* Buffers, offsets and sizes of planes whose strides are set. -EINVAL when they are too
 * large for an offset or for the address space. */
static int place(struct zc_layout *layout, uint32_t align_rows, uint32_t align_offset)
{
    bool separate = layout->format->separate;
    uint64_t end = 0;

    layout->n_buffers = separate ? layout->n_planes : 1;
    for (int i = 0; i < layout->n_planes; i++) {
        int buffer = separate ? i : 0;
        uint64_t start = separate ? 0 : align_up(end, align_offset), length;
        uint64_t rows = align_up(zc_layout_rows(layout, i), align_rows);

        if (start > UINT32_MAX ||
            __builtin_mul_overflow(rows, layout->plane[i].stride, &length) ||
            __builtin_add_overflow(start, length, &end) || end > SIZE_MAX)
            return -EINVAL;
        layout->plane[i].buffer = buffer;
        layout->plane[i].offset = start;
        layout->bytes[buffer] = end;
    }
    return 0;
}

int zc_layout_solve(struct zc_layout *out, const struct zc_format *format, uint32_t width,
                    uint32_t height, const struct zc_align *align)
{
    static const struct zc_align tight;
    struct zc_layout layout = {.format = format, .width = width, .height = height};
    int result;

    if (!align)
        align = &tight;
    if (!format || !width || !height || width > MAX_PIXELS || height > MAX_PIXELS ||
        !valid_align(align->stride) || !valid_align(align->rows) ||
        !valid_align(align->offset))
        return -EINVAL;
    layout.n_planes = format->n_planes;
    for (int i = 0; i < layout.n_planes; i++)
        layout.plane[i].stride = align_up(zc_layout_row_bytes(&layout, i), align->stride);
    result = place(&layout, align->rows, align->offset);
    if (!result)
        *out = layout;
    return result;
}

int zc_layout_set_stride(struct zc_layout *layout, uint32_t stride)
{
    const struct zc_format_plane *first = &layout->format->plane[0];
    struct zc_layout changed = *layout;
    int result;

    for (int i = 0; i < changed.n_planes; i++) {
        const struct zc_format_plane *block = &layout->format->plane[i];
        uint64_t follows = (uint64_t)stride * block->block_bytes * first->block_width /
                           (block->block_width * first->block_bytes);

        if (follows < zc_layout_row_bytes(&changed, i) || follows > UINT32_MAX)
            return -EINVAL;
        changed.plane[i].stride = follows;
    }
    result = place(&changed, 0, 0);
    if (!result)
        *layout = changed;
    return result;
}

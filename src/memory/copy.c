/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* copy - memcpy of one frame into another. */
#include "memory/copy.h"

#include <errno.h>
#include <string.h>

static void copy_plane(const struct zc_layout *from, const struct zc_layout *to,
                       int plane, const char *src, char *dst)
{
    uint32_t rows = zc_layout_rows(from, plane), bytes = zc_layout_row_bytes(from, plane);

    for (uint32_t row = 0; row < rows; row++)
        memcpy(dst + (size_t)row * to->plane[plane].stride,
               src + (size_t)row * from->plane[plane].stride, bytes);
}

int zc_copy_frame(struct zc_frame *src, struct zc_frame *dst)
{
    const struct zc_layout *from = zc_frame_layout(src), *to = zc_frame_layout(dst);
    void *source[ZC_MAX_PLANES], *target[ZC_MAX_PLANES];
    int error;

    if (from->format->fourcc != to->format->fourcc || from->width != to->width ||
        from->height != to->height || from->n_planes != to->n_planes)
        return -EINVAL;
    error = zc_frame_begin_cpu(src, ZC_CPU_READ, source);
    if (error)
        return error;
    error = zc_frame_begin_cpu(dst, ZC_CPU_WRITE, target);
    if (!error) {
        for (int i = 0; i < from->n_planes; i++)
            copy_plane(from, to, i, source[i], target[i]);
        error = zc_frame_end_cpu(dst);
    }
    zc_frame_end_cpu(src);
    return error;
}

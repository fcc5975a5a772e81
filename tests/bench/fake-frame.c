/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake-frame - stands in for frame.c where pixels are read and no dma-buf is at hand. */
#include "fake-frame.h"

const struct zc_layout *zc_frame_layout(const struct zc_frame *frame)
{
    return &frame->layout;
}

int zc_frame_begin_cpu(struct zc_frame *frame, int access, void *plane[ZC_MAX_PLANES])
{
    frame->begun++;
    frame->access = access;
    if (frame->begin_error)
        return frame->begin_error;
    for (int i = 0; i < frame->layout.n_planes; i++)
        plane[i] = frame->pixels + frame->layout.plane[i].offset;
    return 0;
}

int zc_frame_end_cpu(struct zc_frame *frame)
{
    frame->ended++;
    return frame->end_error;
}

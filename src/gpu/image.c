/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* image - the lists of attributes that eglCreateImageKHR() takes for a dma-buf. */
#include "gpu/image.h"

#include <string.h>

uint32_t zc_image_blocks(uint32_t pixels, uint8_t block)
{
    return (pixels + block - 1) / block;
}

EGLImageKHR zc_image_of_plane(const struct zc_egl *egl, const struct zc_frame *frame,
                              int plane, uint32_t fourcc, bool with_modifier)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    const struct zc_format_plane *part = &layout->format->plane[plane];
    int last = with_modifier ? 16 : 12;
    EGLint attribs[] = {
        EGL_WIDTH,
        zc_image_blocks(layout->width, part->block_width),
        EGL_HEIGHT,
        zc_image_blocks(layout->height, part->block_height),
        EGL_LINUX_DRM_FOURCC_EXT,
        fourcc,
        EGL_DMA_BUF_PLANE0_FD_EXT,
        zc_frame_fd(frame, layout->plane[plane].buffer),
        EGL_DMA_BUF_PLANE0_OFFSET_EXT,
        layout->plane[plane].offset,
        EGL_DMA_BUF_PLANE0_PITCH_EXT,
        layout->plane[plane].stride,
        EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT,
        layout->modifier & 0xffffffff,
        EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT,
        layout->modifier >> 32,
        EGL_NONE,
    };

    attribs[last] = EGL_NONE;
    return egl->create_image(egl->display, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT, NULL,
                             attribs);
}

static EGLint colour_space(const struct zc_colour *colour)
{
    switch (colour->matrix) {
    case ZC_MATRIX_BT709:
        return EGL_ITU_REC709_EXT;
    case ZC_MATRIX_BT2020:
        return EGL_ITU_REC2020_EXT;
    default:
        return EGL_ITU_REC601_EXT;
    }
}

EGLImageKHR zc_image_of_frame(const struct zc_egl *egl, const struct zc_frame *frame)
{
    static const EGLint names[][5] = {
        {EGL_DMA_BUF_PLANE0_FD_EXT, EGL_DMA_BUF_PLANE0_OFFSET_EXT,
         EGL_DMA_BUF_PLANE0_PITCH_EXT, EGL_DMA_BUF_PLANE0_MODIFIER_LO_EXT,
         EGL_DMA_BUF_PLANE0_MODIFIER_HI_EXT},
        {EGL_DMA_BUF_PLANE1_FD_EXT, EGL_DMA_BUF_PLANE1_OFFSET_EXT,
         EGL_DMA_BUF_PLANE1_PITCH_EXT, EGL_DMA_BUF_PLANE1_MODIFIER_LO_EXT,
         EGL_DMA_BUF_PLANE1_MODIFIER_HI_EXT},
        {EGL_DMA_BUF_PLANE2_FD_EXT, EGL_DMA_BUF_PLANE2_OFFSET_EXT,
         EGL_DMA_BUF_PLANE2_PITCH_EXT, EGL_DMA_BUF_PLANE2_MODIFIER_LO_EXT,
         EGL_DMA_BUF_PLANE2_MODIFIER_HI_EXT},
        {EGL_DMA_BUF_PLANE3_FD_EXT, EGL_DMA_BUF_PLANE3_OFFSET_EXT,
         EGL_DMA_BUF_PLANE3_PITCH_EXT, EGL_DMA_BUF_PLANE3_MODIFIER_LO_EXT,
         EGL_DMA_BUF_PLANE3_MODIFIER_HI_EXT},
    };
    const struct zc_layout *layout = zc_frame_layout(frame);
    const EGLint head[] = {EGL_WIDTH,
                           layout->width,
                           EGL_HEIGHT,
                           layout->height,
                           EGL_LINUX_DRM_FOURCC_EXT,
                           layout->format->fourcc,
                           EGL_YUV_COLOR_SPACE_HINT_EXT,
                           colour_space(&layout->colour),
                           EGL_SAMPLE_RANGE_HINT_EXT,
                           layout->colour.range == ZC_RANGE_FULL
                               ? EGL_YUV_FULL_RANGE_EXT
                               : EGL_YUV_NARROW_RANGE_EXT};
    EGLint attribs[sizeof(head) / sizeof(head[0]) + ZC_MAX_PLANES * 10 + 1];
    int n = sizeof(head) / sizeof(head[0]);

    memcpy(attribs, head, sizeof(head));
    for (int i = 0; i < layout->n_planes; i++) {
        const EGLint values[] = {zc_frame_fd(frame, layout->plane[i].buffer),
                                 layout->plane[i].offset, layout->plane[i].stride,
                                 layout->modifier & 0xffffffff, layout->modifier >> 32};

        for (int k = 0; k < 5; k++) {
            attribs[n++] = names[i][k];
            attribs[n++] = values[k];
        }
    }
    attribs[n] = EGL_NONE;
    return egl->create_image(egl->display, EGL_NO_CONTEXT, EGL_LINUX_DMA_BUF_EXT, NULL,
                             attribs);
}

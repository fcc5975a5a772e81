/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * image.h - EGLImages of the dma-bufs of frames.
 *
 * May touch: EGL. Source: EGL_EXT_image_dma_buf_import and its _modifiers.
 */
#ifndef ZC_GPU_IMAGE_H
#define ZC_GPU_IMAGE_H

#include "gpu/egl.h"
#include "zerocopy.h"

/** How many blocks of @block pixels there are in @pixels: the texels of an image. */
uint32_t zc_image_blocks(uint32_t pixels, uint8_t block);

/**
 * The image of one plane, read as texels of @fourcc. With the frame's modifier, or without
 * any. Returns EGL_NO_IMAGE_KHR where the driver refuses: eglGetError() says why.
 */
EGLImageKHR zc_image_of_plane(const struct zc_egl *egl, const struct zc_frame *frame,
                              int plane, uint32_t fourcc, bool with_modifier);

/** The same of all planes as one picture, in the frame's own format, colour and modifier. */
EGLImageKHR zc_image_of_frame(const struct zc_egl *egl, const struct zc_frame *frame);

#endif

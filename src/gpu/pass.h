/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-pass.h - one plane of a target drawn from a source: RGB in one pass, luma and chroma in
 * one each.
 *
 * May touch: GL's state of drawing. A GL context is current.
 */
#ifndef ZC_GPU_PASS_H
#define ZC_GPU_PASS_H

#include "gpu/import.h"
#include "gpu/shader.h"

/**
 * Draws what @recipe says from @source, of layout @src, into @framebuffer, a plane of a frame
 * of layout @dst. @bind_anew: the driver looks at the source's memory only when its image is
 * bound to the texture. @op is complete. Returns 0, -ENOTSUP, or -ENOMEM, and has said why.
 */
int zc_pass_draw(struct zc_programs *programs, const struct zc_recipe *recipe,
                 const struct zc_import *source, bool bind_anew, GLuint framebuffer,
                 const struct zc_layout *src, const struct zc_layout *dst,
                 const struct zc_gpu_op *op);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu - draws one frame into another: converted, flipped, rotated, scaled, and through
 * the user's shader, from dma-buf to dma-buf.
 *
 * Row 0 of memory is the top of a picture, and GL's y = 0 of a framebuffer is row 0 of
 * its memory: so coordinates below are those of pictures, and nothing is turned on the
 * way.
 */
#include "gpu/choice.h"
#include "gpu/egl.h"
#include "gpu/gbm.h"
#include "gpu/import.h"
#include "gpu/modifier.h"
#include "gpu/pass.h"
#include "gpu/retile.h"
#include "gpu/shader.h"
#include "gpu/tiled.h"
#include "base/ioctl.h"
#include "memory/format-private.h"
#include "zerocopy.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct zc_gpu {
    struct zc_egl egl;
    struct zc_gbm *gbm; /* of its node, for memory of its own; NULL: not needed yet, or */
    int gbm_error;      /* why there is none */
    struct zc_imports imports;
    struct zc_programs programs;
    struct zc_gpu_info info;
    const struct zc_retile *retile; /* NULL: it reads frames where they are */
    char retiles[256];
    GLint largest[2]; /* viewport */
};

static void look_for_retiling(struct zc_gpu *gpu)
{
    const struct zc_retile *retile = zc_retile_of(gpu->egl.renderer);

    gpu->retile = retile;
    if (!retile)
        return;
    snprintf(gpu->retiles, sizeof(gpu->retiles),
             "the GPU driver re-tiles each frame (renderer %s)%s%s", gpu->egl.renderer,
             retile->unless ? ", unless " : "", retile->unless ? retile->unless : "");
    gpu->info.retiles = gpu->retiles;
}

/* GL state that never changes after. */
static void set_up(struct zc_gpu *gpu)
{
    static const GLfloat corners[] = {0, 0, 1, 0, 0, 1, 1, 1};

    glGetIntegerv(GL_MAX_VIEWPORT_DIMS, gpu->largest);
    glDisable(GL_DITHER);
    glEnableVertexAttribArray(ZC_CORNER);
    glVertexAttribPointer(ZC_CORNER, 2, GL_FLOAT, GL_FALSE, 0, corners);
}

int zc_gpu_open(struct zc_gpu **out, const char *device)
{
    struct zc_gpu *gpu = calloc(1, sizeof(*gpu));
    int err;

    if (!gpu)
        return -ENOMEM;
    err = zc_egl_choose(&gpu->egl, device);
    if (err)
        goto free_gpu;
    zc_imports_init(&gpu->imports, &gpu->egl);
    err = zc_programs_init(&gpu->programs, gpu->egl.device);
    if (err)
        goto close_egl;
    set_up(gpu);
    gpu->info = (struct zc_gpu_info){
        .device = gpu->egl.device,
        .renderer = gpu->egl.renderer,
        .software = gpu->egl.software,
        .native_fence = gpu->egl.native_fence,
    };
    look_for_retiling(gpu);
    *out = gpu;
    return 0;

close_egl:
    zc_egl_close(&gpu->egl);
free_gpu:
    free(gpu);
    return err;
}

void zc_gpu_release(struct zc_gpu *gpu)
{
    zc_egl_release(&gpu->egl);
}

void zc_gpu_close(struct zc_gpu *gpu)
{
    bool current;

    if (!gpu)
        return;
    current = !zc_egl_make_current(&gpu->egl);
    zc_imports_finish(&gpu->imports);
    if (current)
        zc_programs_finish(&gpu->programs);
    zc_egl_close(&gpu->egl);
    zc_gbm_close(gpu->gbm);
    free(gpu);
}

const struct zc_gpu_info *zc_gpu_info(const struct zc_gpu *gpu)
{
    return &gpu->info;
}

bool zc_gpu_has_format(const struct zc_gpu *gpu, const struct zc_format *format,
                       uint64_t modifier)
{
    return zc_imports_take(&gpu->egl, format, modifier);
}

static int need_gbm(struct zc_gpu *gpu)
{
    if (!gpu->gbm && !gpu->gbm_error) {
        gpu->gbm_error = zc_gbm_open(&gpu->gbm, gpu->egl.device);
        if (gpu->gbm_error)
            zc_log(ZC_LOG_INFO, "%s: no memory of the GPU's own: libgbm: %s",
                   gpu->egl.device, strerror(-gpu->gbm_error));
    }
    return gpu->gbm_error;
}

bool zc_gpu_modifier(struct zc_gpu *gpu, const struct zc_format *format, int index,
                     uint64_t *modifier)
{
    uint32_t fourcc = zc_format_drawn_as(format, 0);

    /* Of tiles, planes are not drawn one by one. */
    if (!fourcc || format->n_planes > 1)
        return false;
    for (int i = 0; zc_egl_drawn_modifier(&gpu->egl, fourcc, i, modifier); i++) {
        if (need_gbm(gpu))
            return false;
        if (zc_gbm_planes(gpu->gbm, format->fourcc, *modifier) == 1 && !index--)
            return true;
    }
    return false;
}

int zc_gpu_pool(struct zc_gpu *gpu, const struct zc_layout *layout,
                const uint64_t *modifiers, int n_modifiers, int n, struct zc_pool **pool)
{
    int err = need_gbm(gpu);

    if (err) {
        zc_log(ZC_LOG_ERROR, "%s: it has no memory of its own to draw into: libgbm: %s",
               gpu->egl.device, strerror(-err));
        return err;
    }
    return zc_tiled_pool(gpu->gbm, gpu->egl.device, layout, modifiers, n_modifiers, n,
                         pool);
}

int zc_gpu_set_shader(struct zc_gpu *gpu, const char *source, const char *name)
{
    int err = zc_egl_make_current(&gpu->egl);

    return err ? err : zc_programs_set_effect(&gpu->programs, source, name);
}

int zc_gpu_verify(struct zc_gpu *gpu, const struct zc_frame *frame)
{
    return zc_imports_verify(&gpu->imports, frame);
}

/* Checks @op and fills in what it leaves open. */
static int complete(const struct zc_gpu *gpu, const struct zc_layout *dst,
                    struct zc_gpu_op *op)
{
    if (!op->to.width)
        op->to = (struct zc_rect){0, 0, dst->width, dst->height};
    if (op->rotate != 0 && op->rotate != 90 && op->rotate != 180 && op->rotate != 270) {
        zc_log(ZC_LOG_ERROR, "%s: cannot rotate by %d degrees: 0, 90, 180 or 270",
               gpu->egl.device, op->rotate);
        return -EINVAL;
    }
    if (!op->to.height || op->to.width > (uint32_t)gpu->largest[0] ||
        op->to.height > (uint32_t)gpu->largest[1]) {
        zc_log(ZC_LOG_ERROR, "%s: cannot draw %ux%u pixels: 1x1 to %dx%d",
               gpu->egl.device, op->to.width, op->to.height, gpu->largest[0],
               gpu->largest[1]);
        return -EINVAL;
    }
    if (dst->format->model == ZC_MODEL_YUV && (op->to.x % 2 || op->to.y % 2)) {
        zc_log(ZC_LOG_ERROR, "%s: cannot draw %s at %d,%d: its chroma wants even places",
               gpu->egl.device, dst->format->name, op->to.x, op->to.y);
        return -EINVAL;
    }
    return 0;
}

static bool scales(const struct zc_layout *src, const struct zc_gpu_op *op)
{
    bool turned = op->rotate % 180;

    return (turned ? src->height : src->width) != op->to.width ||
           (turned ? src->width : src->height) != op->to.height;
}

int zc_gpu_convert(struct zc_gpu *gpu, struct zc_frame *src, struct zc_frame *dst,
                   const struct zc_gpu_op *op)
{
    const struct zc_layout *from = zc_frame_layout(src), *to = zc_frame_layout(dst);
    struct zc_gpu_op all = op ? *op : (struct zc_gpu_op){0};
    struct zc_import *source, *target;
    struct zc_recipe recipe;
    int err;

    if (src == dst) {
        zc_log(ZC_LOG_ERROR, "%s: a frame cannot be drawn into itself", gpu->egl.device);
        return -EINVAL;
    }
    err = complete(gpu, to, &all);
    if (!err)
        err = zc_egl_make_current(&gpu->egl);
    if (err)
        return err;
    zc_imports_reap(&gpu->imports);
    err = zc_import_source(&gpu->imports, src, &source);
    if (!err)
        err = zc_import_target(&gpu->imports, dst, &target);
    if (err)
        return err;
    recipe = (struct zc_recipe){
        .format = source->read,
        .external = source->external,
        .smooth = scales(from, &all),
        .effect = gpu->programs.effect,
    };
    if (zc_frame_fence(src) >= 0)
        err = zc_egl_wait(&gpu->egl, zc_frame_fence(src));
    for (int i = 0; i < to->n_planes && !err; i++) {
        recipe.into = to->n_planes == 1 ? ZC_INTO_RGB : i ? ZC_INTO_CHROMA : ZC_INTO_LUMA;
        err = zc_pass_draw(&gpu->programs, &recipe, source,
                           gpu->retile && gpu->retile->at_binding, target->framebuffer[i],
                           from, to, &all);
    }
    if (err)
        return err;
    zc_frame_set_fence(dst, zc_egl_submit(&gpu->egl));
    return 0;
}

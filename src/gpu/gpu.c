/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu - draws one frame into another: converted, flipped, rotated, scaled, and through
 * the user's shader, from dma-buf to dma-buf.
 *
 * Row 0 of memory is the top of a picture, and GL's y = 0 of a framebuffer is row 0 of
 * its memory: so coordinates below are those of pictures, and nothing is turned on the
 * way.
 */
#include "gpu/egl.h"
#include "gpu/import.h"
#include "gpu/shader.h"
#include "base/ioctl.h"
#include "zerocopy.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdlib.h>

struct zc_gpu {
    struct zc_egl egl;
    struct zc_imports imports;
    struct zc_programs programs;
    struct zc_gpu_info info;
    GLint largest[2]; /* viewport */
};

/* GL state that never changes after. */
static void set_up(struct zc_gpu *gpu)
{
    static const GLfloat corners[] = {0, 0, 1, 0, 0, 1, 1, 1};

    glGetIntegerv(GL_MAX_VIEWPORT_DIMS, gpu->largest);
    glDisable(GL_DITHER);
    glClearColor(0, 0, 0, 1);
    glEnableVertexAttribArray(ZC_CORNER);
    glVertexAttribPointer(ZC_CORNER, 2, GL_FLOAT, GL_FALSE, 0, corners);
}

int zc_gpu_open(struct zc_gpu **out, const char *device)
{
    struct zc_gpu *gpu = calloc(1, sizeof(*gpu));
    int err;

    if (!gpu)
        return -ENOMEM;
    err = zc_egl_open(&gpu->egl, device);
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
    free(gpu);
}

const struct zc_gpu_info *zc_gpu_info(const struct zc_gpu *gpu)
{
    return &gpu->info;
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

/* Where the place (@x, @y) of the drawn picture is in the source, both in [0,1]. */
static void place(const struct zc_gpu_op *op, float x, float y, float out[2])
{
    switch (op->rotate) {
    case 0:
        out[0] = x, out[1] = y;
        break;
    case 90:
        out[0] = y, out[1] = 1 - x;
        break;
    case 180:
        out[0] = 1 - x, out[1] = 1 - y;
        break;
    default:
        out[0] = 1 - y, out[1] = x;
    }
    if (op->flip_h)
        out[0] = 1 - out[0];
    if (op->flip_v)
        out[1] = 1 - out[1];
}

/* The same as an affine map: out[i] . (x, y, 1). */
static void map(const struct zc_gpu_op *op, float out[2][3])
{
    float zero[2], x[2], y[2];

    place(op, 0, 0, zero);
    place(op, 1, 0, x);
    place(op, 0, 1, y);
    for (int i = 0; i < 2; i++) {
        out[i][0] = x[i] - zero[i];
        out[i][1] = y[i] - zero[i];
        out[i][2] = zero[i];
    }
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
    return 0;
}

static bool scales(const struct zc_layout *src, const struct zc_gpu_op *op)
{
    bool turned = op->rotate % 180;

    return (turned ? src->height : src->width) != op->to.width ||
           (turned ? src->width : src->height) != op->to.height;
}

static void set_uniforms(const struct zc_gpu *gpu, const struct zc_program *program,
                         const struct zc_layout *src, const struct zc_layout *dst,
                         const struct zc_gpu_op *op)
{
    const struct zc_format *format = src->format;
    float corners[2][3], rows[3][4], texel_size[ZC_MAX_PLANES][2];
    uint32_t fourcc = dst->format->fourcc;

    map(op, corners);
    glUniform3fv(program->map, 2, corners[0]);
    glUniform2f(program->size, src->width, src->height);
    for (int i = 0; i < format->n_planes; i++) {
        int width = format->plane[i].block_width, height = format->plane[i].block_height;

        texel_size[i][0] = 1.0f / ((src->width + width - 1) / width);
        texel_size[i][1] = 1.0f / ((src->height + height - 1) / height);
    }
    glUniform2fv(program->texel_size, format->n_planes, texel_size[0]);
    if (format->model == ZC_MODEL_YUV) {
        zc_colour_matrix(&src->colour, rows);
        glUniform4fv(program->rows, 3, rows[0]);
    }
    if (program->recipe.effect)
        glUniform1f(program->time, (zc_now_ns() - gpu->programs.effect_at_ns) / 1e9f);
    glUniform1f(program->opaque,
                fourcc != DRM_FORMAT_ARGB8888 && fourcc != DRM_FORMAT_ABGR8888);
}

static void draw(const struct zc_gpu_op *op, const struct zc_import *from,
                 const struct zc_import *into)
{
    glBindFramebuffer(GL_FRAMEBUFFER, into->framebuffer);
    /* A whole clear also spares a tiled GPU the reading of what was there. */
    glClear(GL_COLOR_BUFFER_BIT);
    glViewport(op->to.x, op->to.y, op->to.width, op->to.height);
    for (int i = 0; i < from->n_images; i++) {
        glActiveTexture(GL_TEXTURE0 + i);
        glBindTexture(from->target[i], from->texture[i]);
    }
    glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
}

int zc_gpu_convert(struct zc_gpu *gpu, struct zc_frame *src, struct zc_frame *dst,
                   const struct zc_gpu_op *op)
{
    const struct zc_layout *from = zc_frame_layout(src), *to = zc_frame_layout(dst);
    struct zc_gpu_op all = op ? *op : (struct zc_gpu_op){0};
    const struct zc_program *program;
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
        .format = from->format,
        .external = source->external,
        .smooth = scales(from, &all),
        .effect = gpu->programs.effect,
    };
    err = zc_programs_use(&gpu->programs, &recipe, &program);
    if (!err && zc_frame_fence(src) >= 0)
        err = zc_egl_wait(&gpu->egl, zc_frame_fence(src));
    if (err)
        return err;
    set_uniforms(gpu, program, from, to, &all);
    draw(&all, source, target);
    zc_frame_set_fence(dst, zc_egl_submit(&gpu->egl));
    return 0;
}

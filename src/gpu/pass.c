/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-pass - draws one plane of a target.
 *
 * Row 0 of memory is the top of a picture, and GL's y = 0 of a framebuffer is row 0 of
 * its memory: so coordinates below are those of pictures, and nothing is turned on the
 * way.
 */
#include "gpu/pass.h"
#include "base/ioctl.h"

#include <drm_fourcc.h>

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

/* What a plane has of the rectangle @to: all, or a texel for each two pixels each way, of
 * which the last may lie half outside. */
static struct zc_rect part_of(const struct zc_rect *to, enum zc_into into)
{
    if (into != ZC_INTO_CHROMA)
        return *to;
    return (struct zc_rect){to->x / 2, to->y / 2, (to->width + 1) / 2,
                            (to->height + 1) / 2};
}

/* The map from corners of that part, and the steps between pixels of the target. */
static void set_place(const struct zc_program *program, const struct zc_gpu_op *op)
{
    const struct zc_rect *to = &op->to;
    struct zc_rect part = part_of(to, program->recipe.into);
    float pixels = program->recipe.into == ZC_INTO_CHROMA ? 2 : 1;
    float corners[2][3], step[2][2];

    map(op, corners);
    for (int i = 0; i < 2; i++) {
        step[0][i] = corners[i][0] / to->width;
        step[1][i] = corners[i][1] / to->height;
        corners[i][0] *= pixels * part.width / to->width;
        corners[i][1] *= pixels * part.height / to->height;
    }
    glUniform3fv(program->map, 2, corners[0]);
    glUniform2fv(program->step, 2, step[0]);
}

static void set_source(const struct zc_program *program, const struct zc_layout *src)
{
    const struct zc_format *format = program->recipe.format;
    float rows[3][4], texel_size[ZC_MAX_PLANES][2];

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
}

/* Says what black is there, and clears to it: a whole clear also spares a tiled GPU the
 * reading of what was there. */
static void set_target(const struct zc_program *program, const struct zc_layout *dst)
{
    uint32_t fourcc = dst->format->fourcc;
    float yuv[3][4];

    glUniform1f(program->opaque,
                fourcc != DRM_FORMAT_ARGB8888 && fourcc != DRM_FORMAT_ABGR8888);
    if (program->recipe.into == ZC_INTO_RGB) {
        glClearColor(0, 0, 0, 1);
    } else {
        zc_colour_inverse(&dst->colour, yuv);
        glUniform4fv(program->yuv, 3, yuv[0]);
        if (program->recipe.into == ZC_INTO_LUMA)
            glClearColor(yuv[0][3], 0, 0, 1);
        else
            glClearColor(yuv[1][3], yuv[2][3], 0, 1);
    }
    glClear(GL_COLOR_BUFFER_BIT);
}

int zc_pass_draw(struct zc_programs *programs, const struct zc_recipe *recipe,
                 const struct zc_import *source, bool bind_anew, GLuint framebuffer,
                 const struct zc_layout *src, const struct zc_layout *dst,
                 const struct zc_gpu_op *op)
{
    struct zc_rect part = part_of(&op->to, recipe->into);
    const struct zc_program *program;
    int err = zc_programs_use(programs, recipe, &program);

    if (err)
        return err;
    glBindFramebuffer(GL_FRAMEBUFFER, framebuffer);
    set_place(program, op);
    set_source(program, src);
    set_target(program, dst);
    if (recipe->effect)
        glUniform1f(program->time, (zc_now_ns() - programs->effect_at_ns) / 1e9f);
    glViewport(part.x, part.y, part.width, part.height);
    for (int i = 0; i < source->n_images; i++) {
        glActiveTexture(GL_TEXTURE0 + i);
        glBindTexture(source->target[i], source->texture[i]);
        if (bind_anew)
            source->imports->egl->image_to_texture(source->target[i], source->image[i]);
    }
    glDrawArrays(GL_TRIANGLE_STRIP, 0, 4);
    return 0;
}

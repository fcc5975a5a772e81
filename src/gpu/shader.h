/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-shader.h - the programs that read each format, with or without a user's effect,
 * compiled at first need and kept.
 *
 * May touch: GL programs, the format table. A GL context is current in every call.
 */
#ifndef ZC_GPU_SHADER_H
#define ZC_GPU_SHADER_H

#include "zerocopy.h"

#include <GLES2/gl2.h>

#define ZC_SHADER_BYTES (64 * 1024) /* the longest effect that is taken */

/** What a program draws. */
enum zc_into {
    ZC_INTO_RGB,
    ZC_INTO_LUMA,
    ZC_INTO_CHROMA, /* of 2 x 2 pixels, U and V in a texel */
};

/** What a program is made for. Two equal recipes share a program. */
struct zc_recipe {
    const struct zc_format *format;
    unsigned external; /* bit for each plane behind a samplerExternalOES */
    bool smooth;       /* bilinear, else the nearest texel */
    bool effect;       /* the user's zc_effect(), else the plain picture */
    enum zc_into into;
};

struct zc_program {
    struct zc_program *next;
    struct zc_recipe recipe;
    GLuint name;
    GLint map;  /* vec3[2]: corner of the target to place in the source, both [0,1] */
    GLint size; /* vec2: source pixels */
    GLint texel_size; /* vec2[planes]: of a texel of each plane, in texture coordinates */
    GLint rows;       /* vec4[3]: YUV to RGB */
    GLint time;       /* float: seconds */
    GLint yuv;        /* vec4[3]: RGB to YUV */
    GLint step;       /* vec2[2]: from a pixel of the target to the next in x and in y, as
                         places in the source */
    GLint opaque;     /* float: 1 where the target has no alpha */
};

struct zc_programs {
    const char *device; /* for messages */
    struct zc_program *first;
    GLuint vertex;
    bool highp;
    struct zc_recipe last; /* the one asked for last: a new effect is tried with it */
    char *effect;
    int64_t effect_at_ns;
};

/** Position of the one vertex attribute, the corner of the target in [0,1]. */
#define ZC_CORNER 0

/** Prepares the parts that all programs share. Returns 0, or a negative errno value. */
int zc_programs_init(struct zc_programs *programs, const char *device);
void zc_programs_finish(struct zc_programs *programs);

/** The program for @recipe, current. Returns 0, -ENOTSUP, or -ENOMEM, and has said why. */
int zc_programs_use(struct zc_programs *programs, const struct zc_recipe *recipe,
                    const struct zc_program **out);

/** Does what zc_gpu_set_shader() documents. */
int zc_programs_set_effect(struct zc_programs *programs, const char *source,
                           const char *name);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-shader - GL programs, compiled at first need and kept; and the user's effect. */
#include "gpu/shader.h"
#include "gpu/source.h"
#include "base/ioctl.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG_BYTES 4096
#define LOG_LINES 20

/* Says the compiler's @text, a message a line, after @name. */
static void say_lines(const char *name, char *text)
{
    char *rest = text, *line;

    for (int n = 0; n < LOG_LINES && (line = strsep(&rest, "\n"));)
        if (*line) {
            zc_log(ZC_LOG_ERROR, "%s: %s", name, line);
            n++;
        }
}

/* Compiles the @n @parts as one shader. Returns 0 where it fails, with the log in @log. */
static GLuint compile(GLenum kind, int n, const char *const *parts, char *log)
{
    GLuint shader = glCreateShader(kind);
    GLint fine = 0;

    log[0] = '\0';
    if (!shader)
        return 0;
    glShaderSource(shader, n, parts, NULL);
    glCompileShader(shader);
    glGetShaderiv(shader, GL_COMPILE_STATUS, &fine);
    if (fine)
        return shader;
    glGetShaderInfoLog(shader, LOG_BYTES, NULL, log);
    glDeleteShader(shader);
    return 0;
}

/*
 * GLSL ES 1.00 says that the line after "#line N" is N + 1, later versions say N, and
 * compilers do either, for 1.00 as well. So ask this one, by a line that cannot compile.
 */
static const char *line_directive(void)
{
    static const char *const parts[] = {"precision mediump float;\n#line 7000\n",
                                        "zc_wrong zc_wrong;\nvoid main() { }\n"};
    char log[LOG_BYTES];
    GLuint shader = compile(GL_FRAGMENT_SHADER, 2, parts, log);

    if (shader)
        glDeleteShader(shader);
    return strstr(log, "7001") ? "#line 0\n" : "#line 1\n";
}

/* Takes the log's reader, and returns a program of both shaders, or 0. */
static GLuint link_program(const struct zc_programs *programs, GLuint fragment, char *log)
{
    GLuint program = glCreateProgram();
    GLint fine = 0;

    glAttachShader(program, programs->vertex);
    glAttachShader(program, fragment);
    glBindAttribLocation(program, ZC_CORNER, "zc_corner");
    glLinkProgram(program);
    glGetProgramiv(program, GL_LINK_STATUS, &fine);
    if (fine)
        return program;
    glGetProgramInfoLog(program, LOG_BYTES, NULL, log);
    glDeleteProgram(program);
    return 0;
}

/* Compiles @recipe with @effect; says what is wrong as @name. Returns 0 or -errno. */
static int build(const struct zc_programs *programs, const struct zc_recipe *recipe,
                 const char *effect, const char *name, GLuint *out)
{
    const char *parts[4] = {NULL, "", zc_fragment_plain, zc_fragment_end[recipe->into]};
    char log[LOG_BYTES];
    char *begin;
    GLuint fragment;
    int err;

    err = zc_fragment_begin(&begin, recipe, programs->highp);
    if (err) {
        zc_log(ZC_LOG_ERROR, "%s: there is no shader that reads %s", programs->device,
               recipe->format->name);
        free(begin);
        return err;
    }
    if (effect) {
        parts[1] = line_directive();
        parts[2] = effect;
    }
    parts[0] = begin;
    *out = 0;
    fragment = compile(GL_FRAGMENT_SHADER, 4, parts, log);
    if (fragment) {
        *out = link_program(programs, fragment, log);
        glDeleteShader(fragment);
    }
    free(begin);
    if (*out)
        return 0;
    say_lines(name, log);
    return effect ? -EINVAL : -ENOTSUP;
}

static int add(struct zc_programs *programs, const struct zc_recipe *recipe, GLuint name)
{
    struct zc_program *program = calloc(1, sizeof(*program));
    char sampler[] = "zc_plane0";

    if (!program) {
        glDeleteProgram(name);
        return -ENOMEM;
    }
    *program = (struct zc_program){
        .next = programs->first,
        .recipe = *recipe,
        .name = name,
        .map = glGetUniformLocation(name, "zc_map"),
        .size = glGetUniformLocation(name, "zc_size"),
        .texel_size = glGetUniformLocation(name, "zc_texel_size"),
        .rows = glGetUniformLocation(name, "zc_rows"),
        .time = glGetUniformLocation(name, "zc_time"),
        .yuv = glGetUniformLocation(name, "zc_yuv"),
        .step = glGetUniformLocation(name, "zc_step"),
        .opaque = glGetUniformLocation(name, "zc_opaque"),
    };
    programs->first = program;
    glUseProgram(name);
    for (int i = 0; i < recipe->format->n_planes; i++) {
        sampler[8] = '0' + i;
        glUniform1i(glGetUniformLocation(name, sampler), i);
    }
    return 0;
}

static bool same(const struct zc_recipe *a, const struct zc_recipe *b)
{
    return a->format == b->format && a->external == b->external &&
           a->smooth == b->smooth && a->effect == b->effect && a->into == b->into;
}

int zc_programs_use(struct zc_programs *programs, const struct zc_recipe *recipe,
                    const struct zc_program **out)
{
    static const char *const into[] = {"", " into luma", " into chroma"};
    struct zc_program *program;
    GLuint name;
    int err;

    programs->last = *recipe;
    for (program = programs->first; program; program = program->next)
        if (same(&program->recipe, recipe)) {
            glUseProgram(program->name);
            *out = program;
            return 0;
        }
    err = build(programs, recipe, recipe->effect ? programs->effect : NULL,
                programs->device, &name);
    if (!err)
        err = add(programs, recipe, name);
    if (err)
        return err == -EINVAL ? -ENOTSUP : err;
    zc_log(ZC_LOG_DEBUG, "%s: compiled a program for %s%s%s%s", programs->device,
           recipe->format->name, into[recipe->into], recipe->smooth ? ", bilinear" : "",
           recipe->effect ? ", with the effect" : "");
    *out = programs->first;
    return 0;
}

/* Forgets the programs of an effect, or all. */
static void drop(struct zc_programs *programs, bool all)
{
    struct zc_program **link = &programs->first, *program;

    while ((program = *link)) {
        if (!all && !program->recipe.effect) {
            link = &program->next;
            continue;
        }
        *link = program->next;
        glDeleteProgram(program->name);
        free(program);
    }
}

int zc_programs_set_effect(struct zc_programs *programs, const char *source,
                           const char *name)
{
    static const struct zc_format plain = {
        .name = "XR24",
        .fourcc = DRM_FORMAT_XRGB8888,
        .model = ZC_MODEL_RGB,
        .n_planes = 1,
        .plane[0] = {4, 1, 1, DRM_FORMAT_XRGB8888},
    };
    struct zc_recipe trial = programs->last;
    char *copy = NULL;
    GLuint program;
    int err;

    name = name ? name : "shader";
    if (!trial.format)
        trial.format = &plain;
    trial.effect = true;
    if (source) {
        if (strnlen(source, ZC_SHADER_BYTES + 1) > ZC_SHADER_BYTES) {
            zc_log(ZC_LOG_ERROR, "%s is longer than %d bytes", name, ZC_SHADER_BYTES);
            return -EINVAL;
        }
        err = build(programs, &trial, source, name, &program);
        if (err) {
            zc_log(ZC_LOG_ERROR,
                   "%s does not compile as GLSL ES 1.00 that defines "
                   "vec4 zc_effect(vec2 at); see the lines above",
                   name);
            return err;
        }
        copy = strdup(source);
        if (!copy) {
            glDeleteProgram(program);
            return -ENOMEM;
        }
    }
    drop(programs, false);
    free(programs->effect);
    programs->effect = copy;
    programs->effect_at_ns = zc_now_ns();
    return copy ? add(programs, &trial, program) : 0;
}

int zc_programs_init(struct zc_programs *programs, const char *device)
{
    static const char *const parts[] = {zc_vertex_source};
    GLint range[2] = {0, 0}, bits = 0;
    char log[LOG_BYTES];

    *programs = (struct zc_programs){.device = device};
    glGetShaderPrecisionFormat(GL_FRAGMENT_SHADER, GL_HIGH_FLOAT, range, &bits);
    programs->highp = bits > 0;
    programs->vertex = compile(GL_VERTEX_SHADER, 1, parts, log);
    if (programs->vertex)
        return 0;
    say_lines(device, log);
    return -ENOTSUP;
}

void zc_programs_finish(struct zc_programs *programs)
{
    drop(programs, true);
    free(programs->effect);
    programs->effect = NULL;
    if (programs->vertex)
        glDeleteShader(programs->vertex);
    programs->vertex = 0;
}

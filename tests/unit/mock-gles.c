/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mock-gles - OpenGL ES 2 that draws nothing and remembers what it was told. */
#include "mock-gl.h"

#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static GLenum last_error;
static GLuint next_name = 1;
static bool by_renderbuffer;

static void remove_named(enum mock_thing thing)
{
    mock_gl_remove(thing);
    mock_gl.foreign_deletes += !mock_egl_current();
}

#define MAKES(function, thing)                                                           \
    void glGen##function(GLsizei n, GLuint *names)                                       \
    {                                                                                    \
        for (GLsizei i = 0; i < n; i++) {                                                \
            names[i] = next_name++;                                                      \
            mock_gl_add(thing);                                                          \
        }                                                                                \
    }                                                                                    \
    void glDelete##function(GLsizei n, const GLuint *names)                              \
    {                                                                                    \
        (void)names;                                                                     \
        for (GLsizei i = 0; i < n; i++)                                                  \
            remove_named(thing);                                                         \
    }

MAKES(Textures, MOCK_TEXTURE)
MAKES(Renderbuffers, MOCK_RENDERBUFFER)
MAKES(Framebuffers, MOCK_FRAMEBUFFER)

#define NOTHING(name, ...)                                                               \
    void name(__VA_ARGS__)                                                               \
    {                                                                                    \
    }

#pragma GCC diagnostic ignored "-Wunused-parameter"
NOTHING(glActiveTexture, GLenum unit)
NOTHING(glAttachShader, GLuint program, GLuint shader)
NOTHING(glBindAttribLocation, GLuint program, GLuint index, const GLchar *name)
NOTHING(glBindFramebuffer, GLenum target, GLuint name)
NOTHING(glBindRenderbuffer, GLenum target, GLuint name)
NOTHING(glBindTexture, GLenum target, GLuint name)
NOTHING(glCompileShader, GLuint shader)
NOTHING(glDisable, GLenum what)
NOTHING(glEnableVertexAttribArray, GLuint index)
NOTHING(glFlush, void)
NOTHING(glLinkProgram, GLuint program)
NOTHING(glTexParameteri, GLenum target, GLenum name, GLint value)
NOTHING(glUniform1i, GLint at, GLint value)
NOTHING(glUniform4fv, GLint at, GLsizei n, const GLfloat *values)
NOTHING(glUseProgram, GLuint program)
NOTHING(glVertexAttribPointer, GLuint index, GLint size, GLenum type, GLboolean normalise,
        GLsizei stride, const void *data)
#pragma GCC diagnostic warning "-Wunused-parameter"

void mock_gles_image_to_texture(unsigned target, void *image)
{
    (void)image;
    mock_gl.bindings++;
    if (mock_gl.texture_2d_refused && target == GL_TEXTURE_2D)
        last_error = GL_INVALID_OPERATION;
}

void mock_gles_image_to_renderbuffer(unsigned target, void *image)
{
    (void)target, (void)image;
}

void glFramebufferRenderbuffer(GLenum target, GLenum point, GLenum kind, GLuint name)
{
    (void)target, (void)point, (void)kind, (void)name;
    by_renderbuffer = true;
}

void glFramebufferTexture2D(GLenum target, GLenum point, GLenum kind, GLuint name,
                            GLint level)
{
    (void)target, (void)point, (void)kind, (void)name, (void)level;
    by_renderbuffer = false;
}

GLenum glCheckFramebufferStatus(GLenum target)
{
    (void)target;
    if (mock_egl_device()->no_target)
        return GL_FRAMEBUFFER_UNSUPPORTED;
    if (by_renderbuffer ? mock_gl.renderbuffer_refused : mock_gl.framebuffer_refused)
        return GL_FRAMEBUFFER_UNSUPPORTED;
    return GL_FRAMEBUFFER_COMPLETE;
}

GLenum glGetError(void)
{
    GLenum error = last_error;

    last_error = GL_NO_ERROR;
    return error;
}

const GLubyte *glGetString(GLenum name)
{
    if (name == GL_RENDERER)
        return (const GLubyte *)mock_egl_device()->renderer;
    return (const GLubyte *)"GL_OES_EGL_image_external GL_OES_EGL_image";
}

void glGetIntegerv(GLenum name, GLint *values)
{
    (void)name;
    values[0] = values[1] = 8192;
}

void glGetShaderPrecisionFormat(GLenum shader, GLenum type, GLint *range, GLint *bits)
{
    (void)shader, (void)type;
    range[0] = range[1] = 127;
    *bits = 23;
}

GLuint glCreateShader(GLenum kind)
{
    (void)kind;
    mock_gl_add(MOCK_SHADER);
    return next_name++;
}

void glDeleteShader(GLuint shader)
{
    (void)shader;
    remove_named(MOCK_SHADER);
}

GLuint glCreateProgram(void)
{
    mock_gl_add(MOCK_PROGRAM);
    return next_name++;
}

void glDeleteProgram(GLuint program)
{
    (void)program;
    remove_named(MOCK_PROGRAM);
}

void glShaderSource(GLuint shader, GLsizei n, const GLchar *const *parts,
                    const GLint *lengths)
{
    (void)shader, (void)lengths;
    mock_gl.source[0] = '\0';
    for (GLsizei i = 0; i < n; i++)
        strncat(mock_gl.source, parts[i],
                sizeof(mock_gl.source) - strlen(mock_gl.source) - 1);
}

/* The number of the line that has the word "wrong", as a compiler counts; 0 if none. */
static int wrong_line(void)
{
    const char *at = mock_gl.source;
    int number = 1;

    for (; *at; number++) {
        size_t length = strcspn(at, "\n");
        char line[256];

        snprintf(line, sizeof(line), "%.*s", (int)length, at);
        if (strstr(line, "wrong"))
            return number;
        if (!strncmp(line, "#line ", 6))
            number = atoi(line + 6) - !mock_gl.lines_from_next;
        at += length + (at[length] == '\n');
    }
    return 0;
}

void glGetShaderiv(GLuint shader, GLenum name, GLint *value)
{
    (void)shader, (void)name;
    *value = !wrong_line();
}

void glGetShaderInfoLog(GLuint shader, GLsizei size, GLsizei *length, GLchar *log)
{
    (void)shader, (void)length;
    snprintf(log, size, "0:%d(1): error: `wrong' undeclared\n\n", wrong_line());
}

void glGetProgramiv(GLuint program, GLenum name, GLint *value)
{
    (void)program, (void)name;
    *value = 1;
}

void glGetProgramInfoLog(GLuint program, GLsizei size, GLsizei *length, GLchar *log)
{
    (void)program, (void)size, (void)length;
    log[0] = '\0';
}

enum { AT_OTHER, AT_MAP, AT_SIZE, AT_TEXELS, AT_OPAQUE, AT_TIME };

GLint glGetUniformLocation(GLuint program, const GLchar *name)
{
    static const char *const names[] = {
        [AT_MAP] = "zc_map",       [AT_SIZE] = "zc_size", [AT_TEXELS] = "zc_texel_size",
        [AT_OPAQUE] = "zc_opaque", [AT_TIME] = "zc_time",
    };

    (void)program;
    for (int i = AT_MAP; i <= AT_TIME; i++)
        if (!strcmp(names[i], name))
            return i;
    return AT_OTHER;
}

void glUniform1f(GLint at, GLfloat value)
{
    *(at == AT_OPAQUE ? &mock_gl.opaque : &mock_gl.time) = value;
}

void glUniform2f(GLint at, GLfloat x, GLfloat y)
{
    (void)at;
    mock_gl.size[0] = x;
    mock_gl.size[1] = y;
}

void glUniform2fv(GLint at, GLsizei n, const GLfloat *values)
{
    (void)at;
    memcpy(mock_gl.texels, values, n * 2 * sizeof(*values));
}

void glUniform3fv(GLint at, GLsizei n, const GLfloat *values)
{
    (void)at;
    memcpy(mock_gl.map, values, n * 3 * sizeof(*values));
}

void glViewport(GLint x, GLint y, GLsizei width, GLsizei height)
{
    memcpy(mock_gl.viewport, (int[]){x, y, width, height}, sizeof(mock_gl.viewport));
}

void glClearColor(GLfloat r, GLfloat g, GLfloat b, GLfloat a)
{
    (void)a;
    memcpy(mock_gl.clear, (float[]){r, g, b}, sizeof(mock_gl.clear));
}

/* Into every byte of the last image, of four bytes a pixel. */
static void clear_memory(void)
{
    enum { HEIGHT = 3, FD = 7, STRIDE = 11 }; /* in the list of attributes */
    const int *image = mock_gl.image_attribs;
    uint8_t pixel[4] = {0};

    for (int i = 0; i < 3; i++)
        pixel[i] = mock_gl.clear[2 - i] * 255 + 0.5f;
    for (int at = 0; at < image[STRIDE] * image[HEIGHT]; at += sizeof(pixel))
        if (pwrite(image[FD], pixel, sizeof(pixel), at) < 0)
            abort();
}

void glClear(GLbitfield what)
{
    (void)what;
    mock_gl.clears++;
    if (mock_gl.clears_memory && !mock_egl_device()->draws_nowhere)
        clear_memory();
}

void glDrawArrays(GLenum kind, GLint first, GLsizei n)
{
    (void)kind, (void)first, (void)n;
    mock_gl.draws++;
}

void glFinish(void)
{
    mock_gl.finishes++;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mock-gl.h - EGL, OpenGL ES and drmGetVersion() without a GPU: they count what is made
 * and what lives, and fail where a test says so.
 */
#ifndef MOCK_GL_H
#define MOCK_GL_H

#include <stdbool.h>

enum mock_thing {
    MOCK_IMAGE,
    MOCK_TEXTURE,
    MOCK_RENDERBUFFER,
    MOCK_FRAMEBUFFER,
    MOCK_SHADER,
    MOCK_PROGRAM,
    MOCK_SYNC,
    MOCK_CONTEXT,
    MOCK_THINGS
};

struct mock_device {
    const char *extensions;
    const char *node;     /* what it says its render node is */
    const char *renderer; /* GL_RENDERER */
    const char *display_extensions;
};

struct mock_gl {
    int made[MOCK_THINGS], live[MOCK_THINGS];
    int draws, clears, finishes, waits;
    int foreign_deletes; /* GL objects deleted without their context */

    struct mock_device devices[4];
    int n_devices;
    const char *null_driver, *zero_driver; /* of the "nodes" /dev/null and /dev/zero */

    int image_fails_at;        /* the n-th image from now fails, 1 is the next */
    int image_error;           /* EGL's error then */
    bool external_only;        /* every modifier is */
    bool modifiers_listed;     /* linear is, for every format */
    bool texture_2d_refused;   /* images go to external textures only */
    bool renderbuffer_refused; /* a framebuffer of a renderbuffer is not complete */
    bool framebuffer_refused;  /* nor is one of a texture */
    bool dup_fails;            /* the driver names native fences, and gives none */
    bool lines_from_next;      /* "#line 7" calls the next line 8 */
    int export_fd;             /* the memory of every image, or -1: not to be asked */

    int image_attribs[32]; /* of the last image */
    float map[6];
    float size[2];
    float texels[8];
    float opaque, time;
    int viewport[4];
    char source[16384]; /* of the last shader */
};

extern struct mock_gl mock_gl;

/** Resets all to one software device that can do everything. */
void mock_gl_reset(void);

/** For the mocks alone. */
void mock_gl_add(enum mock_thing thing);
void mock_gl_remove(enum mock_thing thing);
bool mock_egl_current(void);
const char *mock_egl_renderer(void);
void mock_gles_image_to_texture(unsigned target, void *image);
void mock_gles_image_to_renderbuffer(unsigned target, void *image);

#endif

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
    bool dead;          /* does not initialise */
    bool external_only; /* linear images are to be sampled only */
    bool no_target;     /* no framebuffer is complete */
    bool draws_nowhere; /* what it draws does not reach memory */
};

/* One DRM device as drmGetDevices2() tells of it; NULL: it has no such node. */
struct mock_node {
    const char *render, *card;
};

struct mock_gl {
    int made[MOCK_THINGS], live[MOCK_THINGS];
    int draws, clears, finishes, waits;
    int bindings;        /* of images to textures */
    int foreign_deletes; /* GL objects deleted without their context */

    struct mock_device devices[4]; /* the last is what surfaceless stands for */
    int n_devices;                 /* that the device platform lists */
    const char *client_extensions;
    struct mock_node nodes[4];
    int n_nodes;
    int gbm_error; /* what zc_gbm_open() gives */
    int live_gbm, initialised, terminated;
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
    bool clears_memory;        /* glClear() writes into the memory of the last image */
    float clear[3];            /* with this colour */
    int export_fd;             /* the memory of every image, or -1: not to be asked */

    unsigned long long tiled; /* a modifier that is listed for */
    unsigned long long compressed; /* the same; its memory has two planes */
    bool tiled_drawn;         /* and may be drawn into */
    int tiled_fourcc;         /* both for this format, or 0: for none */
    int image_attribs[64];    /* of the last image */
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
const struct mock_device *mock_egl_device(void);
void mock_gles_image_to_texture(unsigned target, void *image);
void mock_gles_image_to_renderbuffer(unsigned target, void *image);

#endif

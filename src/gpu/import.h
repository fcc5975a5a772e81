/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-import.h - frames as the GPU knows them: EGLImages of their dma-bufs, bound to
 * textures to sample or to a framebuffer to draw into, made once and kept with the frame.
 *
 * May touch: frames and their attachments, EGL images, GL textures and framebuffers.
 */
#ifndef ZC_GPU_IMPORT_H
#define ZC_GPU_IMPORT_H

#include "memory/frame-private.h"
#include "gpu/egl.h"

#include <stdatomic.h>
#include <stdio.h>

struct zc_imports;

/** One frame in one role. */
struct zc_import {
    struct zc_attachment attachment;
    struct zc_imports *imports;
    struct zc_import *next_dead;
    int n_images;
    EGLImageKHR image[ZC_MAX_PLANES];
    GLuint texture[ZC_MAX_PLANES];
    GLenum target[ZC_MAX_PLANES]; /* GL_TEXTURE_2D or GL_TEXTURE_EXTERNAL_OES */
    unsigned external;            /* bit for each plane that is external */
    const struct zc_format
        *read; /* how a shader reads it: the frame's, or the driver's RGB */
    /* Of a target, one a plane. */
    GLuint renderbuffer[ZC_MAX_PLANES], framebuffer[ZC_MAX_PLANES];
};

/** All imports of one GPU. */
struct zc_imports {
    const struct zc_egl *egl;
    struct zc_attachments sources, targets;
    enum zc_log_level level; /* how loud a refusal is */
    char refusal[80];        /* the last one: EGL's or GL's answer */
    /* Frames may go on any thread, GL objects only on the context's: these wait for it. */
    _Atomic(struct zc_import *) dead;
};

void zc_imports_init(struct zc_imports *imports, const struct zc_egl *egl);

/** Destroys all imports; the context is current, or is about to be destroyed. */
void zc_imports_finish(struct zc_imports *imports);

/** Frees what frames that are gone have left; the context is current. */
void zc_imports_reap(struct zc_imports *imports);

/**
 * The import of @frame to sample from, one image a plane; or to draw into. Made at first
 * sight. Returns 0, -ENOTSUP, or another negative errno value, and has said why.
 */
int zc_import_source(struct zc_imports *imports, struct zc_frame *frame,
                     struct zc_import **out);
int zc_import_target(struct zc_imports *imports, struct zc_frame *frame,
                     struct zc_import **out);

/** What zc_gpu_has_format() documents. */
bool zc_imports_take(const struct zc_egl *egl, const struct zc_format *format,
                     uint64_t modifier);

/**
 * Whether the driver's images of @frame are the frame's own dma-bufs.
 * Returns 1 the same, 0 others, -ENOENT not imported, -ENOTSUP it cannot be asked.
 */
int zc_imports_verify(const struct zc_imports *imports, const struct zc_frame *frame);

/** Whether a list of mappings (proc_pid_maps(5)) has the dma-buf of inode @identity. */
bool zc_maps_have(FILE *maps, uint64_t identity);

#endif

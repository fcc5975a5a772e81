/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-egl.h - one EGL display and context of one device, and its fences.
 *
 * May touch: libEGL, the names of DRM nodes. Knows nothing of frames.
 */
#ifndef ZC_GPU_EGL_H
#define ZC_GPU_EGL_H

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <GLES2/gl2.h>
#include <GLES2/gl2ext.h>
#include <stdbool.h>
#include <stddef.h>

struct zc_egl_device;
struct zc_gbm;

struct zc_egl {
    struct zc_gbm *gbm; /* what the display stands on; NULL: it needs none */
    EGLDisplay display;
    EGLContext context;
    char device[64]; /* "/dev/dri/renderD128", "software", or "surfaceless": EGL's own */
    char renderer[128];
    bool software;
    bool modifiers;    /* EGL_EXT_image_dma_buf_import_modifiers */
    bool export;       /* EGL_MESA_image_dma_buf_export */
    bool external;     /* GL_OES_EGL_image_external */
    bool native_fence; /* EGL_ANDROID_native_fence_sync, tried */
    bool wait;         /* EGL_KHR_wait_sync */
    PFNEGLCREATEIMAGEKHRPROC create_image;
    PFNEGLDESTROYIMAGEKHRPROC destroy_image;
    PFNGLEGLIMAGETARGETTEXTURE2DOESPROC image_to_texture;
    PFNGLEGLIMAGETARGETRENDERBUFFERSTORAGEOESPROC image_to_renderbuffer;
    PFNEGLQUERYDMABUFMODIFIERSEXTPROC query_modifiers;
    PFNEGLEXPORTDMABUFIMAGEQUERYMESAPROC export_query;
    PFNEGLEXPORTDMABUFIMAGEMESAPROC export_image;
    PFNEGLCREATESYNCKHRPROC create_sync;
    PFNEGLDESTROYSYNCKHRPROC destroy_sync;
    PFNEGLWAITSYNCKHRPROC wait_sync;
    PFNEGLDUPNATIVEFENCEFDANDROIDPROC dup_fence;
};

/**
 * Opens @device and makes its context current. Returns 0, or a negative errno value and
 * why in @why; zc_egl_close() is needed after either.
 */
int zc_egl_open(struct zc_egl *egl, const struct zc_egl_device *device, char *why,
                size_t size);

/**
 * Leaves this thread and destroys the context. A device's display stays: it belongs to the
 * whole process.
 */
void zc_egl_close(struct zc_egl *egl);

/** Whether the context is current on this thread. */
bool zc_egl_is_current(const struct zc_egl *egl);

/**
 * Makes it so; a context of another library that was current is kept in mind for
 * zc_egl_release(). Returns 0, or -EBUSY where another thread has ours.
 */
int zc_egl_make_current(const struct zc_egl *egl);

/** The opposite, if it is current here: what was put aside on this thread is current. */
void zc_egl_release(const struct zc_egl *egl);

/**
 * Makes later GPU work wait for @fence (still the caller's), on the GPU where it can,
 * else here. Returns 0, or a negative errno value.
 */
int zc_egl_wait(const struct zc_egl *egl, int fence);

/**
 * Submits the work so far. Returns a sync_file that signals when it is done, which the
 * caller owns; or -1, and then it is done.
 */
int zc_egl_submit(const struct zc_egl *egl);

/** "EGL_BAD_MATCH" and the like. */
const char *zc_egl_error_text(EGLint error);

#endif

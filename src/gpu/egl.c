/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-egl - an EGL display and context without surface or config, on one device.
 *
 * A device's display is one for the whole process, and EGL does not count who initialised
 * it: so nothing here terminates one. It ends with the process. A display on GBM is ours
 * alone, as its GBM device is, and ends with it.
 */
#include "gpu/egl.h"
#include "gpu/device.h"
#include "gpu/extension.h"
#include "gpu/gbm.h"
#include "base/ioctl.h"
#include "zerocopy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define FENCE_TIMEOUT_MS 2000

/*
 * What another user of EGL had current on this thread before our first context. It
 * belongs to the thread and not to a context: of two GPUs that are used in turn, neither
 * restores the context of the other.
 */
struct aside {
    EGLDisplay display;
    EGLSurface draw, read;
    EGLContext context;
};
static __thread struct aside aside;
static __thread EGLContext ours; /* the last of ours on this thread; may be gone */

const char *zc_egl_error_text(EGLint error)
{
    static const char *const names[] = {
        "EGL_SUCCESS",       "EGL_NOT_INITIALIZED",     "EGL_BAD_ACCESS",
        "EGL_BAD_ALLOC",     "EGL_BAD_ATTRIBUTE",       "EGL_BAD_CONFIG",
        "EGL_BAD_CONTEXT",   "EGL_BAD_CURRENT_SURFACE", "EGL_BAD_DISPLAY",
        "EGL_BAD_MATCH",     "EGL_BAD_NATIVE_PIXMAP",   "EGL_BAD_NATIVE_WINDOW",
        "EGL_BAD_PARAMETER", "EGL_BAD_SURFACE",         "EGL_CONTEXT_LOST",
    };
    unsigned index = error - EGL_SUCCESS;

    return index < sizeof(names) / sizeof(names[0]) ? names[index]
                                                    : "an unknown EGL error";
}

bool zc_egl_is_current(const struct zc_egl *egl)
{
    return eglGetCurrentContext() == egl->context;
}

static bool bind(const struct zc_egl *egl)
{
    EGLContext was = eglGetCurrentContext();
    struct aside seen = aside;

    if (was == EGL_NO_CONTEXT || was != ours)
        seen = (struct aside){.display = eglGetCurrentDisplay(),
                              .draw = eglGetCurrentSurface(EGL_DRAW),
                              .read = eglGetCurrentSurface(EGL_READ),
                              .context = was};
    if (!eglMakeCurrent(egl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, egl->context))
        return false;
    aside = seen;
    ours = egl->context;
    return true;
}

int zc_egl_make_current(const struct zc_egl *egl)
{
    if (zc_egl_is_current(egl) || bind(egl))
        return 0;
    zc_log(ZC_LOG_ERROR,
           "%s: cannot make the context current: %s; another thread has it: all calls of "
           "one GPU must come from one thread, until zc_gpu_release() there",
           egl->device, zc_egl_error_text(eglGetError()));
    return -EBUSY;
}

void zc_egl_release(const struct zc_egl *egl)
{
    struct aside before = aside;

    if (!zc_egl_is_current(egl))
        return;
    aside = (struct aside){0};
    ours = EGL_NO_CONTEXT;
    /* Its owner may have destroyed it meanwhile. */
    if (before.context == EGL_NO_CONTEXT ||
        !eglMakeCurrent(before.display, before.draw, before.read, before.context))
        eglMakeCurrent(egl->display, EGL_NO_SURFACE, EGL_NO_SURFACE, EGL_NO_CONTEXT);
}

int zc_egl_wait(const struct zc_egl *egl, int fence)
{
    EGLint attribs[] = {EGL_SYNC_NATIVE_FENCE_FD_ANDROID, -1, EGL_NONE};
    EGLSyncKHR sync = EGL_NO_SYNC_KHR;
    int err;

    if (egl->native_fence && egl->wait) {
        attribs[1] = fcntl(fence, F_DUPFD_CLOEXEC, 0);
        if (attribs[1] >= 0)
            sync = egl->create_sync(egl->display, EGL_SYNC_NATIVE_FENCE_ANDROID, attribs);
        if (sync == EGL_NO_SYNC_KHR)
            zc_close(&attribs[1]);
    }
    if (sync != EGL_NO_SYNC_KHR) {
        bool waits = egl->wait_sync(egl->display, sync, 0) == EGL_TRUE;

        egl->destroy_sync(egl->display, sync);
        if (waits)
            return 0;
    }
    err = zc_fence_wait(fence, FENCE_TIMEOUT_MS);
    if (err)
        zc_log(ZC_LOG_ERROR,
               "%s: the source frame's fence has not signalled in %d ms: %s", egl->device,
               FENCE_TIMEOUT_MS, strerror(-err));
    return err;
}

static int native_fence(const struct zc_egl *egl)
{
    EGLSyncKHR sync = egl->create_sync(egl->display, EGL_SYNC_NATIVE_FENCE_ANDROID, NULL);
    int fence;

    if (sync == EGL_NO_SYNC_KHR)
        return -1;
    /* The sync_file exists only once the commands before it are flushed. */
    glFlush();
    fence = egl->dup_fence(egl->display, sync);
    egl->destroy_sync(egl->display, sync);
    return fence;
}

int zc_egl_submit(const struct zc_egl *egl)
{
    int fence = egl->native_fence ? native_fence(egl) : -1;

    if (fence < 0)
        glFinish();
    return fence;
}

#define LOAD(member, name) (egl->member = (void *)eglGetProcAddress(name))

static void load_fences(struct zc_egl *egl, const char *extensions)
{
    bool sync = zc_egl_has(extensions, "EGL_KHR_fence_sync") &&
                zc_egl_has(extensions, "EGL_ANDROID_native_fence_sync");
    int fence;

    if (!sync || !LOAD(create_sync, "eglCreateSyncKHR") ||
        !LOAD(destroy_sync, "eglDestroySyncKHR") ||
        !LOAD(dup_fence, "eglDupNativeFenceFDANDROID"))
        return;
    egl->wait =
        zc_egl_has(extensions, "EGL_KHR_wait_sync") && LOAD(wait_sync, "eglWaitSyncKHR");
    /* Some drivers name the extension and then give none: only a fence in hand counts. */
    fence = native_fence(egl);
    egl->native_fence = fence >= 0;
    zc_close(&fence);
}

/* Loads what is needed; returns the name of the first thing missing, or NULL. */
static const char *load(struct zc_egl *egl, const char *egl_list, const char *gl_list)
{
    if (!zc_egl_has(gl_list, "GL_OES_EGL_image"))
        return "GL_OES_EGL_image";
    if (!LOAD(create_image, "eglCreateImageKHR") ||
        !LOAD(destroy_image, "eglDestroyImageKHR"))
        return "eglCreateImageKHR";
    if (!LOAD(image_to_texture, "glEGLImageTargetTexture2DOES") ||
        !LOAD(image_to_renderbuffer, "glEGLImageTargetRenderbufferStorageOES"))
        return "glEGLImageTargetTexture2DOES";
    egl->external = zc_egl_has(gl_list, "GL_OES_EGL_image_external");
    egl->modifiers = zc_egl_has(egl_list, "EGL_EXT_image_dma_buf_import_modifiers") &&
                     LOAD(query_modifiers, "eglQueryDmaBufModifiersEXT");
    egl->export = zc_egl_has(egl_list, "EGL_MESA_image_dma_buf_export") &&
                  LOAD(export_query, "eglExportDMABUFImageQueryMESA") &&
                  LOAD(export_image, "eglExportDMABUFImageMESA");
    load_fences(egl, egl_list);
    return NULL;
}

static const char *lacks(const char *extensions)
{
    static const char *const needed[] = {"EGL_EXT_image_dma_buf_import",
                                         "EGL_KHR_image_base",
                                         "EGL_KHR_surfaceless_context"};

    for (unsigned i = 0; i < sizeof(needed) / sizeof(needed[0]); i++)
        if (!zc_egl_has(extensions, needed[i]))
            return needed[i];
    if (!zc_egl_has(extensions, "EGL_KHR_no_config_context") &&
        !zc_egl_has(extensions, "EGL_MESA_configless_context"))
        return "EGL_KHR_no_config_context";
    return NULL;
}

static int create_context(struct zc_egl *egl)
{
    static const EGLint attribs[] = {EGL_CONTEXT_CLIENT_VERSION, 2, EGL_NONE};
    EGLenum api = eglQueryAPI();

    eglBindAPI(EGL_OPENGL_ES_API);
    egl->context =
        eglCreateContext(egl->display, EGL_NO_CONFIG_KHR, EGL_NO_CONTEXT, attribs);
    /* Another user of EGL on this thread may rely on its API: restore it. */
    if (api != EGL_OPENGL_ES_API && api != EGL_NONE)
        eglBindAPI(api);
    if (egl->context == EGL_NO_CONTEXT)
        return -ENOTSUP;
    if (!bind(egl)) {
        eglDestroyContext(egl->display, egl->context);
        egl->context = EGL_NO_CONTEXT;
        return -ENOTSUP;
    }
    return 0;
}

static bool is_software(const char *renderer)
{
    static const char *const names[] = {"llvmpipe", "softpipe", "lavapipe", "SwiftShader",
                                        "swrast",   "SWR",      "Software"};

    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strstr(renderer, names[i]))
            return true;
    return false;
}

/* The display of @device, initialised. */
static int open_display(struct zc_egl *egl, const struct zc_egl_device *device, char *why,
                        size_t size)
{
    if (device->platform == EGL_PLATFORM_GBM_KHR) {
        int error = zc_gbm_open(&egl->gbm, device->name);

        if (error) {
            snprintf(why, size, "%s cannot be opened by GBM: %s", device->name,
                     error == -ELIBACC ? "there is no libgbm.so.1" : strerror(-error));
            return error;
        }
    }
    egl->display =
        zc_egl_device_display(device, egl->gbm ? zc_gbm_native(egl->gbm) : NULL);
    if (egl->display != EGL_NO_DISPLAY && eglInitialize(egl->display, NULL, NULL))
        return 0;
    snprintf(why, size, "%s does not initialise: %s", device->name,
             zc_egl_error_text(eglGetError()));
    return -ENODEV;
}

static void name_device(struct zc_egl *egl, const struct zc_egl_device *device)
{
    const char *renderer = (const char *)glGetString(GL_RENDERER);
    const char *name = device->name;

    snprintf(egl->renderer, sizeof(egl->renderer), "%s", renderer ? renderer : "unknown");
    egl->software = device->kind == ZC_EGL_DEVICE_SOFTWARE || is_software(egl->renderer);
    if (egl->software && device->kind == ZC_EGL_DEVICE_UNKNOWN)
        name = "software";
    snprintf(egl->device, sizeof(egl->device), "%s", name);
}

int zc_egl_open(struct zc_egl *egl, const struct zc_egl_device *device, char *why,
                size_t size)
{
    const char *extensions, *missing;
    int error;

    memset(egl, 0, sizeof(*egl));
    error = open_display(egl, device, why, size);
    if (error)
        return error;
    extensions = eglQueryString(egl->display, EGL_EXTENSIONS);
    missing = lacks(extensions);
    if (missing) {
        snprintf(why, size, "%s lacks %s", device->name, missing);
        return -ENOTSUP;
    }
    if (create_context(egl)) {
        snprintf(why, size, "%s gives no OpenGL ES context: %s", device->name,
                 zc_egl_error_text(eglGetError()));
        return -ENOTSUP;
    }
    name_device(egl, device);
    missing = load(egl, extensions, (const char *)glGetString(GL_EXTENSIONS));
    if (missing) {
        snprintf(why, size, "%s (%s) lacks %s", device->name, egl->renderer, missing);
        return -ENOTSUP;
    }
    return 0;
}

void zc_egl_close(struct zc_egl *egl)
{
    if (egl->context != EGL_NO_CONTEXT) {
        zc_egl_release(egl);
        eglDestroyContext(egl->display, egl->context);
        egl->context = EGL_NO_CONTEXT;
    }
    if (egl->gbm && egl->display != EGL_NO_DISPLAY)
        eglTerminate(egl->display);
    zc_gbm_close(egl->gbm);
    egl->gbm = NULL;
}

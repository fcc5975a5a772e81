/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mock-egl - EGL with up to four devices, GBM, and what libdrm says of nodes. */
#include "mock-gl.h"
#include "gpu/gbm.h"

#include <EGL/egl.h>
#include <EGL/eglext.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <xf86drm.h>

struct mock_gl mock_gl;
static __thread EGLContext current;
static EGLint last_error = EGL_SUCCESS;

#define EVERYTHING                                                                       \
    "EGL_KHR_image_base EGL_KHR_surfaceless_context EGL_KHR_no_config_context "          \
    "EGL_EXT_image_dma_buf_import EGL_EXT_image_dma_buf_import_modifiers "               \
    "EGL_KHR_fence_sync EGL_KHR_wait_sync EGL_ANDROID_native_fence_sync "                \
    "EGL_MESA_image_dma_buf_export"

void mock_gl_reset(void)
{
    static const struct mock_device devices[] = {
        {.extensions = "EGL_MESA_device_software EGL_EXT_device_drm_render_node",
         .renderer = "llvmpipe"},
        {.node = "/dev/null", .renderer = "llvmpipe"},
        {.node = "/dev/zero", .renderer = "Mali-G52"},
        {.node = "/dev/full", .renderer = "SwiftShader"},
    };

    memset(&mock_gl, 0, sizeof(mock_gl));
    for (int i = 0; i < 4; i++) {
        mock_gl.devices[i] = devices[i];
        mock_gl.devices[i].display_extensions = EVERYTHING;
        if (i)
            mock_gl.devices[i].extensions = "EGL_EXT_device_drm_render_node";
    }
    mock_gl.n_devices = 1;
    mock_gl.client_extensions =
        "EGL_EXT_platform_device EGL_EXT_device_enumeration EGL_EXT_device_query";
    mock_gl.null_driver = "vgem";
    mock_gl.zero_driver = "panfrost";
    mock_gl.image_error = EGL_BAD_ALLOC;
    mock_gl.modifiers_listed = true;
    mock_gl.export_fd = -1;
    current = EGL_NO_CONTEXT;
}

void mock_gl_add(enum mock_thing thing)
{
    mock_gl.made[thing]++;
    mock_gl.live[thing]++;
}

void mock_gl_remove(enum mock_thing thing)
{
    mock_gl.live[thing]--;
}

__attribute__((weak)) drmVersionPtr drmGetVersion(int fd)
{
    drmVersionPtr version = calloc(1, sizeof(*version));
    struct stat node;

    fstat(fd, &node);
    version->name =
        strdup(minor(node.st_rdev) == 3 ? mock_gl.null_driver : mock_gl.zero_driver);
    return version;
}

__attribute__((weak)) void drmFreeVersion(drmVersionPtr version)
{
    free(version->name);
    free(version);
}

__attribute__((weak)) int drmGetDevices2(uint32_t flags, drmDevicePtr devices[], int max)
{
    (void)flags;
    for (int i = 0; i < max && i < mock_gl.n_nodes; i++) {
        const struct mock_node *node = &mock_gl.nodes[i];

        devices[i] = calloc(1, sizeof(*devices[i]));
        devices[i]->nodes = calloc(DRM_NODE_MAX, sizeof(char *));
        devices[i]->nodes[DRM_NODE_RENDER] = (char *)node->render;
        devices[i]->nodes[DRM_NODE_PRIMARY] = (char *)node->card;
        devices[i]->available_nodes =
            !!node->render << DRM_NODE_RENDER | !!node->card << DRM_NODE_PRIMARY;
    }
    return mock_gl.n_nodes;
}

__attribute__((weak)) void drmFreeDevices(drmDevicePtr devices[], int n)
{
    for (int i = 0; i < n; i++) {
        free(devices[i]->nodes);
        free(devices[i]);
    }
}

struct zc_gbm {
    struct mock_device *device;
};

int zc_gbm_open(struct zc_gbm **out, const char *node)
{
    if (mock_gl.gbm_error)
        return mock_gl.gbm_error;
    *out = calloc(1, sizeof(**out));
    for (int i = 0; i < 4; i++)
        if (mock_gl.devices[i].node && !strcmp(mock_gl.devices[i].node, node))
            (*out)->device = &mock_gl.devices[i];
    mock_gl.live_gbm++;
    return 0;
}

void zc_gbm_close(struct zc_gbm *gbm)
{
    mock_gl.live_gbm -= gbm != NULL;
    free(gbm);
}

void *zc_gbm_native(const struct zc_gbm *gbm)
{
    return gbm->device;
}

int zc_gbm_planes(const struct zc_gbm *gbm, uint32_t fourcc, uint64_t modifier)
{
    (void)gbm, (void)fourcc;
    return modifier == mock_gl.compressed ? 2 : 1;
}

int zc_gbm_alloc(const struct zc_gbm *gbm, uint32_t width, uint32_t height,
                 uint32_t fourcc, const uint64_t *modifiers, int n_modifiers,
                 struct zc_gbm_buffer *out)
{
    bool compressed = modifiers[0] == mock_gl.compressed;
    int fd;

    (void)gbm, (void)fourcc, (void)n_modifiers;
    if (mock_gl.gbm_error)
        return mock_gl.gbm_error;
    fd = memfd_create("of the GPU's driver", MFD_CLOEXEC);
    *out = (struct zc_gbm_buffer){
        .fd = fd,
        .modifier = modifiers[0],
        .n_planes = compressed ? 2 : 1,
        .stride = width * 4,
    };
    return ftruncate(fd, width * 4 * height);
}

static EGLBoolean query_devices(EGLint max, EGLDeviceEXT *devices, EGLint *n)
{
    for (*n = 0; *n < max && *n < mock_gl.n_devices; (*n)++)
        devices[*n] = &mock_gl.devices[*n];
    return EGL_TRUE;
}

static const char *query_device_string(EGLDeviceEXT device, EGLint name)
{
    struct mock_device *mock = device;

    return name == EGL_EXTENSIONS ? mock->extensions : mock->node;
}

static EGLDisplay get_platform_display(EGLenum platform, void *native,
                                       const EGLint *attribs)
{
    (void)attribs;
    switch (platform) {
    case EGL_PLATFORM_DEVICE_EXT:
    case EGL_PLATFORM_GBM_KHR:
        return native;
    case EGL_PLATFORM_SURFACELESS_MESA:
        return &mock_gl.devices[3];
    default:
        return EGL_NO_DISPLAY;
    }
}

static EGLImageKHR create_image(EGLDisplay display, EGLContext context, EGLenum target,
                                EGLClientBuffer buffer, const EGLint *attribs)
{
    (void)display, (void)context, (void)target, (void)buffer;
    if (mock_gl.image_fails_at && --mock_gl.image_fails_at == 0) {
        last_error = mock_gl.image_error;
        return EGL_NO_IMAGE_KHR;
    }
    for (int i = 0; i < 64; i++) {
        mock_gl.image_attribs[i] = attribs[i];
        if (attribs[i] == EGL_NONE)
            break;
    }
    mock_gl_add(MOCK_IMAGE);
    return (EGLImageKHR)(intptr_t)mock_gl.made[MOCK_IMAGE];
}

static EGLBoolean destroy_image(EGLDisplay display, EGLImageKHR image)
{
    (void)display, (void)image;
    mock_gl_remove(MOCK_IMAGE);
    return EGL_TRUE;
}

static EGLBoolean query_modifiers(EGLDisplay display, EGLint format, EGLint max,
                                  EGLuint64KHR *modifiers, EGLBoolean *external,
                                  EGLint *n)
{
    const struct mock_device *device = display;

    (void)max;
    *n = mock_gl.modifiers_listed;
    modifiers[0] = 0;
    external[0] = mock_gl.external_only || device->external_only;
    if (mock_gl.tiled_fourcc != format)
        return EGL_TRUE;
    if (mock_gl.compressed) {
        modifiers[*n] = mock_gl.compressed;
        external[(*n)++] = !mock_gl.tiled_drawn;
    }
    if (mock_gl.tiled) {
        modifiers[*n] = mock_gl.tiled;
        external[(*n)++] = !mock_gl.tiled_drawn;
    }
    return EGL_TRUE;
}

static EGLBoolean export_query(EGLDisplay display, EGLImageKHR image, int *fourcc,
                               int *n_planes, EGLuint64KHR *modifiers)
{
    (void)display, (void)image;
    *fourcc = 0, *n_planes = 1, modifiers[0] = 0;
    return mock_gl.export_fd >= 0;
}

static EGLBoolean export_image(EGLDisplay display, EGLImageKHR image, int *fds,
                               EGLint *strides, EGLint *offsets)
{
    (void)display, (void)image;
    fds[0] = dup(mock_gl.export_fd);
    strides[0] = offsets[0] = 0;
    return EGL_TRUE;
}

static EGLSyncKHR create_sync(EGLDisplay display, EGLenum type, const EGLint *attribs)
{
    (void)display, (void)type;
    if (attribs)
        close(attribs[1]);
    mock_gl_add(MOCK_SYNC);
    return &mock_gl;
}

static EGLBoolean destroy_sync(EGLDisplay display, EGLSyncKHR sync)
{
    (void)display, (void)sync;
    mock_gl_remove(MOCK_SYNC);
    return EGL_TRUE;
}

static EGLint wait_sync(EGLDisplay display, EGLSyncKHR sync, EGLint flags)
{
    (void)display, (void)sync, (void)flags;
    mock_gl.waits++;
    return EGL_TRUE;
}

static EGLint dup_fence(EGLDisplay display, EGLSyncKHR sync)
{
    (void)display, (void)sync;
    return mock_gl.dup_fails ? -1 : open("/dev/null", O_RDONLY | O_CLOEXEC);
}

__eglMustCastToProperFunctionPointerType eglGetProcAddress(const char *name)
{
    static const struct {
        const char *name;
        void *function;
    } table[] = {
        {"eglQueryDevicesEXT", query_devices},
        {"eglQueryDeviceStringEXT", query_device_string},
        {"eglGetPlatformDisplayEXT", get_platform_display},
        {"eglCreateImageKHR", create_image},
        {"eglDestroyImageKHR", destroy_image},
        {"eglQueryDmaBufModifiersEXT", query_modifiers},
        {"eglExportDMABUFImageQueryMESA", export_query},
        {"eglExportDMABUFImageMESA", export_image},
        {"eglCreateSyncKHR", create_sync},
        {"eglDestroySyncKHR", destroy_sync},
        {"eglWaitSyncKHR", wait_sync},
        {"eglDupNativeFenceFDANDROID", dup_fence},
        {"glEGLImageTargetTexture2DOES", mock_gles_image_to_texture},
        {"glEGLImageTargetRenderbufferStorageOES", mock_gles_image_to_renderbuffer},
    };

    for (unsigned i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (!strcmp(table[i].name, name))
            return (__eglMustCastToProperFunctionPointerType)table[i].function;
    return NULL;
}

const char *eglQueryString(EGLDisplay display, EGLint name)
{
    struct mock_device *mock = display;

    (void)name;
    return mock ? mock->display_extensions : mock_gl.client_extensions;
}

EGLBoolean eglInitialize(EGLDisplay display, EGLint *major, EGLint *minor_version)
{
    const struct mock_device *device = display;

    (void)major, (void)minor_version;
    if (!device || device->dead) {
        last_error = EGL_NOT_INITIALIZED;
        return EGL_FALSE;
    }
    mock_gl.initialised++;
    return EGL_TRUE;
}

EGLBoolean eglTerminate(EGLDisplay display)
{
    (void)display;
    mock_gl.terminated++;
    return EGL_TRUE;
}

EGLint eglGetError(void)
{
    EGLint error = last_error;

    last_error = EGL_SUCCESS;
    return error;
}

EGLBoolean eglBindAPI(EGLenum api)
{
    (void)api;
    return EGL_TRUE;
}

EGLenum eglQueryAPI(void)
{
    return EGL_OPENGL_ES_API;
}

/* A context is known by a number and its device. */
struct context {
    struct mock_device *device;
    bool taken;
} contexts[64];

EGLContext eglCreateContext(EGLDisplay display, EGLConfig config, EGLContext share,
                            const EGLint *attribs)
{
    struct context *context = &contexts[mock_gl.made[MOCK_CONTEXT] % 64];

    (void)config, (void)share, (void)attribs;
    mock_gl_add(MOCK_CONTEXT);
    *context = (struct context){.device = display};
    return context;
}

EGLBoolean eglDestroyContext(EGLDisplay display, EGLContext context)
{
    (void)display, (void)context;
    mock_gl_remove(MOCK_CONTEXT);
    return EGL_TRUE;
}

EGLBoolean eglMakeCurrent(EGLDisplay display, EGLSurface draw, EGLSurface read,
                          EGLContext context)
{
    struct context *next = context, *last = current;

    (void)display, (void)draw, (void)read;
    if (next && next != last && next->taken) {
        last_error = EGL_BAD_ACCESS;
        return EGL_FALSE;
    }
    if (last)
        last->taken = false;
    if (next)
        next->taken = true;
    current = context;
    return EGL_TRUE;
}

EGLContext eglGetCurrentContext(void)
{
    return current;
}

EGLDisplay eglGetCurrentDisplay(void)
{
    struct context *context = current;

    return context ? context->device : EGL_NO_DISPLAY;
}

EGLSurface eglGetCurrentSurface(EGLint which)
{
    (void)which;
    return EGL_NO_SURFACE;
}

bool mock_egl_current(void)
{
    return current != EGL_NO_CONTEXT;
}

const struct mock_device *mock_egl_device(void)
{
    struct context *context = current;

    return context->device;
}

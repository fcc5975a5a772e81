/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-device - which EGL devices there are, and in which order they are to be tried. */
#include "gpu/device.h"
#include "gpu/extension.h"
#include "base/ioctl.h"
#include "zerocopy.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <xf86drm.h>

#ifndef EGL_DRM_RENDER_NODE_FILE_EXT
#define EGL_DRM_RENDER_NODE_FILE_EXT 0x3377
#endif

/* Whether the driver behind @node is one that only keeps memory. */
static int is_virtual(const char *node)
{
    static const char *const names[] = {"vgem", "vkms"};
    drmVersionPtr version;
    int fd, found = 0;

    fd = open(node, O_RDWR | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    version = drmGetVersion(fd);
    zc_close(&fd);
    if (!version)
        return -ENODEV;
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        found |= version->name && !strcmp(version->name, names[i]);
    drmFreeVersion(version);
    return found;
}

static bool same_node(const char *a, const char *b)
{
    struct stat first, second;

    if (!a || !b)
        return false;
    return !strcmp(a, b) || (!stat(a, &first) && !stat(b, &second) && first.st_rdev &&
                             first.st_rdev == second.st_rdev);
}

/* Describes @device; false where it is of no use, or not what @spec asks for. */
static bool describe(struct zc_egl_device *out, EGLDeviceEXT device, const char *spec)
{
    PFNEGLQUERYDEVICESTRINGEXTPROC query =
        (void *)eglGetProcAddress("eglQueryDeviceStringEXT");
    const char *extensions = query(device, EGL_EXTENSIONS);
    const char *render = NULL, *card = NULL;
    char hint[160];
    int result;

    out->device = device;
    if (zc_egl_has(extensions, "EGL_MESA_device_software")) {
        out->kind = ZC_EGL_DEVICE_SOFTWARE;
        snprintf(out->name, sizeof(out->name), "software");
        return !spec || !strcmp(spec, "software");
    }
    if (zc_egl_has(extensions, "EGL_EXT_device_drm_render_node"))
        render = query(device, EGL_DRM_RENDER_NODE_FILE_EXT);
    if (zc_egl_has(extensions, "EGL_EXT_device_drm"))
        card = query(device, EGL_DRM_DEVICE_FILE_EXT);
    if (spec && strcmp(spec, "software")) {
        out->kind = ZC_EGL_DEVICE_HARDWARE;
        snprintf(out->name, sizeof(out->name), "%s", spec);
        return same_node(spec, render) || same_node(spec, card);
    }
    if (!render)
        return false;
    result = is_virtual(render);
    if (result < 0) {
        zc_log(spec ? ZC_LOG_DEBUG : ZC_LOG_WARNING, "GPU %s is passed over: %s%s",
               render, strerror(-result), zc_permission_hint(render, hint, sizeof(hint)));
        return false;
    }
    out->kind = result ? ZC_EGL_DEVICE_VIRTUAL : ZC_EGL_DEVICE_HARDWARE;
    snprintf(out->name, sizeof(out->name), "%s", render);
    return !spec || out->kind == ZC_EGL_DEVICE_VIRTUAL;
}

static bool has_devices(const char *extensions)
{
    return zc_egl_has(extensions, "EGL_EXT_platform_device") &&
           (zc_egl_has(extensions, "EGL_EXT_device_base") ||
            (zc_egl_has(extensions, "EGL_EXT_device_enumeration") &&
             zc_egl_has(extensions, "EGL_EXT_device_query")));
}

int zc_egl_devices(struct zc_egl_device *out, const char *spec)
{
    PFNEGLQUERYDEVICESEXTPROC query_devices;
    EGLDeviceEXT devices[ZC_EGL_DEVICES];
    struct zc_egl_device found[ZC_EGL_DEVICES];
    EGLint n = 0;
    int n_found = 0, n_out = 0;

    query_devices = (void *)eglGetProcAddress("eglQueryDevicesEXT");
    if (!query_devices || !has_devices(eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS))) {
        zc_log(ZC_LOG_ERROR, "this EGL has no device platform (EGL_EXT_platform_device, "
                             "EGL_EXT_device_enumeration)");
        return -ENOTSUP;
    }
    if (!query_devices(ZC_EGL_DEVICES, devices, &n))
        n = 0;
    for (int i = 0; i < n; i++)
        n_found += describe(&found[n_found], devices[i], spec);
    for (int kind = ZC_EGL_DEVICE_HARDWARE; kind <= ZC_EGL_DEVICE_VIRTUAL; kind++)
        for (int i = 0; i < n_found; i++)
            if ((int)found[i].kind == kind)
                out[n_out++] = found[i];
    if (n_out)
        return n_out;
    zc_log(ZC_LOG_ERROR, "no GPU%s%s among EGL's %d devices", spec ? " " : "",
           spec ? spec : "", n);
    return -ENODEV;
}

EGLDisplay zc_egl_device_display(const struct zc_egl_device *device)
{
    PFNEGLGETPLATFORMDISPLAYEXTPROC get =
        (void *)eglGetProcAddress("eglGetPlatformDisplayEXT");

    return get ? get(EGL_PLATFORM_DEVICE_EXT, device->device, NULL) : EGL_NO_DISPLAY;
}

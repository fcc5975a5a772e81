/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-device - what EGL can be opened on, and in which order it is to be tried. */
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

/* Describes the node @out->name; false where it is of no use. @loud: how that is said. */
static bool describe_node(struct zc_egl_device *out, enum zc_log_level loud)
{
    int result = is_virtual(out->name);
    char hint[160];

    if (result < 0) {
        zc_log(loud, "GPU %s is passed over: %s%s", out->name, strerror(-result),
               zc_permission_hint(out->name, hint, sizeof(hint)));
        return false;
    }
    out->kind = result ? ZC_EGL_DEVICE_VIRTUAL : ZC_EGL_DEVICE_HARDWARE;
    return true;
}

/* Describes @device; false where it is of no use, or not what @spec asks for. */
static bool describe(struct zc_egl_device *out, EGLDeviceEXT device, const char *spec)
{
    PFNEGLQUERYDEVICESTRINGEXTPROC query =
        (void *)eglGetProcAddress("eglQueryDeviceStringEXT");
    const char *extensions = query(device, EGL_EXTENSIONS);
    const char *render = NULL, *card = NULL;

    *out = (struct zc_egl_device){.platform = EGL_PLATFORM_DEVICE_EXT, .device = device};
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
    snprintf(out->name, sizeof(out->name), "%s", render);
    return describe_node(out, spec ? ZC_LOG_DEBUG : ZC_LOG_WARNING) &&
           (!spec || out->kind == ZC_EGL_DEVICE_VIRTUAL);
}

static bool has_devices(const char *extensions)
{
    return zc_egl_has(extensions, "EGL_EXT_platform_device") &&
           (zc_egl_has(extensions, "EGL_EXT_device_base") ||
            (zc_egl_has(extensions, "EGL_EXT_device_enumeration") &&
             zc_egl_has(extensions, "EGL_EXT_device_query")));
}

/* EGL's own devices, best first; *n_listed: all that it knows. */
static int list_devices(struct zc_egl_device *out, const char *spec, int *n_listed)
{
    PFNEGLQUERYDEVICESEXTPROC query_devices =
        (void *)eglGetProcAddress("eglQueryDevicesEXT");
    struct zc_egl_device found[ZC_EGL_DEVICES];
    EGLDeviceEXT devices[ZC_EGL_DEVICES];
    EGLint n = 0;
    int n_found = 0, n_out = 0;

    *n_listed = 0;
    if (!query_devices || !has_devices(eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS)) ||
        !query_devices(ZC_EGL_DEVICES, devices, &n))
        return 0;
    *n_listed = n;
    for (int i = 0; i < n; i++)
        n_found += describe(&found[n_found], devices[i], spec);
    for (int kind = ZC_EGL_DEVICE_HARDWARE; kind <= ZC_EGL_DEVICE_VIRTUAL; kind++)
        for (int i = 0; i < n_found; i++)
            if ((int)found[i].kind == kind)
                out[n_out++] = found[i];
    return n_out;
}

static bool has_gbm(const char *extensions)
{
    return zc_egl_has(extensions, "EGL_KHR_platform_gbm") ||
           zc_egl_has(extensions, "EGL_MESA_platform_gbm");
}

/*
 * The nodes on which a vendor's GBM may stand: render nodes, and cards that have none, as
 * libmali draws by the display's card. A node that only keeps memory is none of them.
 */
static int list_nodes(struct zc_egl_device *out, const char *spec)
{
    drmDevicePtr devices[ZC_EGL_DEVICES];
    int n = drmGetDevices2(0, devices, ZC_EGL_DEVICES), n_out = 0;

    if (n > ZC_EGL_DEVICES)
        n = ZC_EGL_DEVICES;
    for (int i = 0; i < n; i++) {
        int nodes = devices[i]->available_nodes;
        const char *render =
            nodes & 1 << DRM_NODE_RENDER ? devices[i]->nodes[DRM_NODE_RENDER] : NULL;
        const char *card =
            nodes & 1 << DRM_NODE_PRIMARY ? devices[i]->nodes[DRM_NODE_PRIMARY] : NULL;
        const char *node = render ? render : card;

        if (spec)
            node = same_node(spec, render) || same_node(spec, card) ? spec : NULL;
        out[n_out] = (struct zc_egl_device){.platform = EGL_PLATFORM_GBM_KHR};
        if (!node)
            continue;
        snprintf(out[n_out].name, sizeof(out[n_out].name), "%s", node);
        n_out += describe_node(&out[n_out], ZC_LOG_WARNING) &&
                 out[n_out].kind == ZC_EGL_DEVICE_HARDWARE;
    }
    if (n > 0)
        drmFreeDevices(devices, n);
    return n_out;
}

/* What is left to an EGL that lists no devices. */
static int list_others(struct zc_egl_device *out, const char *spec)
{
    const char *extensions = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
    bool software = spec && !strcmp(spec, "software");
    int n = 0;

    if (has_gbm(extensions) && !software)
        n = list_nodes(out, spec);
    if (n < ZC_EGL_DEVICES && (!spec || software) &&
        zc_egl_has(extensions, "EGL_MESA_platform_surfaceless"))
        out[n++] = (struct zc_egl_device){.platform = EGL_PLATFORM_SURFACELESS_MESA,
                                          .kind = ZC_EGL_DEVICE_UNKNOWN,
                                          .name = "surfaceless"};
    return n;
}

int zc_egl_devices(struct zc_egl_device *out, const char *spec)
{
    int n_listed, n = list_devices(out, spec, &n_listed);
    const char *extensions;

    /* Where EGL lists devices, GBM would find the same, or a software one that crashes. */
    if (!n && !n_listed)
        n = list_others(out, spec);
    if (n)
        return n;
    extensions = eglQueryString(EGL_NO_DISPLAY, EGL_EXTENSIONS);
    if (n_listed || has_devices(extensions) || has_gbm(extensions)) {
        zc_log(ZC_LOG_ERROR, "no GPU%s%s among EGL's %d devices%s", spec ? " " : "",
               spec ? spec : "", n_listed,
               n_listed ? "" : ", nor among the nodes of /dev/dri, nor without any");
        return -ENODEV;
    }
    zc_log(
        ZC_LOG_ERROR,
        "this EGL has neither a device platform (EGL_EXT_platform_device, "
        "EGL_EXT_device_enumeration), nor GBM's (EGL_KHR_platform_gbm), nor one without "
        "a surface (EGL_MESA_platform_surfaceless)");
    return -ENOTSUP;
}

EGLDisplay zc_egl_device_display(const struct zc_egl_device *device, void *gbm)
{
    PFNEGLGETPLATFORMDISPLAYEXTPROC get =
        (void *)eglGetProcAddress("eglGetPlatformDisplayEXT");
    void *native = EGL_DEFAULT_DISPLAY;

    if (device->platform == EGL_PLATFORM_DEVICE_EXT)
        native = device->device;
    else if (device->platform == EGL_PLATFORM_GBM_KHR)
        native = gbm;
    return get ? get(device->platform, native, NULL) : EGL_NO_DISPLAY;
}

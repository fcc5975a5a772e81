/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-device.h - what EGL can be opened on, in the order it is to be tried: its devices; or
 * where it knows none, the DRM nodes by GBM, and last no node at all.
 *
 * May touch: EGL's client extensions, and DRM nodes for their driver's name.
 */
#ifndef ZC_GPU_DEVICE_H
#define ZC_GPU_DEVICE_H

#include <EGL/egl.h>
#include <EGL/eglext.h>

#define ZC_EGL_DEVICES 16

enum zc_egl_device_kind {
    ZC_EGL_DEVICE_HARDWARE, /* a render node whose driver drives a GPU */
    ZC_EGL_DEVICE_SOFTWARE, /* EGL_MESA_device_software */
    ZC_EGL_DEVICE_VIRTUAL,  /* a render node without a GPU: vgem, vkms */
    ZC_EGL_DEVICE_UNKNOWN,  /* no node: what draws is known by its renderer only */
};

struct zc_egl_device {
    EGLenum platform;    /* EGL_PLATFORM_…: DEVICE_EXT, GBM_KHR or SURFACELESS_MESA */
    EGLDeviceEXT device; /* of the first */
    enum zc_egl_device_kind kind;
    char name[64]; /* the node, "software" or "surfaceless" */
};

/**
 * Fills @out (ZC_EGL_DEVICES long) with what @spec of zc_gpu_open() may stand for, best
 * first. Returns how many, or -ENODEV, -ENOTSUP, and has said why.
 */
int zc_egl_devices(struct zc_egl_device *out, const char *spec);

/** The display of @device, @gbm being of its node for GBM's; or EGL_NO_DISPLAY. */
EGLDisplay zc_egl_device_display(const struct zc_egl_device *device, void *gbm);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-device.h - the EGL devices of the system, in the order they are to be tried.
 *
 * May touch: EGL's device extensions, and DRM nodes for their driver's name.
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
};

struct zc_egl_device {
    EGLDeviceEXT device;
    enum zc_egl_device_kind kind;
    char name[64]; /* the render node, or "software" */
};

/**
 * Fills @out (ZC_EGL_DEVICES long) with what @spec of zc_gpu_open() may stand for, best
 * first. Returns how many, or -ENODEV, -ENOTSUP, and has said why.
 */
int zc_egl_devices(struct zc_egl_device *out, const char *spec);

/** The display of @device, or EGL_NO_DISPLAY. */
EGLDisplay zc_egl_device_display(const struct zc_egl_device *device);

#endif

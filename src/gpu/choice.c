/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * choice - the devices are tried in their order. What is a GPU and is passed over is said
 * with its reason, above all where nothing is left but a renderer in software.
 */
#include "gpu/choice.h"
#include "gpu/device.h"
#include "gpu/trial.h"
#include "zerocopy.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What is asked of a GPU that nobody asked for by name. */
static int examine(const struct zc_egl *egl, char *why, size_t size)
{
    char refused[200];
    int error = 0;

    if (egl->software) {
        snprintf(refused, sizeof(refused),
                 "it draws in software: EGL has no driver for it");
        error = -ENODEV;
    } else {
        error = zc_gpu_try(egl, refused, sizeof(refused));
    }
    if (error)
        snprintf(why, size, "%s (%s): %s", egl->device, egl->renderer, refused);
    return error;
}

static int try_device(struct zc_egl *egl, const struct zc_egl_device *device,
                      const char *spec, char *why, size_t size)
{
    int error = zc_egl_open(egl, device, why, size);

    if (!error && !spec && device->kind == ZC_EGL_DEVICE_HARDWARE)
        error = examine(egl, why, size);
    if (!error && spec && !strcmp(spec, "software") && !egl->software) {
        snprintf(why, size, "%s (%s) is not software", egl->device, egl->renderer);
        error = -ENODEV;
    }
    if (error)
        zc_egl_close(egl);
    return error;
}

static void add(char *list, size_t size, const char *text)
{
    size_t used = strlen(list);

    snprintf(list + used, size - used, "%s%s", used ? "; " : "", text);
}

int zc_egl_choose(struct zc_egl *egl, const char *spec)
{
    struct zc_egl_device devices[ZC_EGL_DEVICES];
    char why[400] = "there is none", passed_over[800] = "";
    int n = zc_egl_devices(devices, spec), error = -ENODEV;

    if (n < 0)
        return n;
    for (int i = 0; i < n; i++) {
        int result = try_device(egl, &devices[i], spec, why, sizeof(why));

        if (!result) {
            zc_log(ZC_LOG_INFO, "GPU %s: %s, %s fences", egl->device, egl->renderer,
                   egl->native_fence ? "native" : "no");
            if (egl->software && passed_over[0])
                zc_log(ZC_LOG_WARNING,
                       "the CPU draws in place of a GPU (%s), which is slow: %s",
                       egl->renderer, passed_over);
            return 0;
        }
        zc_log(ZC_LOG_DEBUG, "GPU: %s", why);
        if (devices[i].kind == ZC_EGL_DEVICE_HARDWARE)
            add(passed_over, sizeof(passed_over), why);
        if (error != -ENOTSUP)
            error = result;
    }
    zc_log(ZC_LOG_ERROR,
           "no GPU%s%s: %s; zero copy needs an EGL driver that imports dma-bufs (Mesa 25 "
           "does so in software too: package libegl-mesa0)",
           spec ? " " : "", spec ? spec : "", passed_over[0] ? passed_over : why);
    return error;
}

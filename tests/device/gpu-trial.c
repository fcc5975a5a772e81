/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gpu-trial - the trial that decides whether a GPU is taken, on the renderers that there are:
 * one that draws must pass. It looks at memory, so no mock can stand for it.
 */
#include "gpu/device.h"
#include "gpu/trial.h"
#include "zerocopy.h"

#include <stdio.h>
#include <string.h>

static int try_on(const struct zc_egl_device *device)
{
    char why[256] = "";
    struct zc_egl egl;
    int error = zc_egl_open(&egl, device, why, sizeof(why));

    if (!error)
        error = zc_gpu_try(&egl, why, sizeof(why));
    if (error)
        printf("FAIL gpu-trial: %s: %s\n", device->name, why);
    else
        printf("ok gpu-trial\n");
    zc_egl_close(&egl);
    return error;
}

int main(void)
{
    struct zc_egl_device devices[ZC_EGL_DEVICES];
    struct zc_counters before, after;
    int n = zc_egl_devices(devices, "software");

    for (int i = 0; i < n; i++)
        if (devices[i].kind == ZC_EGL_DEVICE_SOFTWARE) {
            int error;

            zc_counters_read(&before);
            error = try_on(&devices[i]);
            zc_counters_read(&after);
            if (!error && after.cpu_maps == before.cpu_maps) {
                puts("FAIL gpu-trial: no heap could be opened, so nothing was tried");
                error = 1;
            }
            return error != 0;
        }
    puts("skip gpu-trial: EGL has no renderer in software");
    return 0;
}

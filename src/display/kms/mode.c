/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mode - refresh rate and blanking from a mode's timings, and a mode from its blob. */
#include "display/kms/mode.h"

#include <errno.h>
#include <string.h>

uint32_t mode_refresh_mhz(const drmModeModeInfo *mode)
{
    uint64_t pixels = (uint64_t)mode->htotal * mode->vtotal;
    uint64_t rate;

    if (!pixels)
        return mode->vrefresh * 1000;
    if (mode->flags & DRM_MODE_FLAG_DBLSCAN)
        pixels *= 2;
    if (mode->vscan > 1)
        pixels *= mode->vscan;
    rate = mode->clock * UINT64_C(1000000);
    if (mode->flags & DRM_MODE_FLAG_INTERLACE)
        rate *= 2;
    return (rate + pixels / 2) / pixels;
}

uint32_t mode_blanking_ns(const drmModeModeInfo *mode)
{
    uint32_t refresh_mhz = mode_refresh_mhz(mode);

    if (!refresh_mhz || mode->vtotal <= mode->vdisplay)
        return 0;
    return UINT64_C(1000000000000) * (mode->vtotal - mode->vdisplay) / mode->vtotal /
           refresh_mhz;
}

int mode_read(int fd, uint32_t blob_id, drmModeModeInfo *out)
{
    drmModePropertyBlobRes *blob = drmModeGetPropertyBlob(fd, blob_id);
    int error = blob && blob->length == sizeof(*out) ? 0 : -EIO;

    if (!error)
        memcpy(out, blob->data, sizeof(*out));
    drmModeFreePropertyBlob(blob);
    return error;
}

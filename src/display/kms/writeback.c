/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * writeback - what the CRTC shows, written into a frame by its writeback connector, which
 * is attached for that one picture and detached again.
 */
#include "display/kms/writeback.h"
#include "base/ioctl.h"
#include "display/kms/mode.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <xf86drm.h>

/* vkms composes in software; of YUV, on an emulated processor, for seconds. */
#define FENCE_TIMEOUT_MS 10000
/* vkms composes a frame while it may already take the next commit: a writeback that
 * follows a flip, or is followed by the next commit, within a blank may never finish. */
#define QUIET_BLANKS 3
#define NS_PER_MS INT64_C(1000000)

/* Whether the list of a writeback connector has XR24. */
static bool writes_xr24(int fd, uint64_t blob_id)
{
    drmModePropertyBlobRes *blob = drmModeGetPropertyBlob(fd, blob_id);
    bool found = false;

    if (!blob)
        return false;
    for (uint32_t i = 0; i < blob->length / sizeof(uint32_t); i++)
        found |= ((const uint32_t *)blob->data)[i] == DRM_FORMAT_XRGB8888;
    drmModeFreePropertyBlob(blob);
    return found;
}

static bool fits(struct writeback *writeback, const drmModeConnector *connector)
{
    const struct property *prop = writeback->prop;
    const struct output *output = writeback->output;
    int fd = output->card->fd;
    const char *missing;

    return connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK &&
           drmModeConnectorGetPossibleCrtcs(fd, connector) & (1u << output->crtc_index) &&
           !properties_read(fd, connector->connector_id, DRM_MODE_OBJECT_CONNECTOR,
                            writeback->prop, &missing) &&
           prop[CONNECTOR_WRITEBACK_FB_ID].id &&
           prop[CONNECTOR_WRITEBACK_OUT_FENCE_PTR].id &&
           prop[CONNECTOR_WRITEBACK_PIXEL_FORMATS].id &&
           writes_xr24(fd, prop[CONNECTOR_WRITEBACK_PIXEL_FORMATS].value);
}

void writeback_find(struct writeback *writeback, const drmModeRes *resources)
{
    for (int i = 0; i < resources->count_connectors && !writeback->id; i++) {
        drmModeConnector *connector =
            drmModeGetConnector(writeback->output->card->fd, resources->connectors[i]);

        if (connector && fits(writeback, connector))
            writeback->id = connector->connector_id;
        drmModeFreeConnector(connector);
    }
}

/* Lets @n refreshes pass: counted where the CRTC counts them, by time where it does not. */
static void wait_blanks(const struct output *output, int n)
{
    uint32_t refresh_mhz = mode_refresh_mhz(&output->mode);
    int64_t refresh_ns =
        refresh_mhz ? INT64_C(1000000000000) / refresh_mhz : 17 * NS_PER_MS;
    int64_t until = zc_now_ns() + 2 * n * refresh_ns;
    int fd = output->card->fd;
    uint64_t first, now, ns;
    bool counts = !drmCrtcGetSequence(fd, output->crtc_id, &first, &ns);

    do {
        poll(NULL, 0, refresh_ns / 4 / NS_PER_MS + 1);
        if (counts && !drmCrtcGetSequence(fd, output->crtc_id, &now, &ns) &&
            now - first >= (uint64_t)n)
            return;
    } while (zc_now_ns() < until);
}

static int attach(struct writeback *writeback, struct atomic *atomic, uint32_t fb,
                  int *fence)
{
    const struct property *prop = writeback->prop;
    const struct output *output = writeback->output;

    atomic_begin(atomic);
    atomic_add(atomic, writeback->id, &prop[CONNECTOR_CRTC_ID], output->crtc_id);
    atomic_add(atomic, writeback->id, &prop[CONNECTOR_WRITEBACK_FB_ID], fb);
    atomic_add(atomic, writeback->id, &prop[CONNECTOR_WRITEBACK_OUT_FENCE_PTR],
               (uintptr_t)fence);
    return atomic_commit(atomic, output->card->fd, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
}

static int detach(struct writeback *writeback, struct atomic *atomic)
{
    const struct property *prop = writeback->prop;

    atomic_begin(atomic);
    atomic_add(atomic, writeback->id, &prop[CONNECTOR_CRTC_ID], 0);
    atomic_add(atomic, writeback->id, &prop[CONNECTOR_WRITEBACK_FB_ID], 0);
    return atomic_commit(atomic, writeback->output->card->fd,
                         DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
}

/* A fence also signals when the device gave up. */
static int wait_written(int fence)
{
    struct sync_file_info info = {0};
    int error;

    if (fence < 0)
        return -EIO;
    error = zc_fence_wait(fence, FENCE_TIMEOUT_MS);
    if (error)
        return error == -ETIME ? -ETIMEDOUT : error;
    if (!ioctl(fence, SYNC_IOC_FILE_INFO, &info) && info.status < 0)
        return info.status;
    return 0;
}

static int check(const struct output *output, const struct zc_frame *into)
{
    const struct zc_layout *layout = zc_frame_layout(into);

    if (layout->format->fourcc == DRM_FORMAT_XRGB8888 &&
        layout->width == output->mode.hdisplay &&
        layout->height == output->mode.vdisplay && (output->ours || output->mode_kept))
        return 0;
    zc_log(ZC_LOG_ERROR, "%s: %s writes XR24 of %ux%u, of a mode that is lit",
           output->card->path, output->name, output->mode.hdisplay,
           output->mode.vdisplay);
    return -EINVAL;
}

static int failed(const struct output *output, const char *what, int error)
{
    zc_log(ZC_LOG_ERROR, "%s, %s: writeback: %s failed: %s%s", output->card->path,
           output->name, what, strerror(-error),
           error == -EINVAL
               ? " (some kernels want the encoders of output and writeback to "
                 "name each other as possible clones, which vkms's do not)"
               : "");
    return error;
}

int writeback_capture(struct writeback *writeback, struct framebuffers *framebuffers,
                      struct atomic *atomic, struct zc_frame *into)
{
    const struct output *output = writeback->output;
    uint32_t fb, reasons = 0;
    int fence = -1, error, detached;
    char text[64];

    error = check(output, into);
    if (error)
        return error;
    error = framebuffers_get(framebuffers, into, &fb, &reasons);
    if (error) {
        zc_display_reason_text(reasons, text, sizeof(text));
        zc_log(ZC_LOG_ERROR, "%s: cannot import the frame to capture into: %s",
               output->card->path, reasons ? text : strerror(-error));
        return error;
    }
    wait_blanks(output, QUIET_BLANKS);
    error = attach(writeback, atomic, fb, &fence);
    if (error) {
        zc_close(&fence);
        return failed(output, "its commit", error);
    }
    error = wait_written(fence);
    zc_close(&fence);
    wait_blanks(output, QUIET_BLANKS);
    detached = detach(writeback, atomic);
    if (error)
        return failed(output, "its fence", error);
    return detached ? failed(output, "its removal", detached) : 0;
}

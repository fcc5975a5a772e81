/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-capture - what the CRTC shows, written into a frame by its writeback connector,
 * which is attached for that one picture and detached again.
 */
#include "display/display-private.h"
#include "base/ioctl.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <linux/sync_file.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <xf86drm.h>

#define FENCE_TIMEOUT_MS 2000
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

static bool fits(struct zc_display *display, const drmModeConnector *connector)
{
    const struct property *prop = display->writeback;
    const char *missing;

    return connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK &&
           drmModeConnectorGetPossibleCrtcs(display->fd, connector) &
               (1u << display->crtc_index) &&
           !properties_read(display->fd, connector->connector_id,
                            DRM_MODE_OBJECT_CONNECTOR, display->writeback, &missing) &&
           prop[CONNECTOR_WRITEBACK_FB_ID].id &&
           prop[CONNECTOR_WRITEBACK_OUT_FENCE_PTR].id &&
           prop[CONNECTOR_WRITEBACK_PIXEL_FORMATS].id &&
           writes_xr24(display->fd, prop[CONNECTOR_WRITEBACK_PIXEL_FORMATS].value);
}

void writeback_find(struct zc_display *display, const drmModeRes *resources)
{
    for (int i = 0; i < resources->count_connectors && !display->writeback_id; i++) {
        drmModeConnector *connector =
            drmModeGetConnector(display->fd, resources->connectors[i]);

        if (connector && fits(display, connector))
            display->writeback_id = connector->connector_id;
        drmModeFreeConnector(connector);
    }
}

/* Lets @n refreshes pass: counted where the CRTC counts them, by time where it does not. */
static void wait_blanks(struct zc_display *display, int n)
{
    int64_t refresh_ns = display->info.refresh_mhz
                             ? INT64_C(1000000000000) / display->info.refresh_mhz
                             : 17 * NS_PER_MS;
    int64_t until = zc_now_ns() + 2 * n * refresh_ns;
    uint64_t first, now, ns;
    bool counts = !drmCrtcGetSequence(display->fd, display->crtc_id, &first, &ns);

    do {
        poll(NULL, 0, refresh_ns / 4 / NS_PER_MS + 1);
        if (counts && !drmCrtcGetSequence(display->fd, display->crtc_id, &now, &ns) &&
            now - first >= (uint64_t)n)
            return;
    } while (zc_now_ns() < until);
}

static int attach(struct zc_display *display, uint32_t fb, int *fence)
{
    struct atomic *atomic = &display->atomic;
    const struct property *prop = display->writeback;

    atomic_begin(atomic);
    atomic_add(atomic, display->writeback_id, &prop[CONNECTOR_CRTC_ID], display->crtc_id);
    atomic_add(atomic, display->writeback_id, &prop[CONNECTOR_WRITEBACK_FB_ID], fb);
    atomic_add(atomic, display->writeback_id, &prop[CONNECTOR_WRITEBACK_OUT_FENCE_PTR],
               (uintptr_t)fence);
    return atomic_commit(atomic, display->fd, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
}

static int detach(struct zc_display *display)
{
    struct atomic *atomic = &display->atomic;

    atomic_begin(atomic);
    atomic_add(atomic, display->writeback_id, &display->writeback[CONNECTOR_CRTC_ID], 0);
    atomic_add(atomic, display->writeback_id,
               &display->writeback[CONNECTOR_WRITEBACK_FB_ID], 0);
    return atomic_commit(atomic, display->fd, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
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

static int check(const struct zc_display *display, const struct zc_frame *into)
{
    const struct zc_layout *layout = zc_frame_layout(into);

    if (!display->writeback_id) {
        zc_log(ZC_LOG_ERROR,
               "%s: %s cannot capture what %s shows: no writeback connector "
               "for its CRTC that writes XR24",
               display->path, display->driver, display->name);
        return -ENOTSUP;
    }
    if (display->next || into == display->current) {
        zc_log(ZC_LOG_ERROR,
               "%s: no capture while a flip is pending, nor into the frame on "
               "screen",
               display->path);
        return -EBUSY;
    }
    if (layout->format->fourcc != DRM_FORMAT_XRGB8888 ||
        layout->width != display->mode.hdisplay ||
        layout->height != display->mode.vdisplay ||
        (!display->ours && !display->info.mode_kept)) {
        zc_log(ZC_LOG_ERROR, "%s: %s writes XR24 of %ux%u, of a mode that is lit",
               display->path, display->name, display->mode.hdisplay,
               display->mode.vdisplay);
        return -EINVAL;
    }
    return 0;
}

static int failed(struct zc_display *display, const char *what, int error)
{
    zc_log(ZC_LOG_ERROR, "%s, %s: writeback: %s failed: %s%s", display->path,
           display->name, what, strerror(-error),
           error == -EINVAL
               ? " (some kernels want the encoders of output and writeback to "
                 "name each other as possible clones, which vkms's do not)"
               : "");
    return error;
}

int zc_display_capture(struct zc_display *display, struct zc_frame *into)
{
    uint32_t fb, reasons = 0;
    int fence = -1, error, detached;
    char text[64];

    error = check(display, into);
    if (error)
        return error;
    error = display_import(display, into, &fb, &reasons);
    if (error) {
        zc_display_reason_text(reasons, text, sizeof(text));
        zc_log(ZC_LOG_ERROR, "%s: cannot import the frame to capture into: %s",
               display->path, reasons ? text : strerror(-error));
        return error;
    }
    wait_blanks(display, QUIET_BLANKS);
    error = attach(display, fb, &fence);
    if (error) {
        zc_close(&fence);
        return failed(display, "its commit", error);
    }
    error = wait_written(fence);
    zc_close(&fence);
    wait_blanks(display, QUIET_BLANKS);
    detached = detach(display);
    if (error)
        return failed(display, "its fence", error);
    return detached ? failed(display, "its removal", detached) : 0;
}

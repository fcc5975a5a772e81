/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-restore - what was on the CRTC when we came, and its way back; or what is on it
 * when we go, and how it stays. Values of properties are kept where they were read; the
 * mode is kept as a copy, for its blob may go.
 */
#include "display/display-private.h"

#include <errno.h>
#include <string.h>
#include <xf86drm.h>

/* Linux 6.7's, which older headers lack: forgets a framebuffer without taking it off the
 * screen, as RmFB does. */
struct closefb {
    uint32_t fb_id, pad;
};
#define IOCTL_CLOSEFB DRM_IOWR(0xd0, struct closefb)

/* How much of it: the picture of another program may be gone, and some drivers light no
 * CRTC without a plane. */
enum extent {
    RESTORE_ALL,
    RESTORE_MODE,
    RESTORE_DARK,
};

static const char *const outcome[] = {
    [RESTORE_ALL] = "as it was",
    [RESTORE_MODE] =
        "its mode, without the picture that was there (its framebuffer is gone)",
    [RESTORE_DARK] = "dark",
};

int display_save_mode(struct zc_display *display)
{
    drmModePropertyBlobRes *blob;

    if (!display->crtc[CRTC_MODE_ID].value)
        return 0;
    blob = drmModeGetPropertyBlob(display->fd, display->crtc[CRTC_MODE_ID].value);
    if (!blob || blob->length != sizeof(display->saved_mode)) {
        drmModeFreePropertyBlob(blob);
        return -EIO;
    }
    memcpy(&display->saved_mode, blob->data, sizeof(display->saved_mode));
    display->had_mode = true;
    drmModeFreePropertyBlob(blob);
    return 0;
}

static void add_plane(struct zc_display *display, const struct plane *plane,
                      enum extent extent)
{
    bool was_lit = plane->prop[PLANE_CRTC_ID].value != 0;

    if (!plane->touched)
        return;
    if (extent != RESTORE_ALL) {
        if (plane->lit || was_lit)
            plane_add_off(display, plane);
        return;
    }
    for (int i = PLANE_FB_ID; i < PLANE_IN_FENCE_FD; i++)
        atomic_add_optional(&display->atomic, plane->id, &plane->prop[i],
                            plane->prop[i].value);
}

static int restore(struct zc_display *display, enum extent extent, uint32_t mode)
{
    struct atomic *atomic = &display->atomic;
    bool dark = extent == RESTORE_DARK;

    atomic_begin(atomic);
    atomic_add(atomic, display->connector_id, &display->connector[CONNECTOR_CRTC_ID],
               dark ? 0 : display->connector[CONNECTOR_CRTC_ID].value);
    atomic_add(atomic, display->crtc_id, &display->crtc[CRTC_ACTIVE],
               dark ? 0 : display->crtc[CRTC_ACTIVE].value);
    atomic_add(atomic, display->crtc_id, &display->crtc[CRTC_MODE_ID], dark ? 0 : mode);
    for (int i = 0; i < display->n_planes; i++)
        add_plane(display, &display->planes[i], extent);
    return atomic_commit(atomic, display->fd, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
}

void display_restore(struct zc_display *display)
{
    enum extent extent = RESTORE_ALL;
    uint32_t blob = 0;
    int error = 0;

    if (!display->ours)
        return;
    if (display->had_mode &&
        drmModeCreatePropertyBlob(display->fd, &display->saved_mode,
                                  sizeof(display->saved_mode), &blob))
        extent = RESTORE_DARK;
    error = restore(display, extent, blob);
    while (error && error != -ENODEV && extent < RESTORE_DARK)
        error = restore(display, ++extent, blob);
    if (blob)
        drmModeDestroyPropertyBlob(display->fd, blob);
    if (error == -ENODEV)
        zc_log(ZC_LOG_DEBUG, "%s went away: nothing to restore", display->path);
    else if (error)
        zc_log(ZC_LOG_WARNING,
               "%s: cannot restore what %s showed: %s (another program may have become "
               "master, which restores its own; else switch the virtual terminal)",
               display->path, display->name, strerror(-error));
    else if (extent != RESTORE_ALL)
        zc_log(ZC_LOG_INFO, "%s: %s is left %s", display->path, display->name,
               outcome[extent]);
    display->ours = false;
}

static int forget_framebuffer(struct zc_display *display, uint32_t fb)
{
    struct closefb closefb = {.fb_id = fb};

    return drmIoctl(display->fd, IOCTL_CLOSEFB, &closefb) ? -errno : 0;
}

void display_leave(struct zc_display *display)
{
    struct zc_frame *const frames[] = {display->current, display->next};
    uint32_t fb, reasons = 0;
    int error = 0;

    if (!display->ours)
        return;
    for (int i = 0; i < 2 && !error; i++)
        if (frames[i] && !display_import(display, frames[i], &fb, &reasons))
            error = forget_framebuffer(display, fb);
    if (!error && display->backdrop_fb)
        error = forget_framebuffer(display, display->backdrop_fb);
    if (error)
        zc_log(ZC_LOG_INFO,
               "%s: the mode of %s is kept, its picture is not: it takes Linux 6.7 (%s)",
               display->path, display->name, strerror(-error));
    display->ours = false;
}

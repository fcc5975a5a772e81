/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * restore - what was on the CRTC when we came, and its way back. Values of properties are
 * kept where they were read; the mode is kept as a copy, for its blob may go.
 */
#include "display/kms/restore.h"
#include "display/kms/leftover.h"

#include <errno.h>
#include <string.h>
#include <xf86drm.h>

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

static void add_plane(struct atomic *atomic, const struct plane *plane,
                      enum extent extent)
{
    bool was_lit = plane->prop[PLANE_CRTC_ID].value != 0;

    if (!plane->touched)
        return;
    if (extent != RESTORE_ALL) {
        if (plane->lit || was_lit)
            plane_add_off(plane, atomic);
        return;
    }
    for (int i = PLANE_FB_ID; i < PLANE_IN_FENCE_FD; i++)
        atomic_add_optional(atomic, plane->id, &plane->prop[i], plane->prop[i].value);
    settings_add_back(&plane->settings, atomic, plane->id);
}

static int commit(const struct output *output, const struct plane_set *planes,
                  struct atomic *atomic, enum extent extent, uint32_t mode)
{
    bool dark = extent == RESTORE_DARK;

    atomic_begin(atomic);
    atomic_add(atomic, output->connector_id, &output->connector[CONNECTOR_CRTC_ID],
               dark ? 0 : output->connector[CONNECTOR_CRTC_ID].value);
    atomic_add(atomic, output->crtc_id, &output->crtc[CRTC_ACTIVE],
               dark ? 0 : output->crtc[CRTC_ACTIVE].value);
    atomic_add(atomic, output->crtc_id, &output->crtc[CRTC_MODE_ID], dark ? 0 : mode);
    if (!dark) {
        leftovers_add_back(output, atomic);
        settings_add_back(&output->settings, atomic, output->connector_id);
    }
    for (int i = 0; i < planes->n; i++)
        add_plane(atomic, &planes->plane[i], extent);
    return atomic_commit(atomic, output->card->fd, DRM_MODE_ATOMIC_ALLOW_MODESET, NULL);
}

void restore(struct output *output, const struct plane_set *planes, struct atomic *atomic)
{
    int fd = output->card->fd;
    enum extent extent = RESTORE_ALL;
    uint32_t blob = 0;
    int error = 0;

    if (!output->ours)
        return;
    if (output->had_mode && drmModeCreatePropertyBlob(fd, &output->mode_before,
                                                      sizeof(output->mode_before), &blob))
        extent = RESTORE_DARK;
    error = commit(output, planes, atomic, extent, blob);
    while (error && error != -ENODEV && extent < RESTORE_DARK)
        error = commit(output, planes, atomic, ++extent, blob);
    if (blob)
        drmModeDestroyPropertyBlob(fd, blob);
    if (error == -ENODEV)
        zc_log(ZC_LOG_DEBUG, "%s went away: nothing to restore", output->card->path);
    else if (error)
        zc_log(ZC_LOG_WARNING,
               "%s: cannot restore what %s showed: %s (another program may have become "
               "master, which restores its own; else switch the virtual terminal)",
               output->card->path, output->name, strerror(-error));
    else if (extent != RESTORE_ALL)
        zc_log(ZC_LOG_INFO, "%s: %s is left %s", output->card->path, output->name,
               outcome[extent]);
    output->ours = false;
}

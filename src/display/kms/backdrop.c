/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* backdrop - a dumb buffer of the card's, never drawn into. */
#include "display/kms/backdrop.h"
#include "display/kms/framebuffer.h"

#include <drm_fourcc.h>
#include <string.h>

uint32_t backdrop_get(struct backdrop *backdrop)
{
    const struct card *card = backdrop->output->card;
    static const struct zc_format black = {
        .name = "XR24", .fourcc = DRM_FORMAT_XRGB8888, .n_planes = 1};
    struct zc_layout layout = {.format = &black, .n_planes = 1, .n_buffers = 1};
    uint32_t handle;
    uint64_t bytes;
    int error;

    if (backdrop->fb)
        return backdrop->fb;
    layout.width = backdrop->output->mode.hdisplay;
    layout.height = backdrop->output->mode.vdisplay;
    error = drmModeCreateDumbBuffer(card->fd, layout.width, layout.height, 32, 0, &handle,
                                    &layout.plane[0].stride, &bytes);
    if (error) {
        zc_log(ZC_LOG_DEBUG, "%s: no black behind an overlay: %s", card->path,
               strerror(-error));
        return 0;
    }
    /* The kernel gives dumb buffers zeroed. */
    error = framebuffer_create(card, &layout, &handle, &backdrop->fb);
    drmModeDestroyDumbBuffer(card->fd, handle);
    if (error)
        backdrop->fb = 0;
    return backdrop->fb;
}

void backdrop_finish(struct backdrop *backdrop)
{
    if (backdrop->fb)
        drmModeRmFB(backdrop->output->card->fd, backdrop->fb);
    backdrop->fb = 0;
}

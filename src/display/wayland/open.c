/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* open - which compositor, and whether it has what a window of frames takes. */
#include "display/wayland/open.h"

#include "display/wayland/wayland.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int check(const struct connection *connection,
                 const struct zc_display_config *config, struct why *why)
{
    if (!connection->compositor)
        return refuse(why, -ENOTSUP, "the compositor has no wl_compositor");
    if (!connection->dmabuf)
        return refuse(
            why, -ENOTSUP,
            "the compositor takes no dma-bufs (it has no zwp_linux_dmabuf_v1): it "
            "draws without a GPU (weston, for one, needs --renderer=gl)");
    if (wl_proxy_get_version((struct wl_proxy *)connection->dmabuf) < 3)
        return refuse(
            why, -ENOTSUP,
            "the compositor's zwp_linux_dmabuf_v1 is of version %u: 3 is needed",
            wl_proxy_get_version((struct wl_proxy *)connection->dmabuf));
    if (config->wl_surface && !connection->subcompositor)
        return refuse(why, -ENOTSUP,
                      "the compositor has no wl_subcompositor, for a part of the "
                      "application's surface");
    if (!config->wl_surface && !connection->wm_base)
        return refuse(why, -ENOTSUP,
                      "the compositor has no xdg_wm_base: it shows no windows");
    return 0;
}

static void fill_info(struct wayland *wayland)
{
    struct zc_display_info *info = &wayland->base.info;

    info->kind = ZC_DISPLAY_WAYLAND;
    info->path = wayland->connection.name;
    info->driver = "wayland";
    info->connector = wayland->window.xdg ? "window" : "surface";
    info->mode_kept = true;
    wayland_fill_size(wayland);
    zc_log(ZC_LOG_INFO,
           "display %s (wayland): %s of %ux%u, %d formats by %s%s, explicit sync %s%s",
           info->path, info->connector, info->width, info->height, wayland->formats.now.n,
           wayland->formats.feedback ? "feedback " : "linux-dmabuf version 3",
           info->gpu ? info->gpu : "", wayland->sync.device < 0 ? "off" : "by ",
           wayland->sync.path);
}

/* What is there after a failure is for the finish operation. */
static int set_up(struct wayland *wayland, const struct zc_display_config *config,
                  struct why *why)
{
    struct connection *connection = &wayland->connection;
    int error = connection_open(connection, config, why);

    if (!error)
        error = check(connection, config, why);
    if (error)
        return error;
    buffers_init(&wayland->buffers, connection, &wayland->formats, &wayland->sync);
    commits_init(&wayland->commits, connection, &wayland->base.info);
    error = surface_init(&wayland->surface, connection, config->wl_surface);
    if (error)
        return refuse(why, error, "no surface: %s", strerror(-error));
    formats_init(&wayland->formats, connection, wayland->surface.wl);
    colours_init(&wayland->colours, connection, wayland->surface.wl);
    if (!config->wl_surface)
        input_init(&wayland->input, connection, &wayland->window, &wayland->surface,
                   &wayland->base);
    error = window_open(&wayland->window, connection, wayland->surface.wl, config, why);
    if (error)
        return error;
    error = connection_roundtrip(connection);
    if (error || wayland->formats.failed)
        return refuse(why, error ? error : -ENOMEM,
                      "the compositor does not say which formats it takes: %s",
                      strerror(error ? -error : ENOMEM));
    sync_begin(&wayland->sync, connection, wayland->surface.wl,
               wayland->formats.gpu[0] ? wayland->formats.gpu : NULL);
    wayland->base.fd = wayland->sync.both >= 0 ? wayland->sync.both
                                               : wl_display_get_fd(connection->display);
    fill_info(wayland);
    return 0;
}

int zc_wayland_open(struct zc_display **out, const struct zc_display_config *config)
{
    struct wayland *wayland = calloc(1, sizeof(*wayland));
    struct why why = {""};
    int error;

    if (!wayland)
        return -ENOMEM;
    wayland->base.ops = &wayland_ops;
    sync_init(&wayland->sync);
    buffers_init(&wayland->buffers, &wayland->connection, &wayland->formats,
                 &wayland->sync);
    error = set_up(wayland, config, &why);
    if (!error) {
        *out = &wayland->base;
        return 0;
    }
    zc_log(ZC_LOG_ERROR, "cannot open a window on %s: %s", wayland->connection.name,
           why.text);
    wayland_ops.finish(&wayland->base);
    free(wayland);
    return error;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kind - card or window: by a path, else by the environment. */
#include "display/kind.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static bool is_set(const char *variable)
{
    const char *value = getenv(variable);

    return value && *value;
}

static bool is_socket(const char *path)
{
    struct stat node;

    return !stat(path, &node) && S_ISSOCK(node.st_mode);
}

static bool is_auto(const struct zc_display_config *config)
{
    return !config->use_fd && config->path && !strcmp(config->path, "auto");
}

enum zc_display_kind kind_of(const struct zc_display_config *config, const char **place)
{
    const char *path = config->use_fd ? NULL : config->path;

    *place = NULL;
    if (config->wl_display)
        return ZC_DISPLAY_WAYLAND;
    if (is_auto(config))
        return is_set("WAYLAND_DISPLAY") || is_set("WAYLAND_SOCKET") ? ZC_DISPLAY_WAYLAND
                                                                     : ZC_DISPLAY_KMS;
    if (!path || !strcmp(path, "kms"))
        return ZC_DISPLAY_KMS;
    if (!strcmp(path, "wayland"))
        return ZC_DISPLAY_WAYLAND;
    *place = path;
    return !strchr(path, '/') || is_socket(path) ? ZC_DISPLAY_WAYLAND : ZC_DISPLAY_KMS;
}

void kind_advise(const struct zc_display_config *config)
{
    if (is_auto(config) && is_set("DISPLAY"))
        zc_log(
            ZC_LOG_ERROR,
            "the desktop on %s is X11's, where there is no window for dma-bufs: log in "
            "to a Wayland session, or run this from a text console (Ctrl+Alt+F3)",
            getenv("DISPLAY"));
}

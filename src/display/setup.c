/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-setup - which card. Opens it, becomes master, and reads the state that is
 * there; changes nothing on screen.
 */
#include "display/display-private.h"
#include "base/ioctl.h"

#include <errno.h>
#include <fcntl.h>
#include <glob.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>

#define CARDS "/dev/dri/card[0-9]*"
#define NO_CARD                                                                          \
    "there is no " CARDS                                                                 \
    ": no KMS driver is loaded (modprobe vkms gives a virtual display)"

int refuse(struct why *why, int error, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vsnprintf(why->text, sizeof(why->text), format, args);
    va_end(args);
    return error;
}

static int open_card(struct zc_display *display, struct why *why)
{
    char hint[160];
    int error;

    display->fd = open(display->path, O_RDWR | O_CLOEXEC | O_NONBLOCK);
    if (display->fd >= 0)
        return 0;
    error = -errno;
    if (error == -EACCES || error == -EPERM)
        zc_permission_hint(display->path, hint, sizeof(hint));
    else
        hint[0] = '\0';
    return refuse(why, error, "cannot open it: %s%s", strerror(-error), hint);
}

static int become_master(struct zc_display *display, struct why *why)
{
    int error;

    if (!drmIsMaster(display->fd) && drmSetMaster(display->fd)) {
        error = errno;
        return refuse(why, -EBUSY,
                      "another program is its master (%s): find it with "
                      "\"sudo fuser -v %s\", then stop it or switch the virtual terminal",
                      strerror(error), display->path);
    }
    return 0;
}

static int set_capabilities(struct zc_display *display, struct why *why)
{
    drmVersion *version = drmGetVersion(display->fd);
    uint64_t value;

    if (!version)
        return refuse(why, -ENODEV, "it does not tell its driver: no DRM device");
    snprintf(display->driver, sizeof(display->driver), "%s", version->name);
    drmFreeVersion(version);
    if (!drmIsKMS(display->fd))
        return refuse(why, -ENODEV, "%s drives no outputs", display->driver);
    if (drmSetClientCap(display->fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1) ||
        drmSetClientCap(display->fd, DRM_CLIENT_CAP_ATOMIC, 1))
        return refuse(why, -ENOTSUP, "%s has no atomic modesetting: %s", display->driver,
                      strerror(errno));
    if (drmSetClientCap(display->fd, DRM_CLIENT_CAP_WRITEBACK_CONNECTORS, 1))
        zc_log(ZC_LOG_DEBUG, "%s: no writeback: %s", display->path, strerror(errno));
    display->modifiers =
        !drmGetCap(display->fd, DRM_CAP_ADDFB2_MODIFIERS, &value) && value;
    display->monotonic =
        !drmGetCap(display->fd, DRM_CAP_TIMESTAMP_MONOTONIC, &value) && value;
    return 0;
}

static void fill_info(struct zc_display *display)
{
    struct zc_display_info *info = &display->info;
    uint64_t sequence, ns;

    info->path = display->path;
    info->driver = display->driver;
    info->connector = display->name;
    info->connector_id = display->connector_id;
    info->width = display->mode.hdisplay;
    info->height = display->mode.vdisplay;
    info->refresh_mhz = mode_refresh_mhz(&display->mode);
    info->blanking_ns = mode_blanking_ns(&display->mode);
    info->vblank = info->mode_kept && display->monotonic &&
                   !drmCrtcGetSequence(display->fd, display->crtc_id, &sequence, &ns);
    info->writeback = display->writeback_id != 0;
    zc_log(ZC_LOG_INFO, "display %s (%s), %s: %ux%u at %u.%03u Hz, %s", info->path,
           info->driver, info->connector, info->width, info->height,
           info->refresh_mhz / 1000, info->refresh_mhz % 1000,
           info->mode_kept     ? "the mode that was lit"
           : display->had_mode ? "in place of the mode that was lit"
                               : "which was dark");
}

static int set_up_output(struct zc_display *display,
                         const struct zc_display_config *config, struct why *why)
{
    drmModeRes *resources = drmModeGetResources(display->fd);
    drmModeConnector *connector = NULL;
    int result;

    if (!resources)
        return refuse(why, -ENODEV, "%s lists no outputs: %s", display->driver,
                      strerror(errno));
    result = output_find(display, resources, config, &connector, why);
    if (result >= 0)
        result = output_set_mode(display, connector, result == 1, config, why);
    if (!result) {
        result = planes_read(display);
        if (result)
            refuse(why, result, "cannot read its planes: %s", strerror(-result));
    }
    if (!result && config->plane_id)
        result = plane_choose(display, config->plane_id, why);
    if (!result)
        writeback_find(display, resources);
    drmModeFreeConnector(connector);
    drmModeFreeResources(resources);
    return result;
}

static int set_up_card(struct zc_display *display, const char *path,
                       const struct zc_display_config *config, struct why *why)
{
    int error;

    memset(display, 0, sizeof(*display));
    snprintf(display->path, sizeof(display->path), "%s", path);
    display->keep = config->keep;
    error = open_card(display, why);
    if (!error)
        error = set_capabilities(display, why);
    if (!error && config->driver && strcmp(config->driver, display->driver))
        error = refuse(why, -ENODEV, "its driver is %s, not %s", display->driver,
                       config->driver);
    if (!error)
        error = become_master(display, why);
    if (!error)
        error = set_up_output(display, config, why);
    if (!error)
        fill_info(display);
    return error;
}

void display_release(struct zc_display *display)
{
    if (display->mode_blob)
        drmModeDestroyPropertyBlob(display->fd, display->mode_blob);
    planes_free(display);
    atomic_finish(&display->atomic);
    if (display->fd >= 0)
        drmDropMaster(display->fd);
    zc_close(&display->fd);
}

/* Of several cards' answers, the one that the user can do most about. */
static int more_useful(int a, int b)
{
    static const int order[] = {-EBUSY, -EACCES, -EPERM, -ENOTSUP, -ERANGE, -ENOENT};

    for (size_t i = 0; i < sizeof(order) / sizeof(*order); i++)
        if (a == order[i] || b == order[i])
            return order[i];
    return a;
}

static int set_up_first(struct zc_display *display,
                        const struct zc_display_config *config)
{
    char reasons[900] = "";
    glob_t cards = {0};
    int error = -ENODEV, answer = 0;
    size_t used = 0;

    if (glob(CARDS, 0, NULL, &cards) || !cards.gl_pathc) {
        globfree(&cards);
        zc_log(ZC_LOG_ERROR, "cannot open a display: " NO_CARD);
        return -ENODEV;
    }
    for (size_t i = 0; i < cards.gl_pathc && error; i++) {
        struct why why;

        error = set_up_card(display, cards.gl_pathv[i], config, &why);
        if (!error)
            break;
        answer = answer ? more_useful(answer, error) : error;
        if (used < sizeof(reasons))
            used += snprintf(reasons + used, sizeof(reasons) - used, "%s%s: %s",
                             used ? "; " : "", display->path, why.text);
        display_release(display);
    }
    globfree(&cards);
    if (!error)
        return 0;
    zc_log(ZC_LOG_ERROR, "cannot open a display: %s", reasons);
    return answer;
}

int display_setup(struct zc_display *display, const struct zc_display_config *config)
{
    struct why why;
    int error;

    if (!config->path)
        return set_up_first(display, config);
    error = set_up_card(display, config->path, config, &why);
    if (!error)
        return 0;
    zc_log(ZC_LOG_ERROR, "cannot open display %s: %s", config->path, why.text);
    display_release(display);
    return error;
}

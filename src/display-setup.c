/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-setup - which card, output and mode. Reads the state that is there and becomes
 * master; changes nothing on screen.
 */
#include "display-private.h"
#include "ioctl.h"

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

/* The text of why a card does not fit; it is said once it is known that none does. */
struct why {
    char text[384];
};

static int refuse(struct why *why, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static int refuse(struct why *why, int error, const char *format, ...)
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

/* Bits of the CRTCs that drive some connector. */
static uint32_t crtcs_taken(struct zc_display *display, const drmModeRes *resources)
{
    struct property connector[CONNECTOR_PROPERTIES];
    const char *missing;
    uint32_t taken = 0;

    for (int i = 0; i < resources->count_connectors; i++) {
        if (properties_read(display->fd, resources->connectors[i],
                            DRM_MODE_OBJECT_CONNECTOR, connector, &missing))
            continue;
        for (int k = 0; k < resources->count_crtcs; k++)
            if (connector[CONNECTOR_CRTC_ID].value == resources->crtcs[k])
                taken |= 1u << k;
    }
    return taken;
}

/* Sets the CRTC of a connector: the one it has, else a free one. Returns whether it is
 * lit, or a negative errno value. */
static int find_crtc(struct zc_display *display, const drmModeRes *resources,
                     const drmModeConnector *connector, uint32_t taken)
{
    uint32_t possible = drmModeConnectorGetPossibleCrtcs(display->fd, connector);
    const char *missing;
    int error, index = -1;

    for (int i = resources->count_crtcs - 1; i >= 0; i--) {
        bool mine = display->connector[CONNECTOR_CRTC_ID].value == resources->crtcs[i];

        if (display->connector[CONNECTOR_CRTC_ID].value ? mine
                                                        : possible & ~taken & (1u << i))
            index = i;
    }
    if (index < 0)
        return -EBUSY;
    display->crtc_index = index;
    display->crtc_id = resources->crtcs[index];
    error = properties_read(display->fd, display->crtc_id, DRM_MODE_OBJECT_CRTC,
                            display->crtc, &missing);
    if (error)
        return error;
    return display->connector[CONNECTOR_CRTC_ID].value &&
           display->crtc[CRTC_ACTIVE].value && display->crtc[CRTC_MODE_ID].value;
}

static int try_connector(struct zc_display *display, const drmModeRes *resources,
                         const drmModeConnector *connector, uint32_t taken)
{
    const char *missing;
    int error;

    if (connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK ||
        connector->connection != DRM_MODE_CONNECTED || !connector->count_modes)
        return -ENODEV;
    error = properties_read(display->fd, connector->connector_id,
                            DRM_MODE_OBJECT_CONNECTOR, display->connector, &missing);
    if (error)
        return error;
    display->connector_id = connector->connector_id;
    return find_crtc(display, resources, connector, taken);
}

static void note_name(struct zc_display *display, const drmModeConnector *connector)
{
    const char *type = drmModeGetConnectorTypeName(connector->connector_type);

    snprintf(display->name, sizeof(display->name), "%s-%u", type ? type : "Unknown",
             connector->connector_type_id);
}

static int no_connector(const struct zc_display *display, int error, struct why *why)
{
    const char *text =
        "it has no connected output with a mode: plug a display in, or see "
        "the status files in /sys/class/drm";

    if (error == -EBUSY)
        text =
            "each CRTC that its connected output can use drives another output: switch "
            "one of those off";
    else if (error != -ENODEV)
        text = "what atomic modesetting needs of connector and CRTC cannot be read";
    return refuse(why, error, "%s (%s, %s)", text, display->driver, strerror(-error));
}

/* A lit connector is better than a dark one, an earlier better than a later. Returns
 * whether the one found is lit. */
static int find_connector(struct zc_display *display, const drmModeRes *resources,
                          drmModeConnector **out, struct why *why)
{
    uint32_t taken = crtcs_taken(display, resources);
    drmModeConnector *best = NULL;
    int result = -ENODEV, refusal = -ENODEV;

    for (int i = 0; i < resources->count_connectors && result != 1; i++) {
        drmModeConnector *connector =
            drmModeGetConnector(display->fd, resources->connectors[i]);

        result =
            connector ? try_connector(display, resources, connector, taken) : -ENODEV;
        if (result < 0 && result != -ENODEV)
            refusal = result;
        if (result == 1 || (result == 0 && !best)) {
            drmModeFreeConnector(best);
            best = connector;
        } else {
            drmModeFreeConnector(connector);
        }
    }
    /* A later one may have written over what was read of the best. */
    if (best && result != 1)
        result = refusal = try_connector(display, resources, best, taken);
    if (!best || result < 0) {
        drmModeFreeConnector(best);
        return no_connector(display, refusal, why);
    }
    note_name(display, best);
    *out = best;
    return result;
}

static uint32_t refresh_mhz(const drmModeModeInfo *mode)
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

static const drmModeModeInfo *choose_mode(const drmModeConnector *connector,
                                          uint32_t width, uint32_t height)
{
    const drmModeModeInfo *best = NULL;

    for (int i = 0; i < connector->count_modes; i++) {
        const drmModeModeInfo *mode = &connector->modes[i];

        if (mode->hdisplay == width && mode->vdisplay == height &&
            (!best || refresh_mhz(mode) > refresh_mhz(best)))
            best = mode;
    }
    for (int i = 0; i < connector->count_modes && !best; i++)
        if (connector->modes[i].type & DRM_MODE_TYPE_PREFERRED)
            best = &connector->modes[i];
    return best ? best : connector->modes;
}

static int set_up_mode(struct zc_display *display, const drmModeConnector *connector,
                       bool lit, const struct zc_display_config *config, struct why *why)
{
    int error = display_save_mode(display);

    if (error)
        return refuse(why, error, "cannot read the mode that %s has now: %s",
                      display->name, strerror(-error));
    display->info.mode_kept = lit;
    display->mode = lit ? display->saved_mode
                        : *choose_mode(connector, config->width, config->height);
    error = drmModeCreatePropertyBlob(display->fd, &display->mode, sizeof(display->mode),
                                      &display->mode_blob);
    if (error)
        return refuse(why, error, "cannot make a mode of %s: %s", display->mode.name,
                      strerror(-error));
    return 0;
}

static void fill_info(struct zc_display *display)
{
    struct zc_display_info *info = &display->info;
    uint64_t sequence, ns;

    info->path = display->path;
    info->driver = display->driver;
    info->connector = display->name;
    info->width = display->mode.hdisplay;
    info->height = display->mode.vdisplay;
    info->refresh_mhz = refresh_mhz(&display->mode);
    info->vblank = info->mode_kept && display->monotonic &&
                   !drmCrtcGetSequence(display->fd, display->crtc_id, &sequence, &ns);
    info->writeback = display->writeback_id != 0;
    zc_log(ZC_LOG_INFO, "display %s (%s), %s: %ux%u at %u.%03u Hz, %s", info->path,
           info->driver, info->connector, info->width, info->height,
           info->refresh_mhz / 1000, info->refresh_mhz % 1000,
           info->mode_kept ? "the mode that was lit" : "which was dark");
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
    result = find_connector(display, resources, &connector, why);
    if (result >= 0)
        result = set_up_mode(display, connector, result == 1, config, why);
    if (!result) {
        result = planes_read(display);
        if (result)
            refuse(why, result, "cannot read its planes: %s", strerror(-result));
    }
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
    error = open_card(display, why);
    if (!error)
        error = set_capabilities(display, why);
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
    static const int order[] = {-EBUSY, -EACCES, -EPERM, -ENOTSUP};

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

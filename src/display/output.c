/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-output - which connector, CRTC and mode of an open card. Reads only.
 */
#include "display/display-private.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xf86drm.h>

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

static void connector_name(const drmModeConnector *connector, char *text, size_t size)
{
    const char *type = drmModeGetConnectorTypeName(connector->connector_type);

    snprintf(text, size, "%s-%u", type ? type : "Unknown", connector->connector_type_id);
}

/* "50 (HDMI-A-1, connected), 52 (DP-1)": what could have been asked for. Returns whether
 * connector @id is one of them. */
static bool list_connectors(const struct zc_display *display, const drmModeRes *resources,
                            uint32_t id, char *text, size_t size)
{
    bool found = false;
    size_t used = 0;

    snprintf(text, size, "none");
    for (int i = 0; i < resources->count_connectors; i++) {
        drmModeConnector *connector =
            drmModeGetConnector(display->fd, resources->connectors[i]);
        char name[48];

        if (!connector)
            continue;
        if (connector->connector_type != DRM_MODE_CONNECTOR_WRITEBACK) {
            connector_name(connector, name, sizeof(name));
            if (used < size)
                used += snprintf(
                    text + used, size - used, "%s%u (%s%s)", used ? ", " : "",
                    connector->connector_id, name,
                    connector->connection == DRM_MODE_CONNECTED ? ", connected" : "");
            found |= connector->connector_id == id;
        }
        drmModeFreeConnector(connector);
    }
    return found;
}

/* The connector that was asked for cannot be had. */
static int not_that_connector(const struct zc_display *display,
                              const drmModeRes *resources, uint32_t id, struct why *why)
{
    char there[240];

    if (list_connectors(display, resources, id, there, sizeof(there)))
        return refuse(why, -ENODEV,
                      "nothing is plugged into its connector %u, or what is has no mode; "
                      "there are: %s",
                      id, there);
    return refuse(why, -ENOENT, "it (%s) has no connector %u; there are: %s",
                  display->driver, id, there);
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
int output_find(struct zc_display *display, const drmModeRes *resources,
                const struct zc_display_config *config, drmModeConnector **out,
                struct why *why)
{
    uint32_t taken = crtcs_taken(display, resources);
    drmModeConnector *best = NULL;
    int result = -ENODEV, refusal = -ENODEV;

    for (int i = 0; i < resources->count_connectors && result != 1; i++) {
        drmModeConnector *connector = NULL;

        if (!config->connector_id || config->connector_id == resources->connectors[i])
            connector = drmModeGetConnector(display->fd, resources->connectors[i]);
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
        if (config->connector_id && refusal == -ENODEV)
            return not_that_connector(display, resources, config->connector_id, why);
        return no_connector(display, refusal, why);
    }
    connector_name(best, display->name, sizeof(display->name));
    *out = best;
    return result;
}

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

/* The mode of that size with the highest rate, or NULL. */
static const drmModeModeInfo *find_mode(const drmModeConnector *connector, uint32_t width,
                                        uint32_t height)
{
    const drmModeModeInfo *best = NULL;

    for (int i = 0; i < connector->count_modes; i++) {
        const drmModeModeInfo *mode = &connector->modes[i];

        if (mode->hdisplay == width && mode->vdisplay == height &&
            (!best || mode_refresh_mhz(mode) > mode_refresh_mhz(best)))
            best = mode;
    }
    return best;
}

static const drmModeModeInfo *preferred_mode(const drmModeConnector *connector)
{
    for (int i = 0; i < connector->count_modes; i++)
        if (connector->modes[i].type & DRM_MODE_TYPE_PREFERRED)
            return &connector->modes[i];
    return connector->modes;
}

static int no_mode(const struct zc_display *display, const drmModeConnector *connector,
                   const struct zc_display_config *config, struct why *why)
{
    char there[240];
    size_t used = 0;

    for (int i = 0; i < connector->count_modes && used < sizeof(there); i++) {
        const drmModeModeInfo *mode = &connector->modes[i];

        if (i && mode->hdisplay == mode[-1].hdisplay &&
            mode->vdisplay == mode[-1].vdisplay)
            continue;
        used += snprintf(there + used, sizeof(there) - used, "%s%ux%u", used ? ", " : "",
                         mode->hdisplay, mode->vdisplay);
    }
    return refuse(why, -ERANGE, "%s has no mode of %ux%u; it has: %s%s", display->name,
                  config->width, config->height, there, used < sizeof(there) ? "" : "…");
}

/* What is lit stays, unless another is forced. */
static int choose_mode(struct zc_display *display, const drmModeConnector *connector,
                       bool lit, const struct zc_display_config *config, struct why *why)
{
    const drmModeModeInfo *saved = &display->saved_mode;
    const drmModeModeInfo *mode = find_mode(connector, config->width, config->height);
    bool wanted = config->width && config->height;

    if (lit && (!config->force_mode || (wanted && saved->hdisplay == config->width &&
                                        saved->vdisplay == config->height))) {
        display->info.mode_kept = true;
        display->mode = *saved;
        return 0;
    }
    if (!mode && wanted && config->force_mode)
        return no_mode(display, connector, config, why);
    display->mode = mode ? *mode : *preferred_mode(connector);
    return 0;
}

int output_set_mode(struct zc_display *display, const drmModeConnector *connector,
                    bool lit, const struct zc_display_config *config, struct why *why)
{
    int error = display_save_mode(display);

    if (error)
        return refuse(why, error, "cannot read the mode that %s has now: %s",
                      display->name, strerror(-error));
    error = choose_mode(display, connector, lit, config, why);
    if (error)
        return error;
    error = drmModeCreatePropertyBlob(display->fd, &display->mode, sizeof(display->mode),
                                      &display->mode_blob);
    if (error)
        return refuse(why, error, "cannot make a mode of %s: %s", display->mode.name,
                      strerror(-error));
    return 0;
}

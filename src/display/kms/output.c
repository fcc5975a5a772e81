/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* output - which connector, CRTC and mode of an open card. Changes nothing on screen. */
#include "display/kms/output.h"
#include "display/kms/leftover.h"
#include "display/kms/mode.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <xf86drm.h>

/* Bits of the CRTCs that drive some connector. */
static uint32_t crtcs_taken(const struct output *output, const drmModeRes *resources)
{
    struct property connector[CONNECTOR_PROPERTIES];
    const char *missing;
    uint32_t taken = 0;

    for (int i = 0; i < resources->count_connectors; i++) {
        if (properties_read(output->card->fd, resources->connectors[i],
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
static int find_crtc(struct output *output, const drmModeRes *resources,
                     const drmModeConnector *connector, uint32_t taken)
{
    uint32_t possible = drmModeConnectorGetPossibleCrtcs(output->card->fd, connector);
    const char *missing;
    int error, index = -1;

    for (int i = resources->count_crtcs - 1; i >= 0; i--) {
        bool mine = output->connector[CONNECTOR_CRTC_ID].value == resources->crtcs[i];

        if (output->connector[CONNECTOR_CRTC_ID].value ? mine
                                                       : possible & ~taken & (1u << i))
            index = i;
    }
    if (index < 0)
        return -EBUSY;
    output->crtc_index = index;
    output->crtc_id = resources->crtcs[index];
    error = properties_read(output->card->fd, output->crtc_id, DRM_MODE_OBJECT_CRTC,
                            output->crtc, &missing);
    if (error)
        return error;
    return output->connector[CONNECTOR_CRTC_ID].value &&
           output->crtc[CRTC_ACTIVE].value && output->crtc[CRTC_MODE_ID].value;
}

static int try_connector(struct output *output, const drmModeRes *resources,
                         const drmModeConnector *connector, uint32_t taken)
{
    const char *missing;
    int error;

    if (connector->connector_type == DRM_MODE_CONNECTOR_WRITEBACK ||
        connector->connection != DRM_MODE_CONNECTED || !connector->count_modes)
        return -ENODEV;
    error = properties_read(output->card->fd, connector->connector_id,
                            DRM_MODE_OBJECT_CONNECTOR, output->connector, &missing);
    if (error)
        return error;
    output->connector_id = connector->connector_id;
    return find_crtc(output, resources, connector, taken);
}

static void connector_name(const drmModeConnector *connector, char *text, size_t size)
{
    const char *type = drmModeGetConnectorTypeName(connector->connector_type);

    snprintf(text, size, "%s-%u", type ? type : "Unknown", connector->connector_type_id);
}

/* "50 (HDMI-A-1, connected), 52 (DP-1)": what could have been asked for. Returns whether
 * connector @id is one of them. */
static bool list_connectors(const struct output *output, const drmModeRes *resources,
                            uint32_t id, char *text, size_t size)
{
    bool found = false;
    size_t used = 0;

    snprintf(text, size, "none");
    for (int i = 0; i < resources->count_connectors; i++) {
        drmModeConnector *connector =
            drmModeGetConnector(output->card->fd, resources->connectors[i]);
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
static int not_that_connector(const struct output *output, const drmModeRes *resources,
                              uint32_t id, struct why *why)
{
    char there[240];

    if (list_connectors(output, resources, id, there, sizeof(there)))
        return refuse(why, -ENODEV,
                      "nothing is plugged into its connector %u, or what is has no mode; "
                      "there are: %s",
                      id, there);
    return refuse(why, -ENOENT, "it (%s) has no connector %u; there are: %s",
                  output->card->driver, id, there);
}

static int no_connector(const struct output *output, int error, struct why *why)
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
    return refuse(why, error, "%s (%s, %s)", text, output->card->driver,
                  strerror(-error));
}

/* A lit connector is better than a dark one, an earlier better than a later. Returns
 * whether the one found is lit. */
static int find_connector(struct output *output, const drmModeRes *resources,
                          const struct zc_display_config *config, drmModeConnector **out,
                          struct why *why)
{
    uint32_t taken = crtcs_taken(output, resources);
    drmModeConnector *best = NULL;
    int result = -ENODEV, refusal = -ENODEV;

    for (int i = 0; i < resources->count_connectors && result != 1; i++) {
        drmModeConnector *connector = NULL;

        if (!config->connector_id || config->connector_id == resources->connectors[i])
            connector = drmModeGetConnector(output->card->fd, resources->connectors[i]);
        result = connector ? try_connector(output, resources, connector, taken) : -ENODEV;
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
        result = refusal = try_connector(output, resources, best, taken);
    if (!best || result < 0) {
        drmModeFreeConnector(best);
        if (config->connector_id && refusal == -ENODEV)
            return not_that_connector(output, resources, config->connector_id, why);
        return no_connector(output, refusal, why);
    }
    connector_name(best, output->name, sizeof(output->name));
    *out = best;
    return result;
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

static int no_mode(const struct output *output, const drmModeConnector *connector,
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
    return refuse(why, -ERANGE, "%s has no mode of %ux%u; it has: %s%s", output->name,
                  config->width, config->height, there, used < sizeof(there) ? "" : "…");
}

/* What is lit stays, unless another is forced. */
static int choose_mode(struct output *output, const drmModeConnector *connector, bool lit,
                       const struct zc_display_config *config, struct why *why)
{
    const drmModeModeInfo *saved = &output->mode_before;
    const drmModeModeInfo *mode = find_mode(connector, config->width, config->height);
    bool wanted = config->width && config->height;

    if (lit && (!config->force_mode || (wanted && saved->hdisplay == config->width &&
                                        saved->vdisplay == config->height))) {
        output->mode_kept = true;
        output->mode = *saved;
        return 0;
    }
    if (!mode && wanted && config->force_mode)
        return no_mode(output, connector, config, why);
    output->mode = mode ? *mode : *preferred_mode(connector);
    return 0;
}

static int set_mode(struct output *output, const drmModeConnector *connector, bool lit,
                    const struct zc_display_config *config, struct why *why)
{
    uint64_t blob = output->crtc[CRTC_MODE_ID].value;
    int error = blob ? mode_read(output->card->fd, blob, &output->mode_before) : 0;

    if (error)
        return refuse(why, error, "cannot read the mode that %s has now: %s",
                      output->name, strerror(-error));
    output->had_mode = blob != 0;
    error = choose_mode(output, connector, lit, config, why);
    if (error)
        return error;
    error = drmModeCreatePropertyBlob(output->card->fd, &output->mode,
                                      sizeof(output->mode), &output->mode_blob);
    if (error)
        return refuse(why, error, "cannot make a mode of %s: %s", output->mode.name,
                      strerror(-error));
    return 0;
}

static int find_settings(struct output *output, const struct zc_display_config *config,
                         struct why *why)
{
    const char *missing;
    int error = settings_read(&output->settings, output->card->fd, output->connector_id,
                              DRM_MODE_OBJECT_CONNECTOR, config->connector_settings,
                              config->n_connector_settings, &missing);

    if (!error)
        return 0;
    return refuse(why, error, "its connector %s has no property \"%s\" that can be set",
                  output->name, missing ? missing : "?");
}

int output_find(struct output *output, const drmModeRes *resources,
                const struct zc_display_config *config, struct why *why)
{
    drmModeConnector *connector = NULL;
    int result = find_connector(output, resources, config, &connector, why);

    if (result >= 0)
        result = set_mode(output, connector, result == 1, config, why);
    if (result >= 0)
        leftovers_keep(output);
    if (result >= 0)
        result = find_settings(output, config, why);
    drmModeFreeConnector(connector);
    return result;
}

void output_finish(struct output *output)
{
    if (output->mode_blob)
        drmModeDestroyPropertyBlob(output->card->fd, output->mode_blob);
    output->mode_blob = 0;
    leftovers_finish(output);
    settings_finish(&output->settings);
}

uint32_t output_add(const struct output *output, struct atomic *atomic)
{
    if (output->ours)
        return 0;
    atomic_add(atomic, output->connector_id, &output->connector[CONNECTOR_CRTC_ID],
               output->crtc_id);
    atomic_add_optional(atomic, output->connector_id,
                        &output->connector[CONNECTOR_LINK_STATUS],
                        DRM_MODE_LINK_STATUS_GOOD);
    atomic_add(atomic, output->crtc_id, &output->crtc[CRTC_ACTIVE], 1);
    atomic_add(atomic, output->crtc_id, &output->crtc[CRTC_MODE_ID], output->mode_blob);
    leftovers_add_none(output, atomic);
    settings_add(&output->settings, atomic, output->connector_id);
    return DRM_MODE_ATOMIC_ALLOW_MODESET;
}

bool output_counts_blanks(const struct output *output)
{
    uint64_t sequence, ns;

    return !drmCrtcGetSequence(output->card->fd, output->crtc_id, &sequence, &ns);
}

bool output_mode(const struct output *output, int index, uint32_t *width,
                 uint32_t *height)
{
    drmModeConnector *connector =
        drmModeGetConnectorCurrent(output->card->fd, output->connector_id);
    const drmModeModeInfo *mode;
    bool there = connector && index >= 0 && index <= connector->count_modes &&
                 connector->count_modes;

    if (there) {
        mode = index ? &connector->modes[index - 1] : preferred_mode(connector);
        *width = mode->hdisplay;
        *height = mode->vdisplay;
    }
    drmModeFreeConnector(connector);
    return there;
}

int output_connected(const struct output *output)
{
    drmModeConnector *connector;
    int connected;

    errno = 0;
    connector = drmModeGetConnectorCurrent(output->card->fd, output->connector_id);
    if (!connector)
        return errno == ENOENT ? 0 : errno ? -errno : -ENOMEM;
    connected = connector->connection == DRM_MODE_CONNECTED;
    drmModeFreeConnector(connector);
    return connected;
}

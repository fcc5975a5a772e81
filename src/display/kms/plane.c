/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plane - the planes of the CRTC, what they list, and how one is lit or made dark. Reads
 * only; what it adds to a commit is another's to commit.
 */
#include "display/kms/plane.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>

/* The value of "alpha" with which nothing below the plane shines through. */
#define ALPHA_OPAQUE 0xffff

static int parse_in_formats(struct plane *plane, const drmModePropertyBlobRes *blob)
{
    drmModeFormatModifierIterator at = {0};
    int n = 0;

    while (drmModeFormatModifierBlobIterNext(blob, &at))
        n++;
    plane->formats = calloc(n + 1, sizeof(*plane->formats));
    if (!plane->formats)
        return -ENOMEM;
    memset(&at, 0, sizeof(at));
    while (plane->n_formats < n && drmModeFormatModifierBlobIterNext(blob, &at))
        plane->formats[plane->n_formats++] =
            (struct plane_format){.fourcc = at.fmt, .modifier = at.mod};
    return 0;
}

static int read_formats(int fd, struct plane *plane, const drmModePlane *kernel)
{
    drmModePropertyBlobRes *blob = NULL;
    int error;

    if (plane->prop[PLANE_IN_FORMATS].id && plane->prop[PLANE_IN_FORMATS].value)
        blob = drmModeGetPropertyBlob(fd, plane->prop[PLANE_IN_FORMATS].value);
    if (blob) {
        error = parse_in_formats(plane, blob);
        drmModeFreePropertyBlob(blob);
        return error;
    }
    /* A driver that does not speak of modifiers means linear, or what its own buffers
     * are. */
    plane->formats = calloc(kernel->count_formats + 1, sizeof(*plane->formats));
    if (!plane->formats)
        return -ENOMEM;
    for (uint32_t i = 0; i < kernel->count_formats; i++)
        plane->formats[plane->n_formats++] = (struct plane_format){
            .fourcc = kernel->formats[i], .modifier = DRM_FORMAT_MOD_LINEAR};
    return 0;
}

static int read_plane(struct plane_set *set, uint32_t id)
{
    struct plane *plane = &set->plane[set->n];
    drmModePlane *kernel = drmModeGetPlane(set->output->card->fd, id);
    const char *missing;
    uint64_t crtc;
    int error;

    if (!kernel)
        return errno ? -errno : -ENOMEM;
    if (!(kernel->possible_crtcs & (1u << set->output->crtc_index))) {
        drmModeFreePlane(kernel);
        return 0;
    }
    plane->id = id;
    error = properties_read(set->output->card->fd, id, DRM_MODE_OBJECT_PLANE, plane->prop,
                            &missing);
    crtc = plane->prop[PLANE_CRTC_ID].value;
    if (!error && (!crtc || crtc == set->output->crtc_id)) {
        plane->lit = crtc != 0;
        error = read_formats(set->output->card->fd, plane, kernel);
        set->n++;
    } else if (error == -ENOTSUP) {
        zc_log(ZC_LOG_DEBUG, "%s: plane %u has no property %s: not used",
               set->output->card->path, id, missing);
        error = 0;
    }
    drmModeFreePlane(kernel);
    return error;
}

int planes_read(struct plane_set *set)
{
    drmModePlaneRes *list;
    int error = 0;

    errno = 0;
    list = drmModeGetPlaneResources(set->output->card->fd);
    if (!list)
        return errno ? -errno : -ENOMEM;
    set->plane = calloc(list->count_planes + 1, sizeof(*set->plane));
    if (!set->plane)
        error = -ENOMEM;
    for (uint32_t i = 0; i < list->count_planes && !error; i++)
        error = read_plane(set, list->planes[i]);
    drmModeFreePlaneResources(list);
    return error;
}

void planes_finish(struct plane_set *set)
{
    for (int i = 0; i < set->n; i++) {
        free(set->plane[i].formats);
        settings_finish(&set->plane[i].settings);
    }
    free(set->plane);
    set->plane = NULL;
    set->n = 0;
}

bool plane_has(const struct plane *plane, uint32_t fourcc, uint64_t modifier)
{
    for (int i = 0; i < plane->n_formats; i++)
        if (plane->formats[i].fourcc == fourcc && plane->formats[i].modifier == modifier)
            return true;
    return false;
}

bool planes_offer(const struct plane_set *set, const struct plane *plane)
{
    return plane->prop[PLANE_TYPE].value != DRM_PLANE_TYPE_CURSOR &&
           (!set->only || plane->id == set->only) && !plane->lacks_settings;
}

int planes_set(struct plane_set *set, const struct zc_display_config *config,
               struct why *why)
{
    const char *missing, *told = NULL;
    bool offered = false;

    for (int i = 0; i < set->n; i++) {
        struct plane *plane = &set->plane[i];
        bool could = planes_offer(set, plane);
        int error = settings_read(&plane->settings, set->output->card->fd, plane->id,
                                  DRM_MODE_OBJECT_PLANE, config->plane_settings,
                                  config->n_plane_settings, &missing);

        if (error && error != -ENOENT)
            return refuse(why, error, "cannot read the properties of plane %u: %s",
                          plane->id, strerror(-error));
        if (error) {
            settings_finish(&plane->settings);
            plane->lacks_settings = true;
            told = could ? missing : told;
        }
        offered |= planes_offer(set, plane);
    }
    if (offered || !config->n_plane_settings)
        return 0;
    return refuse(why, -ENOENT, "no plane of %s has a property \"%s\" that can be set",
                  set->output->name, told ? told : config->plane_settings[0].name);
}

bool planes_have(const struct plane_set *set, uint32_t fourcc, uint64_t modifier)
{
    for (int i = 0; i < set->n; i++)
        if (planes_offer(set, &set->plane[i]) &&
            plane_has(&set->plane[i], fourcc, modifier))
            return true;
    return false;
}

/* Whether a plane before @plane, which is offered as well, lists it. */
static bool have_before(const struct plane_set *set, const struct plane *plane,
                        const struct plane_format *format)
{
    for (const struct plane *before = set->plane; before < plane; before++)
        if (planes_offer(set, before) &&
            plane_has(before, format->fourcc, format->modifier))
            return true;
    return false;
}

bool planes_modifier(const struct plane_set *set, uint32_t fourcc, int index,
                     uint64_t *modifier)
{
    for (int i = 0; i < set->n; i++) {
        const struct plane *plane = &set->plane[i];

        for (int k = 0; k < plane->n_formats && planes_offer(set, plane); k++) {
            if (plane->formats[k].fourcc != fourcc ||
                have_before(set, plane, &plane->formats[k]) || index--)
                continue;
            *modifier = plane->formats[k].modifier;
            return true;
        }
    }
    return false;
}

bool plane_converts(const struct plane *plane, const struct zc_layout *layout)
{
    return layout->format->model != ZC_MODEL_YUV ||
           (property_offers(&plane->prop[PLANE_COLOR_ENCODING], layout->colour.matrix) &&
            property_offers(&plane->prop[PLANE_COLOR_RANGE], layout->colour.range));
}

bool planes_convert(const struct plane_set *set, const struct zc_layout *layout)
{
    for (int i = 0; i < set->n; i++)
        if (planes_offer(set, &set->plane[i]) &&
            plane_has(&set->plane[i], layout->format->fourcc, layout->modifier) &&
            plane_converts(&set->plane[i], layout))
            return true;
    return false;
}

/* "60 (primary), 61 (overlay)": what could have been asked for. */
static void list_planes(const struct plane_set *set, char *text, size_t size)
{
    size_t used = 0;

    snprintf(text, size, "none");
    for (int i = 0; i < set->n && used < size; i++) {
        const struct plane *plane = &set->plane[i];
        uint64_t type = plane->prop[PLANE_TYPE].value;

        if (type != DRM_PLANE_TYPE_CURSOR)
            used += snprintf(text + used, size - used, "%s%u (%s)", used ? ", " : "",
                             plane->id,
                             type == DRM_PLANE_TYPE_PRIMARY ? "primary" : "overlay");
    }
}

int planes_choose(struct plane_set *set, uint32_t id, struct why *why)
{
    char there[200];

    set->only = id;
    for (int i = 0; i < set->n; i++)
        if (planes_offer(set, &set->plane[i]))
            return 0;
    list_planes(set, there, sizeof(there));
    return refuse(why, -ENOENT,
                  "%s (%s) has no primary or overlay plane %u of its own; there are: %s",
                  set->output->name, set->output->card->driver, id, there);
}

void planes_committed(struct plane_set *set, const struct plane *plane,
                      const struct plane *below)
{
    for (int i = 0; i < set->n; i++) {
        struct plane *at = &set->plane[i];
        bool lit = at == plane || at == below;

        at->touched |= at->lit || lit;
        at->lit = lit;
    }
}

void plane_add_off(const struct plane *plane, struct atomic *atomic)
{
    atomic_add(atomic, plane->id, &plane->prop[PLANE_FB_ID], 0);
    atomic_add(atomic, plane->id, &plane->prop[PLANE_CRTC_ID], 0);
}

/* Source rectangles are 16.16 fixed point. */
void plane_add_on(const struct plane *plane, struct atomic *atomic, uint32_t crtc_id,
                  uint32_t fb, uint32_t width, uint32_t height, const struct zc_rect *to)
{
    const uint64_t value[PLANE_REQUIRED] = {
        [PLANE_FB_ID] = fb,
        [PLANE_CRTC_ID] = crtc_id,
        [PLANE_SRC_W] = (uint64_t)width << 16,
        [PLANE_SRC_H] = (uint64_t)height << 16,
        [PLANE_CRTC_X] = (uint64_t)(int64_t)to->x,
        [PLANE_CRTC_Y] = (uint64_t)(int64_t)to->y,
        [PLANE_CRTC_W] = to->width,
        [PLANE_CRTC_H] = to->height,
    };

    for (int i = PLANE_FB_ID; i < PLANE_REQUIRED; i++)
        atomic_add(atomic, plane->id, &plane->prop[i], value[i]);
    atomic_add_optional(atomic, plane->id, &plane->prop[PLANE_ROTATION],
                        DRM_MODE_ROTATE_0);
    atomic_add_optional(atomic, plane->id, &plane->prop[PLANE_ALPHA], ALPHA_OPAQUE);
    if (property_offers(&plane->prop[PLANE_BLEND_MODE], 0))
        atomic_add_optional(atomic, plane->id, &plane->prop[PLANE_BLEND_MODE],
                            plane->prop[PLANE_BLEND_MODE].option[0]);
}

void plane_add_colour(const struct plane *plane, struct atomic *atomic,
                      const struct zc_layout *layout)
{
    const struct property *encoding = &plane->prop[PLANE_COLOR_ENCODING];
    const struct property *range = &plane->prop[PLANE_COLOR_RANGE];

    if (layout->format->model != ZC_MODEL_YUV)
        return;
    atomic_add_optional(atomic, plane->id, encoding,
                        encoding->option[layout->colour.matrix]);
    atomic_add_optional(atomic, plane->id, range, range->option[layout->colour.range]);
}

static uint64_t highest(const struct property *zpos)
{
    return zpos->fixed ? zpos->value : zpos->most;
}

static uint64_t lowest(const struct property *zpos)
{
    return zpos->fixed ? zpos->value : zpos->least;
}

/* Of planes at one height the kernel takes the one with the higher id to be above. */
bool plane_goes_above(const struct plane *plane, const struct plane *below)
{
    const struct property *over = &plane->prop[PLANE_ZPOS];
    const struct property *under = &below->prop[PLANE_ZPOS];

    if (!over->id || !under->id || highest(over) > lowest(under))
        return true;
    return highest(over) == lowest(under) && plane->id > below->id;
}

void plane_add_above(const struct plane *plane, const struct plane *below,
                     struct atomic *atomic)
{
    const struct property *over = &plane->prop[PLANE_ZPOS];
    const struct property *under = &below->prop[PLANE_ZPOS];

    if (!over->id || !under->id)
        return;
    atomic_add_optional(atomic, plane->id, over, highest(over));
    atomic_add_optional(atomic, below->id, under, lowest(under));
}

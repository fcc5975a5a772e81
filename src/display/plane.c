/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-plane - the planes of the CRTC, what they list, and how one is lit or made dark.
 * Reads only; what it adds to a commit is another's to commit.
 */
#include "display/display-private.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>

/* Where the CRTC shows a plane that was never rotated or made transparent. */
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

static int read_plane(struct zc_display *display, uint32_t id)
{
    struct plane *plane = &display->planes[display->n_planes];
    drmModePlane *kernel = drmModeGetPlane(display->fd, id);
    const char *missing;
    uint64_t crtc;
    int error;

    if (!kernel)
        return errno ? -errno : -ENOMEM;
    if (!(kernel->possible_crtcs & (1u << display->crtc_index))) {
        drmModeFreePlane(kernel);
        return 0;
    }
    plane->id = id;
    error =
        properties_read(display->fd, id, DRM_MODE_OBJECT_PLANE, plane->prop, &missing);
    crtc = plane->prop[PLANE_CRTC_ID].value;
    if (!error && (!crtc || crtc == display->crtc_id)) {
        plane->lit = crtc != 0;
        error = read_formats(display->fd, plane, kernel);
        display->n_planes++;
    } else if (error == -ENOTSUP) {
        zc_log(ZC_LOG_DEBUG, "%s: plane %u has no property %s: not used", display->path,
               id, missing);
        error = 0;
    }
    drmModeFreePlane(kernel);
    return error;
}

int planes_read(struct zc_display *display)
{
    drmModePlaneRes *list;
    int error = 0;

    errno = 0;
    list = drmModeGetPlaneResources(display->fd);
    if (!list)
        return errno ? -errno : -ENOMEM;
    display->planes = calloc(list->count_planes + 1, sizeof(*display->planes));
    if (!display->planes)
        error = -ENOMEM;
    for (uint32_t i = 0; i < list->count_planes && !error; i++)
        error = read_plane(display, list->planes[i]);
    drmModeFreePlaneResources(list);
    return error;
}

void planes_free(struct zc_display *display)
{
    for (int i = 0; i < display->n_planes; i++)
        free(display->planes[i].formats);
    free(display->planes);
    display->planes = NULL;
    display->n_planes = 0;
}

bool plane_has(const struct plane *plane, uint32_t fourcc, uint64_t modifier)
{
    for (int i = 0; i < plane->n_formats; i++)
        if (plane->formats[i].fourcc == fourcc && plane->formats[i].modifier == modifier)
            return true;
    return false;
}

bool plane_offered(const struct zc_display *display, const struct plane *plane)
{
    return plane->prop[PLANE_TYPE].value != DRM_PLANE_TYPE_CURSOR &&
           (!display->plane_id || plane->id == display->plane_id);
}

bool zc_display_has_format(const struct zc_display *display, uint32_t fourcc,
                           uint64_t modifier)
{
    for (int i = 0; i < display->n_planes; i++)
        if (plane_offered(display, &display->planes[i]) &&
            plane_has(&display->planes[i], fourcc, modifier))
            return true;
    return false;
}

/* "60 (primary), 61 (overlay)": what could have been asked for. */
static void list_planes(const struct zc_display *display, char *text, size_t size)
{
    size_t used = 0;

    snprintf(text, size, "none");
    for (int i = 0; i < display->n_planes && used < size; i++) {
        const struct plane *plane = &display->planes[i];
        uint64_t type = plane->prop[PLANE_TYPE].value;

        if (type != DRM_PLANE_TYPE_CURSOR)
            used += snprintf(text + used, size - used, "%s%u (%s)", used ? ", " : "",
                             plane->id,
                             type == DRM_PLANE_TYPE_PRIMARY ? "primary" : "overlay");
    }
}

int plane_choose(struct zc_display *display, uint32_t id, struct why *why)
{
    char there[200];

    display->plane_id = id;
    for (int i = 0; i < display->n_planes; i++)
        if (plane_offered(display, &display->planes[i]))
            return 0;
    list_planes(display, there, sizeof(there));
    return refuse(why, -ENOENT,
                  "%s (%s) has no primary or overlay plane %u of its own; there are: %s",
                  display->name, display->driver, id, there);
}

void plane_add_off(struct zc_display *display, const struct plane *plane)
{
    atomic_add(&display->atomic, plane->id, &plane->prop[PLANE_FB_ID], 0);
    atomic_add(&display->atomic, plane->id, &plane->prop[PLANE_CRTC_ID], 0);
}

/* Source rectangles are 16.16 fixed point. */
void plane_add_on(struct zc_display *display, const struct plane *plane, uint32_t fb,
                  uint32_t width, uint32_t height, const struct zc_rect *to)
{
    const uint64_t value[PLANE_REQUIRED] = {
        [PLANE_FB_ID] = fb,
        [PLANE_CRTC_ID] = display->crtc_id,
        [PLANE_SRC_W] = (uint64_t)width << 16,
        [PLANE_SRC_H] = (uint64_t)height << 16,
        [PLANE_CRTC_X] = (uint64_t)(int64_t)to->x,
        [PLANE_CRTC_Y] = (uint64_t)(int64_t)to->y,
        [PLANE_CRTC_W] = to->width,
        [PLANE_CRTC_H] = to->height,
    };

    for (int i = PLANE_FB_ID; i < PLANE_REQUIRED; i++)
        atomic_add(&display->atomic, plane->id, &plane->prop[i], value[i]);
    atomic_add_optional(&display->atomic, plane->id, &plane->prop[PLANE_ROTATION],
                        DRM_MODE_ROTATE_0);
    atomic_add_optional(&display->atomic, plane->id, &plane->prop[PLANE_ALPHA],
                        ALPHA_OPAQUE);
}

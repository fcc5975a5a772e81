/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-plane - the planes of the CRTC, what they list, and which of them takes a
 * frame. Touches no state on screen: what it asks the kernel is TEST_ONLY.
 */
#include "display-private.h"

#include <drm_fourcc.h>
#include <errno.h>
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

static bool plane_has(const struct plane *plane, uint32_t fourcc, uint64_t modifier)
{
    for (int i = 0; i < plane->n_formats; i++)
        if (plane->formats[i].fourcc == fourcc && plane->formats[i].modifier == modifier)
            return true;
    return false;
}

bool zc_display_has_format(const struct zc_display *display, uint32_t fourcc,
                           uint64_t modifier)
{
    for (int i = 0; i < display->n_planes; i++)
        if (display->planes[i].prop[PLANE_TYPE].value != DRM_PLANE_TYPE_CURSOR &&
            plane_has(&display->planes[i], fourcc, modifier))
            return true;
    return false;
}

void placement_add_output(struct zc_display *display)
{
    struct atomic *atomic = &display->atomic;

    atomic_add(atomic, display->connector_id, &display->connector[CONNECTOR_CRTC_ID],
               display->crtc_id);
    atomic_add(atomic, display->crtc_id, &display->crtc[CRTC_ACTIVE], 1);
    atomic_add(atomic, display->crtc_id, &display->crtc[CRTC_MODE_ID],
               display->mode_blob);
}

void plane_add_off(struct zc_display *display, const struct plane *plane)
{
    atomic_add(&display->atomic, plane->id, &plane->prop[PLANE_FB_ID], 0);
    atomic_add(&display->atomic, plane->id, &plane->prop[PLANE_CRTC_ID], 0);
}

/* Source rectangles are 16.16 fixed point. */
static void plane_add_on(struct zc_display *display, const struct plane *plane,
                         uint32_t fb, uint32_t width, uint32_t height)
{
    const uint64_t value[PLANE_REQUIRED] = {
        [PLANE_FB_ID] = fb,
        [PLANE_CRTC_ID] = display->crtc_id,
        [PLANE_SRC_W] = (uint64_t)width << 16,
        [PLANE_SRC_H] = (uint64_t)height << 16,
        [PLANE_CRTC_X] = (display->mode.hdisplay - width) / 2,
        [PLANE_CRTC_Y] = (display->mode.vdisplay - height) / 2,
        [PLANE_CRTC_W] = width,
        [PLANE_CRTC_H] = height,
    };

    for (int i = PLANE_FB_ID; i < PLANE_REQUIRED; i++)
        atomic_add(&display->atomic, plane->id, &plane->prop[i], value[i]);
    atomic_add_optional(&display->atomic, plane->id, &plane->prop[PLANE_ROTATION],
                        DRM_MODE_ROTATE_0);
    atomic_add_optional(&display->atomic, plane->id, &plane->prop[PLANE_ALPHA],
                        ALPHA_OPAQUE);
}

void placement_add_planes(struct zc_display *display, const struct placement *placement,
                          uint32_t fb)
{
    for (int i = 0; i < display->n_planes; i++) {
        const struct plane *plane = &display->planes[i];

        if (plane->lit && plane != placement->plane && plane != placement->backdrop)
            plane_add_off(display, plane);
    }
    if (placement->backdrop)
        plane_add_on(display, placement->backdrop, display->backdrop_fb,
                     display->mode.hdisplay, display->mode.vdisplay);
    plane_add_on(display, placement->plane, fb, placement->layout.width,
                 placement->layout.height);
}

void placement_committed(struct zc_display *display, struct placement *placement)
{
    for (int i = 0; i < display->n_planes; i++) {
        struct plane *plane = &display->planes[i];

        plane->touched |= plane->lit;
        plane->lit = plane == placement->plane || plane == placement->backdrop;
        plane->touched |= plane->lit;
    }
    display->active = placement;
    display->ours = true;
}

static int test_placement(struct zc_display *display, const struct placement *placement,
                          uint32_t fb)
{
    uint32_t flags = DRM_MODE_ATOMIC_TEST_ONLY;
    int error;

    atomic_begin(&display->atomic);
    if (!display->ours) {
        placement_add_output(display);
        flags |= DRM_MODE_ATOMIC_ALLOW_MODESET;
    }
    placement_add_planes(display, placement, fb);
    error = atomic_commit(&display->atomic, display->fd, flags, NULL);
    zc_log(ZC_LOG_DEBUG, "%s: TEST_ONLY of %s %ux%u on plane %u%s: %s", display->path,
           placement->layout.format->name, placement->layout.width,
           placement->layout.height, placement->plane->id,
           placement->backdrop ? " above black" : "",
           error ? strerror(-error) : "passed");
    return error;
}

static struct plane *backdrop_plane(struct zc_display *display)
{
    for (int i = 0; i < display->n_planes; i++)
        if (display->planes[i].prop[PLANE_TYPE].value == DRM_PLANE_TYPE_PRIMARY &&
            plane_has(&display->planes[i], DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR))
            return &display->planes[i];
    return NULL;
}

/* Some drivers want the primary lit whenever the CRTC is. */
static int test_overlay(struct zc_display *display, struct placement *placement,
                        uint32_t fb)
{
    int error = test_placement(display, placement, fb);

    if (error != -EINVAL)
        return error;
    placement->backdrop = backdrop_plane(display);
    if (!placement->backdrop || !display_backdrop(display)) {
        placement->backdrop = NULL;
        return error;
    }
    error = test_placement(display, placement, fb);
    if (error)
        placement->backdrop = NULL;
    return error;
}

/* What the kernel says of the display rather than of this plane: no other plane helps. */
static bool is_final(int error)
{
    return !error || error == -ENODEV || error == -ENOMEM || error == -EACCES ||
           error == -EPERM;
}

static int try_planes(struct zc_display *display, struct placement *placement,
                      uint32_t fb, uint64_t type)
{
    int error = -ENOTSUP;

    for (int i = 0; i < display->n_planes && !is_final(error); i++) {
        placement->plane = &display->planes[i];
        if (placement->plane->prop[PLANE_TYPE].value != type ||
            !plane_has(placement->plane, placement->layout.format->fourcc,
                       placement->layout.modifier))
            continue;
        error = type == DRM_PLANE_TYPE_PRIMARY ? test_placement(display, placement, fb)
                                               : test_overlay(display, placement, fb);
    }
    return error;
}

static bool same_geometry(const struct zc_layout *a, const struct zc_layout *b)
{
    if (a->format->fourcc != b->format->fourcc || a->modifier != b->modifier ||
        a->width != b->width || a->height != b->height || a->n_planes != b->n_planes)
        return false;
    for (int i = 0; i < a->n_planes; i++)
        if (a->plane[i].stride != b->plane[i].stride ||
            a->plane[i].offset != b->plane[i].offset)
            return false;
    return true;
}

/* What can be said without asking the kernel. */
static uint32_t obvious_reasons(const struct zc_display *display,
                                const struct zc_frame *frame)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    uint32_t reasons = 0;

    if (zc_frame_fd(frame, 0) < 0 && !zc_frame_attachment(frame, &display->imports))
        reasons |= ZC_REASON_NO_DMABUF;
    if (!zc_display_has_format(display, layout->format->fourcc, layout->modifier))
        reasons |= ZC_REASON_FORMAT;
    if (layout->width > display->mode.hdisplay || layout->height > display->mode.vdisplay)
        reasons |= ZC_REASON_TEST;
    return reasons;
}

int placement_find(struct zc_display *display, struct zc_frame *frame,
                   struct placement **out, uint32_t *reasons)
{
    struct placement found = {.layout = *zc_frame_layout(frame)};
    uint32_t fb;
    int error;

    for (int i = 0; i < display->n_placements; i++) {
        if (same_geometry(&display->placements[i].layout, &found.layout)) {
            *out = &display->placements[i];
            return 0;
        }
    }
    *reasons = obvious_reasons(display, frame);
    if (*reasons)
        return -ENOTSUP;
    error = display_import(display, frame, &fb, reasons);
    if (error)
        return error;
    error = try_planes(display, &found, fb, DRM_PLANE_TYPE_PRIMARY);
    if (!is_final(error))
        error = try_planes(display, &found, fb, DRM_PLANE_TYPE_OVERLAY);
    if (!is_final(error)) {
        *reasons |= ZC_REASON_TEST;
        return -ENOTSUP;
    }
    if (error)
        return error;
    /* The slot of the oldest layout is taken, and the placement on screen with it, if it
     * is that: the next commit then sends its planes in full. */
    *out = &display->placements[display->next_placement];
    if (display->active == *out)
        display->active = NULL;
    **out = found;
    display->next_placement = (display->next_placement + 1) % DISPLAY_PLACEMENTS;
    if (display->n_placements < DISPLAY_PLACEMENTS)
        display->n_placements++;
    return 0;
}

int zc_display_test(struct zc_display *display, struct zc_frame *frame, uint32_t *reasons)
{
    struct placement *placement;
    uint32_t fb;
    int error;

    *reasons = 0;
    error = placement_find(display, frame, &placement, reasons);
    return error ? error : display_import(display, frame, &fb, reasons);
}

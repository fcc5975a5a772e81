/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-placement - which plane takes a frame and where it shows it, found once for each
 * layout and place. Touches no state on screen: what it asks the kernel is TEST_ONLY.
 */
#include "display/display-private.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <xf86drm.h>

void placement_add_output(struct zc_display *display)
{
    struct atomic *atomic = &display->atomic;

    atomic_add(atomic, display->connector_id, &display->connector[CONNECTOR_CRTC_ID],
               display->crtc_id);
    atomic_add_optional(atomic, display->connector_id,
                        &display->connector[CONNECTOR_LINK_STATUS],
                        DRM_MODE_LINK_STATUS_GOOD);
    atomic_add(atomic, display->crtc_id, &display->crtc[CRTC_ACTIVE], 1);
    atomic_add(atomic, display->crtc_id, &display->crtc[CRTC_MODE_ID],
               display->mode_blob);
}

void placement_add_planes(struct zc_display *display, const struct placement *placement,
                          uint32_t fb)
{
    const struct zc_rect whole = {0, 0, display->mode.hdisplay, display->mode.vdisplay};

    for (int i = 0; i < display->n_planes; i++) {
        const struct plane *plane = &display->planes[i];

        if (plane->lit && plane != placement->plane && plane != placement->backdrop)
            plane_add_off(display, plane);
    }
    if (placement->backdrop)
        plane_add_on(display, placement->backdrop, display->backdrop_fb, whole.width,
                     whole.height, &whole);
    plane_add_on(display, placement->plane, fb, placement->layout.width,
                 placement->layout.height, &placement->to);
}

void placement_committed(struct zc_display *display, struct placement *placement)
{
    for (int i = 0; i < display->n_planes; i++) {
        struct plane *plane = &display->planes[i];

        plane->touched |= plane->lit;
        plane->lit = plane == placement->plane || plane == placement->backdrop;
        plane->touched |= plane->lit;
    }
    display->info.plane_id = placement->plane->id;
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
    zc_log(ZC_LOG_DEBUG, "%s: TEST_ONLY of %s %ux%u at %d,%d as %ux%u on plane %u%s: %s",
           display->path, placement->layout.format->name, placement->layout.width,
           placement->layout.height, placement->to.x, placement->to.y,
           placement->to.width, placement->to.height, placement->plane->id,
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
            !plane_offered(display, placement->plane) ||
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

static bool same_rect(const struct zc_rect *a, const struct zc_rect *b)
{
    return a->x == b->x && a->y == b->y && a->width == b->width && a->height == b->height;
}

static bool fits_mode(const struct zc_display *display, const struct zc_layout *layout)
{
    return layout->width <= display->mode.hdisplay &&
           layout->height <= display->mode.vdisplay;
}

static struct zc_rect centred(const struct zc_display *display,
                              const struct zc_layout *layout)
{
    return (struct zc_rect){
        .x = ((int)display->mode.hdisplay - (int)layout->width) / 2,
        .y = ((int)display->mode.vdisplay - (int)layout->height) / 2,
        .width = layout->width,
        .height = layout->height,
    };
}

static bool is_scaled(const struct placement *placement)
{
    return placement->to.width != placement->layout.width ||
           placement->to.height != placement->layout.height;
}

/* What can be said without asking the kernel. */
static uint32_t obvious_reasons(const struct zc_display *display, struct zc_frame *frame,
                                const struct placement *placement)
{
    const struct zc_layout *layout = &placement->layout;
    uint32_t reasons = 0;

    if (zc_frame_fd(frame, 0) < 0 && !zc_frame_attachment(frame, &display->imports))
        reasons |= ZC_REASON_NO_DMABUF;
    if (!zc_display_has_format(display, layout->format->fourcc, layout->modifier))
        reasons |= ZC_REASON_FORMAT;
    if (!display->rect.width && !fits_mode(display, layout))
        reasons |= ZC_REASON_TEST;
    return reasons;
}

/* Primary planes first: an overlay may need a black one below. */
static int try_all(struct zc_display *display, struct placement *placement, uint32_t fb)
{
    int error = try_planes(display, placement, fb, DRM_PLANE_TYPE_PRIMARY);

    if (!is_final(error))
        error = try_planes(display, placement, fb, DRM_PLANE_TYPE_OVERLAY);
    return error;
}

/* Whether it is the scaling that all planes refuse: would they take the frame without? */
static uint32_t refusal(struct zc_display *display, const struct placement *placement,
                        uint32_t fb)
{
    struct placement plain = *placement;

    if (!is_scaled(placement))
        return ZC_REASON_TEST;
    if (!fits_mode(display, &plain.layout))
        return ZC_REASON_SCALE;
    plain.backdrop = NULL;
    plain.to = centred(display, &plain.layout);
    return try_all(display, &plain, fb) ? ZC_REASON_TEST : ZC_REASON_SCALE;
}

static struct placement *remembered(struct zc_display *display,
                                    const struct placement *wanted)
{
    for (int i = 0; i < display->n_placements; i++)
        if (same_geometry(&display->placements[i].layout, &wanted->layout) &&
            same_rect(&display->placements[i].to, &wanted->to))
            return &display->placements[i];
    return NULL;
}

/* The slot of the oldest is taken, and the placement on screen with it, if it is that: the
 * next commit then sends its planes in full. */
static struct placement *remember(struct zc_display *display,
                                  const struct placement *found)
{
    struct placement *slot = &display->placements[display->next_placement];

    if (display->active == slot)
        display->active = NULL;
    *slot = *found;
    display->next_placement = (display->next_placement + 1) % DISPLAY_PLACEMENTS;
    if (display->n_placements < DISPLAY_PLACEMENTS)
        display->n_placements++;
    return slot;
}

int placement_find(struct zc_display *display, struct zc_frame *frame,
                   struct placement **out, uint32_t *reasons)
{
    struct placement found = {.layout = *zc_frame_layout(frame)};
    uint32_t fb;
    int error;

    found.to = display->rect.width ? display->rect : centred(display, &found.layout);
    *out = remembered(display, &found);
    if (*out)
        return 0;
    *reasons = obvious_reasons(display, frame, &found);
    if (*reasons)
        return -ENOTSUP;
    error = display_import(display, frame, &fb, reasons);
    if (error)
        return error;
    error = try_all(display, &found, fb);
    if (!is_final(error)) {
        *reasons |= refusal(display, &found, fb);
        return -ENOTSUP;
    }
    if (error)
        return error;
    *out = remember(display, &found);
    return 0;
}

void zc_display_set_rect(struct zc_display *display, const struct zc_rect *rect)
{
    bool whole = !rect || !rect->width || !rect->height;

    display->rect = whole ? (struct zc_rect){0} : *rect;
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

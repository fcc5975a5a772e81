/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * placement - which plane takes a frame and where it shows it, found once for each layout
 * and place by TEST_ONLY commits; and the commits that put frames there.
 */
#include "display/kms/placement.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>
#include <xf86drm.h>

/* Begins a commit with the whole state of all planes for a frame with framebuffer @fb, and
 * of the output, if it is not lit by us. Returns the flags that this needs. */
static uint32_t begin(struct placements *all, const struct placement *placement,
                      uint32_t fb)
{
    const struct output *output = all->output;
    const struct zc_rect whole = {0, 0, output->mode.hdisplay, output->mode.vdisplay};
    uint32_t flags;

    atomic_begin(all->atomic);
    flags = output_add(output, all->atomic);
    for (int i = 0; i < all->planes->n; i++) {
        const struct plane *plane = &all->planes->plane[i];

        if (plane->lit && plane != placement->plane && plane != placement->below)
            plane_add_off(plane, all->atomic);
    }
    if (placement->below) {
        plane_add_on(placement->below, all->atomic, output->crtc_id, all->backdrop->fb,
                     whole.width, whole.height, &whole);
        plane_add_above(placement->plane, placement->below, all->atomic);
    }
    plane_add_on(placement->plane, all->atomic, output->crtc_id, fb,
                 placement->layout.width, placement->layout.height, &placement->to);
    plane_add_colour(placement->plane, all->atomic, &placement->layout);
    settings_add(&placement->plane->settings, all->atomic, placement->plane->id);
    return flags;
}

static int test(struct placements *all, const struct placement *placement, uint32_t fb)
{
    uint32_t flags = DRM_MODE_ATOMIC_TEST_ONLY | begin(all, placement, fb);
    const struct card *card = all->output->card;
    int error = atomic_commit(all->atomic, card->fd, flags, NULL);

    all->answer = error;
    zc_log(ZC_LOG_DEBUG, "%s: TEST_ONLY of %s %ux%u at %d,%d as %ux%u on plane %u%s: %s",
           card->path, placement->layout.format->name, placement->layout.width,
           placement->layout.height, placement->to.x, placement->to.y,
           placement->to.width, placement->to.height, placement->plane->id,
           placement->below ? " above black" : "", error ? strerror(-error) : "passed");
    return error;
}

/* The primary that can be black below @above, or NULL. */
static struct plane *backdrop_plane(const struct placements *all,
                                    const struct plane *above)
{
    for (int i = 0; i < all->planes->n; i++) {
        struct plane *plane = &all->planes->plane[i];

        if (plane->prop[PLANE_TYPE].value == DRM_PLANE_TYPE_PRIMARY &&
            plane_has(plane, DRM_FORMAT_XRGB8888, DRM_FORMAT_MOD_LINEAR) &&
            plane_goes_above(above, plane))
            return plane;
    }
    return NULL;
}

/* Some drivers want the primary lit whenever the CRTC is. */
static int test_overlay(struct placements *all, struct placement *placement, uint32_t fb)
{
    int error = test(all, placement, fb);

    if (error != -EINVAL)
        return error;
    placement->below = backdrop_plane(all, placement->plane);
    if (!placement->below || !backdrop_get(all->backdrop)) {
        placement->below = NULL;
        return error;
    }
    error = test(all, placement, fb);
    if (error)
        placement->below = NULL;
    return error;
}

/* Errors of the whole display and not of this plane: no other plane is worth a try. */
static bool is_final(int error)
{
    return !error || error == -ENODEV || error == -ENOMEM || error == -EACCES ||
           error == -EPERM;
}

static int try_planes(struct placements *all, struct placement *placement, uint32_t fb,
                      uint64_t type)
{
    int error = -ENOTSUP;

    for (int i = 0; i < all->planes->n && !is_final(error); i++) {
        placement->plane = &all->planes->plane[i];
        if (placement->plane->prop[PLANE_TYPE].value != type ||
            !planes_offer(all->planes, placement->plane) ||
            !plane_has(placement->plane, placement->layout.format->fourcc,
                       placement->layout.modifier) ||
            !plane_converts(placement->plane, &placement->layout))
            continue;
        error = type == DRM_PLANE_TYPE_PRIMARY ? test(all, placement, fb)
                                               : test_overlay(all, placement, fb);
    }
    return error;
}

static bool same_colour(const struct zc_layout *a, const struct zc_layout *b)
{
    return a->format->model != ZC_MODEL_YUV ||
           (a->colour.matrix == b->colour.matrix && a->colour.range == b->colour.range);
}

/* Whether frames of both look the same to a plane. */
static bool same_to_planes(const struct zc_layout *a, const struct zc_layout *b)
{
    if (!same_colour(a, b) || a->format->fourcc != b->format->fourcc ||
        a->modifier != b->modifier || a->width != b->width || a->height != b->height ||
        a->n_planes != b->n_planes)
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

static bool fits_mode(const struct output *output, const struct zc_layout *layout)
{
    return layout->width <= output->mode.hdisplay &&
           layout->height <= output->mode.vdisplay;
}

static struct zc_rect centred(const struct output *output, const struct zc_layout *layout)
{
    return (struct zc_rect){
        .x = ((int)output->mode.hdisplay - (int)layout->width) / 2,
        .y = ((int)output->mode.vdisplay - (int)layout->height) / 2,
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
static uint32_t obvious_reasons(const struct placements *all, struct zc_frame *frame,
                                bool unscaled)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    uint32_t reasons = 0;

    if (zc_frame_fd(frame, 0) < 0 && !framebuffers_have(all->framebuffers, frame))
        reasons |= ZC_REASON_NO_DMABUF;
    if (!planes_have(all->planes, layout->format->fourcc, layout->modifier))
        reasons |= ZC_REASON_FORMAT;
    else if (!planes_convert(all->planes, layout))
        reasons |= ZC_REASON_COLOUR;
    if (unscaled && !fits_mode(all->output, layout))
        reasons |= ZC_REASON_TEST;
    return reasons;
}

/* Primary planes first: an overlay may need a black one below. */
static int try_all(struct placements *all, struct placement *placement, uint32_t fb)
{
    int error = try_planes(all, placement, fb, DRM_PLANE_TYPE_PRIMARY);

    if (!is_final(error))
        error = try_planes(all, placement, fb, DRM_PLANE_TYPE_OVERLAY);
    return error;
}

/* Whether all planes refuse only the scaling: tries the same frame unscaled. */
static uint32_t refusal(struct placements *all, const struct placement *placement,
                        uint32_t fb)
{
    struct placement plain = *placement;

    if (!is_scaled(placement))
        return ZC_REASON_TEST;
    if (!fits_mode(all->output, &plain.layout))
        return ZC_REASON_SCALE;
    plain.below = NULL;
    plain.to = centred(all->output, &plain.layout);
    return try_all(all, &plain, fb) ? ZC_REASON_TEST : ZC_REASON_SCALE;
}

static struct placement *remembered(struct placements *all,
                                    const struct placement *wanted)
{
    for (int i = 0; i < all->n; i++)
        if (same_to_planes(&all->found[i].layout, &wanted->layout) &&
            same_rect(&all->found[i].to, &wanted->to))
            return &all->found[i];
    return NULL;
}

/* Overwrites the oldest slot. If its placement is on screen, the next commit sends all
 * planes in full. */
static struct placement *remember(struct placements *all, const struct placement *found)
{
    struct placement *slot = &all->found[all->next];

    if (all->active == slot)
        all->active = NULL;
    *slot = *found;
    all->next = (all->next + 1) % PLACEMENTS;
    if (all->n < PLACEMENTS)
        all->n++;
    return slot;
}

int placements_find(struct placements *all, struct zc_frame *frame,
                    const struct zc_rect *to, struct placement **out, uint32_t *reasons)
{
    struct placement found = {.layout = *zc_frame_layout(frame), .to = *to};
    uint32_t fb;
    int error;

    if (!to->width)
        found.to = centred(all->output, &found.layout);
    *out = remembered(all, &found);
    if (*out)
        return 0;
    *reasons = obvious_reasons(all, frame, !to->width);
    if (*reasons)
        return -ENOTSUP;
    error = framebuffers_get(all->framebuffers, frame, &fb, reasons);
    if (error)
        return error;
    error = try_all(all, &found, fb);
    if (!is_final(error)) {
        *reasons |= refusal(all, &found, fb);
        return -ENOTSUP;
    }
    if (error)
        return error;
    *out = remember(all, &found);
    return 0;
}

bool placement_takes_fence(const struct placement *placement)
{
    return placement->plane->prop[PLANE_IN_FENCE_FD].id;
}

/* The first frame, and one that is placed otherwise than the one before. */
static int commit_anew(struct placements *all, const struct placement *placement,
                       uint32_t fb, int fence, void *user)
{
    uint32_t flags = DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK;
    const struct plane *plane = placement->plane;
    int fd = all->output->card->fd, error;

    flags |= begin(all, placement, fb);
    if (fence >= 0)
        atomic_add(all->atomic, plane->id, &plane->prop[PLANE_IN_FENCE_FD], fence);
    error = atomic_commit(all->atomic, fd, flags, user);
    if (error != -EBUSY || all->output->ours)
        return error;
    /* Some drivers, or an unfinished commit of the master before, refuse to set a mode
     * without waiting; and some to send an event for that. */
    flags &= ~DRM_MODE_ATOMIC_NONBLOCK;
    error = atomic_commit(all->atomic, fd, flags, user);
    if (error != -EBUSY)
        return error;
    error = atomic_commit(all->atomic, fd, flags & ~DRM_MODE_PAGE_FLIP_EVENT, NULL);
    return error ? error : atomic_flip(fd, plane->id, plane->prop, fb, -1, user);
}

int placements_commit(struct placements *all, struct placement *placement, uint32_t fb,
                      int fence, void *user)
{
    const struct plane *plane = placement->plane;
    int error;

    if (all->output->ours && placement == all->active)
        return atomic_flip(all->output->card->fd, plane->id, plane->prop, fb, fence,
                           user);
    error = commit_anew(all, placement, fb, fence, user);
    if (error)
        return error;
    planes_committed(all->planes, plane, placement->below);
    all->active = placement;
    all->output->ours = true;
    return 0;
}

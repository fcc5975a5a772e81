/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display - frames on a screen: shown, flipped, released. Knows which frames the display
 * holds; how they get there is the business of its kind.
 */
#include "display/display-private.h"
#include "display/kind.h"
#include "display/kms/open.h"
#include "display/wayland/open.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define HOLDER "display"

int zc_display_open(struct zc_display **out, const struct zc_display_config *config)
{
    struct zc_display_config chosen = config ? *config : (struct zc_display_config){0};
    int error;

    if (kind_of(config ? config : &chosen, &chosen.path) == ZC_DISPLAY_WAYLAND)
        return zc_wayland_open(out, &chosen);
    error = zc_kms_open(out, &chosen);
    if (error && config)
        kind_advise(config);
    return error;
}

/* The reference to the frame that was committed first. */
static struct zc_frame *take_committed(struct zc_display *display)
{
    struct zc_frame *first = display->committed[0];

    display->n_committed--;
    memmove(display->committed, display->committed + 1,
            display->n_committed * sizeof(*display->committed));
    display->committed[display->n_committed] = NULL;
    return first;
}

void zc_display_close(struct zc_display *display)
{
    if (!display)
        return;
    display->ops->finish(display);
    while (display->n_committed > 0)
        zc_frame_unref(take_committed(display));
    zc_frame_unref(display->current);
    free(display);
}

const struct zc_display_info *zc_display_info(const struct zc_display *display)
{
    return &display->info;
}

bool zc_display_pending(const struct zc_display *display)
{
    if (display->ops->pending && display->n_committed < ZC_DISPLAY_COMMITS)
        return display->ops->pending(display);
    return display->n_committed > 0;
}

int64_t zc_display_wait_ns(const struct zc_display *display)
{
    return display->ops->wait_ns ? display->ops->wait_ns(display) : -1;
}

bool zc_display_next_event(struct zc_display *display, struct zc_display_event *event)
{
    return events_take(&display->events, event);
}

int zc_display_set_fullscreen(struct zc_display *display, bool fullscreen)
{
    if (!display->ops->fullscreen)
        return fullscreen ? 0 : -ENOTSUP;
    return display->ops->fullscreen(display, fullscreen);
}

int zc_display_fd(const struct zc_display *display)
{
    return display->fd;
}

bool zc_display_has_format(const struct zc_display *display, uint32_t fourcc,
                           uint64_t modifier)
{
    return display->ops->has_format(display, fourcc, modifier);
}

bool zc_display_modifier(const struct zc_display *display, uint32_t fourcc, int index,
                         uint64_t *modifier)
{
    return display->ops->modifier(display, fourcc, index, modifier);
}

bool zc_display_mode(const struct zc_display *display, int index, uint32_t *width,
                     uint32_t *height)
{
    return display->ops->mode(display, index, width, height);
}

int zc_display_connected(const struct zc_display *display)
{
    return display->ops->connected(display);
}

void zc_display_set_rect(struct zc_display *display, const struct zc_rect *rect)
{
    bool whole = !rect || !rect->width || !rect->height;

    display->rect = whole ? (struct zc_rect){0} : *rect;
}

int zc_display_test(struct zc_display *display, struct zc_frame *frame, uint32_t *reasons)
{
    *reasons = 0;
    return display->ops->test(display, frame, reasons);
}

int zc_display_show(struct zc_display *display, struct zc_frame *frame)
{
    int64_t committed_ns;
    int error;

    if (zc_display_pending(display))
        return -EBUSY;
    error = display->ops->show(display, frame, &committed_ns);
    if (error)
        return error;
    display->committed[display->n_committed++] = zc_frame_ref(frame);
    zc_frame_meta(frame)->at_ns[ZC_STAGE_COMMIT] = committed_ns;
    zc_frame_set_holder(frame, HOLDER);
    return 0;
}

int zc_display_dispatch(struct zc_display *display, struct zc_frame **shown)
{
    struct zc_frame *frame;
    int64_t flipped_ns;
    int error = display->ops->dispatch(display, &flipped_ns);

    if (error)
        return error;
    frame = take_committed(display);
    if (flipped_ns) {
        zc_frame_meta(frame)->at_ns[ZC_STAGE_FLIP] = flipped_ns;
        zc_frame_unref(display->current);
        display->current = frame;
    } else {
        zc_frame_unref(frame);
    }
    if (shown)
        *shown = flipped_ns ? frame : NULL;
    return 0;
}

int zc_display_verify(struct zc_display *display, const struct zc_frame *frame)
{
    return display->ops->verify(display, frame);
}

int zc_display_capture(struct zc_display *display, struct zc_frame *into)
{
    const struct zc_display_info *info = &display->info;

    if (!info->writeback) {
        zc_log(ZC_LOG_ERROR,
               "%s: %s cannot capture what %s shows: no writeback connector "
               "for its CRTC that writes XR24",
               info->path, info->driver, info->connector);
        return -ENOTSUP;
    }
    if (display->n_committed || into == display->current) {
        zc_log(ZC_LOG_ERROR,
               "%s: no capture while a flip is pending, nor into the frame on "
               "screen",
               info->path);
        return -EBUSY;
    }
    return display->ops->capture(display, into);
}

int zc_display_dumb_pool(struct zc_display *display, const struct zc_layout *layout,
                         int n, struct zc_pool **pool)
{
    return display->ops->pool(display, layout, n, false, pool);
}

int zc_display_pool(struct zc_display *display, const struct zc_layout *layout, int n,
                    struct zc_pool **pool)
{
    return display->ops->pool(display, layout, n, true, pool);
}

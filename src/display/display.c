/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display - frames on a screen: shown, flipped, released. Knows which frames the display
 * holds; how they get there is the business of its kind.
 */
#include "display/display-private.h"
#include "display/kms/open.h"

#include <errno.h>
#include <stdlib.h>

#define HOLDER "display"

int zc_display_open(struct zc_display **out, const struct zc_display_config *config)
{
    static const struct zc_display_config any;

    return zc_kms_open(out, config ? config : &any);
}

void zc_display_close(struct zc_display *display)
{
    if (!display)
        return;
    display->ops->finish(display);
    zc_frame_unref(display->next);
    zc_frame_unref(display->current);
    free(display);
}

const struct zc_display_info *zc_display_info(const struct zc_display *display)
{
    return &display->info;
}

bool zc_display_pending(const struct zc_display *display)
{
    return display->next != NULL;
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

    if (display->next)
        return -EBUSY;
    error = display->ops->show(display, frame, &committed_ns);
    if (error)
        return error;
    display->next = zc_frame_ref(frame);
    zc_frame_meta(frame)->at_ns[ZC_STAGE_COMMIT] = committed_ns;
    zc_frame_set_holder(frame, HOLDER);
    return 0;
}

int zc_display_dispatch(struct zc_display *display, struct zc_frame **shown)
{
    int64_t flipped_ns;
    int error = display->ops->dispatch(display, &flipped_ns);

    if (error)
        return error;
    zc_frame_meta(display->next)->at_ns[ZC_STAGE_FLIP] = flipped_ns;
    zc_frame_unref(display->current);
    display->current = display->next;
    display->next = NULL;
    if (shown)
        *shown = display->current;
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
    if (display->next || into == display->current) {
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
    return display->ops->dumb_pool(display, layout, n, pool);
}

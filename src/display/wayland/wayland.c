/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wayland - the operations of a display in a window of a desktop. */
#include "display/wayland/wayland.h"

#include "display/wayland/shm.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>

#define FENCE_TIMEOUT_MS 1000
#define NS_PER_MS INT64_C(1000000)
/* How soon a frame is looked at that the compositor's GPU still reads. */
#define DRAIN_NS NS_PER_MS
/* How often what an application's thread has read for us is looked at, while we wait. */
#define FOREIGN_NS (4 * NS_PER_MS)

static struct wayland *wayland_of(const struct zc_display *display)
{
    return (struct wayland *)display;
}

/* ------------------------------------------------------------------ frames */

static int prepare(struct wayland *wayland, struct zc_frame *frame,
                   struct buffer **buffer, uint32_t *reasons)
{
    const struct zc_rect *to = &wayland->base.rect;
    const struct zc_layout *layout = zc_frame_layout(frame);

    if (!colours_have(&wayland->colours, layout))
        *reasons |= ZC_REASON_COLOUR;
    if (to->width && !surface_scales(&wayland->surface) &&
        (to->width != layout->width || to->height != layout->height))
        *reasons |= ZC_REASON_SCALE;
    return *reasons ? -ENOTSUP : buffers_get(&wayland->buffers, frame, buffer, reasons);
}

static int wayland_test(struct zc_display *display, struct zc_frame *frame,
                        uint32_t *reasons)
{
    struct buffer *buffer;

    return prepare(wayland_of(display), frame, &buffer, reasons);
}

static int show_failed(const struct wayland *wayland, const struct zc_frame *frame,
                       uint32_t reasons, int error)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    char text[80];

    if (error != -ENOTSUP) {
        if (!wayland->connection.error)
            zc_log(ZC_LOG_ERROR, "%s: the compositor does not take over a frame: %s",
                   wayland->connection.name, strerror(-error));
        return error;
    }
    zc_display_reason_text(reasons, text, sizeof(text));
    zc_log(ZC_LOG_ERROR,
           "%s: the compositor cannot show a %s frame of %ux%u, stride %u: %s",
           wayland->connection.name, layout->format->name, layout->width, layout->height,
           layout->plane[0].stride, text);
    return error;
}

/* The compositor waits for what draws the frame by the dma-buf's own fence, where the
 * kernel puts it there; else we do. */
static int hand_over_fence(struct wayland *wayland, const struct zc_frame *frame)
{
    int fence = zc_frame_fence(frame), error = 0;

    if (fence < 0)
        return 0;
    for (int i = 0; i < zc_frame_layout(frame)->n_buffers && !wayland->fences_wait; i++)
        wayland->fences_wait =
            zc_dmabuf_add_fence(zc_frame_fd(frame, i), true, fence) < 0;
    if (wayland->fences_wait)
        error = zc_fence_wait(fence, FENCE_TIMEOUT_MS);
    if (error)
        zc_log(ZC_LOG_ERROR, "%s: waiting for a frame's fence failed: %s",
               wayland->connection.name, strerror(-error));
    return error;
}

/* By a point of a timeline, where there is one. */
static int hand_over(struct wayland *wayland, const struct zc_frame *frame,
                     struct buffer *buffer)
{
    int error;

    if (!buffer->released.syncobj) {
        sync_unsay(&wayland->sync);
        return hand_over_fence(wayland, frame);
    }
    error = sync_say(&wayland->sync, frame, &buffer->released);
    if (error)
        zc_log(ZC_LOG_ERROR,
               "%s: the points at which a frame is written and released cannot be set by "
               "%s: %s",
               wayland->connection.name, wayland->sync.path, strerror(-error));
    return error;
}

static void lay_out(struct wayland *wayland)
{
    surface_lay_out(&wayland->surface, &wayland->window, &wayland->base.rect,
                    wayland->frame_width, wayland->frame_height);
}

static int wayland_show(struct zc_display *display, struct zc_frame *frame,
                        int64_t *committed_ns)
{
    struct wayland *wayland = wayland_of(display);
    uint32_t reasons = 0;
    struct buffer *buffer;
    int error = wayland->connection.error;

    if (error)
        return error;
    error = prepare(wayland, frame, &buffer, &reasons);
    if (error)
        return show_failed(wayland, frame, reasons, error);
    error = hand_over(wayland, frame, buffer);
    if (error)
        return error;
    wayland->frame_width = zc_frame_layout(frame)->width;
    wayland->frame_height = zc_frame_layout(frame)->height;
    lay_out(wayland);
    colours_say(&wayland->colours, zc_frame_layout(frame));
    *committed_ns = zc_now_ns();
    commits_begin(&wayland->commits, wayland->surface.wl, *committed_ns);
    buffer_hold(buffer, frame);
    surface_commit(&wayland->surface, &wayland->window, buffer->wl);
    return 0;
}

/* ------------------------------------------------------------------ events */

void wayland_fill_size(struct wayland *wayland)
{
    struct zc_display_info *info = &wayland->base.info;
    const struct window *window = &wayland->window;

    info->width = window_pixels(window, window->width);
    info->height = window_pixels(window, window->height);
    info->fullscreen = window->fullscreen;
    info->gpu = wayland->formats.gpu[0] ? wayland->formats.gpu : NULL;
}

/* The picture that is there follows the window at once; a frame of the new size, when there
 * is one. */
static void follow(struct wayland *wayland)
{
    struct window *window = &wayland->window;

    if (window->closed)
        events_add(&wayland->base.events,
                   &(struct zc_display_event){.kind = ZC_EVENT_CLOSE});
    window->closed = false;
    if (wayland->formats.changed)
        events_add(&wayland->base.events,
                   &(struct zc_display_event){.kind = ZC_EVENT_FORMATS});
    wayland->formats.changed = false;
    if (window->changed) {
        wayland_fill_size(wayland);
        events_add(&wayland->base.events,
                   &(struct zc_display_event){.kind = ZC_EVENT_RESIZE});
    }
    if (window->changed && wayland->frame_width)
        lay_out(wayland);
    if (window->acknowledges || window->changed)
        surface_commit(&wayland->surface, window, NULL);
    window->changed = false;
}

static int wayland_dispatch(struct zc_display *display, int64_t *flipped_ns)
{
    struct wayland *wayland = wayland_of(display);
    int error;

    if (commits_take(&wayland->commits, flipped_ns))
        return 0;
    error = connection_read(&wayland->connection);
    buffers_collect(&wayland->buffers);
    if (error)
        return error;
    follow(wayland);
    return commits_take(&wayland->commits, flipped_ns) ? 0 : -EAGAIN;
}

static bool wayland_pending(const struct zc_display *display)
{
    return commits_pending(&wayland_of(display)->commits);
}

static int64_t wayland_wait_ns(const struct zc_display *display)
{
    struct wayland *wayland = wayland_of(display);

    if (wayland->connection.error)
        return 0;
    if (!wayland->connection.ours && connection_has_events(&wayland->connection))
        return 0;
    if (wayland->buffers.draining)
        return DRAIN_NS;
    return !wayland->connection.ours && display->n_committed ? FOREIGN_NS : -1;
}

/* -------------------------------------------------------------- what it is */

static bool wayland_has_format(const struct zc_display *display, uint32_t fourcc,
                               uint64_t modifier)
{
    return formats_have(&wayland_of(display)->formats, fourcc, modifier);
}

static bool wayland_modifier(const struct zc_display *display, uint32_t fourcc, int index,
                             uint64_t *modifier)
{
    return formats_nth(&wayland_of(display)->formats, fourcc, index, modifier);
}

static bool wayland_mode(const struct zc_display *display, int index, uint32_t *width,
                         uint32_t *height)
{
    *width = display->info.width;
    *height = display->info.height;
    return index == 0;
}

static int wayland_connected(const struct zc_display *display)
{
    int error = wayland_of(display)->connection.error;

    return error ? error : 1;
}

static int wayland_verify(struct zc_display *display, const struct zc_frame *frame)
{
    (void)display;
    (void)frame;
    return -ENOTSUP;
}

static int wayland_pool(struct zc_display *display, const struct zc_layout *layout, int n,
                        bool shared, struct zc_pool **pool)
{
    struct wayland *wayland = wayland_of(display);

    if (!shared)
        return shm_pool(&wayland->buffers, layout, n, pool);
    zc_log(ZC_LOG_ERROR, "%s: a compositor has no memory of its own to give",
           wayland->connection.name);
    return -ENOTSUP;
}

static int wayland_fullscreen(struct zc_display *display, bool fullscreen)
{
    struct wayland *wayland = wayland_of(display);

    if (!wayland->window.xdg)
        return -ENOTSUP;
    window_set_fullscreen(&wayland->window, fullscreen);
    wl_display_flush(wayland->connection.display);
    return 0;
}

/* Once the surface is gone and the compositor has answered, it reads no frame any more. */
static void wayland_finish(struct zc_display *display)
{
    struct wayland *wayland = wayland_of(display);

    input_finish(&wayland->input);
    commits_finish(&wayland->commits);
    colours_finish(&wayland->colours);
    formats_finish(&wayland->formats);
    window_finish(&wayland->window);
    sync_unsay(&wayland->sync);
    surface_finish(&wayland->surface);
    if (wayland->connection.registry && !wayland->connection.error)
        connection_roundtrip(&wayland->connection);
    buffers_finish(&wayland->buffers);
    sync_finish(&wayland->sync);
    connection_close(&wayland->connection);
}

const struct zc_display_ops wayland_ops = {
    .finish = wayland_finish,
    .has_format = wayland_has_format,
    .modifier = wayland_modifier,
    .mode = wayland_mode,
    .connected = wayland_connected,
    .test = wayland_test,
    .show = wayland_show,
    .pending = wayland_pending,
    .wait_ns = wayland_wait_ns,
    .dispatch = wayland_dispatch,
    .verify = wayland_verify,
    .pool = wayland_pool,
    .fullscreen = wayland_fullscreen,
};

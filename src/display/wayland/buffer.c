/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * buffer - dma-bufs as wl_buffers of the compositor. One is free again when the compositor
 * has given it back, and when what it queued to its GPU has read it: that is seen by the
 * fences on the dma-buf, which a camera that writes would not wait for. Where a point of a
 * timeline tells, that is all in one.
 */
#include "display/wayland/buffer.h"

#include "base/counters.h"
#include "linux-dmabuf-client-protocol.h"

#include <errno.h>
#include <poll.h>
#include <stdlib.h>

/* ------------------------------------------------------------- given back */

/* Whether neither device nor compositor works with its memory. */
static bool is_idle(const struct zc_frame *frame)
{
    for (int i = 0; i < zc_frame_layout(frame)->n_buffers; i++) {
        struct pollfd written = {zc_frame_fd(frame, i), POLLOUT, 0};

        if (written.fd >= 0 && !poll(&written, 1, 0))
            return false;
    }
    return true;
}

static void let_go(struct buffer *buffer)
{
    struct zc_frame *frame = buffer->held;

    buffer->held = NULL;
    zc_frame_unref(frame);
}

static void unlink_from(struct buffer **list, struct buffer *buffer)
{
    while (*list && *list != buffer)
        list = &(*list)->next;
    if (!*list)
        return;
    *list = buffer->next;
    buffer->next = NULL;
}

static void on_release(void *data, struct wl_buffer *wl)
{
    struct buffer *buffer = data;

    (void)wl;
    if (!buffer->held || buffer->released.syncobj)
        return;
    unlink_from(&buffer->all->draining, buffer);
    if (is_idle(buffer->held)) {
        let_go(buffer);
        return;
    }
    buffer->next = buffer->all->draining;
    buffer->all->draining = buffer;
}

static const struct wl_buffer_listener buffer_listener = {.release = on_release};

static bool is_given_back(const struct buffer *buffer)
{
    return buffer->released.syncobj
               ? sync_is_reached(buffer->all->sync, &buffer->released)
               : is_idle(buffer->held);
}

static void collect(struct buffer **list)
{
    struct buffer *buffer = *list, *next;

    for (; buffer; buffer = next) {
        next = buffer->next;
        if (!is_given_back(buffer))
            continue;
        unlink_from(list, buffer);
        let_go(buffer);
    }
}

void buffers_collect(struct buffers *all)
{
    collect(&all->draining);
    if (sync_is_woken(all->sync))
        collect(&all->out);
}

void buffer_hold(struct buffer *buffer, struct zc_frame *frame)
{
    unlink_from(&buffer->all->draining, buffer);
    if (buffer->held)
        return;
    buffer->held = zc_frame_ref(frame);
    if (!buffer->released.syncobj)
        return;
    buffer->next = buffer->all->out;
    buffer->all->out = buffer;
}

/* ------------------------------------------------------------------- made */

static void buffer_destroy(struct zc_attachments *owner, struct zc_attachment *base)
{
    struct buffer *buffer = (struct buffer *)base;
    struct zc_frame *held = buffer->held;

    (void)owner;
    unlink_from(&buffer->all->draining, buffer);
    unlink_from(&buffer->all->out, buffer);
    sync_timeline_finish(buffer->all->sync, &buffer->released);
    wl_buffer_destroy(buffer->wl);
    free(buffer);
    zc_frame_unref(held);
}

void buffers_init(struct buffers *all, struct connection *connection,
                  const struct formats *formats, struct sync *sync)
{
    *all = (struct buffers){
        .connection = connection,
        .formats = formats,
        .sync = sync,
        .imports.destroy = buffer_destroy,
    };
}

void buffers_finish(struct buffers *all)
{
    zc_attachments_clear(&all->imports);
}

/* @explicit: a point tells of its release. */
static int add(struct buffers *all, struct zc_frame *frame, struct wl_buffer *wl,
               bool explicit)
{
    struct buffer *buffer = calloc(1, sizeof(*buffer));
    int error = 0;

    if (!buffer) {
        wl_buffer_destroy(wl);
        return -ENOMEM;
    }
    buffer->all = all;
    buffer->wl = wl;
    wl_buffer_add_listener(wl, &buffer_listener, buffer);
    if (explicit)
        error = sync_timeline_init(all->sync, &buffer->released);
    if (!error)
        error = zc_frame_attach(frame, &all->imports, &buffer->base);
    if (error) {
        buffer_destroy(&all->imports, &buffer->base);
        return error;
    }
    zc_count(ZC_COUNT_DISPLAY_IMPORT);
    return 0;
}

int buffers_add(struct buffers *all, struct zc_frame *frame, struct wl_buffer *wl)
{
    return add(all, frame, wl, false);
}

/* The compositor's answer to a frame that it was asked to import. */
struct answer {
    bool given;
    struct wl_buffer *wl; /* NULL: refused */
};

static void on_created(void *data, struct zwp_linux_buffer_params_v1 *params,
                       struct wl_buffer *wl)
{
    struct answer *answer = data;

    (void)params;
    answer->given = true;
    answer->wl = wl;
}

static void on_failed(void *data, struct zwp_linux_buffer_params_v1 *params)
{
    struct answer *answer = data;

    (void)params;
    answer->given = true;
}

static const struct zwp_linux_buffer_params_v1_listener params_listener = {
    .created = on_created,
    .failed = on_failed,
};

static int import_new(struct buffers *all, struct zc_frame *frame, uint32_t *reasons)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    uint32_t fourcc = layout->format->fourcc;
    uint64_t modifier = formats_modifier(all->formats, fourcc, layout->modifier);
    struct zwp_linux_buffer_params_v1 *params =
        zwp_linux_dmabuf_v1_create_params(all->connection->dmabuf);
    struct answer answer = {0};
    int error;

    if (!params)
        return -ENOMEM;
    zwp_linux_buffer_params_v1_add_listener(params, &params_listener, &answer);
    for (int i = 0; i < layout->n_planes; i++)
        zwp_linux_buffer_params_v1_add(params,
                                       zc_frame_fd(frame, layout->plane[i].buffer), i,
                                       layout->plane[i].offset, layout->plane[i].stride,
                                       modifier >> 32, modifier & UINT32_MAX);
    zwp_linux_buffer_params_v1_create(params, layout->width, layout->height, fourcc, 0);
    error = connection_wait(all->connection, &answer.given);
    zwp_linux_buffer_params_v1_destroy(params);
    if (!error && !answer.wl) {
        *reasons |= ZC_REASON_FRAMEBUFFER;
        return -ENOTSUP;
    }
    return error ? error : add(all, frame, answer.wl, all->sync->device >= 0);
}

int buffers_get(struct buffers *all, struct zc_frame *frame, struct buffer **out,
                uint32_t *reasons)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    int error = 0;

    if (!zc_frame_attachment(frame, &all->imports)) {
        if (zc_frame_fd(frame, 0) < 0)
            *reasons |= ZC_REASON_NO_DMABUF;
        else if (!formats_have(all->formats, layout->format->fourcc, layout->modifier))
            *reasons |= ZC_REASON_FORMAT;
        error = *reasons ? -ENOTSUP : import_new(all, frame, reasons);
    }
    *out = (struct buffer *)zc_frame_attachment(frame, &all->imports);
    return error;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* buffer.h - frames as wl_buffers, each made once, and those that the compositor has. */
#ifndef ZC_WAYLAND_BUFFER_H
#define ZC_WAYLAND_BUFFER_H

#include "display/wayland/formats.h"
#include "display/wayland/sync.h"
#include "memory/frame-private.h"

struct buffers;

struct buffer {
    struct zc_attachment base;
    struct buffers *all;
    struct wl_buffer *wl;
    struct zc_frame
        *held; /* a reference, while the compositor has it, or still reads it */
    struct timeline released; /* told along it; else the wl_buffer's own event does */
    struct buffer *next;      /* in one of the lists below */
};

struct buffers {
    struct connection *connection;
    const struct formats *formats;
    struct sync *sync;
    struct zc_attachments imports;
    struct buffer *draining; /* given back, and still read: of the GPU's queue */
    struct buffer *out;      /* not given back, and watched by the point that tells */
};

void buffers_init(struct buffers *all, struct connection *connection,
                  const struct formats *formats, struct sync *sync);
/** Removes all from their frames, and lets go those that the compositor has. */
void buffers_finish(struct buffers *all);

/**
 * The wl_buffer of @frame, made at the first call, which waits for the compositor's answer.
 * Errors, silent: -ENOTSUP with *reasons set, -ETIMEDOUT no answer, -ENOMEM, -ENOSPC, those of
 * connection_read().
 */
int buffers_get(struct buffers *all, struct zc_frame *frame, struct buffer **out,
                uint32_t *reasons);
/** Hangs @wl, of shared memory, on @frame; takes it over, also on failure. */
int buffers_add(struct buffers *all, struct zc_frame *frame, struct wl_buffer *wl);

/** It is about to be committed: its frame is held until the compositor gives it back. */
void buffer_hold(struct buffer *buffer, struct zc_frame *frame);

/** Lets go frames that are given back, and that nobody reads any more. */
void buffers_collect(struct buffers *all);

#endif

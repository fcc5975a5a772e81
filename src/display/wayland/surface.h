/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* surface.h - where in a window frames are, and what is black around them. */
#ifndef ZC_WAYLAND_SURFACE_H
#define ZC_WAYLAND_SURFACE_H

#include "display/wayland/window.h"

/** In the compositor's units. */
struct box {
    int32_t x, y;
    uint32_t width, height;
};

/**
 * One that shows frames; below it another, black one, where frames leave something of the
 * window free.
 */
struct surface {
    struct connection *connection;
    struct wl_surface *wl;
    struct wp_viewport *viewport;
    struct wl_subsurface *part; /* of an application's surface; NULL: it is a window */
    struct {
        struct wl_surface *wl;
        struct wl_subsurface *part;
        struct wp_viewport *viewport;
        struct wl_buffer *black;
        bool shown;
    } bars;
    /* As they were laid out last. */
    struct box window, frame;
    bool centred; /* by the compositor */
};

/** surface_finish() is to be called in any case. Returns 0 or -ENOMEM. */
int surface_init(struct surface *surface, struct connection *connection,
                 struct wl_surface *parent);
void surface_finish(struct surface *surface);

/** Whether frames may have another size than their pixels'. */
bool surface_scales(const struct surface *surface);

/**
 * Lays out a frame of @width x @height pixels at @to, in pixels of the window; of zero width:
 * as large as fits, centred. It holds from the next commit on.
 */
void surface_lay_out(struct surface *surface, struct window *window,
                     const struct zc_rect *to, uint32_t width, uint32_t height);

/** Commits @buffer; NULL: the layout alone. */
void surface_commit(struct surface *surface, struct window *window,
                    struct wl_buffer *buffer);

#endif

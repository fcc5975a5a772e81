/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* window.h - a window of the desktop: how large it is, and in which state. */
#ifndef ZC_WAYLAND_WINDOW_H
#define ZC_WAYLAND_WINDOW_H

#include "display/wayland/connection.h"

/** Scales are in parts of this, as fractional-scale-v1 has them. */
#define WINDOW_SCALE_ONE 120

struct window {
    struct wl_surface *surface;
    struct xdg_surface *xdg; /* NULL: there is no window, the surface is in another's */
    struct xdg_toplevel *toplevel;
    struct zxdg_toplevel_decoration_v1 *decoration;
    struct wp_fractional_scale_v1 *fraction;
    uint32_t width, height; /* of what the compositor places: its units */
    uint32_t scale;         /* pixels to such a unit */
    bool fullscreen;
    bool decorated; /* by the desktop, so that it can be held */
    uint32_t own_width,
        own_height; /* when it last had neither the screen nor most of it */
    struct {
        int32_t width, height; /* 0: ours to choose */
        bool fullscreen, maximized;
    } next;            /* being told */
    uint32_t serial;   /* of what was told last */
    bool configured;   /* it may be shown */
    bool acknowledges; /* with the next commit */
    bool changed;      /* since somebody looked: size, scale or state */
    bool closed;       /* asked to, since somebody looked */
};

/**
 * Makes @surface a window of @width x @height, if the compositor leaves that to us, and waits
 * until it may be shown. window_finish() is to be called in any case. Returns 0, or a negative
 * errno value.
 */
int window_open(struct window *window, struct connection *connection,
                struct wl_surface *surface, const struct zc_display_config *config,
                struct why *why);
void window_finish(struct window *window);

/** Says, where that is due, that the next commit is as the compositor told. */
void window_acknowledge(struct window *window);

/** Of the whole, in pixels. */
uint32_t window_pixels(const struct window *window, uint32_t units);

/** Fills the screen, or no longer; the compositor may do otherwise. */
void window_set_fullscreen(struct window *window, bool fullscreen);

/**
 * Goes where the pointer goes, or by those edges (XDG_TOPLEVEL_RESIZE_EDGE_*), until the button
 * is released whose press had that serial.
 */
void window_move(struct window *window, struct wl_seat *seat, uint32_t serial);
void window_resize(struct window *window, struct wl_seat *seat, uint32_t serial,
                   uint32_t edges);

#endif

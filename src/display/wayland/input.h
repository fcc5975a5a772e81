/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* input.h - keys and pointer over a window. */
#ifndef ZC_WAYLAND_INPUT_H
#define ZC_WAYLAND_INPUT_H

#include "display/display-private.h"
#include "display/wayland/grip.h"
#include "display/wayland/surface.h"

#include <xkbcommon/xkbcommon.h>

struct input {
    struct zc_display *display; /* who is told */
    const struct window *window;
    const struct surface *surface; /* in it, that gets the events */
    bool on_bars;                  /* the pointer, beside the picture */
    struct grip grip;
    struct wl_keyboard *keyboard;
    struct wl_pointer *pointer;
    struct xkb_context *context;
    struct xkb_keymap *keymap;
    struct xkb_state *state;
    double x, y; /* of the pointer, pixels */
};

/** Listens to the compositor's first seat, if it has one. */
void input_init(struct input *input, struct connection *connection, struct window *window,
                const struct surface *surface, struct zc_display *display);
void input_finish(struct input *input);

#endif

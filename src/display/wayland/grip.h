/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * grip.h - what a window is held by, where nothing is around it that the desktop has drawn: it
 * is moved by a drag, resized by its edges. Twice clicked, it fills the screen.
 */
#ifndef ZC_WAYLAND_GRIP_H
#define ZC_WAYLAND_GRIP_H

#include "display/wayland/window.h"

/** Of the pointer's left button. Places are in the compositor's units, of the whole window. */
struct grip {
    struct window *window;
    struct wl_seat *seat;
    bool held;  /* the button, and it may become a drag */
    bool taken; /* the next release is not the picture's */
    bool clicked;
    double x, y; /* of the last press */
    uint32_t serial, pressed_ms;
};

/** The pointer goes to it, or from it: whatever is held is no longer. */
void grip_leave(struct grip *grip);

/** Whether the press is the window's, not the picture's in it. */
bool grip_press(struct grip *grip, uint32_t serial, uint32_t time_ms, double x, double y);

/** Whether a drag has begun: the compositor does not tell of the button's release. */
bool grip_motion(struct grip *grip, double x, double y);

/** Whether the release is the window's. */
bool grip_release(struct grip *grip);

#endif

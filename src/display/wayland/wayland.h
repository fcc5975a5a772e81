/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* wayland.h - the display in a window: its parts, each of which knows those that it needs. */
#ifndef ZC_WAYLAND_WAYLAND_H
#define ZC_WAYLAND_WAYLAND_H

#include "display/wayland/buffer.h"
#include "display/wayland/colour.h"
#include "display/wayland/commit.h"
#include "display/wayland/input.h"
#include "display/wayland/surface.h"
#include "display/wayland/sync.h"

struct wayland {
    struct zc_display base;
    struct connection connection;
    struct formats formats;
    struct colours colours;
    struct buffers buffers;
    struct sync sync;
    struct surface surface;
    struct window window;
    struct commits commits;
    struct input input;
    uint32_t frame_width, frame_height; /* of the last that was shown; 0: none was */
    bool fences_wait; /* the kernel hands no fence on to the compositor: we wait */
};

extern const struct zc_display_ops wayland_ops;

/** Says in the info how large the window is now. */
void wayland_fill_size(struct wayland *wayland);

#endif

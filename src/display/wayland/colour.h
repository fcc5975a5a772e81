/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* colour.h - how a compositor turns a surface's YUV into RGB, where it lets itself be told. */
#ifndef ZC_WAYLAND_COLOUR_H
#define ZC_WAYLAND_COLOUR_H

#include "display/wayland/connection.h"

#define COLOUR_MATRICES 3

struct colours {
    struct wl_surface *surface;
    struct wp_color_representation_manager_v1 *manager; /* NULL: it cannot be told */
    struct wp_color_representation_surface_v1 *said;    /* NULL: nothing is */
    struct zc_colour now;                               /* what is said */
    bool has[COLOUR_MATRICES][2];                       /* by matrix and range */
};

/** Asks what the compositor knows; the answer comes with events. */
void colours_init(struct colours *colours, struct connection *connection,
                  struct wl_surface *surface);
void colours_finish(struct colours *colours);

/** Whether frames of @layout come out in their colours. */
bool colours_have(const struct colours *colours, const struct zc_layout *layout);

/** Says of frames of @layout, from the next commit on, what they are. */
void colours_say(struct colours *colours, const struct zc_layout *layout);

#endif

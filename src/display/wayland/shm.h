/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* shm.h - memory shared with the compositor, for the CPU: what programs that copy draw into. */
#ifndef ZC_WAYLAND_SHM_H
#define ZC_WAYLAND_SHM_H

#include "display/wayland/buffer.h"

/** A single black pixel, or NULL. The caller destroys it. */
struct wl_buffer *shm_black(struct connection *connection);

/** As zc_display_dumb_pool(). */
int shm_pool(struct buffers *buffers, const struct zc_layout *layout, int n,
             struct zc_pool **pool);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* open.h - the way to a display in a window. */
#ifndef ZC_WAYLAND_OPEN_H
#define ZC_WAYLAND_OPEN_H

#include "zerocopy.h"

/**
 * As zc_display_open(); path is the compositor's socket, NULL: the environment's. Where the
 * library was built without Wayland: -ENOTSUP.
 */
int zc_wayland_open(struct zc_display **out, const struct zc_display_config *config);

#endif

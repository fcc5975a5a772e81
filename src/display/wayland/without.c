/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* without - in place of all the rest of this folder, where its libraries are not there. */
#include "display/wayland/open.h"

#include <errno.h>

int zc_wayland_open(struct zc_display **out, const struct zc_display_config *config)
{
    (void)out;
    (void)config;
    zc_log(ZC_LOG_ERROR,
           "no window: this library was built without Wayland (libwayland-dev, "
           "wayland-protocols and libxkbcommon-dev were missing, or -Dwayland=disabled "
           "was given)");
    return -ENOTSUP;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* path - the names of the ways from camera to display, for all who read or say them. */
#include "zerocopy.h"

const char *zc_path_name(enum zc_path path)
{
    static const char *const names[] = {"auto", "direct", "gpu", "copy"};

    return names[path];
}

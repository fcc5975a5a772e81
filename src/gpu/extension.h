/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* extension.h - the lists in which EGL and GL name their extensions. */
#ifndef ZC_GPU_EXTENSION_H
#define ZC_GPU_EXTENSION_H

#include <stdbool.h>

/** Whether the space-separated @list (NULL: empty) has @word as a whole. */
bool zc_egl_has(const char *list, const char *word);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* modifier - what eglQueryDmaBufModifiersEXT() says. */
#include "gpu/modifier.h"

#include <drm_fourcc.h>
#include <string.h>

#define MAX_MODIFIERS 64

/* What the driver lists, up to @MAX_MODIFIERS. Returns how many. */
static EGLint list(const struct zc_egl *egl, uint32_t fourcc,
                   EGLuint64KHR modifiers[MAX_MODIFIERS],
                   EGLBoolean external[MAX_MODIFIERS])
{
    EGLint n = 0;

    /* Mesa's llvmpipe writes none. */
    memset(external, 0, sizeof(external[0]) * MAX_MODIFIERS);
    if (!egl->modifiers || !egl->query_modifiers(egl->display, fourcc, MAX_MODIFIERS,
                                                 modifiers, external, &n))
        return 0;
    return n;
}

bool zc_egl_lists_modifier(const struct zc_egl *egl, uint32_t fourcc, uint64_t modifier,
                           bool *external)
{
    EGLuint64KHR modifiers[MAX_MODIFIERS];
    EGLBoolean only_external[MAX_MODIFIERS];
    EGLint n = list(egl, fourcc, modifiers, only_external);

    *external = false;
    for (int i = 0; i < n && modifier != DRM_FORMAT_MOD_INVALID; i++)
        if (modifiers[i] == modifier) {
            *external = only_external[i];
            return true;
        }
    return false;
}

bool zc_egl_drawn_modifier(const struct zc_egl *egl, uint32_t fourcc, int index,
                           uint64_t *modifier)
{
    EGLuint64KHR modifiers[MAX_MODIFIERS];
    EGLBoolean only_external[MAX_MODIFIERS];
    EGLint n = list(egl, fourcc, modifiers, only_external);

    for (int i = 0; i < n; i++) {
        if (only_external[i] || modifiers[i] == DRM_FORMAT_MOD_LINEAR || index--)
            continue;
        *modifier = modifiers[i];
        return true;
    }
    return false;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* retile - which drivers re-tile what they sample, by the name of the renderer. */
#include "gpu/retile.h"

#include <stddef.h>
#include <string.h>

/*
 * Source: Mesa, src/gallium/drivers/:
 * v3d      v3dx_state.c gives a sampler of a raster texture a tiled shadow, and
 *          v3d_update_shadow_texture() draws it anew for each draw, as an imported buffer is
 *          never private. v3d_screen.c: "V3D 4.2".
 * vc4      vc4_state.c and vc4_update_shadow_baselevel_texture(): the same.
 *          vc4_screen.c: "VC4 V3D 2.1".
 * etnaviv  etnaviv_texture.c copies what a sampler does not take, when the original is newer
 *          than the copy. That an imported one is newer is told by resource_changed(), which
 *          glEGLImageTargetTexture2DOES() calls (src/mesa/state_tracker/st_cb_eglimage.c).
 *          Chips with LINEAR_TEXTURE_SUPPORT need no copy. etnaviv_screen.c: "Vivante GC3000
 *          rev 5450"; the vendor's own driver has no "rev".
 */
static const struct zc_retile table[] = {
    {.prefix = "V3D ", .part = ""},
    {.prefix = "VC4 V3D ", .part = ""},
    {.prefix = "Vivante GC",
     .part = " rev ",
     .at_binding = true,
     .unless = "the chip samples linear textures"},
};

const struct zc_retile *zc_retile_of(const char *renderer)
{
    for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++)
        if (!strncmp(renderer, table[i].prefix, strlen(table[i].prefix)) &&
            strstr(renderer, table[i].part))
            return &table[i];
    return NULL;
}

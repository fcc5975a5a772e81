/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * colour - by color-representation-v1. What all compositors assume is left unsaid; the library
 * may be built where the protocol is not known, and then that is all there is.
 */
#include "display/wayland/colour.h"

#include "memory/format-private.h"

/* What compositors take YUV for of which nothing is said: the default of EGL. Source:
 * EGL_EXT_image_dma_buf_import, EGL_YUV_COLOR_SPACE_HINT_EXT and EGL_SAMPLE_RANGE_HINT_EXT. */
static bool is_assumed(const struct zc_layout *layout)
{
    return layout->format->model != ZC_MODEL_YUV ||
           (layout->colour.matrix == ZC_MATRIX_BT601 &&
            layout->colour.range == ZC_RANGE_LIMITED);
}

#ifdef ZC_COLOR_REPRESENTATION
#include "color-representation-client-protocol.h"

static const uint32_t coefficients_of[COLOUR_MATRICES] = {
    [ZC_MATRIX_BT601] = WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601,
    [ZC_MATRIX_BT709] = WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709,
    [ZC_MATRIX_BT2020] = WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT2020,
};

static const uint32_t range_of[] = {
    [ZC_RANGE_LIMITED] = WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED,
    [ZC_RANGE_FULL] = WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL,
};

static void on_alpha(void *data, struct wp_color_representation_manager_v1 *manager,
                     uint32_t mode)
{
    (void)data;
    (void)manager;
    (void)mode;
}

static void on_coefficients(void *data,
                            struct wp_color_representation_manager_v1 *manager,
                            uint32_t coefficients, uint32_t range)
{
    struct colours *colours = data;

    (void)manager;
    for (int i = 0; i < COLOUR_MATRICES; i++)
        for (int k = 0; k < 2; k++)
            colours->has[i][k] |=
                coefficients_of[i] == coefficients && range_of[k] == range;
}

static void on_done(void *data, struct wp_color_representation_manager_v1 *manager)
{
    (void)data;
    (void)manager;
}

static const struct wp_color_representation_manager_v1_listener manager_listener = {
    .supported_alpha_mode = on_alpha,
    .supported_coefficients_and_ranges = on_coefficients,
    .done = on_done,
};

void colours_init(struct colours *colours, struct connection *connection,
                  struct wl_surface *surface)
{
    *colours = (struct colours){.surface = surface, .manager = connection->colours};
    if (colours->manager)
        wp_color_representation_manager_v1_add_listener(colours->manager,
                                                        &manager_listener, colours);
}

void colours_finish(struct colours *colours)
{
    if (colours->said)
        wp_color_representation_surface_v1_destroy(colours->said);
    colours->said = NULL;
}

bool colours_have(const struct colours *colours, const struct zc_layout *layout)
{
    return is_assumed(layout) ||
           colours->has[layout->colour.matrix][layout->colour.range];
}

void colours_say(struct colours *colours, const struct zc_layout *layout)
{
    const struct zc_colour *colour = &layout->colour;

    if (is_assumed(layout)) {
        colours_finish(colours);
        return;
    }
    if (colours->said && colours->now.matrix == colour->matrix &&
        colours->now.range == colour->range)
        return;
    if (!colours->said)
        colours->said = wp_color_representation_manager_v1_get_surface(colours->manager,
                                                                       colours->surface);
    if (!colours->said)
        return;
    colours->now = *colour;
    wp_color_representation_surface_v1_set_coefficients_and_range(
        colours->said, coefficients_of[colour->matrix], range_of[colour->range]);
}

#else

void colours_init(struct colours *colours, struct connection *connection,
                  struct wl_surface *surface)
{
    (void)connection;
    *colours = (struct colours){.surface = surface};
}

void colours_finish(struct colours *colours)
{
    (void)colours;
}

bool colours_have(const struct colours *colours, const struct zc_layout *layout)
{
    (void)colours;
    return is_assumed(layout);
}

void colours_say(struct colours *colours, const struct zc_layout *layout)
{
    (void)colours;
    (void)layout;
}

#endif

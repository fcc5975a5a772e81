/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server-colour - what a surface says of its YUV: BT.601 and BT.709 of both ranges are known. */
#include "server.h"

#ifdef ZC_COLOR_REPRESENTATION
#include "color-representation-server-protocol.h"

static void set_alpha_mode(struct wl_client *client, struct wl_resource *resource,
                           uint32_t mode)
{
    (void)client;
    (void)resource;
    (void)mode;
}

static void set_coefficients_and_range(struct wl_client *client,
                                       struct wl_resource *resource,
                                       uint32_t coefficients, uint32_t range)
{
    struct server *server = wl_resource_get_user_data(resource);

    (void)client;
    server->seen.coefficients = coefficients;
    server->seen.range = range;
    server->seen.colours_said++;
}

static void set_chroma_location(struct wl_client *client, struct wl_resource *resource,
                                uint32_t location)
{
    set_alpha_mode(client, resource, location);
}

static const struct wp_color_representation_surface_v1_interface surface_requests = {
    .destroy = server_destroy_it,
    .set_alpha_mode = set_alpha_mode,
    .set_coefficients_and_range = set_coefficients_and_range,
    .set_chroma_location = set_chroma_location,
};

static void unsay(struct wl_resource *resource)
{
    struct server *server = wl_resource_get_user_data(resource);

    server->seen.coefficients = server->seen.range = 0;
}

static void get_surface(struct wl_client *client, struct wl_resource *resource,
                        uint32_t id, struct wl_resource *surface)
{
    (void)surface;
    server_object(client, &wp_color_representation_surface_v1_interface, 1, id,
                  &surface_requests, wl_resource_get_user_data(resource), unsay);
}

static const struct wp_color_representation_manager_v1_interface manager_requests = {
    .destroy = server_destroy_it,
    .get_surface = get_surface,
};

static void bind_colours(struct wl_client *client, void *data, uint32_t version,
                         uint32_t id)
{
    struct wl_resource *manager =
        server_object(client, &wp_color_representation_manager_v1_interface, version, id,
                      &manager_requests, data, NULL);

    for (int range = WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_FULL;
         range <= WP_COLOR_REPRESENTATION_SURFACE_V1_RANGE_LIMITED; range++) {
        wp_color_representation_manager_v1_send_supported_coefficients_and_ranges(
            manager, WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT601, range);
        wp_color_representation_manager_v1_send_supported_coefficients_and_ranges(
            manager, WP_COLOR_REPRESENTATION_SURFACE_V1_COEFFICIENTS_BT709, range);
    }
    wp_color_representation_manager_v1_send_done(manager);
}

void server_add_colours(struct server *server)
{
    if (server->script->colours)
        wl_global_create(server->display, &wp_color_representation_manager_v1_interface,
                         1, server, bind_colours);
}

#else

void server_add_colours(struct server *server)
{
    (void)server;
}

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server-viewport - how large a surface's picture is to be. */
#include "server.h"

#include "viewporter-server-protocol.h"

static void set_source(struct wl_client *client, struct wl_resource *resource,
                       wl_fixed_t x, wl_fixed_t y, wl_fixed_t width, wl_fixed_t height)
{
    (void)client;
    (void)resource;
    (void)x;
    (void)y;
    (void)width;
    (void)height;
}

static void set_destination(struct wl_client *client, struct wl_resource *resource,
                            int32_t width, int32_t height)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    (void)client;
    if (width < 1 || height < 1) {
        wl_resource_post_error(resource, WP_VIEWPORT_ERROR_BAD_VALUE, "no such size");
        return;
    }
    surface->destination[0] = width;
    surface->destination[1] = height;
}

static const struct wp_viewport_interface viewport_requests = {
    .destroy = server_destroy_it,
    .set_source = set_source,
    .set_destination = set_destination,
};

static void viewport_destroy(struct wl_resource *resource)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    if (surface)
        surface->viewport = NULL;
}

static void get_viewport(struct wl_client *client, struct wl_resource *resource,
                         uint32_t id, struct wl_resource *wl)
{
    struct surface *surface = wl_resource_get_user_data(wl);

    (void)resource;
    surface->viewport = server_object(client, &wp_viewport_interface, 1, id,
                                      &viewport_requests, surface, viewport_destroy);
}

static const struct wp_viewporter_interface viewporter_requests = {
    .destroy = server_destroy_it,
    .get_viewport = get_viewport,
};

static void bind_viewporter(struct wl_client *client, void *data, uint32_t version,
                            uint32_t id)
{
    server_object(client, &wp_viewporter_interface, version, id, &viewporter_requests,
                  data, NULL);
}

void server_add_viewports(struct server *server)
{
    if (!server->script->no_viewporter)
        wl_global_create(server->display, &wp_viewporter_interface, 1, server,
                         bind_viewporter);
}

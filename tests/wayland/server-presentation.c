/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server-presentation - who wants to know when a commit is shown. */
#include "server.h"

#include "presentation-time-server-protocol.h"

static void unlink_it(struct wl_resource *resource)
{
    wl_list_remove(wl_resource_get_link(resource));
}

static void feedback(struct wl_client *client, struct wl_resource *resource,
                     struct wl_resource *wl, uint32_t id)
{
    struct surface *surface = wl_resource_get_user_data(wl);
    struct wl_resource *made =
        wl_resource_create(client, &wp_presentation_feedback_interface,
                           wl_resource_get_version(resource), id);

    wl_resource_set_implementation(made, NULL, NULL, unlink_it);
    wl_list_insert(surface->feedback.prev, wl_resource_get_link(made));
}

static const struct wp_presentation_interface requests = {
    .destroy = server_destroy_it,
    .feedback = feedback,
};

static void bind_presentation(struct wl_client *client, void *data, uint32_t version,
                              uint32_t id)
{
    const struct server *server = data;

    wp_presentation_send_clock_id(server_object(client, &wp_presentation_interface,
                                                version, id, &requests, data, NULL),
                                  server->script->clock);
}

void server_add_presentation(struct server *server)
{
    if (!server->script->no_presentation)
        wl_global_create(server->display, &wp_presentation_interface, 1, server,
                         bind_presentation);
}

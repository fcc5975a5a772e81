/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server-shell - windows: how large they are to be, and in which scale. */
#include "server.h"

#include "fractional-scale-server-protocol.h"
#include "xdg-decoration-server-protocol.h"
#include "xdg-shell-server-protocol.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void server_configure(struct server *server)
{
    struct surface *surface = server->shown;
    struct wl_array states;
    uint32_t *state;

    if (!surface || !surface->toplevel)
        return;
    wl_array_init(&states);
    if (server->fullscreen) {
        state = wl_array_add(&states, sizeof(*state));
        *state = XDG_TOPLEVEL_STATE_FULLSCREEN;
    }
    xdg_toplevel_send_configure(surface->toplevel, server->width, server->height,
                                &states);
    wl_array_release(&states);
    surface->serial = wl_display_next_serial(server->display);
    xdg_surface_send_configure(surface->xdg, surface->serial);
}

void server_close(struct server *server)
{
    if (server->shown && server->shown->toplevel)
        xdg_toplevel_send_close(server->shown->toplevel);
}

/* --------------------------------------------------------------- xdg_toplevel */

static void set_title(struct wl_client *client, struct wl_resource *resource,
                      const char *title)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    (void)client;
    snprintf(surface->server->seen.title, sizeof(surface->server->seen.title), "%s",
             title);
}

static void set_app_id(struct wl_client *client, struct wl_resource *resource,
                       const char *id)
{
    (void)client;
    (void)resource;
    (void)id;
}

static void set_fullscreen(struct wl_client *client, struct wl_resource *resource,
                           struct wl_resource *output)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    (void)client;
    (void)output;
    surface->server->seen.fullscreen_asked = true;
}

static void unset_fullscreen(struct wl_client *client, struct wl_resource *resource)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    (void)client;
    surface->server->seen.fullscreen_asked = false;
}

static void move_it(struct wl_client *client, struct wl_resource *resource,
                    struct wl_resource *seat, uint32_t serial)
{
    struct surface *surface = wl_resource_get_user_data(resource);
    struct seen *seen = &surface->server->seen;

    (void)client;
    (void)seat;
    seen->moves++;
    seen->serial_is_right = serial == seen->serial;
}

static void resize_it(struct wl_client *client, struct wl_resource *resource,
                      struct wl_resource *seat, uint32_t serial, uint32_t edges)
{
    struct surface *surface = wl_resource_get_user_data(resource);
    struct seen *seen = &surface->server->seen;

    (void)client;
    (void)seat;
    seen->resizes++;
    seen->edges = edges;
    seen->serial_is_right = serial == seen->serial;
}

static const struct xdg_toplevel_interface toplevel_requests = {
    .destroy = server_destroy_it,
    .set_title = set_title,
    .set_app_id = set_app_id,
    .move = move_it,
    .resize = resize_it,
    .set_fullscreen = set_fullscreen,
    .unset_fullscreen = unset_fullscreen,
};

static void toplevel_destroy(struct wl_resource *resource)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    if (surface)
        surface->toplevel = NULL;
}

/* ---------------------------------------------------------------- xdg_surface */

static void get_toplevel(struct wl_client *client, struct wl_resource *resource,
                         uint32_t id)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    surface->toplevel =
        server_object(client, &xdg_toplevel_interface, wl_resource_get_version(resource),
                      id, &toplevel_requests, surface, toplevel_destroy);
}

static void set_geometry(struct wl_client *client, struct wl_resource *resource,
                         int32_t x, int32_t y, int32_t width, int32_t height)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    (void)client;
    if (width < 1 || height < 1) {
        wl_resource_post_error(resource, XDG_SURFACE_ERROR_UNCONFIGURED_BUFFER,
                               "no such geometry");
        return;
    }
    memcpy(surface->geometry, (int[]){x, y, width, height}, sizeof(surface->geometry));
}

static void ack_configure(struct wl_client *client, struct wl_resource *resource,
                          uint32_t serial)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    (void)client;
    surface->acknowledged |= serial == surface->serial;
}

static const struct xdg_surface_interface surface_requests = {
    .destroy = server_destroy_it,
    .get_toplevel = get_toplevel,
    .set_window_geometry = set_geometry,
    .ack_configure = ack_configure,
};

static void xdg_destroy(struct wl_resource *resource)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    if (surface)
        surface->xdg = NULL;
}

static void get_xdg_surface(struct wl_client *client, struct wl_resource *resource,
                            uint32_t id, struct wl_resource *wl)
{
    struct surface *surface = wl_resource_get_user_data(wl);

    surface->xdg =
        server_object(client, &xdg_surface_interface, wl_resource_get_version(resource),
                      id, &surface_requests, surface, xdg_destroy);
}

static void pong(struct wl_client *client, struct wl_resource *resource, uint32_t serial)
{
    (void)client;
    (void)resource;
    (void)serial;
}

static const struct xdg_wm_base_interface shell_requests = {
    .destroy = server_destroy_it,
    .get_xdg_surface = get_xdg_surface,
    .pong = pong,
};

static void bind_shell(struct wl_client *client, void *data, uint32_t version,
                       uint32_t id)
{
    struct wl_resource *shell = server_object(client, &xdg_wm_base_interface, version, id,
                                              &shell_requests, data, NULL);

    xdg_wm_base_send_ping(shell, 1);
}

/* ----------------------------------------------------------------- decoration */

static void set_mode(struct wl_client *client, struct wl_resource *resource,
                     uint32_t mode)
{
    struct server *server = wl_resource_get_user_data(resource);

    (void)client;
    server->seen.decoration_asked = mode == ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE;
    zxdg_toplevel_decoration_v1_send_configure(
        resource, server->script->no_server_side
                      ? ZXDG_TOPLEVEL_DECORATION_V1_MODE_CLIENT_SIDE
                      : ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
}

static const struct zxdg_toplevel_decoration_v1_interface decoration_requests = {
    .destroy = server_destroy_it,
    .set_mode = set_mode,
    .unset_mode = server_destroy_it,
};

static void get_decoration(struct wl_client *client, struct wl_resource *resource,
                           uint32_t id, struct wl_resource *toplevel)
{
    (void)toplevel;
    server_object(client, &zxdg_toplevel_decoration_v1_interface, 1, id,
                  &decoration_requests, wl_resource_get_user_data(resource), NULL);
}

static const struct zxdg_decoration_manager_v1_interface decorations_requests = {
    .destroy = server_destroy_it,
    .get_toplevel_decoration = get_decoration,
};

static void bind_decorations(struct wl_client *client, void *data, uint32_t version,
                             uint32_t id)
{
    server_object(client, &zxdg_decoration_manager_v1_interface, version, id,
                  &decorations_requests, data, NULL);
}

/* ---------------------------------------------------------------------- scale */

static const struct wp_fractional_scale_v1_interface fraction_requests = {
    .destroy = server_destroy_it,
};

static void fraction_destroy(struct wl_resource *resource)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    if (surface)
        surface->fraction = NULL;
}

static void get_fraction(struct wl_client *client, struct wl_resource *resource,
                         uint32_t id, struct wl_resource *wl)
{
    struct surface *surface = wl_resource_get_user_data(wl);

    (void)resource;
    surface->fraction = server_object(client, &wp_fractional_scale_v1_interface, 1, id,
                                      &fraction_requests, surface, fraction_destroy);
    wp_fractional_scale_v1_send_preferred_scale(surface->fraction,
                                                surface->server->script->scale);
}

static const struct wp_fractional_scale_manager_v1_interface fractions_requests = {
    .destroy = server_destroy_it,
    .get_fractional_scale = get_fraction,
};

static void bind_fractions(struct wl_client *client, void *data, uint32_t version,
                           uint32_t id)
{
    server_object(client, &wp_fractional_scale_manager_v1_interface, version, id,
                  &fractions_requests, data, NULL);
}

void server_scale(struct server *server, uint32_t scale)
{
    if (server->shown && server->shown->fraction)
        wp_fractional_scale_v1_send_preferred_scale(server->shown->fraction, scale);
}

void server_add_shell(struct server *server)
{
    if (server->script->scale)
        wl_global_create(server->display, &wp_fractional_scale_manager_v1_interface, 1,
                         server, bind_fractions);
    if (server->script->no_shell)
        return;
    wl_global_create(server->display, &xdg_wm_base_interface, 2, server, bind_shell);
    if (!server->script->no_decorations)
        wl_global_create(server->display, &zxdg_decoration_manager_v1_interface, 1,
                         server, bind_decorations);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server-surface - surfaces, parts of them, viewports; what is committed and taken up. */
#include "server.h"

#include "presentation-time-server-protocol.h"

#include <stdlib.h>
#include <string.h>

/* ------------------------------------------------------------------ lists */

static void move_all(struct wl_list *from, struct wl_list *to)
{
    wl_list_insert_list(to->prev, from);
    wl_list_init(from);
}

static void drop_all(struct wl_list *list)
{
    struct wl_resource *resource, *next;

    wl_resource_for_each_safe(resource, next, list) wl_resource_destroy(resource);
}

static void discard_all(struct wl_list *list)
{
    struct wl_resource *resource, *next;

    wl_resource_for_each_safe(resource, next, list)
    {
        wp_presentation_feedback_send_discarded(resource);
        wl_resource_destroy(resource);
    }
}

static void unlink_it(struct wl_resource *resource)
{
    wl_list_remove(wl_resource_get_link(resource));
}

/* ---------------------------------------------------------------- buffers */

void server_release(struct server *server, struct wl_resource **buffer)
{
    if (!*buffer)
        return;
    if (server->hoards == 2 ||
        (!server->hoards && !server_tells_by_points(server, *buffer))) {
        wl_buffer_send_release(*buffer);
        server->seen.releases++;
    }
    *buffer = NULL;
}

static enum wl_iterator_result give_back(struct wl_resource *resource, void *data)
{
    struct server *server = data;
    struct surface *shown = server->shown;

    if (!strcmp(wl_resource_get_class(resource), "wl_buffer") && shown &&
        !server_tells_by_points(server, resource) && resource != shown->on_screen &&
        resource != shown->current.buffer && resource != shown->pending.buffer) {
        wl_buffer_send_release(resource);
        server->seen.releases++;
    }
    return WL_ITERATOR_CONTINUE;
}

void server_give_back(struct server *server)
{
    struct wl_client *client;

    server_reach_owed(server);
    wl_client_for_each(client, wl_display_get_client_list(server->display))
        wl_client_for_each_resource(client, give_back, server);
}

/* Whichever of a surface's buffers it is. */
static void forget_buffer(struct surface *surface, const void *buffer)
{
    if (surface->pending.buffer == buffer)
        surface->pending.buffer = NULL;
    if (surface->current.buffer == buffer)
        surface->current.buffer = NULL;
    if (surface->on_screen == buffer)
        surface->on_screen = NULL;
}

static void on_pending_gone(struct wl_listener *listener, void *data)
{
    struct surface *surface = wl_container_of(listener, surface, buffer_gone[0]);

    wl_list_remove(&listener->link);
    wl_list_init(&listener->link);
    forget_buffer(surface, data);
}

static void on_current_gone(struct wl_listener *listener, void *data)
{
    struct surface *surface = wl_container_of(listener, surface, buffer_gone[1]);

    wl_list_remove(&listener->link);
    wl_list_init(&listener->link);
    forget_buffer(surface, data);
}

static void on_screen_gone(struct wl_listener *listener, void *data)
{
    struct surface *surface = wl_container_of(listener, surface, buffer_gone[2]);

    wl_list_remove(&listener->link);
    wl_list_init(&listener->link);
    forget_buffer(surface, data);
}

static void watch(struct surface *surface, int i, struct wl_resource *buffer)
{
    wl_list_remove(&surface->buffer_gone[i].link);
    wl_list_init(&surface->buffer_gone[i].link);
    if (buffer)
        wl_resource_add_destroy_listener(buffer, &surface->buffer_gone[i]);
}

/* ------------------------------------------------------------------ wl_surface */

static void surface_attach(struct wl_client *client, struct wl_resource *resource,
                           struct wl_resource *buffer, int32_t x, int32_t y)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    (void)client;
    (void)x;
    (void)y;
    surface->pending.buffer = buffer;
    surface->pending.attached = true;
    watch(surface, 0, buffer);
}

static void nothing4(struct wl_client *client, struct wl_resource *resource, int32_t a,
                     int32_t b, int32_t c, int32_t d)
{
    (void)client;
    (void)resource;
    (void)a;
    (void)b;
    (void)c;
    (void)d;
}

static void surface_region(struct wl_client *client, struct wl_resource *resource,
                           struct wl_resource *region)
{
    (void)client;
    (void)resource;
    (void)region;
}

static void surface_number(struct wl_client *client, struct wl_resource *resource,
                           int32_t number)
{
    (void)client;
    (void)resource;
    (void)number;
}

static void surface_frame(struct wl_client *client, struct wl_resource *resource,
                          uint32_t id)
{
    struct surface *surface = wl_resource_get_user_data(resource);
    struct wl_resource *callback =
        wl_resource_create(client, &wl_callback_interface, 1, id);

    wl_resource_set_implementation(callback, NULL, NULL, unlink_it);
    wl_list_insert(surface->callbacks.prev, wl_resource_get_link(callback));
}

/* What is replaced before it was taken up is given back, and was never shown. */
static void apply(struct surface *surface)
{
    struct server *server = surface->server;

    if (surface->pending.attached) {
        if (surface->current.buffer && surface->current.buffer != surface->on_screen &&
            surface->current.buffer != surface->pending.buffer)
            server_release(server, &surface->current.buffer);
        /* Unlike buffers, points are each commit's own. */
        server_reach(server, &surface->current.release);
        surface->current = surface->pending;
        watch(surface, 1, surface->current.buffer);
        surface->pending = (struct content){0};
        watch(surface, 0, NULL);
        discard_all(&surface->committed_feedback);
        if (surface == server->shown && surface->current.buffer)
            server->seen.commits++;
    }
    move_all(&surface->callbacks, &surface->committed_callbacks);
    move_all(&surface->feedback, &surface->committed_feedback);
}

static void surface_commit(struct wl_client *client, struct wl_resource *resource)
{
    struct surface *surface = wl_resource_get_user_data(resource);
    struct server *server = surface->server;

    (void)client;
    if (!server_points_are_right(surface))
        return;
    if (surface->toplevel && !surface->told) {
        server->shown = surface;
        surface->told = true;
        server_configure(server);
        return;
    }
    if (surface->pending.buffer && surface->toplevel && !surface->acknowledged) {
        wl_resource_post_error(surface->xdg, 3, "a buffer before the first configure");
        return;
    }
    if (surface->parent && !surface->sync)
        server->shown = surface;
    if (surface->parent && surface->sync)
        return;
    if (server->below && server->below->parent == surface)
        apply(server->below);
    apply(surface);
}

static const struct wl_surface_interface surface_requests = {
    .destroy = server_destroy_it,
    .attach = surface_attach,
    .damage = nothing4,
    .frame = surface_frame,
    .set_opaque_region = surface_region,
    .set_input_region = surface_region,
    .commit = surface_commit,
    .set_buffer_transform = surface_number,
    .set_buffer_scale = surface_number,
    .damage_buffer = nothing4,
};

static void surface_destroy(struct wl_resource *resource)
{
    struct surface *surface = wl_resource_get_user_data(resource);
    struct server *server = surface->server;

    for (int i = 0; i < 3; i++)
        wl_list_remove(&surface->buffer_gone[i].link);
    drop_all(&surface->callbacks);
    drop_all(&surface->committed_callbacks);
    discard_all(&surface->feedback);
    discard_all(&surface->committed_feedback);
    discard_all(&surface->taken_feedback);
    if (surface->viewport)
        wl_resource_set_user_data(surface->viewport, NULL);
    if (surface->fraction)
        wl_resource_set_user_data(surface->fraction, NULL);
    if (surface->points)
        wl_resource_set_user_data(surface->points, NULL);
    if (surface->xdg)
        wl_resource_set_user_data(surface->xdg, NULL);
    if (surface->toplevel)
        wl_resource_set_user_data(surface->toplevel, NULL);
    if (server->shown == surface)
        server->shown = NULL;
    if (server->below == surface)
        server->below = NULL;
    else if (server->below && server->below->parent == surface)
        server->below->parent = NULL;
    server->seen.surfaces--;
    free(surface);
}

static void create_surface(struct wl_client *client, struct wl_resource *resource,
                           uint32_t id)
{
    static const wl_notify_func_t gone[] = {on_pending_gone, on_current_gone,
                                            on_screen_gone};
    struct surface *surface = calloc(1, sizeof(*surface));

    surface->server = wl_resource_get_user_data(resource);
    surface->sync = true;
    surface->destination[0] = surface->destination[1] = -1;
    for (int i = 0; i < 3; i++) {
        surface->buffer_gone[i].notify = gone[i];
        wl_list_init(&surface->buffer_gone[i].link);
    }
    wl_list_init(&surface->callbacks);
    wl_list_init(&surface->committed_callbacks);
    wl_list_init(&surface->feedback);
    wl_list_init(&surface->committed_feedback);
    wl_list_init(&surface->taken_feedback);
    surface->server->seen.surfaces++;
    surface->resource =
        server_object(client, &wl_surface_interface, wl_resource_get_version(resource),
                      id, &surface_requests, surface, surface_destroy);
}

static const struct wl_region_interface region_requests = {
    .destroy = server_destroy_it,
    .add = nothing4,
    .subtract = nothing4,
};

static void create_region(struct wl_client *client, struct wl_resource *resource,
                          uint32_t id)
{
    (void)resource;
    server_object(client, &wl_region_interface, 1, id, &region_requests, NULL, NULL);
}

static const struct wl_compositor_interface compositor_requests = {
    .create_surface = create_surface,
    .create_region = create_region,
};

static void bind_compositor(struct wl_client *client, void *data, uint32_t version,
                            uint32_t id)
{
    server_object(client, &wl_compositor_interface, version, id, &compositor_requests,
                  data, NULL);
}

/* ---------------------------------------------------------------- subsurfaces */

static void set_position(struct wl_client *client, struct wl_resource *resource,
                         int32_t x, int32_t y)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    (void)client;
    surface->x = x;
    surface->y = y;
}

static void place_above(struct wl_client *client, struct wl_resource *resource,
                        struct wl_resource *other)
{
    (void)client;
    (void)resource;
    (void)other;
}

static void place_below(struct wl_client *client, struct wl_resource *resource,
                        struct wl_resource *other)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    (void)client;
    (void)other;
    surface->server->below = surface;
}

static void set_sync(struct wl_client *client, struct wl_resource *resource)
{
    (void)client;
    ((struct surface *)wl_resource_get_user_data(resource))->sync = true;
}

static void set_desync(struct wl_client *client, struct wl_resource *resource)
{
    (void)client;
    ((struct surface *)wl_resource_get_user_data(resource))->sync = false;
}

static const struct wl_subsurface_interface subsurface_requests = {
    .destroy = server_destroy_it,
    .set_position = set_position,
    .place_above = place_above,
    .place_below = place_below,
    .set_sync = set_sync,
    .set_desync = set_desync,
};

static void get_subsurface(struct wl_client *client, struct wl_resource *resource,
                           uint32_t id, struct wl_resource *wl,
                           struct wl_resource *parent)
{
    struct surface *surface = wl_resource_get_user_data(wl);

    (void)resource;
    surface->parent = wl_resource_get_user_data(parent);
    server_object(client, &wl_subsurface_interface, 1, id, &subsurface_requests, surface,
                  NULL);
}

static const struct wl_subcompositor_interface subcompositor_requests = {
    .destroy = server_destroy_it,
    .get_subsurface = get_subsurface,
};

static void bind_subcompositor(struct wl_client *client, void *data, uint32_t version,
                               uint32_t id)
{
    server_object(client, &wl_subcompositor_interface, version, id,
                  &subcompositor_requests, data, NULL);
}

/* --------------------------------------------------------------- its screen */

void server_take(struct server *server)
{
    struct surface *surface = server->shown;
    struct wl_resource *callback, *next;

    if (!surface || !server_may_read(surface))
        return;
    if (surface->on_screen != surface->current.buffer || surface->current.release.of) {
        server_reach(server, &surface->on_screen_release);
        surface->on_screen_release = surface->current.release;
        surface->current.release.of = NULL;
    }
    if (surface->on_screen != surface->current.buffer)
        server_release(server, &surface->on_screen);
    surface->on_screen = surface->current.buffer;
    watch(surface, 2, surface->on_screen);
    wl_resource_for_each_safe(callback, next, &surface->committed_callbacks)
    {
        wl_callback_send_done(callback, 0);
        wl_resource_destroy(callback);
    }
    move_all(&surface->committed_feedback, &surface->taken_feedback);
}

void server_present(struct server *server, int64_t ns, uint32_t refresh, uint32_t flags)
{
    struct surface *surface = server->shown;
    struct wl_resource *feedback, *next;
    uint64_t seconds = ns / 1000000000;

    if (!surface)
        return;
    if (wl_list_empty(&surface->taken_feedback))
        server_take(server);
    wl_resource_for_each_safe(feedback, next, &surface->taken_feedback)
    {
        wp_presentation_feedback_send_presented(feedback, seconds >> 32, seconds,
                                                ns % 1000000000, refresh, 0, 0, flags);
        wl_resource_destroy(feedback);
    }
}

void server_discard(struct server *server)
{
    if (server->shown)
        discard_all(&server->shown->taken_feedback);
}

void server_add_surfaces(struct server *server)
{
    const struct script *script = server->script;

    wl_global_create(server->display, &wl_compositor_interface, 4, server,
                     bind_compositor);
    if (!script->no_subcompositor)
        wl_global_create(server->display, &wl_subcompositor_interface, 1, server,
                         bind_subcompositor);
    if (!script->no_shm)
        wl_display_init_shm(server->display);
}

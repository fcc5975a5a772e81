/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server-sync - points of timelines, by the protocol's every rule; what they do, the test says. */
#include "server.h"

#ifdef ZC_DRM_SYNCOBJ
#include "linux-drm-syncobj-server-protocol.h"

#include <stdlib.h>

/* Points of it may be due when the client has no use for it any more: it lives as long as the
 * compositor does. */
struct timeline {
    struct server *server;
    int fd;
};

bool server_may_read(const struct surface *surface)
{
    const struct point *acquire = &surface->current.acquire;
    const struct script *script = surface->server->script;

    return !acquire->of || script->timelines->is_reached(acquire->of->fd, acquire->at);
}

static void reach(struct server *server, struct point *point)
{
    server->script->timelines->reach(point->of->fd, point->at);
    server->seen.points++;
    point->of = NULL;
}

void server_reach(struct server *server, struct point *release)
{
    if (!release->of)
        return;
    if (!server->hoards)
        reach(server, release);
    else if (server->n_owed < OWED)
        server->owed[server->n_owed++] = *release;
    release->of = NULL;
}

bool server_tells_by_points(const struct server *server, struct wl_resource *buffer)
{
    return server->shown && server->shown->points && server_inode(buffer);
}

void server_reach_owed(struct server *server)
{
    while (server->n_owed)
        reach(server, &server->owed[--server->n_owed]);
}

static bool wrong(struct surface *surface, uint32_t error, const char *what)
{
    wl_resource_post_error(surface->points, error, "%s", what);
    return false;
}

bool server_points_are_right(struct surface *surface)
{
    const struct content *pending = &surface->pending;

    if (!surface->points)
        return true;
    if (!pending->buffer && (pending->acquire.of || pending->release.of))
        return wrong(surface, WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_BUFFER,
                     "points of no buffer");
    if (!pending->buffer)
        return true;
    if (!server_inode(pending->buffer))
        return wrong(surface, WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_UNSUPPORTED_BUFFER,
                     "points of a buffer that is no dma-buf");
    if (!pending->acquire.of)
        return wrong(surface, WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_ACQUIRE_POINT,
                     "no acquire point");
    if (!pending->release.of)
        return wrong(surface, WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_NO_RELEASE_POINT,
                     "no release point");
    if (pending->acquire.of == pending->release.of &&
        pending->acquire.at >= pending->release.at)
        return wrong(surface, WP_LINUX_DRM_SYNCOBJ_SURFACE_V1_ERROR_CONFLICTING_POINTS,
                     "released before it is acquired");
    return true;
}

/* ---------------------------------------------------------------- its objects */

static struct point point_of(struct wl_resource *timeline, uint32_t high, uint32_t low)
{
    return (struct point){wl_resource_get_user_data(timeline),
                          (uint64_t)high << 32 | low};
}

static void set_acquire(struct wl_client *client, struct wl_resource *resource,
                        struct wl_resource *timeline, uint32_t high, uint32_t low)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    (void)client;
    surface->pending.acquire = point_of(timeline, high, low);
    surface->server->seen.acquire = surface->pending.acquire.at;
}

static void set_release(struct wl_client *client, struct wl_resource *resource,
                        struct wl_resource *timeline, uint32_t high, uint32_t low)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    (void)client;
    surface->pending.release = point_of(timeline, high, low);
    surface->server->seen.release = surface->pending.release.at;
}

static const struct wp_linux_drm_syncobj_surface_v1_interface surface_requests = {
    .destroy = server_destroy_it,
    .set_acquire_point = set_acquire,
    .set_release_point = set_release,
};

static void surface_destroy(struct wl_resource *resource)
{
    struct surface *surface = wl_resource_get_user_data(resource);

    if (!surface)
        return;
    surface->points = NULL;
    surface->pending.acquire.of = surface->pending.release.of = NULL;
}

static void get_surface(struct wl_client *client, struct wl_resource *resource,
                        uint32_t id, struct wl_resource *wl)
{
    struct surface *surface = wl_resource_get_user_data(wl);

    if (surface->points) {
        wl_resource_post_error(
            resource, WP_LINUX_DRM_SYNCOBJ_MANAGER_V1_ERROR_SURFACE_EXISTS, "it has one");
        return;
    }
    surface->points = server_object(client, &wp_linux_drm_syncobj_surface_v1_interface, 1,
                                    id, &surface_requests, surface, surface_destroy);
}

static const struct wp_linux_drm_syncobj_timeline_v1_interface timeline_requests = {
    .destroy = server_destroy_it,
};

static void timeline_destroy(struct wl_resource *resource)
{
    struct timeline *timeline = wl_resource_get_user_data(resource);

    timeline->server->seen.timelines--;
}

static void import_timeline(struct wl_client *client, struct wl_resource *resource,
                            uint32_t id, int fd)
{
    struct timeline *timeline = calloc(1, sizeof(*timeline));

    timeline->server = wl_resource_get_user_data(resource);
    timeline->fd = fd;
    timeline->server->seen.timelines++;
    server_object(client, &wp_linux_drm_syncobj_timeline_v1_interface, 1, id,
                  &timeline_requests, timeline, timeline_destroy);
}

static const struct wp_linux_drm_syncobj_manager_v1_interface manager_requests = {
    .destroy = server_destroy_it,
    .get_surface = get_surface,
    .import_timeline = import_timeline,
};

static void bind_syncobjs(struct wl_client *client, void *data, uint32_t version,
                          uint32_t id)
{
    server_object(client, &wp_linux_drm_syncobj_manager_v1_interface, version, id,
                  &manager_requests, data, NULL);
}

void server_add_sync(struct server *server)
{
    if (server->script->timelines)
        wl_global_create(server->display, &wp_linux_drm_syncobj_manager_v1_interface, 1,
                         server, bind_syncobjs);
}

#else

bool server_tells_by_points(const struct server *server, struct wl_resource *buffer)
{
    (void)server;
    (void)buffer;
    return false;
}

bool server_may_read(const struct surface *surface)
{
    (void)surface;
    return true;
}

void server_reach(struct server *server, struct point *release)
{
    (void)server;
    (void)release;
}

void server_reach_owed(struct server *server)
{
    (void)server;
}

bool server_points_are_right(struct surface *surface)
{
    (void)surface;
    return true;
}

void server_add_sync(struct server *server)
{
    (void)server;
}

#endif

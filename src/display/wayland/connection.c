/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connection - to a compositor. Touches the socket, and knows how a compositor dies. */
#include "display/wayland/connection.h"

#ifdef ZC_COLOR_REPRESENTATION
#include "color-representation-client-protocol.h"
#endif
#include "fractional-scale-client-protocol.h"
#include "linux-dmabuf-client-protocol.h"
#ifdef ZC_DRM_SYNCOBJ
#include "linux-drm-syncobj-client-protocol.h"
#endif
#include "presentation-time-client-protocol.h"
#include "viewporter-client-protocol.h"
#include "xdg-decoration-client-protocol.h"
#include "xdg-shell-client-protocol.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WAIT_MS 5000
#define NS_PER_MS INT64_C(1000000)

/* What is used of a compositor: up to which version, and where it is kept. */
static const struct global {
    const struct wl_interface *interface;
    uint32_t version;
    size_t place;
} globals[CONNECTION_GLOBALS] = {
    {&wl_compositor_interface, 4, offsetof(struct connection, compositor)},
    {&wl_subcompositor_interface, 1, offsetof(struct connection, subcompositor)},
    {&wl_shm_interface, 1, offsetof(struct connection, shm)},
    {&wl_seat_interface, 4, offsetof(struct connection, seat)},
    {&xdg_wm_base_interface, 2, offsetof(struct connection, wm_base)},
    {&zxdg_decoration_manager_v1_interface, 1, offsetof(struct connection, decorations)},
    {&wp_viewporter_interface, 1, offsetof(struct connection, viewporter)},
    {&wp_fractional_scale_manager_v1_interface, 1,
     offsetof(struct connection, fractions)},
    {&wp_presentation_interface, 1, offsetof(struct connection, presentation)},
    {&zwp_linux_dmabuf_v1_interface, 4, offsetof(struct connection, dmabuf)},
#ifdef ZC_COLOR_REPRESENTATION
    {&wp_color_representation_manager_v1_interface, 1,
     offsetof(struct connection, colours)},
#endif
#ifdef ZC_DRM_SYNCOBJ
    {&wp_linux_drm_syncobj_manager_v1_interface, 1,
     offsetof(struct connection, syncobjs)},
#endif
};

static struct wl_proxy **place_of(struct connection *connection, int i)
{
    return (struct wl_proxy **)((char *)connection + globals[i].place);
}

/* Of several of a kind, the first. */
static void on_global(void *data, struct wl_registry *registry, uint32_t name,
                      const char *interface, uint32_t version)
{
    struct connection *connection = data;

    (void)registry;
    for (int i = 0; i < CONNECTION_GLOBALS && globals[i].interface; i++)
        if (!connection->offer[i].version &&
            !strcmp(interface, globals[i].interface->name)) {
            connection->offer[i].name = name;
            connection->offer[i].version = version;
        }
}

static void on_global_remove(void *data, struct wl_registry *registry, uint32_t name)
{
    (void)data;
    (void)registry;
    (void)name;
}

static const struct wl_registry_listener registry_listener = {
    .global = on_global,
    .global_remove = on_global_remove,
};

static void bind_all(struct connection *connection)
{
    for (int i = 0; i < CONNECTION_GLOBALS; i++) {
        const struct global *global = &globals[i];
        uint32_t version = connection->offer[i].version;

        if (version)
            *place_of(connection, i) = wl_registry_bind(
                connection->registry, connection->offer[i].name, global->interface,
                version < global->version ? version : global->version);
    }
}

/* Its events, and those of all that is made of it, come in our queue. */
static int get_registry(struct connection *connection)
{
    struct wl_display *wrapper;

    connection->queue = wl_display_create_queue(connection->display);
    wrapper = wl_proxy_create_wrapper(connection->display);
    if (connection->queue && wrapper) {
        wl_proxy_set_queue((struct wl_proxy *)wrapper, connection->queue);
        connection->registry = wl_display_get_registry(wrapper);
    }
    if (wrapper)
        wl_proxy_wrapper_destroy(wrapper);
    if (!connection->registry)
        return -ENOMEM;
    wl_registry_add_listener(connection->registry, &registry_listener, connection);
    return 0;
}

static void name_it(struct connection *connection, const char *socket)
{
    const char *display = getenv("WAYLAND_DISPLAY");

    if (connection->ours && !socket)
        socket = display ? display : "wayland-0";
    snprintf(connection->name, sizeof(connection->name), "%s",
             socket ? socket : "the application's");
}

static int connect_to(struct connection *connection, const char *socket, struct why *why)
{
    const char *folder = getenv("XDG_RUNTIME_DIR");
    int error;

    connection->display = wl_display_connect(socket);
    if (connection->display)
        return 0;
    error = errno ? -errno : -ENOENT;
    if (connection->name[0] != '/' && !folder)
        return refuse(why, error,
                      "XDG_RUNTIME_DIR is not set, where its socket would be looked for");
    return refuse(why, error, "cannot connect to the compositor's socket %s%s%s: %s",
                  connection->name[0] == '/' ? "" : folder,
                  connection->name[0] == '/' ? "" : "/", connection->name,
                  strerror(-error));
}

int connection_open(struct connection *connection, const struct zc_display_config *config,
                    struct why *why)
{
    int error = 0;

    connection->ours = !config->wl_display;
    connection->display = config->wl_display;
    name_it(connection, config->path);
    if (connection->ours)
        error = connect_to(connection, config->path, why);
    if (error)
        return error;
    error = get_registry(connection);
    if (!error)
        error = connection_roundtrip(connection);
    if (error)
        return refuse(why, error, "the compositor does not say what it offers: %s",
                      strerror(-error));
    bind_all(connection);
    return 0;
}

void connection_close(struct connection *connection)
{
    for (int i = 0; i < CONNECTION_GLOBALS && globals[i].interface; i++)
        if (*place_of(connection, i))
            wl_proxy_destroy(*place_of(connection, i));
    if (connection->registry)
        wl_registry_destroy(connection->registry);
    if (connection->display && !connection->error)
        wl_display_flush(connection->display);
    if (connection->queue)
        wl_event_queue_destroy(connection->queue);
    if (connection->ours && connection->display)
        wl_display_disconnect(connection->display);
}

/* Says it once. */
static int died(struct connection *connection)
{
    int error = wl_display_get_error(connection->display);
    const struct wl_interface *interface = NULL;
    uint32_t id = 0, code;

    if (error == EPROTO) {
        code = wl_display_get_protocol_error(connection->display, &interface, &id);
        zc_log(ZC_LOG_ERROR,
               "the compositor of %s ended the connection: error %u of %s@%u",
               connection->name, code, interface ? interface->name : "an object", id);
        connection->error = -EPROTO;
    } else {
        zc_log(ZC_LOG_ERROR, "the compositor of %s is gone: %s", connection->name,
               strerror(error ? error : EPIPE));
        connection->error = -ENODEV;
    }
    return connection->error;
}

/* Handles what was read; *any: there was something. Then this thread may read. */
static int prepare(struct connection *connection, bool *any)
{
    while (wl_display_prepare_read_queue(connection->display, connection->queue)) {
        *any = true;
        if (wl_display_dispatch_queue_pending(connection->display, connection->queue) < 0)
            return died(connection);
    }
    return 0;
}

/* One turn. A compositor that closes may have said why: so it is read although nothing can
 * be sent. Returns -EAGAIN: nothing has come. */
static int take(struct connection *connection, int timeout_ms)
{
    struct pollfd wait = {wl_display_get_fd(connection->display), POLLIN, 0};
    bool any = false;
    int error = connection->error ? connection->error : prepare(connection, &any), ready;

    if (error)
        return error;
    if (wl_display_flush(connection->display) < 0 && errno != EAGAIN && errno != EPIPE) {
        wl_display_cancel_read(connection->display);
        return died(connection);
    }
    do
        ready = poll(&wait, 1, any ? 0 : timeout_ms);
    while (ready < 0 && errno == EINTR);
    if (ready <= 0)
        wl_display_cancel_read(connection->display);
    else if (wl_display_read_events(connection->display) < 0)
        return died(connection);
    if (wl_display_dispatch_queue_pending(connection->display, connection->queue) < 0)
        return died(connection);
    return any || ready > 0 ? 0 : -EAGAIN;
}

int connection_read(struct connection *connection)
{
    int error = take(connection, 0);

    /* What was answered at once is not to wait for what comes next. */
    if (!connection->error)
        wl_display_flush(connection->display);
    return error == -EAGAIN ? 0 : error;
}

int connection_wait(struct connection *connection, const bool *until)
{
    int64_t end = zc_now_ns() + WAIT_MS * NS_PER_MS;
    int error = 0;

    while (!error && !*until) {
        error = take(connection, WAIT_MS);
        if (error == -EAGAIN || (!error && !*until && zc_now_ns() > end))
            error = -ETIMEDOUT;
    }
    return error;
}

static void on_done(void *data, struct wl_callback *callback, uint32_t serial)
{
    bool *done = data;

    (void)callback;
    (void)serial;
    *done = true;
}

static const struct wl_callback_listener done_listener = {.done = on_done};

int connection_roundtrip(struct connection *connection)
{
    struct wl_display *wrapper = wl_proxy_create_wrapper(connection->display);
    struct wl_callback *callback = NULL;
    bool done = false;
    int error;

    if (wrapper) {
        wl_proxy_set_queue((struct wl_proxy *)wrapper, connection->queue);
        callback = wl_display_sync(wrapper);
        wl_proxy_wrapper_destroy(wrapper);
    }
    if (!callback)
        return connection->error ? connection->error : -ENOMEM;
    wl_callback_add_listener(callback, &done_listener, &done);
    error = connection_wait(connection, &done);
    wl_callback_destroy(callback);
    return error;
}

bool connection_has_events(struct connection *connection)
{
    if (connection->error ||
        wl_display_prepare_read_queue(connection->display, connection->queue))
        return true;
    wl_display_cancel_read(connection->display);
    return false;
}

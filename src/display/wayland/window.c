/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* window - by xdg-shell. What the compositor tells of it is kept until somebody looks. */
#include "display/wayland/window.h"

#include "fractional-scale-client-protocol.h"
#include "xdg-decoration-client-protocol.h"
#include "xdg-shell-client-protocol.h"

#include <errno.h>
#include <string.h>

#define NAME "zerocopy"

static void on_ping(void *data, struct xdg_wm_base *wm_base, uint32_t serial)
{
    (void)data;
    xdg_wm_base_pong(wm_base, serial);
}

static const struct xdg_wm_base_listener wm_base_listener = {.ping = on_ping};

static void on_toplevel_configure(void *data, struct xdg_toplevel *toplevel,
                                  int32_t width, int32_t height, struct wl_array *states)
{
    struct window *window = data;
    const uint32_t *state;

    (void)toplevel;
    window->next.width = width;
    window->next.height = height;
    window->next.fullscreen = window->next.maximized = false;
    wl_array_for_each(state, states)
    {
        window->next.fullscreen |= *state == XDG_TOPLEVEL_STATE_FULLSCREEN;
        window->next.maximized |= *state == XDG_TOPLEVEL_STATE_MAXIMIZED;
    }
}

static void on_close(void *data, struct xdg_toplevel *toplevel)
{
    struct window *window = data;

    (void)toplevel;
    window->closed = true;
}

static const struct xdg_toplevel_listener toplevel_listener = {
    .configure = on_toplevel_configure,
    .close = on_close,
};

static void set_size(struct window *window, uint32_t width, uint32_t height)
{
    window->changed |= width != window->width || height != window->height;
    window->width = width;
    window->height = height;
}

/* Of several, the last holds. Compositors may leave it to us how large it was. */
static void on_configure(void *data, struct xdg_surface *xdg, uint32_t serial)
{
    struct window *window = data;
    bool sized = window->next.width > 0 && window->next.height > 0;
    bool whole = window->next.fullscreen || window->next.maximized;

    (void)xdg;
    window->changed |= window->fullscreen != window->next.fullscreen;
    window->fullscreen = window->next.fullscreen;
    if (sized)
        set_size(window, window->next.width, window->next.height);
    else if (!whole)
        set_size(window, window->own_width, window->own_height);
    if (!whole) {
        window->own_width = window->width;
        window->own_height = window->height;
    }
    window->serial = serial;
    window->acknowledges = true;
    window->configured = true;
}

static const struct xdg_surface_listener surface_listener = {.configure = on_configure};

static void on_scale(void *data, struct wp_fractional_scale_v1 *fraction, uint32_t scale)
{
    struct window *window = data;

    (void)fraction;
    window->changed |= scale != window->scale;
    window->scale = scale;
}

static const struct wp_fractional_scale_v1_listener scale_listener = {
    .preferred_scale = on_scale,
};

/* Which the desktop draws, or nobody does. */
static void on_decoration(void *data, struct zxdg_toplevel_decoration_v1 *decoration,
                          uint32_t mode)
{
    struct window *window = data;

    (void)decoration;
    window->decorated = mode == ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE;
}

static const struct zxdg_toplevel_decoration_v1_listener decoration_listener = {
    .configure = on_decoration,
};

static void ask_for_decoration(struct window *window, struct connection *connection)
{
    window->decoration = zxdg_decoration_manager_v1_get_toplevel_decoration(
        connection->decorations, window->toplevel);
    if (!window->decoration)
        return;
    zxdg_toplevel_decoration_v1_add_listener(window->decoration, &decoration_listener,
                                             window);
    zxdg_toplevel_decoration_v1_set_mode(window->decoration,
                                         ZXDG_TOPLEVEL_DECORATION_V1_MODE_SERVER_SIDE);
}

static int make_toplevel(struct window *window, struct connection *connection,
                         const struct zc_display_config *config)
{
    xdg_wm_base_add_listener(connection->wm_base, &wm_base_listener, NULL);
    window->xdg = xdg_wm_base_get_xdg_surface(connection->wm_base, window->surface);
    if (!window->xdg)
        return -ENOMEM;
    xdg_surface_add_listener(window->xdg, &surface_listener, window);
    window->toplevel = xdg_surface_get_toplevel(window->xdg);
    if (!window->toplevel)
        return -ENOMEM;
    xdg_toplevel_add_listener(window->toplevel, &toplevel_listener, window);
    xdg_toplevel_set_title(window->toplevel, config->title ? config->title : NAME);
    xdg_toplevel_set_app_id(window->toplevel, NAME);
    if (connection->decorations)
        ask_for_decoration(window, connection);
    return 0;
}

int window_open(struct window *window, struct connection *connection,
                struct wl_surface *surface, const struct zc_display_config *config,
                struct why *why)
{
    int error;

    *window = (struct window){
        .surface = surface,
        .width = config->width ? config->width : 640,
        .height = config->height ? config->height : 480,
        .scale = WINDOW_SCALE_ONE,
    };
    window->own_width = window->width;
    window->own_height = window->height;
    /* Without a viewport a picture cannot have another size than its buffer's. */
    if (connection->fractions && connection->viewporter) {
        window->fraction = wp_fractional_scale_manager_v1_get_fractional_scale(
            connection->fractions, surface);
        wp_fractional_scale_v1_add_listener(window->fraction, &scale_listener, window);
    }
    if (config->wl_surface)
        return 0;
    error = make_toplevel(window, connection, config);
    if (error)
        return refuse(why, error, "no window: %s", strerror(-error));
    wl_surface_commit(surface);
    error = connection_wait(connection, &window->configured);
    if (error)
        refuse(why, error, "the compositor of %s does not configure a window: %s",
               connection->name, strerror(-error));
    window->changed = false;
    return error;
}

void window_finish(struct window *window)
{
    if (window->fraction)
        wp_fractional_scale_v1_destroy(window->fraction);
    if (window->decoration)
        zxdg_toplevel_decoration_v1_destroy(window->decoration);
    if (window->toplevel)
        xdg_toplevel_destroy(window->toplevel);
    if (window->xdg)
        xdg_surface_destroy(window->xdg);
}

void window_acknowledge(struct window *window)
{
    if (window->acknowledges)
        xdg_surface_ack_configure(window->xdg, window->serial);
    window->acknowledges = false;
}

uint32_t window_pixels(const struct window *window, uint32_t units)
{
    return ((uint64_t)units * window->scale + WINDOW_SCALE_ONE / 2) / WINDOW_SCALE_ONE;
}

void window_set_fullscreen(struct window *window, bool fullscreen)
{
    if (!window->toplevel)
        return;
    if (fullscreen)
        xdg_toplevel_set_fullscreen(window->toplevel, NULL);
    else
        xdg_toplevel_unset_fullscreen(window->toplevel);
}

void window_move(struct window *window, struct wl_seat *seat, uint32_t serial)
{
    xdg_toplevel_move(window->toplevel, seat, serial);
}

void window_resize(struct window *window, struct wl_seat *seat, uint32_t serial,
                   uint32_t edges)
{
    xdg_toplevel_resize(window->toplevel, seat, serial, edges);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * surface - frames are on a window's own surface, so that the compositor has but one to put
 * on a plane. What they leave free is a black surface below it; of a window that fills the
 * screen, the compositor does that itself.
 */
#include "display/wayland/surface.h"

#include "base/rect.h"
#include "display/wayland/shm.h"
#include "viewporter-client-protocol.h"
#include "xdg-shell-client-protocol.h"

#include <errno.h>
#include <string.h>

/* ---------------------------------------------------------------- the parts */

static void let_through(struct connection *connection, struct wl_surface *wl)
{
    struct wl_region *nothing = wl_compositor_create_region(connection->compositor);

    if (!nothing)
        return;
    wl_surface_set_input_region(wl, nothing);
    wl_region_destroy(nothing);
}

static void set_opaque(struct connection *connection, struct wl_surface *wl)
{
    struct wl_region *all = wl_compositor_create_region(connection->compositor);

    if (!all)
        return;
    wl_region_add(all, 0, 0, INT32_MAX, INT32_MAX);
    wl_surface_set_opaque_region(wl, all);
    wl_region_destroy(all);
}

int surface_init(struct surface *surface, struct connection *connection,
                 struct wl_surface *parent)
{
    *surface = (struct surface){.connection = connection};
    surface->wl = wl_compositor_create_surface(connection->compositor);
    if (!surface->wl)
        return -ENOMEM;
    set_opaque(connection, surface->wl);
    if (connection->viewporter)
        surface->viewport =
            wp_viewporter_get_viewport(connection->viewporter, surface->wl);
    if (!parent)
        return 0;
    surface->part =
        wl_subcompositor_get_subsurface(connection->subcompositor, surface->wl, parent);
    if (!surface->part)
        return -ENOMEM;
    wl_subsurface_set_desync(surface->part);
    /* Its events are for the surface of the application, below. */
    let_through(connection, surface->wl);
    return 0;
}

static void bars_finish(struct surface *surface)
{
    if (surface->bars.viewport)
        wp_viewport_destroy(surface->bars.viewport);
    if (surface->bars.part)
        wl_subsurface_destroy(surface->bars.part);
    if (surface->bars.wl)
        wl_surface_destroy(surface->bars.wl);
    if (surface->bars.black)
        wl_buffer_destroy(surface->bars.black);
}

void surface_finish(struct surface *surface)
{
    bars_finish(surface);
    if (surface->viewport)
        wp_viewport_destroy(surface->viewport);
    if (surface->part)
        wl_subsurface_destroy(surface->part);
    if (surface->wl)
        wl_surface_destroy(surface->wl);
}

bool surface_scales(const struct surface *surface)
{
    return surface->viewport != NULL;
}

static bool make_bars(struct surface *surface)
{
    struct connection *connection = surface->connection;

    if (surface->bars.black)
        return true;
    if (!connection->subcompositor || !connection->viewporter || !connection->shm)
        return false;
    surface->bars.wl = wl_compositor_create_surface(connection->compositor);
    if (!surface->bars.wl)
        return false;
    set_opaque(connection, surface->bars.wl);
    surface->bars.part = wl_subcompositor_get_subsurface(connection->subcompositor,
                                                         surface->bars.wl, surface->wl);
    wl_subsurface_place_below(surface->bars.part, surface->wl);
    surface->bars.viewport =
        wp_viewporter_get_viewport(connection->viewporter, surface->bars.wl);
    surface->bars.black = shm_black(connection);
    return surface->bars.black != NULL;
}

/* ---------------------------------------------------------------- the layout */

static int32_t to_units(const struct window *window, int64_t pixels)
{
    return (pixels * WINDOW_SCALE_ONE + (pixels < 0 ? -1 : 1) * (int)window->scale / 2) /
           (int64_t)window->scale;
}

/* Where the frame goes in the window. */
static struct box place(const struct surface *surface, const struct window *window,
                        const struct zc_rect *to, uint32_t width, uint32_t height)
{
    uint32_t all_width = window_pixels(window, window->width);
    uint32_t all_height = window_pixels(window, window->height);
    struct zc_rect at = *to;

    if (!surface->viewport)
        at = (struct zc_rect){((int32_t)window->width - (int32_t)width) / 2,
                              ((int32_t)window->height - (int32_t)height) / 2, width,
                              height};
    else if (!at.width || !at.height)
        at = zc_rect_fit(width, height, all_width, all_height);
    if (!at.x && !at.y && at.width == all_width && at.height == all_height)
        return (struct box){0, 0, window->width, window->height};
    at.width = to_units(window, at.width);
    at.height = to_units(window, at.height);
    return (struct box){to_units(window, at.x), to_units(window, at.y),
                        at.width ? at.width : 1, at.height ? at.height : 1};
}

/* It is part of the frame's surface: what is set of it holds with the next commit of that. */
static void lay_out_bars(struct surface *surface, const struct box *window,
                         const struct box *frame)
{
    wl_subsurface_set_position(surface->bars.part, -frame->x, -frame->y);
    wp_viewport_set_destination(surface->bars.viewport, window->width, window->height);
    wl_surface_attach(surface->bars.wl, surface->bars.black, 0, 0);
    wl_surface_damage(surface->bars.wl, 0, 0, INT32_MAX, INT32_MAX);
    wl_surface_commit(surface->bars.wl);
    surface->bars.shown = true;
}

static void hide_bars(struct surface *surface)
{
    if (!surface->bars.shown)
        return;
    wl_surface_attach(surface->bars.wl, NULL, 0, 0);
    wl_surface_commit(surface->bars.wl);
    surface->bars.shown = false;
}

static bool same(const struct box *a, const struct box *b)
{
    return !memcmp(a, b, sizeof(*a));
}

void surface_lay_out(struct surface *surface, struct window *window,
                     const struct zc_rect *to, uint32_t width, uint32_t height)
{
    const struct box all = {0, 0, window->width, window->height};
    const struct box frame = place(surface, window, to, width, height);
    bool centred = !to->width && window->fullscreen;
    /* The window as told by position and size; none of it where the frame is all. */
    struct box told = all;

    if (same(&all, &surface->window) && same(&frame, &surface->frame) &&
        centred == surface->centred)
        return;
    surface->window = all;
    surface->frame = frame;
    surface->centred = centred;
    if (surface->viewport)
        wp_viewport_set_destination(surface->viewport, frame.width, frame.height);
    if (surface->part)
        wl_subsurface_set_position(surface->part, frame.x, frame.y);
    if (!window->xdg)
        return;
    if (!centred && !same(&all, &frame) && make_bars(surface)) {
        lay_out_bars(surface, &all, &frame);
        told.x = -frame.x;
        told.y = -frame.y;
    } else {
        hide_bars(surface);
        told.width = frame.width;
        told.height = frame.height;
    }
    xdg_surface_set_window_geometry(window->xdg, told.x, told.y, told.width, told.height);
}

void surface_commit(struct surface *surface, struct window *window,
                    struct wl_buffer *buffer)
{
    window_acknowledge(window);
    if (buffer) {
        wl_surface_attach(surface->wl, buffer, 0, 0);
        wl_surface_damage_buffer(surface->wl, 0, 0, INT32_MAX, INT32_MAX);
    }
    wl_surface_commit(surface->wl);
    wl_display_flush(surface->connection->display);
}

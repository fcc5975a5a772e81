/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * grip - the compositor moves and resizes; it is told when to begin. A press in the picture is
 * told to the program all the same, as only what follows says that it is a drag.
 */
#include "display/wayland/grip.h"

#include "xdg-shell-client-protocol.h"

#include <math.h>

/* How near to an edge it is the edge's; how near to a corner, on an edge, the corner's. */
#define EDGE 8
#define CORNER 24
/* How far the pointer goes before it drags, and how soon a second click makes it two. */
#define DRAG 8
#define TWICE_MS 400

static bool may_be_dragged(const struct grip *grip)
{
    return !grip->window->decorated && !grip->window->fullscreen;
}

static uint32_t edges(const struct window *window, double x, double y, double near)
{
    uint32_t edges = XDG_TOPLEVEL_RESIZE_EDGE_NONE;

    if (x < near)
        edges |= XDG_TOPLEVEL_RESIZE_EDGE_LEFT;
    else if (x >= window->width - near)
        edges |= XDG_TOPLEVEL_RESIZE_EDGE_RIGHT;
    if (y < near)
        edges |= XDG_TOPLEVEL_RESIZE_EDGE_TOP;
    else if (y >= window->height - near)
        edges |= XDG_TOPLEVEL_RESIZE_EDGE_BOTTOM;
    return edges;
}

static bool is_near(const struct grip *grip, double x, double y)
{
    return fabs(x - grip->x) < DRAG && fabs(y - grip->y) < DRAG;
}

void grip_leave(struct grip *grip)
{
    grip->held = grip->taken = false;
}

bool grip_press(struct grip *grip, uint32_t serial, uint32_t time_ms, double x, double y)
{
    struct window *window = grip->window;
    bool twice =
        grip->clicked && time_ms - grip->pressed_ms < TWICE_MS && is_near(grip, x, y);

    grip->taken = may_be_dragged(grip) && edges(window, x, y, EDGE);
    if (grip->taken)
        window_resize(window, grip->seat, serial, edges(window, x, y, CORNER));
    else if (twice)
        window_set_fullscreen(window, !window->fullscreen);
    grip->held = !grip->taken && !twice;
    grip->clicked = grip->held;
    grip->x = x;
    grip->y = y;
    grip->serial = serial;
    grip->pressed_ms = time_ms;
    return grip->taken;
}

bool grip_motion(struct grip *grip, double x, double y)
{
    if (!grip->held || !may_be_dragged(grip) || is_near(grip, x, y))
        return false;
    grip->held = grip->clicked = false;
    grip->taken = true;
    window_move(grip->window, grip->seat, grip->serial);
    return true;
}

bool grip_release(struct grip *grip)
{
    bool taken = grip->taken;

    grip_leave(grip);
    return taken;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* application.h - a client with a connection and a surface of its own. */
#ifndef APPLICATION_H
#define APPLICATION_H

#include <wayland-client.h>

struct application {
    struct wl_display *display;
    struct wl_registry *registry;
    struct wl_compositor *compositor;
    struct wl_surface *surface;
};

/** Connects to the socket of that path, and makes a surface. */
void application_begin(struct application *application, const char *socket);
/** Disconnects; its surface may be gone already, and be NULL. */
void application_end(struct application *application);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* connection.h - the way to a compositor, and what that offers. */
#ifndef ZC_WAYLAND_CONNECTION_H
#define ZC_WAYLAND_CONNECTION_H

#include "display/why.h"
#include "zerocopy.h"

#include <wayland-client.h>

#define CONNECTION_GLOBALS 12

/** Events are handled in a queue of our own, whose ever the connection is. */
struct connection {
    struct wl_display *display;
    bool ours;
    char name[108];
    int error; /* what it died of; 0: it lives */
    struct wl_event_queue *queue;
    struct wl_registry *registry;
    struct {
        uint32_t name, version; /* 0: not offered */
    } offer[CONNECTION_GLOBALS];
    /* NULL: not offered */
    struct wl_compositor *compositor;
    struct wl_subcompositor *subcompositor;
    struct wl_shm *shm;
    struct wl_seat *seat;
    struct xdg_wm_base *wm_base;
    struct zxdg_decoration_manager_v1 *decorations;
    struct wp_viewporter *viewporter;
    struct wp_fractional_scale_manager_v1 *fractions;
    struct wp_presentation *presentation;
    struct zwp_linux_dmabuf_v1 *dmabuf;
    /* Also where we do not know them. */
    struct wp_color_representation_manager_v1 *colours;
    struct wp_linux_drm_syncobj_manager_v1 *syncobjs;
};

/**
 * Connects, and binds what the compositor offers: events of that come with the next call.
 * connection_close() is to be called in any case. Returns 0, or a negative errno value.
 */
int connection_open(struct connection *connection, const struct zc_display_config *config,
                    struct why *why);
void connection_close(struct connection *connection);

/**
 * Sends what is to be sent, and handles what has come, without waiting. Returns 0, or what the
 * connection died of, which is logged the first time: -ENODEV the compositor is gone, -EPROTO
 * it threw us out.
 */
int connection_read(struct connection *connection);

/** The same until *@until, for some seconds at most: then -ETIMEDOUT, silently. */
int connection_wait(struct connection *connection, const bool *until);

/** The same until the compositor has answered all that was sent. */
int connection_roundtrip(struct connection *connection);

/** Whether events have come that nobody has handled: another thread has read them. */
bool connection_has_events(struct connection *connection);

#endif

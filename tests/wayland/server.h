/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server.h - the parts of the tests' compositor: each noun in a file of its own. */
#ifndef SERVER_H
#define SERVER_H

#include "compositor.h"

#include <wayland-server.h>

#define OWED 16

/** Of a timeline; NULL: there is none. */
struct point {
    struct timeline *of;
    uint64_t at;
};

/** What is committed to a surface of the client's. */
struct content {
    struct wl_resource *buffer; /* or NULL */
    bool attached;              /* something, or NULL, since the last commit */
    struct point acquire, release;
};

struct surface {
    struct server *server;
    struct wl_resource *resource, *viewport;
    struct content pending, current;
    struct wl_resource *on_screen; /* the buffer that was taken up */
    struct point on_screen_release;
    struct wl_resource *points; /* NULL: commits need none */
    struct wl_listener buffer_gone[3];
    /* Of frame callbacks and feedback: asked for, committed, taken up. */
    struct wl_list callbacks, committed_callbacks;
    struct wl_list feedback, committed_feedback, taken_feedback;
    int destination[2];
    struct surface *parent; /* of a subsurface */
    bool sync;
    int x, y;
    /* As a window. */
    struct wl_resource *xdg, *toplevel;
    uint32_t serial;
    bool told, acknowledged;
    int geometry[4];
    struct wl_resource *fraction;
};

struct server {
    const struct script *script;
    struct wl_display *display;
    struct seen seen;
    struct surface
        *shown; /* that shows frames: the window, or the last subsurface on one */
    struct surface *below; /* the black one */
    struct wl_resource *keyboard, *pointer, *feedback;
    struct wl_event_source *orders, *tick;
    int width, height;
    bool fullscreen, refuses, mute;
    int hoards;              /* 2: points only */
    struct point owed[OWED]; /* that it has not reached, as it hoards */
    int n_owed;
    int without; /* formats that are not told any more */
};

/** Offer what their names say. */
void server_add_surfaces(struct server *server);
void server_add_shell(struct server *server);
void server_add_dmabuf(struct server *server);
void server_add_presentation(struct server *server);
void server_add_colours(struct server *server);
void server_add_seat(struct server *server);
void server_add_sync(struct server *server);
void server_add_viewports(struct server *server);

void server_take(struct server *server);
void server_present(struct server *server, int64_t ns, uint32_t refresh, uint32_t flags);
void server_discard(struct server *server);
void server_release(struct server *server, struct wl_resource **buffer);
/** Releases all that are not on screen, or about to be. */
void server_give_back(struct server *server);

/** Whether the last commit's pixels are written. */
bool server_may_read(const struct surface *surface);
/** Reaches the point, if there is one, and forgets it; or keeps it, as long as it hoards. */
void server_reach(struct server *server, struct point *release);
/** Whether a point tells the client that it may have the buffer, in place of an event. */
bool server_tells_by_points(const struct server *server, struct wl_resource *buffer);
void server_reach_owed(struct server *server);
/** Whether the surface may be committed; else the client is told. */
bool server_points_are_right(struct surface *surface);

void server_configure(struct server *server);
void server_close(struct server *server);
void server_scale(struct server *server, uint32_t scale);
void server_tell_formats(struct server *server);
void server_key(struct server *server, uint32_t key, bool pressed);
void server_point(struct server *server, int x, int y, bool below);
void server_leave(struct server *server);
void server_click(struct server *server, uint32_t button, bool pressed, uint32_t ms);
void server_scroll(struct server *server, int far);

/** A dma-buf's; 0: it is none. */
uint64_t server_inode(struct wl_resource *buffer);
void server_size(struct wl_resource *buffer, int *width, int *height);

/** Answers a client: an object of @interface, with its requests. */
struct wl_resource *server_object(struct wl_client *client,
                                  const struct wl_interface *interface, int version,
                                  uint32_t id, const void *requests, void *data,
                                  void (*destroy)(struct wl_resource *));
void server_destroy_it(struct wl_client *client, struct wl_resource *resource);

#endif

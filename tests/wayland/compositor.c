/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compositor - its process, and the orders that it gets from the test. */
#include "server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define TICK_MS 16
#define REFRESH_NS 16666667

struct order {
    enum command command;
    int64_t with[3];
};

struct wl_resource *server_object(struct wl_client *client,
                                  const struct wl_interface *interface, int version,
                                  uint32_t id, const void *requests, void *data,
                                  void (*destroy)(struct wl_resource *))
{
    struct wl_resource *resource = wl_resource_create(client, interface, version, id);

    if (!resource)
        abort();
    wl_resource_set_implementation(resource, requests, data, destroy);
    return resource;
}

void server_destroy_it(struct wl_client *client, struct wl_resource *resource)
{
    (void)client;
    wl_resource_destroy(resource);
}

static void throw_out(struct server *server)
{
    if (server->shown)
        wl_resource_post_error(server->shown->resource, 7, "the test wants it so");
}

static void obey(struct server *server, const struct order *order)
{
    const int64_t *with = order->with;

    switch (order->command) {
    case LOOK:
        break;
    case TAKE:
        server_take(server);
        break;
    case PRESENT:
        server_present(server, with[0], with[1], with[2]);
        break;
    case DISCARD:
        server_discard(server);
        break;
    case HOARD:
        server->hoards = with[0] % 3;
        if (!with[0])
            server_give_back(server);
        break;
    case RESIZE:
        server->width = with[0];
        server->height = with[1];
        server->fullscreen = with[2];
        server_configure(server);
        break;
    case SCALE:
        server_scale(server, with[0]);
        break;
    case CLOSE:
        server_close(server);
        break;
    case KEY:
        server_key(server, with[0], with[1]);
        break;
    case POINT:
        server_point(server, with[0], with[1], with[2]);
        break;
    case LEAVE:
        server_leave(server);
        break;
    case CLICK:
        server_click(server, with[0], with[1], with[2]);
        break;
    case SCROLL:
        server_scroll(server, with[0]);
        break;
    case REFUSE:
        server->refuses = with[0];
        break;
    case MUTE:
        server->mute = with[0];
        break;
    case FEEDBACK:
        server->without = 1;
        server_tell_formats(server);
        break;
    case THROW_OUT:
        throw_out(server);
        break;
    }
}

static void look(struct server *server)
{
    const struct surface *surface = server->shown, *below = server->below;
    struct seen *seen = &server->seen;

    seen->clients = wl_list_length(wl_display_get_client_list(server->display));
    seen->inode = surface ? server_inode(surface->current.buffer) : 0;
    memset(seen->bars, 0, sizeof(seen->bars));
    if (surface) {
        server_size(surface->current.buffer, &seen->width, &seen->height);
        memcpy(seen->destination, surface->destination, sizeof(seen->destination));
        memcpy(seen->geometry, surface->geometry, sizeof(seen->geometry));
    }
    if (surface && surface->parent) {
        seen->geometry[0] = surface->x;
        seen->geometry[1] = surface->y;
    }
    if (below && below->current.buffer)
        memcpy(seen->bars,
               (int[]){below->x, below->y, below->destination[0], below->destination[1]},
               sizeof(seen->bars));
}

/* All that clients have sent is handled first. */
static int on_order(int fd, uint32_t mask, void *data)
{
    struct server *server = data;
    struct order order;

    (void)mask;
    if (read(fd, &order, sizeof(order)) != (ssize_t)sizeof(order)) {
        wl_display_terminate(server->display);
        return 0;
    }
    for (int i = 0; i < 3; i++)
        wl_event_loop_dispatch(wl_display_get_event_loop(server->display), 0);
    obey(server, &order);
    look(server);
    wl_display_flush_clients(server->display);
    if (write(fd, &server->seen, sizeof(server->seen)) != (ssize_t)sizeof(server->seen))
        wl_display_terminate(server->display);
    return 0;
}

static int on_tick(void *data)
{
    struct server *server = data;
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    server_present(server, now.tv_sec * INT64_C(1000000000) + now.tv_nsec, REFRESH_NS,
                   server->script->flags);
    wl_event_source_timer_update(server->tick, TICK_MS);
    return 0;
}

static void serve(const struct script *script, int listener, int control)
{
    struct server server = {
        .script = script,
        .display = wl_display_create(),
        .width = script->width,
        .height = script->height,
        .fullscreen = script->fullscreen,
    };
    struct wl_event_loop *loop = wl_display_get_event_loop(server.display);

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    server_add_surfaces(&server);
    server_add_shell(&server);
    server_add_dmabuf(&server);
    server_add_presentation(&server);
    server_add_colours(&server);
    server_add_seat(&server);
    server_add_sync(&server);
    server_add_viewports(&server);
    if (wl_display_add_socket_fd(server.display, listener))
        abort();
    server.orders =
        wl_event_loop_add_fd(loop, control, WL_EVENT_READABLE, on_order, &server);
    server.tick = wl_event_loop_add_timer(loop, on_tick, &server);
    if (script->ticks)
        wl_event_source_timer_update(server.tick, TICK_MS);
    look(&server);
    if (write(control, &server.seen, sizeof(server.seen)) < 0)
        abort();
    wl_display_run(server.display);
    wl_display_destroy_clients(server.display);
    wl_display_destroy(server.display);
}

static struct seen hear(struct compositor *compositor)
{
    struct seen seen = {0};

    if (read(compositor->control, &seen, sizeof(seen)) != (ssize_t)sizeof(seen)) {
        fprintf(stderr, "the compositor is gone\n");
        abort();
    }
    return seen;
}

/* A path of its own, whatever XDG_RUNTIME_DIR is. */
static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    snprintf(address.sun_path, sizeof(address.sun_path), "%s", path);
    unlink(path);
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof(address)) || listen(fd, 8))
        abort();
    return fd;
}

void compositor_start(struct compositor *compositor, const struct script *script)
{
    static int count;
    const char *folder = getenv("TMPDIR");
    int ends[2], listener;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends))
        abort();
    snprintf(compositor->socket, sizeof(compositor->socket), "%s/zc-wl-%d-%d",
             folder ? folder : "/tmp", (int)getpid(), count++);
    listener = listen_at(compositor->socket);
    compositor->pid = fork();
    if (compositor->pid < 0)
        abort();
    if (!compositor->pid) {
        close(ends[0]);
        serve(script, listener, ends[1]);
        _exit(0);
    }
    close(ends[1]);
    close(listener);
    compositor->control = ends[0];
    hear(compositor);
}

static void bury(struct compositor *compositor)
{
    waitpid(compositor->pid, NULL, 0);
    close(compositor->control);
    unlink(compositor->socket);
    compositor->pid = 0;
}

void compositor_stop(struct compositor *compositor)
{
    if (!compositor->pid)
        return;
    shutdown(compositor->control, SHUT_RDWR);
    bury(compositor);
}

void compositor_kill(struct compositor *compositor)
{
    kill(compositor->pid, SIGKILL);
    bury(compositor);
}

struct seen compositor_do(struct compositor *compositor, enum command command, int64_t a,
                          int64_t b, int64_t c)
{
    struct order order = {command, {a, b, c}};

    if (write(compositor->control, &order, sizeof(order)) != (ssize_t)sizeof(order))
        abort();
    return hear(compositor);
}

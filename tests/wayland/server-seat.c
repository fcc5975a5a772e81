/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server-seat - a keyboard by the keymap of the machine's default, and a pointer. */
#include "server.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <xkbcommon/xkbcommon.h>

static void send_keymap(struct wl_resource *keyboard)
{
    struct xkb_context *context = xkb_context_new(XKB_CONTEXT_NO_FLAGS);
    /* Of France: where the letters are not those of the keys' numbers. */
    const struct xkb_rule_names names = {.layout = "fr"};
    struct xkb_keymap *keymap = xkb_keymap_new_from_names(context, &names, 0);
    char *text = xkb_keymap_get_as_string(keymap, XKB_KEYMAP_FORMAT_TEXT_V1);
    ssize_t bytes = strlen(text) + 1;
    int fd = memfd_create("keymap", MFD_CLOEXEC);

    if (fd < 0 || write(fd, text, bytes) != bytes)
        abort();
    wl_keyboard_send_keymap(keyboard, WL_KEYBOARD_KEYMAP_FORMAT_XKB_V1, fd, bytes);
    close(fd);
    free(text);
    xkb_keymap_unref(keymap);
    xkb_context_unref(context);
}

static const struct wl_keyboard_interface keyboard_requests = {
    .release = server_destroy_it,
};

static void keyboard_destroy(struct wl_resource *resource)
{
    ((struct server *)wl_resource_get_user_data(resource))->keyboard = NULL;
}

static void get_keyboard(struct wl_client *client, struct wl_resource *resource,
                         uint32_t id)
{
    struct server *server = wl_resource_get_user_data(resource);

    server->keyboard =
        server_object(client, &wl_keyboard_interface, wl_resource_get_version(resource),
                      id, &keyboard_requests, server, keyboard_destroy);
    send_keymap(server->keyboard);
}

static void set_cursor(struct wl_client *client, struct wl_resource *resource,
                       uint32_t serial, struct wl_resource *surface, int32_t x, int32_t y)
{
    (void)client;
    (void)resource;
    (void)serial;
    (void)surface;
    (void)x;
    (void)y;
}

static const struct wl_pointer_interface pointer_requests = {
    .set_cursor = set_cursor,
    .release = server_destroy_it,
};

static void pointer_destroy(struct wl_resource *resource)
{
    ((struct server *)wl_resource_get_user_data(resource))->pointer = NULL;
}

static void get_pointer(struct wl_client *client, struct wl_resource *resource,
                        uint32_t id)
{
    struct server *server = wl_resource_get_user_data(resource);

    server->pointer =
        server_object(client, &wl_pointer_interface, wl_resource_get_version(resource),
                      id, &pointer_requests, server, pointer_destroy);
}

static const struct wl_seat_interface seat_requests = {
    .get_pointer = get_pointer,
    .get_keyboard = get_keyboard,
    .release = server_destroy_it,
};

static void bind_seat(struct wl_client *client, void *data, uint32_t version, uint32_t id)
{
    struct wl_resource *seat = server_object(client, &wl_seat_interface, version, id,
                                             &seat_requests, data, NULL);

    wl_seat_send_capabilities(seat,
                              WL_SEAT_CAPABILITY_KEYBOARD | WL_SEAT_CAPABILITY_POINTER);
    if (version >= WL_SEAT_NAME_SINCE_VERSION)
        wl_seat_send_name(seat, "seat0");
}

void server_key(struct server *server, uint32_t key, bool pressed)
{
    if (server->keyboard)
        wl_keyboard_send_key(server->keyboard, 1, 0, key, pressed);
}

void server_point(struct server *server, int x, int y, bool below)
{
    struct surface *surface = below ? server->below : server->shown;

    if (!server->pointer || !surface)
        return;
    wl_pointer_send_enter(server->pointer, 1, surface->resource, wl_fixed_from_int(x),
                          wl_fixed_from_int(y));
    wl_pointer_send_motion(server->pointer, 0, wl_fixed_from_int(x),
                           wl_fixed_from_int(y));
}

void server_leave(struct server *server)
{
    if (server->pointer && server->shown)
        wl_pointer_send_leave(server->pointer, 1, server->shown->resource);
}

void server_click(struct server *server, uint32_t button, bool pressed, uint32_t ms)
{
    uint32_t serial = wl_display_next_serial(server->display);

    if (pressed)
        server->seen.serial = serial;
    if (server->pointer)
        wl_pointer_send_button(server->pointer, serial, ms, button, pressed);
}

void server_scroll(struct server *server, int far)
{
    if (server->pointer)
        wl_pointer_send_axis(server->pointer, 0, WL_POINTER_AXIS_VERTICAL_SCROLL,
                             wl_fixed_from_int(far));
}

void server_add_seat(struct server *server)
{
    wl_global_create(server->display, &wl_seat_interface, 4, server, bind_seat);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* application - its registry, and what it needs of that. */
#include "application.h"

#include <stdlib.h>
#include <string.h>

static void on_global(void *data, struct wl_registry *registry, uint32_t name,
                      const char *interface, uint32_t version)
{
    struct application *application = data;

    (void)version;
    if (!strcmp(interface, "wl_compositor"))
        application->compositor =
            wl_registry_bind(registry, name, &wl_compositor_interface, 1);
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

void application_begin(struct application *application, const char *socket)
{
    application->display = wl_display_connect(socket);
    if (!application->display)
        abort();
    application->registry = wl_display_get_registry(application->display);
    wl_registry_add_listener(application->registry, &registry_listener, application);
    wl_display_roundtrip(application->display);
    if (!application->compositor)
        abort();
    application->surface = wl_compositor_create_surface(application->compositor);
}

void application_end(struct application *application)
{
    if (application->surface)
        wl_surface_destroy(application->surface);
    wl_compositor_destroy(application->compositor);
    wl_registry_destroy(application->registry);
    if (wl_display_roundtrip(application->display) < 0)
        abort();
    wl_display_disconnect(application->display);
}

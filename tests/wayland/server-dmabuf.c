/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* server-dmabuf - buffers of dma-bufs, of which it looks at size and number only. */
#include "server.h"

#include "linux-dmabuf-server-protocol.h"

#include <drm_fourcc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

/* The main device: of the memory devices, as there may be no GPU. */
#define DEVICE "/dev/null"

struct row {
    uint32_t fourcc, padding;
    uint64_t modifier;
};

struct plane {
    int fd;
    uint32_t offset, stride;
};

struct params {
    struct server *server;
    struct plane plane[4];
    int n;
    uint64_t modifier;
};

struct buffer {
    struct server *server;
    uint64_t inode;
    int width, height;
};

static const uint32_t any_formats[] = {DRM_FORMAT_XRGB8888, DRM_FORMAT_NV12};

static int formats_of(const struct server *server, const uint32_t **formats)
{
    *formats = server->script->formats ? server->script->formats : any_formats;
    return server->script->formats ? server->script->n_formats : 2;
}

static uint64_t modifier_of(const struct server *server)
{
    return server->script->implicit ? DRM_FORMAT_MOD_INVALID : DRM_FORMAT_MOD_LINEAR;
}

/* ------------------------------------------------------------------ wl_buffer */

static const struct wl_buffer_interface buffer_requests = {.destroy = server_destroy_it};

static struct buffer *buffer_of(struct wl_resource *resource)
{
    if (!resource ||
        !wl_resource_instance_of(resource, &wl_buffer_interface, &buffer_requests))
        return NULL;
    return wl_resource_get_user_data(resource);
}

uint64_t server_inode(struct wl_resource *resource)
{
    const struct buffer *buffer = buffer_of(resource);

    return buffer ? buffer->inode : 0;
}

void server_size(struct wl_resource *resource, int *width, int *height)
{
    const struct buffer *buffer = buffer_of(resource);
    struct wl_shm_buffer *shm = resource ? wl_shm_buffer_get(resource) : NULL;

    *width = buffer ? buffer->width : shm ? wl_shm_buffer_get_width(shm) : 0;
    *height = buffer ? buffer->height : shm ? wl_shm_buffer_get_height(shm) : 0;
}

static void buffer_destroy(struct wl_resource *resource)
{
    struct buffer *buffer = wl_resource_get_user_data(resource);

    buffer->server->seen.buffers--;
    free(buffer);
}

/* --------------------------------------------------------------------- params */

static void params_add(struct wl_client *client, struct wl_resource *resource, int32_t fd,
                       uint32_t index, uint32_t offset, uint32_t stride, uint32_t high,
                       uint32_t low)
{
    struct params *params = wl_resource_get_user_data(resource);

    (void)client;
    if (index >= 4 || index != (uint32_t)params->n) {
        wl_resource_post_error(resource, ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_PLANE_IDX,
                               "no such plane");
        close(fd);
        return;
    }
    params->plane[params->n++] = (struct plane){fd, offset, stride};
    params->modifier = (uint64_t)high << 32 | low;
}

/* As those do that import them: each plane has to lie within its dma-buf. */
static bool is_sound(const struct params *params, int height)
{
    uint32_t most = params->server->script->max_stride;

    for (int i = 0; i < params->n; i++) {
        const struct plane *plane = &params->plane[i];
        off_t bytes = lseek(plane->fd, 0, SEEK_END);
        int rows = i ? (height + 1) / 2 : height;

        if ((most && plane->stride > most) ||
            (off_t)(plane->offset + (uint64_t)plane->stride * rows) > bytes)
            return false;
    }
    return params->n > 0;
}

static void params_create(struct wl_client *client, struct wl_resource *resource,
                          int32_t width, int32_t height, uint32_t fourcc, uint32_t flags)
{
    struct params *params = wl_resource_get_user_data(resource);
    struct server *server = params->server;
    struct buffer *buffer;
    struct stat node;

    (void)fourcc;
    (void)flags;
    server->seen.creates++;
    server->seen.modifier = params->modifier;
    server->seen.stride = params->plane[0].stride;
    if (server->mute)
        return;
    if (server->refuses || !is_sound(params, height)) {
        zwp_linux_buffer_params_v1_send_failed(resource);
        return;
    }
    buffer = calloc(1, sizeof(*buffer));
    *buffer = (struct buffer){.server = server, .width = width, .height = height};
    if (!fstat(params->plane[0].fd, &node))
        buffer->inode = node.st_ino;
    server->seen.buffers++;
    zwp_linux_buffer_params_v1_send_created(
        resource, server_object(client, &wl_buffer_interface, 1, 0, &buffer_requests,
                                buffer, buffer_destroy));
}

static void params_create_immed(struct wl_client *client, struct wl_resource *resource,
                                uint32_t id, int32_t width, int32_t height,
                                uint32_t fourcc, uint32_t flags)
{
    (void)client;
    (void)id;
    (void)width;
    (void)height;
    (void)fourcc;
    (void)flags;
    wl_resource_post_error(resource, ZWP_LINUX_BUFFER_PARAMS_V1_ERROR_INVALID_WL_BUFFER,
                           "the tests want it asynchronous");
}

static const struct zwp_linux_buffer_params_v1_interface params_requests = {
    .destroy = server_destroy_it,
    .add = params_add,
    .create = params_create,
    .create_immed = params_create_immed,
};

static void params_destroy(struct wl_resource *resource)
{
    struct params *params = wl_resource_get_user_data(resource);

    for (int i = 0; i < params->n; i++)
        close(params->plane[i].fd);
    free(params);
}

static void create_params(struct wl_client *client, struct wl_resource *resource,
                          uint32_t id)
{
    struct params *params = calloc(1, sizeof(*params));

    params->server = wl_resource_get_user_data(resource);
    server_object(client, &zwp_linux_buffer_params_v1_interface,
                  wl_resource_get_version(resource), id, &params_requests, params,
                  params_destroy);
}

/* ------------------------------------------------------------------- feedback */

static void send_table(struct server *server, const uint32_t *formats, int n)
{
    struct row rows[n];
    int fd = memfd_create("formats", MFD_CLOEXEC);

    for (int i = 0; i < n; i++)
        rows[i] = (struct row){formats[i], 0, modifier_of(server)};
    if (fd < 0 || write(fd, rows, sizeof(rows)) != (ssize_t)sizeof(rows))
        abort();
    zwp_linux_dmabuf_feedback_v1_send_format_table(server->feedback, fd, sizeof(rows));
    close(fd);
}

void server_tell_formats(struct server *server)
{
    const uint32_t *formats;
    int n = formats_of(server, &formats);
    struct wl_array device, indices;
    struct stat node;

    if (!server->feedback || stat(DEVICE, &node))
        return;
    wl_array_init(&device);
    wl_array_init(&indices);
    memcpy(wl_array_add(&device, sizeof(dev_t)), &node.st_rdev, sizeof(dev_t));
    for (int i = server->without; i < n; i++)
        *(uint16_t *)wl_array_add(&indices, sizeof(uint16_t)) = i;
    send_table(server, formats, n);
    zwp_linux_dmabuf_feedback_v1_send_main_device(server->feedback, &device);
    zwp_linux_dmabuf_feedback_v1_send_tranche_target_device(server->feedback, &device);
    zwp_linux_dmabuf_feedback_v1_send_tranche_flags(
        server->feedback, ZWP_LINUX_DMABUF_FEEDBACK_V1_TRANCHE_FLAGS_SCANOUT);
    zwp_linux_dmabuf_feedback_v1_send_tranche_formats(server->feedback, &indices);
    zwp_linux_dmabuf_feedback_v1_send_tranche_done(server->feedback);
    zwp_linux_dmabuf_feedback_v1_send_done(server->feedback);
    wl_array_release(&device);
    wl_array_release(&indices);
}

static const struct zwp_linux_dmabuf_feedback_v1_interface feedback_requests = {
    .destroy = server_destroy_it,
};

static void feedback_destroy(struct wl_resource *resource)
{
    struct server *server = wl_resource_get_user_data(resource);

    server->feedback = NULL;
}

static void get_default(struct wl_client *client, struct wl_resource *resource,
                        uint32_t id)
{
    struct server *server = wl_resource_get_user_data(resource);

    server->feedback = server_object(client, &zwp_linux_dmabuf_feedback_v1_interface,
                                     wl_resource_get_version(resource), id,
                                     &feedback_requests, server, feedback_destroy);
    server_tell_formats(server);
}

static void get_for_surface(struct wl_client *client, struct wl_resource *resource,
                            uint32_t id, struct wl_resource *surface)
{
    (void)surface;
    get_default(client, resource, id);
}

/* ------------------------------------------------------------- linux_dmabuf */

static const struct zwp_linux_dmabuf_v1_interface dmabuf_requests = {
    .destroy = server_destroy_it,
    .create_params = create_params,
    .get_default_feedback = get_default,
    .get_surface_feedback = get_for_surface,
};

static void bind_dmabuf(struct wl_client *client, void *data, uint32_t version,
                        uint32_t id)
{
    struct server *server = data;
    const uint32_t *formats;
    int n = formats_of(server, &formats);
    uint64_t modifier = modifier_of(server);
    struct wl_resource *dmabuf =
        server_object(client, &zwp_linux_dmabuf_v1_interface, version, id,
                      &dmabuf_requests, server, NULL);

    for (int i = 0; i < n && version == 3; i++)
        zwp_linux_dmabuf_v1_send_modifier(dmabuf, formats[i], modifier >> 32, modifier);
}

void server_add_dmabuf(struct server *server)
{
    if (server->script->dmabuf_version)
        wl_global_create(server->display, &zwp_linux_dmabuf_v1_interface,
                         server->script->dmabuf_version, server, bind_dmabuf);
}

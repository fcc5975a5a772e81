/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sync - by linux-drm-syncobj-v1. All that we tell is on one timeline, in the order of our
 * commits; a compositor may release buffers in any order, so each has a timeline of its own.
 * The library may be built where the protocol is not known, and then there is none.
 */
#include "display/wayland/sync.h"

#include "base/fd.h"

void sync_init(struct sync *sync)
{
    *sync = (struct sync){.device = -1, .wake = -1, .both = -1};
}

#ifdef ZC_DRM_SYNCOBJ
#include "base/ioctl.h"
#include "linux-drm-syncobj-client-protocol.h"

#include <drm.h>
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>

#define WAIT_MS 1000

/* --------------------------------------------------------------- the kernel's */

/* Returns 0, or a negative errno value. */
static int ask(const struct sync *sync, unsigned long request, void *arg)
{
    int result = zc_ioctl(sync->device, request, arg);

    return result < 0 ? result : 0;
}

static int create(const struct sync *sync, uint32_t *syncobj)
{
    struct drm_syncobj_create create = {0};
    int error = ask(sync, DRM_IOCTL_SYNCOBJ_CREATE, &create);

    *syncobj = error ? 0 : create.handle;
    return error;
}

static void destroy(const struct sync *sync, uint32_t *syncobj)
{
    struct drm_syncobj_destroy destroy = {.handle = *syncobj};

    if (*syncobj)
        ask(sync, DRM_IOCTL_SYNCOBJ_DESTROY, &destroy);
    *syncobj = 0;
}

/* The next point is reached when the sync_file signals. */
static int add_fence(struct sync *sync, int fence)
{
    struct drm_syncobj_handle import = {
        .handle = sync->relay,
        .flags = DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE,
        .fd = fence,
    };
    struct drm_syncobj_transfer transfer = {
        .src_handle = sync->relay,
        .dst_handle = sync->acquired.syncobj,
        .dst_point = sync->acquired.point + 1,
    };
    int error = ask(sync, DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE, &import);

    if (!error)
        error = ask(sync, DRM_IOCTL_SYNCOBJ_TRANSFER, &transfer);
    if (!error)
        sync->acquired.point++;
    return error;
}

/* The next point is reached. */
static int reach(struct sync *sync)
{
    uint64_t point = sync->acquired.point + 1;
    struct drm_syncobj_timeline_array signal = {
        .handles = (uintptr_t)&sync->acquired.syncobj,
        .points = (uintptr_t)&point,
        .count_handles = 1,
    };
    int error = ask(sync, DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL, &signal);

    if (!error)
        sync->acquired.point++;
    return error;
}

/* Of a dma-buf that a driver still draws into. */
static int add_implicit(struct sync *sync, int fd)
{
    int fence, error = zc_dmabuf_get_fence(fd, false, &fence);

    if (error)
        return zc_fence_wait(fd, WAIT_MS);
    error = add_fence(sync, fence);
    zc_close(&fence);
    return error;
}

static int wake_at(const struct sync *sync, const struct timeline *timeline,
                   uint64_t point)
{
    struct drm_syncobj_eventfd wake = {
        .handle = timeline->syncobj,
        .point = point,
        .fd = sync->wake,
    };

    return ask(sync, DRM_IOCTL_SYNCOBJ_EVENTFD, &wake);
}

bool sync_is_woken(struct sync *sync)
{
    uint64_t count;

    return sync->wake >= 0 && read(sync->wake, &count, sizeof(count)) > 0;
}

bool sync_is_reached(const struct sync *sync, const struct timeline *timeline)
{
    uint64_t point = 0;
    struct drm_syncobj_timeline_array query = {
        .handles = (uintptr_t)&timeline->syncobj,
        .points = (uintptr_t)&point,
        .count_handles = 1,
    };

    return !ask(sync, DRM_IOCTL_SYNCOBJ_QUERY, &query) && point >= timeline->point;
}

/* ------------------------------------------------------------ the compositor's */

int sync_timeline_init(struct sync *sync, struct timeline *timeline)
{
    struct drm_syncobj_handle export = {.fd = -1};
    int error;

    *timeline = (struct timeline){0};
    error = create(sync, &timeline->syncobj);
    if (error)
        return error;
    export.handle = timeline->syncobj;
    error = ask(sync, DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD, &export);
    if (!error) {
        timeline->wl =
            wp_linux_drm_syncobj_manager_v1_import_timeline(sync->manager, export.fd);
        zc_close(&export.fd);
        error = timeline->wl ? 0 : -ENOMEM;
    }
    if (error)
        sync_timeline_finish(sync, timeline);
    return error;
}

void sync_timeline_finish(struct sync *sync, struct timeline *timeline)
{
    if (timeline->wl)
        wp_linux_drm_syncobj_timeline_v1_destroy(timeline->wl);
    timeline->wl = NULL;
    destroy(sync, &timeline->syncobj);
}

static int watch(struct sync *sync, int fd)
{
    struct epoll_event readable = {.events = EPOLLIN};

    return epoll_ctl(sync->both, EPOLL_CTL_ADD, fd, &readable) ? -errno : 0;
}

/* Also tries what older kernels lack: to be woken. */
static int set_up(struct sync *sync, struct connection *connection)
{
    int error;

    sync->wake = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
    sync->both = epoll_create1(EPOLL_CLOEXEC);
    if (sync->wake < 0 || sync->both < 0)
        return -errno;
    error = watch(sync, sync->wake);
    if (!error)
        error = watch(sync, wl_display_get_fd(connection->display));
    if (!error)
        error = create(sync, &sync->relay);
    if (!error)
        error = sync_timeline_init(sync, &sync->acquired);
    if (!error)
        error = reach(sync);
    if (!error)
        error = wake_at(sync, &sync->acquired, sync->acquired.point);
    return error;
}

void sync_begin(struct sync *sync, struct connection *connection,
                struct wl_surface *surface, const char *gpu)
{
    int error;

    sync_init(sync);
    if (!connection->syncobjs)
        return;
    sync->surface = surface;
    sync->manager = connection->syncobjs;
    sync->device = sync_device_open(gpu, sync->path);
    error = sync->device < 0 ? sync->device : set_up(sync, connection);
    if (!error)
        return;
    zc_log(
        ZC_LOG_DEBUG,
        "%s: no explicit synchronisation, as %s%s: %s; by the dma-bufs' own fences then",
        connection->name,
        sync->device < 0 ? "no render node has timelines" : "it fails on ",
        sync->device < 0 ? "" : sync->path, strerror(-error));
    sync_finish(sync);
}

void sync_finish(struct sync *sync)
{
    sync_unsay(sync);
    if (sync->device >= 0) {
        sync_timeline_finish(sync, &sync->acquired);
        destroy(sync, &sync->relay);
    }
    zc_close(&sync->wake);
    zc_close(&sync->both);
    zc_close(&sync->device);
}

/* ------------------------------------------------------------------ a commit */

/* A frame without a fence is written, as far as its owner knows; its driver may know better. */
static int say_acquired(struct sync *sync, const struct zc_frame *frame)
{
    uint64_t before = sync->acquired.point;
    int fence = zc_frame_fence(frame), error = 0;

    if (fence >= 0)
        return add_fence(sync, fence);
    for (int i = 0; i < zc_frame_layout(frame)->n_buffers && !error; i++) {
        struct pollfd drawn = {zc_frame_fd(frame, i), POLLIN, 0};

        if (!poll(&drawn, 1, 0))
            error = add_implicit(sync, drawn.fd);
    }
    return error || sync->acquired.point != before ? error : reach(sync);
}

int sync_say(struct sync *sync, const struct zc_frame *frame, struct timeline *released)
{
    uint64_t acquired, next = released->point + 1;
    int error = say_acquired(sync, frame);

    if (!error)
        error = wake_at(sync, released, next);
    if (error)
        return error;
    if (!sync->said)
        sync->said =
            wp_linux_drm_syncobj_manager_v1_get_surface(sync->manager, sync->surface);
    if (!sync->said)
        return -ENOMEM;
    acquired = sync->acquired.point;
    released->point = next;
    wp_linux_drm_syncobj_surface_v1_set_acquire_point(
        sync->said, sync->acquired.wl, acquired >> 32, acquired & UINT32_MAX);
    wp_linux_drm_syncobj_surface_v1_set_release_point(sync->said, released->wl,
                                                      next >> 32, next & UINT32_MAX);
    return 0;
}

void sync_unsay(struct sync *sync)
{
    if (sync->said)
        wp_linux_drm_syncobj_surface_v1_destroy(sync->said);
    sync->said = NULL;
}

#else
#include <errno.h>

void sync_begin(struct sync *sync, struct connection *connection,
                struct wl_surface *surface, const char *gpu)
{
    (void)connection;
    (void)surface;
    (void)gpu;
    sync_init(sync);
}

void sync_finish(struct sync *sync)
{
    (void)sync;
}

int sync_timeline_init(struct sync *sync, struct timeline *timeline)
{
    (void)sync;
    *timeline = (struct timeline){0};
    return -ENOTSUP;
}

void sync_timeline_finish(struct sync *sync, struct timeline *timeline)
{
    (void)sync;
    (void)timeline;
}

int sync_say(struct sync *sync, const struct zc_frame *frame, struct timeline *released)
{
    (void)sync;
    (void)frame;
    (void)released;
    return -ENOTSUP;
}

void sync_unsay(struct sync *sync)
{
    (void)sync;
}

bool sync_is_woken(struct sync *sync)
{
    (void)sync;
    return false;
}

bool sync_is_reached(const struct sync *sync, const struct timeline *timeline)
{
    (void)sync;
    (void)timeline;
    return false;
}

#endif

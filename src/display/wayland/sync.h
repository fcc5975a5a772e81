/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * sync.h - who may read a frame and who may write to it, told by points of timelines, where the
 * compositor, this kernel and one of its GPUs have these.
 */
#ifndef ZC_WAYLAND_SYNC_H
#define ZC_WAYLAND_SYNC_H

#include "display/wayland/connection.h"

/** One of the kernel's that the compositor has too. */
struct timeline {
    uint32_t syncobj; /* 0: there is none */
    struct wp_linux_drm_syncobj_timeline_v1 *wl;
    uint64_t point; /* the last that was given away */
};

/** Of a window. */
struct sync {
    struct wl_surface *surface;
    struct wp_linux_drm_syncobj_manager_v1 *manager;
    struct wp_linux_drm_syncobj_surface_v1 *said; /* NULL: commits have no points */
    int device; /* whose syncobjs they are; -1: it is all told by the dma-bufs' own fences */
    char path[32];
    int wake; /* eventfd: the compositor has done with a frame */
    int both; /* epoll: that, or the connection has something */
    struct timeline acquired;
    uint32_t relay; /* a syncobj by which a sync_file gets on a timeline */
};

/** There is none. */
void sync_init(struct sync *sync);

/**
 * Begins where that is possible, else leaves it so, which is no error: sync->device tells. @gpu:
 * the compositor's, or NULL.
 */
void sync_begin(struct sync *sync, struct connection *connection,
                struct wl_surface *surface, const char *gpu);
/** After all of its timelines. */
void sync_finish(struct sync *sync);

/** For one buffer: it is released by the compositor along it. Errors, silent: the kernel's. */
int sync_timeline_init(struct sync *sync, struct timeline *timeline);
/** Also of zeroes. */
void sync_timeline_finish(struct sync *sync, struct timeline *timeline);

/**
 * Says of the next commit, which is of a dma-buf: when the pixels of @frame are written, and
 * that the compositor has done with them at the next point of @released. Errors, silent: the
 * kernel's.
 */
int sync_say(struct sync *sync, const struct zc_frame *frame, struct timeline *released);
/** The next commit is of something else. */
void sync_unsay(struct sync *sync);

/** Whether a point may have been reached since this was asked last. */
bool sync_is_woken(struct sync *sync);
/** Whether the last point of a timeline is reached. */
bool sync_is_reached(const struct sync *sync, const struct timeline *timeline);

/**
 * Opens a device that has timelines: @gpu, if it has, or else the first. Returns an fd, or a
 * negative errno value; the path in path[32].
 */
int sync_device_open(const char *gpu, char *path);

#endif

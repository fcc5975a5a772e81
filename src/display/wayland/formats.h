/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* formats.h - which dma-bufs a compositor takes, and the GPU that it draws them with. */
#ifndef ZC_WAYLAND_FORMATS_H
#define ZC_WAYLAND_FORMATS_H

#include "display/wayland/connection.h"

#include <sys/types.h>

struct format_list {
    struct listed {
        uint32_t fourcc;
        uint64_t modifier;
    } * of;
    int n, room;
};

struct formats {
    struct zwp_linux_dmabuf_feedback_v1 *feedback; /* NULL: an older compositor */
    struct format_list now, next;                  /* that hold; that are being told */
    const struct table_row *table;
    size_t table_bytes;
    dev_t device; /* that draws; 0: not told */
    bool told;    /* there was an answer */
    bool changed; /* by a later one */
    bool failed;  /* no memory */
    char gpu[32]; /* the device's node: "/dev/dri/renderD128"; or empty */
};

/**
 * Asks what is best on @surface; the answer, and others when that changes, come with events.
 * connection->dmabuf is there.
 */
void formats_init(struct formats *formats, struct connection *connection,
                  struct wl_surface *surface);
void formats_finish(struct formats *formats);

/** Whether frames of @fourcc that lie as @modifier says may be shown. */
bool formats_have(const struct formats *formats, uint32_t fourcc, uint64_t modifier);

/**
 * The @index-th modifier with which @fourcc may be shown, as ours are called; false: there are
 * not so many.
 */
bool formats_nth(const struct formats *formats, uint32_t fourcc, int index,
                 uint64_t *modifier);

/**
 * What a frame's modifier is called to the compositor: one that knows no modifiers has
 * DRM_FORMAT_MOD_INVALID where we say linear.
 */
uint64_t formats_modifier(const struct formats *formats, uint32_t fourcc,
                          uint64_t modifier);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-private.h - what all kinds of display share, and the operations in which they
 * differ. A kind has a folder of its own, embeds a struct zc_display as its first member,
 * and fills it at open.
 */
#ifndef ZC_DISPLAY_PRIVATE_H
#define ZC_DISPLAY_PRIVATE_H

#include "display/event.h"
#include "zerocopy.h"

/** Each does what the public call of its name is documented to do, but for what is said. */
struct zc_display_ops {
    /** Ends it: waits for the last flip, then frees what it has but the struct itself. */
    void (*finish)(struct zc_display *display);
    bool (*has_format)(const struct zc_display *display, uint32_t fourcc,
                       uint64_t modifier);
    bool (*modifier)(const struct zc_display *display, uint32_t fourcc, int index,
                     uint64_t *modifier);
    bool (*mode)(const struct zc_display *display, int index, uint32_t *width,
                 uint32_t *height);
    int (*connected)(const struct zc_display *display);
    int (*test)(struct zc_display *display, struct zc_frame *frame, uint32_t *reasons);
    /** Called while no commit is pending. *committed_ns: when it went out. */
    int (*show)(struct zc_display *display, struct zc_frame *frame,
                int64_t *committed_ns);
    /** NULL: a commit is pending as long as it is not on screen. */
    bool (*pending)(const struct zc_display *display);
    /** NULL: as long as it takes. */
    int64_t (*wait_ns)(const struct zc_display *display);
    /** *flipped_ns: when display->committed[0] came on screen; 0: it never did. */
    int (*dispatch)(struct zc_display *display, int64_t *flipped_ns);
    int (*verify)(struct zc_display *display, const struct zc_frame *frame);
    /** Called while nothing is committed, if info.writeback is set; else NULL. */
    int (*capture)(struct zc_display *display, struct zc_frame *into);
    /** @shared: as dma-bufs. */
    int (*pool)(struct zc_display *display, const struct zc_layout *layout, int n,
                bool shared, struct zc_pool **pool);
    /** NULL: it fills the screen always. */
    int (*fullscreen)(struct zc_display *display, bool fullscreen);
};

#define ZC_DISPLAY_COMMITS 4

struct zc_display {
    const struct zc_display_ops *ops;
    struct zc_display_info info;
    int fd;              /* to be polled */
    struct zc_rect rect; /* where frames go; zero width: centred, unscaled */
    /* On screen; committed and not yet there, in their order. Own references. */
    struct zc_frame *current, *committed[ZC_DISPLAY_COMMITS];
    int n_committed;
    struct events events;
};

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * display-private.h - what all kinds of display share, and the operations in which they
 * differ. A kind has a folder of its own, embeds a struct zc_display as its first member,
 * and fills it at open.
 */
#ifndef ZC_DISPLAY_PRIVATE_H
#define ZC_DISPLAY_PRIVATE_H

#include "zerocopy.h"

/** Each does what the public call of its name is documented to do, but for what is said. */
struct zc_display_ops {
    /** Ends it: waits for the last flip, then frees what it has but the struct itself. */
    void (*finish)(struct zc_display *display);
    bool (*has_format)(const struct zc_display *display, uint32_t fourcc,
                       uint64_t modifier);
    int (*connected)(const struct zc_display *display);
    int (*test)(struct zc_display *display, struct zc_frame *frame, uint32_t *reasons);
    /** Called while no flip is pending. *committed_ns: when it went to the kernel. */
    int (*show)(struct zc_display *display, struct zc_frame *frame,
                int64_t *committed_ns);
    /** *flipped_ns: when display->next came on screen. */
    int (*dispatch)(struct zc_display *display, int64_t *flipped_ns);
    int (*verify)(struct zc_display *display, const struct zc_frame *frame);
    /** Called while no flip is pending, if info.writeback is set. */
    int (*capture)(struct zc_display *display, struct zc_frame *into);
    int (*dumb_pool)(struct zc_display *display, const struct zc_layout *layout, int n,
                     struct zc_pool **pool);
};

struct zc_display {
    const struct zc_display_ops *ops;
    struct zc_display_info info;
    int fd;              /* to be polled */
    struct zc_rect rect; /* where frames go; zero width: centred, unscaled */
    /* On screen; committed and waiting. Own references. */
    struct zc_frame *current, *next;
};

#endif

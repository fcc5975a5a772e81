/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * list.h - what a camera has, as one line of a message.
 */
#ifndef ZC_CAMERA_LIST_H
#define ZC_CAMERA_LIST_H

#include <linux/videodev2.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/** Text that only grows as long as there is room. Zeroed at first. */
struct list {
    char text[480];
    size_t used;
    const char *between; /* the items; NULL: ", " */
};

/** Adds @item. */
void zc_list_add(struct list *list, const char *item);

/** The same for a V4L2 format: "NV12", "MJPG (compressed)". */
void zc_list_add_format(struct list *list, const struct v4l2_fmtdesc *desc);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* list - what a camera has, for messages. */
#include "camera/list.h"
#include "zerocopy.h"

#include <stdio.h>

void zc_list_add(struct list *list, const char *item)
{
    size_t left = sizeof(list->text) - list->used;
    const char *between = list->between ? list->between : ", ";
    int n =
        snprintf(list->text + list->used, left, "%s%s", list->used ? between : "", item);

    if (n > 0)
        list->used += (size_t)n < left ? (size_t)n : left - 1;
}

void zc_list_add_format(struct list *list, const struct v4l2_fmtdesc *desc)
{
    const struct zc_format *known = zc_format_by_v4l2(desc->pixelformat);
    char fourcc[5], item[32];

    zc_fourcc_text(desc->pixelformat, fourcc);
    snprintf(item, sizeof(item), "%s%s", known ? known->name : fourcc,
             desc->flags & V4L2_FMT_FLAG_COMPRESSED ? " (compressed)" : "");
    zc_list_add(list, item);
}

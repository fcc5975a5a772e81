/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* line.h - the commands that follow from a way. */
#ifndef PROBE_LINE_H
#define PROBE_LINE_H

#include "probe/inventory.h"

/* A way that was found. */
struct way {
    const struct device *camera, *gpu, *display; /* gpu NULL: it has none */
    enum zc_path path;
    const struct zc_format *format;
    uint32_t width, height;
    const struct memory *memory; /* of the camera's frames; NULL: the path's own */
    char heap[64];               /* its heap; "": it is none of a heap */
    char target[64];             /* of what the GPU draws; "": nothing, or the same */
};

/** The demo's command line. */
void line_demo(const struct way *way, char *text, size_t size);

/** The line for gst-launch-1.0; false where no elements do this. */
bool line_gst(const struct way *way, char *text, size_t size);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * camera-glyphs.h - learns how a test camera draws its numbers: streams it for a moment, and
 * leaves its format and rate as they were.
 */
#ifndef BENCH_CAMERA_GLYPHS_H
#define BENCH_CAMERA_GLYPHS_H

#include "bench/observe/frame-id.h"

struct camera_about {
    char path[64], name[96];
    int minor;
};

/**
 * Learns @glyphs from the camera @path (NULL: the first). Errors, with a message: -ENOTSUP
 * it draws no numbers, or has no format that they can be read in; those of the camera.
 */
int camera_glyphs_learn(struct glyphs *glyphs, const char *path,
                        struct camera_about *about);

#endif

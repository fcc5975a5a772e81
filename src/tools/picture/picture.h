/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * picture.h - a frame as a PNG file.
 */
#ifndef TOOLS_PICTURE_H
#define TOOLS_PICTURE_H

#include "zerocopy.h"

/**
 * Writes an XR24 frame to @path, by a counted CPU read; the file appears whole or not at
 * all. Returns 0, or a negative errno value, and has then said why on the log.
 */
int picture_write_png(struct zc_frame *frame, const char *path);

#endif

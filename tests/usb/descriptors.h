/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * descriptors.h - what the UVC camera says of itself: the descriptors of USB 2.0 and of
 * USB Video Class 1.1, for its modes.
 */
#ifndef DESCRIPTORS_H
#define DESCRIPTORS_H

#include "pattern.h"

#include <stdbool.h>

#define UVC_MAX_SIZES 8
#define UVC_MAX_RATES 4

/** Where the pictures come out. */
#define UVC_STREAM_ENDPOINT 1
/** Bytes of one transfer of pictures: what uvcvideo asks for of a bulk endpoint. */
#define UVC_PAYLOAD 16384

/** What the camera can: each format in each size at each rate, but for sizes that are too
 * large for all that is not compressed. */
struct uvc_modes {
    enum pattern_format formats[PATTERN_FORMATS];
    struct {
        uint16_t width, height;
        bool mjpg_only;
    } sizes[UVC_MAX_SIZES];
    int rates[UVC_MAX_RATES]; /* frames a second */
    int n_formats, n_sizes, n_rates;
};

/** Whether there is format @format in size @size; numbers from 0 on, of any value. */
bool uvc_modes_have(const struct uvc_modes *modes, int format, int size);

/** Room for any descriptor. */
#define DESCRIPTOR_ROOM 4096

/** The unit of frame intervals, 100 ns, in a second. */
#define UVC_INTERVALS 10000000

/** Kinds of descriptors that can be asked for. */
enum { DESCRIPTOR_DEVICE = 1, DESCRIPTOR_CONFIGURATION = 2, DESCRIPTOR_STRING = 3 };

/** Writes descriptor @kind, @index to @out (DESCRIPTOR_ROOM); 0: there is none. */
size_t descriptor_write(const struct uvc_modes *modes, int kind, int index, uint8_t *out);

#endif

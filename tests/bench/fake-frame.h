/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-frame.h - a frame in the test's own memory, that counts and can fail.
 */
#ifndef FAKE_FRAME_H
#define FAKE_FRAME_H

#include "zerocopy.h"

struct zc_frame {
    struct zc_layout layout;
    uint8_t *pixels;  /**< the first byte of buffer 0 */
    int access;       /**< what the last begin asked for */
    int begun, ended; /**< how often */
    int begin_error, end_error;
};

#endif

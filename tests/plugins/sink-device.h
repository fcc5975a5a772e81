/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sink-device.h - what the files of sink-device share. */
#ifndef SINK_DEVICE_H
#define SINK_DEVICE_H

#include "screen.h"

#include <glib.h>

/** Of the display. */
#define DRIVER "vkms"

/** The inode of the dma-buf on screen; 0: there is none. */
guint64 on_screen(void);

/* sink-pixels.c */
void test_pixels(void);
void test_colours(void);

#endif

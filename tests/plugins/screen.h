/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * screen.h - what a card shows, by the kernel's word: the dma-buf behind the
 * framebuffer on its lit plane, and the pixels there. Root only; no master.
 */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdint.h>

/** What is on the plane that is lit last in the card's list. */
struct screen {
    uint32_t fb_id, fourcc, width, height, pitch, offset;
    uint64_t inode; /**< of the dma-buf */
    int fd;         /**< of the same, or -1 */
};

/**
 * Looks at the first card of @driver ("vkms"). Returns 0; -ENOENT when there is no such card
 * or it shows nothing; or another negative errno value. The caller closes @out->fd.
 */
int screen_look(const char *driver, struct screen *out);

/** The pixel at (@x, @y) of an XR24 or AR24 screen as 0xRRGGBB, or -errno. */
int64_t screen_pixel(const struct screen *screen, uint32_t x, uint32_t y);

#endif

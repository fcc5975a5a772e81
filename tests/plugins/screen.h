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

/** In a row, and in a column, so many pixels are looked at. */
#define SCREEN_POINTS 8

/**
 * Whether an XR24, AR24 or RG16 screen shows @n bars (1, 2, 4 or 8) of equal width from left
 * to right, of these colours (0xRRGGBB), @apart at most in each of red, green and blue.
 * Returns NULL, or what is wrong, in words; the caller frees it.
 */
char *screen_check(const struct screen *screen, const int64_t *bars, unsigned n, int apart);

/** The same of a picture that grows from black to white: right, down, left or up, by the first
 * letter. */
char *screen_check_ramp(const struct screen *screen, char direction, int apart);

#endif

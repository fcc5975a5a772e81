/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* window.h - what the user does with the demo's window. */
#ifndef WINDOW_H
#define WINDOW_H

#include <zerocopy.h>

enum window_wish {
    WINDOW_GOES_ON,
    WINDOW_ENDS, /* it was closed, or Escape or q was pressed */
    WINDOW_ANEW, /* frames of @shown are not what the desktop takes any more */
};

/** Handles what was done since the last call; f fills the screen, or no longer. */
enum window_wish window_follow(struct zc_display *display, const struct zc_layout *shown);

#endif

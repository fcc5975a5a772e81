/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* why.h - why a display does not fit: kept, and said once it is known that none does. */
#ifndef ZC_DISPLAY_WHY_H
#define ZC_DISPLAY_WHY_H

struct why {
    char text[384];
};

/** Writes the reason. Returns @error. */
int refuse(struct why *why, int error, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

#endif

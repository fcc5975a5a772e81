/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* event.h - what users do with a window, until the application asks. */
#ifndef ZC_DISPLAY_EVENT_H
#define ZC_DISPLAY_EVENT_H

#include "zerocopy.h"

#define ZC_DISPLAY_EVENTS 32

/** The last so many. Zeroed at first. */
struct events {
    struct zc_display_event of[ZC_DISPLAY_EVENTS];
    int first, n;
};

/** Adds one; the oldest goes where there is no room. Of motions in a row, the last stays. */
void events_add(struct events *events, const struct zc_display_event *event);
/** False: there is none. */
bool events_take(struct events *events, struct zc_display_event *event);

#endif

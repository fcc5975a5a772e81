/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* window - keys, and the desktop's own wishes. */
#include "window.h"

#include <string.h>

/* Whether it ends the run. */
static bool on_key(struct zc_display *display, const char *key)
{
    if (!strcmp(key, "Escape") || !strcmp(key, "q"))
        return true;
    if (!strcmp(key, "f"))
        zc_display_set_fullscreen(display, !zc_display_info(display)->fullscreen);
    return false;
}

enum window_wish window_follow(struct zc_display *display, const struct zc_layout *shown)
{
    enum window_wish wish = WINDOW_GOES_ON;
    struct zc_display_event event;
    bool ends = false;

    while (!ends && zc_display_next_event(display, &event)) {
        if (event.kind == ZC_EVENT_CLOSE)
            ends = true;
        else if (event.kind == ZC_EVENT_KEY && event.pressed)
            ends = on_key(display, event.key);
        else if (event.kind == ZC_EVENT_FORMATS &&
                 !zc_display_has_format(display, shown->format->fourcc, shown->modifier))
            wish = WINDOW_ANEW;
    }
    return ends ? WINDOW_ENDS : wish;
}

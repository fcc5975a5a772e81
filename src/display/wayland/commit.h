/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* commit.h - what is committed to a surface, until the compositor has said what became of it. */
#ifndef ZC_WAYLAND_COMMIT_H
#define ZC_WAYLAND_COMMIT_H

#include "display/display-private.h"
#include "display/wayland/connection.h"

struct commits {
    struct connection *connection;
    struct zc_display_info *info; /* what is learnt of the display */
    uint32_t clock;               /* of the presentation's times */
    struct commit {
        struct commits *all;
        int64_t committed_ns, at_ns;
        struct wl_callback *taken;                 /* NULL: the compositor took it up */
        struct wp_presentation_feedback *feedback; /* NULL: answered, or nobody to ask */
        enum { COMMIT_WAITS, COMMIT_SHOWN, COMMIT_DROPPED } state;
    } of[ZC_DISPLAY_COMMITS];
    int first, n;
};

void commits_init(struct commits *commits, struct connection *connection,
                  struct zc_display_info *info);
void commits_finish(struct commits *commits);

/** Asks of what is committed to @surface next; there is room. */
void commits_begin(struct commits *commits, struct wl_surface *surface, int64_t now_ns);

/** Whether the compositor has not taken up the last. */
bool commits_pending(const struct commits *commits);

/**
 * Takes the first whose fate is known. *shown_ns: 0 if it was never shown. False: there is
 * none yet.
 */
bool commits_take(struct commits *commits, int64_t *shown_ns);

#endif

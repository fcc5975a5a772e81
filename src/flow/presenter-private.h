/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * presenter-private.h - the state of a presenter, for its own file and its tests.
 */
#ifndef ZC_PRESENTER_PRIVATE_H
#define ZC_PRESENTER_PRIVATE_H

#include "flow/latch.h"
#include "flow/mailbox.h"
#include "flow/stats.h"

struct zc_presenter {
    struct zc_presenter_config config;
    struct zc_latch latch;
    struct zc_mailbox mailbox;              /* the newest frame, that waits */
    struct zc_frame *committed, *on_screen; /* references of our own */
    bool waits_again, committed_again;      /* that frame was on screen before */
    bool redraw;            /* what is on screen is to be committed again */
    bool busy;              /* the driver, though no flip is pending */
    bool unplugged, untold; /* the connector; who is to know does not yet */
    int64_t committed_ns;   /* since when a flip is due, or the driver busy */
    int64_t looked_ns;      /* when the connector was last looked at */

    uint64_t shown, discarded;
    uint64_t window_shown; /* of these, before the window for the rate began */
    int64_t window_ns;
    double fps;
    int64_t latency_ns;
    struct zc_histogram latency;
};

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * presenter-private.h - the state of a presenter, for its own file and its tests.
 */
#ifndef ZC_PRESENTER_PRIVATE_H
#define ZC_PRESENTER_PRIVATE_H

#include "display/display-private.h"
#include "flow/latch.h"
#include "flow/mailbox.h"
#include "flow/stats.h"

struct zc_presenter {
    struct zc_presenter_config config;
    struct zc_latch latch;
    struct zc_mailbox mailbox; /* the newest frame, that waits */
    bool waits_again;          /* it was on screen before */
    struct {
        struct zc_frame *frame; /* a reference of our own */
        bool again;             /* it was on screen before */
        int64_t aim_ns;         /* the latch's, for it */
    } committed[ZC_DISPLAY_COMMITS];
    int n_committed;
    struct zc_frame *on_screen; /* a reference of our own */
    bool redraw;                /* what is on screen is to be committed again */
    bool busy;                  /* the driver, though no flip is pending */
    bool unplugged, untold;     /* the connector; who is to know does not yet */
    int64_t committed_ns;       /* since when a flip is due, or the driver busy */
    int64_t looked_ns;          /* when the connector was last looked at */

    uint64_t shown, discarded;
    uint64_t window_shown; /* of these, before the window for the rate began */
    int64_t window_ns;
    double fps;
    int64_t latency_ns;
    struct zc_histogram latency;
};

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * mailbox.h - room for the newest frame; what it replaces goes home, counted.
 */
#ifndef ZC_MAILBOX_H
#define ZC_MAILBOX_H

#include "zerocopy.h"

/** Caller's memory, zeroed at first. */
struct zc_mailbox {
    struct zc_frame *newest;
    uint64_t superseded;
};

/** Puts @frame in, with its reference; the one that waited is released and counted. */
void zc_mailbox_put(struct zc_mailbox *mailbox, struct zc_frame *frame);

/** Takes the frame out, with its reference, or NULL. */
struct zc_frame *zc_mailbox_take(struct zc_mailbox *mailbox);

/** Releases what waits, uncounted. */
void zc_mailbox_empty(struct zc_mailbox *mailbox);

#endif

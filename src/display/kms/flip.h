/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flip.h - the one flip that a card may owe us, and when it happened. */
#ifndef ZC_KMS_FLIP_H
#define ZC_KMS_FLIP_H

#include "display/kms/card.h"

#include <stdint.h>

struct flip {
    const struct card *card;
    bool due;
    int64_t committed_ns, flipped_ns;
    int64_t asked_ns; /* when the card was last seen to be there */
};

/** Notes a commit at @committed_ns, whose event carries @flip. */
void flip_begin(struct flip *flip, int64_t committed_ns);

/**
 * Takes the card's events, without waiting. Silent.
 * Returns 0 the flip that was due has happened, -EAGAIN none has, or what is wrong.
 */
int flip_read(struct flip *flip);

/** Waits for the flip that is due, but not for ever. */
void flip_wait(struct flip *flip);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* card.h - an open DRM device that drives outputs, and its master. */
#ifndef ZC_KMS_CARD_H
#define ZC_KMS_CARD_H

#include "display/why.h"

#include <stdbool.h>

struct card {
    int fd;
    bool foreign;   /* another opened it, and is master or made the lease */
    bool blocks;    /* a read of it waits */
    bool modifiers; /* AddFB2 takes them */
    bool monotonic; /* events are in CLOCK_MONOTONIC */
    char path[128], driver[32];
};

/**
 * Opens the card at @path and becomes its master. @driver, @bus_id: what it must be, or NULL.
 * Whatever comes of it, card_finish() is to be called. Returns 0, or a negative errno value.
 */
int card_open(struct card *card, const char *path, const char *driver, const char *bus_id,
              struct why *why);

/** The same of the open card @fd, of which it makes a duplicate; master is as it is. */
int card_adopt(struct card *card, int fd, const char *driver, const char *bus_id,
               struct why *why);

/** Drops master, if it became that, and closes what it opened. */
void card_finish(struct card *card);

/** Whether the card itself was unplugged. */
bool card_gone(const struct card *card);

#endif

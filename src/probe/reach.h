/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* reach.h - which addresses a device reaches, as far as the cells tell. */
#ifndef PROBE_REACH_H
#define PROBE_REACH_H

#include <jansson.h>
#include <stdbool.h>

enum reach {
    REACH_UNKNOWN,  /* no ordinary memory and none below 4 GiB was tried on it */
    REACH_NO_LIMIT, /* it takes ordinary memory */
    REACH_4_GIB, /* it takes memory below 4 GiB, and refuses the ordinary or spoils it */
};

/** Of @device, by the list @cells of a document. */
enum reach reach_of(const json_t *cells, const char *device);

/**
 * Whether this machine has memory beyond 4 GiB, without which no limit can be seen.
 * Source: Linux, /proc/zoneinfo: the zone Normal begins there on 64-bit machines.
 */
bool reach_can_be_seen(void);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * demand.h - what a device demands of memory, found by asking it as seldom as possible. What
 * is asked is the caller's: a display's test commit, a driver's import.
 */
#ifndef PROBE_DEMAND_H
#define PROBE_DEMAND_H

#include <stdbool.h>
#include <stdint.h>

/* Strides are not tried beyond this alignment: a page. */
#define DEMAND_LARGEST 4096

struct demand_question {
    uint32_t stride; /* bytes */
    bool
        scattered; /* in memory whose pages follow in no order; else in the best there is */
};

struct demand {
    uint32_t stride; /* a multiple of so many bytes is taken; 0: not known */
    bool tight;      /* and no other than the row's own length */
    bool contiguous; /* scattered memory is refused, and the best is not */
    bool asked_scattered;
    int asked; /* questions */
};

/**
 * Finds the demands of a device for rows of @row bytes, with pixels of @pixel bytes (a power of
 * two). @ask: returns 0 it takes that, or a negative errno value; of -ENODATA nothing is
 * concluded. Returns 0, or -ENOTSUP: it takes nothing that was asked.
 */
int demand_find(struct demand *out, uint32_t row, uint32_t pixel,
                int (*ask)(void *user, const struct demand_question *question),
                void *user);

/**
 * A dma-buf whose pages are surely not in one piece: of udmabuf, the even ones first. The
 * caller owns *fd. Errors: -ENODATA there is no udmabuf that lets this be done.
 */
int demand_scatter(uint64_t bytes, int *fd);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * demand.h - what a device demands of memory, found by asking it as seldom as possible. What
 * is asked is the caller's: a display's test commit, a driver's import.
 */
#ifndef PROBE_DEMAND_H
#define PROBE_DEMAND_H

#include <stdbool.h>
#include <stdint.h>

/* Strides and offsets are not tried beyond this alignment: a page. */
#define DEMAND_LARGEST 4096
/* So many rows behind a picture satisfy any device. */
#define DEMAND_ROOM 16
/* Wider or higher pictures are not tried. */
#define DEMAND_MOST_SIDE 32768

struct demand_question {
    uint32_t width, height; /* pixels */
    uint32_t stride;        /* bytes */
    uint32_t offset;        /* bytes from the begin of the memory to the picture */
    uint32_t rows;          /* behind the picture, in the same memory */
    bool
        scattered; /* in memory whose pages follow in no order; else in the best there is */
};

struct demand {
    uint32_t stride; /* a multiple of so many bytes is taken; 0: not known */
    bool tight;      /* and no other than the row's own length */
    bool contiguous; /* scattered memory is refused, and the best is not */
    bool asked_scattered;
    uint32_t offset; /* a multiple of so many bytes is taken; 0: none but the begin */
    uint32_t rows;   /* are needed behind the picture */
    int asked;       /* questions */
};

/* What asks a device: returns 0 it takes that, or a negative errno value; of -ENODATA nothing
 * is concluded. */
typedef int demand_ask(void *user, const struct demand_question *question);

/**
 * Finds the demands of a device for pictures of @width x @height with pixels of @pixel bytes (a
 * power of two). The rows behind are found exactly where rows are whole pages together.
 * Returns 0, or -ENOTSUP: it takes nothing that was asked.
 */
int demand_find(struct demand *out, uint32_t width, uint32_t height, uint32_t pixel,
                demand_ask *ask, void *user);

/**
 * Finds how wide a picture may be, to @step pixels, with strides that demand_find() found
 * (@align) and @other rows; or, with @upright, how high one of @other columns. Returns it:
 * DEMAND_MOST_SIDE is no limit that was found; 0: it took nothing.
 */
uint32_t demand_most(uint32_t align, uint32_t other, uint32_t pixel, bool upright,
                     uint32_t step, demand_ask *ask, void *user);

/**
 * A dma-buf whose pages are surely not in one piece: of udmabuf, the even ones first. The
 * caller owns *fd. Errors: -ENODATA there is no udmabuf that lets this be done.
 */
int demand_scatter(uint64_t bytes, int *fd);

#endif

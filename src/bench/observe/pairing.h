/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * pairing.h - which camera frame is scanned out from which vertical blank on, and how old it
 * is then; by what was seen after each vertical blank, and whether a flip was completed at
 * it. Touches no device.
 */
#ifndef BENCH_PAIRING_H
#define BENCH_PAIRING_H

#include "bench/observe/camera-trace.h"
#include "tools/document/samples.h"

enum sight_kind {
    SIGHT_DARK,   /* nothing is on the plane */
    SIGHT_UNREAD, /* something is, without a number that can be read */
    SIGHT_FRAME,
};

/* What the plane's state names: scanned out now, or from a flip to come. */
struct sight {
    enum sight_kind kind;
    uint32_t fb_id;
    uint32_t frame; /* the camera's number */
};

struct vblank {
    uint64_t sequence;
    int64_t time_ns;
    bool flipped; /* a commit was completed at it */
    struct sight seen;
};

struct pairing {
    const struct camera_trace *camera;
    int64_t begin_ns; /* of the first vertical blank; 0 before */
    uint64_t vblanks, missed_vblanks;
    uint64_t shown;        /* frames that were scanned out */
    uint64_t repeated;     /* vertical blanks that went on with the frame before */
    uint64_t skipped;      /* frames that the program took and did not show */
    uint64_t unread, dark; /* vertical blanks without a number, or a picture */
    uint64_t untimed;      /* frames shown without a time of capture */
    uint64_t out_of_order; /* frames shown after a newer one */
    uint64_t restarts;
    uint64_t uncertain; /* vertical blanks at which what was seen and the flips differ */
    /* Of each frame shown and timed, in their order: */
    struct samples latency; /* capture to the vertical blank that first shows it */
    struct samples camera_part, program_part; /* to its dequeue, and from there */
    struct samples time;                      /* of that vertical blank, from begin_ns */

    uint64_t last_sequence;
    struct sight on, pending; /* pending: committed, and not flipped to yet */
    bool is_pending, has_last;
    uint32_t last_frame;
    int64_t last_captured_ns;
};

/** Room for @frames frames. Returns 0, or a negative errno value. */
int pairing_init(struct pairing *pairing, const struct camera_trace *camera,
                 size_t frames);
void pairing_finish(struct pairing *pairing);

/** The next vertical blank, once all events up to it are known; allocates nothing. */
void pairing_vblank(struct pairing *pairing, const struct vblank *vblank);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flow-private.h - the state of a flow, shared by its loop and its results.
 */
#ifndef ZC_FLOW_PRIVATE_H
#define ZC_FLOW_PRIVATE_H

#include "flow/mailbox.h"
#include "flow/plan.h"
#include "flow/stats.h"
#include "flow/store.h"

/* Frames that the GPU works on at once: more only add latency. */
#define ZC_FLOW_IN_FLIGHT 2

/** GPU work under way: @src may not be written before the fence of @dst signals. */
struct zc_flow_work {
    struct zc_frame *src, *dst;
};

/** Which of the memories, and of the strides in it, frames are in. */
struct zc_fit {
    int source, source_stride; /* the camera's: of enum zc_store; of those of the plan */
    int target, target_stride; /* the GPU's */
};

struct zc_flow {
    struct zc_flow_config config;
    struct zc_plan plan;
    char refused[160]; /* why a path that auto would have preferred was not taken */
    struct zc_stores stores;
    enum zc_store source, target;  /* where the frames of the two pools are */
    struct zc_fit recalled, taken; /* what fitted last time, and what does now */
    struct zc_pool *camera_pool;
    struct zc_pool *target_pool; /* NULL for the direct path */

    struct zc_mailbox incoming; /* captured, waiting for GPU or CPU */
    struct zc_presenter *presenter;
    struct zc_flow_work work[ZC_FLOW_IN_FLIGHT];
    int n_work;
    bool running;

    int64_t first_ns, last_ns, heard_ns;
    int64_t cpu_ns; /* of the process, at the start; then what the run took */
    struct zc_counters baseline;
    uint64_t captured, damaged, copies;
    bool signal_lost;
    uint64_t signal_losses;
    int64_t signal_lost_ns, watched_ns, asked_ns; /* watched, asked: the signal, last */
    enum zc_capture_clock clock;

    struct zc_flow_identity at_camera, at_gpu, at_display;
    struct zc_composition composed_before; /* of the display, at the start */
    uint32_t seen_width, seen_height;      /* of the display, last, … */
    int64_t resized_ns;                    /* … and since when; 0: as it is drawn for */

    struct zc_histogram part[ZC_PART_COUNT];
};

/** The pool whose frames the display shows. */
struct zc_pool *zc_flow_shown_pool(const struct zc_flow *flow);

/** Takes the frames from the camera and gives up the pools. */
void zc_flow_drop_pools(struct zc_flow *flow);

#endif

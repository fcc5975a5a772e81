/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * fake-flow.h - results of flows that never were, and the documents that come of them.
 */
#ifndef FAKE_FLOW_H
#define FAKE_FLOW_H

#include "fake-bench.h"
#include "tools/document/flow-run.h"

/** The results, and what they point to. */
struct fake_flow {
    struct zc_flow_results results;
    struct zc_layout source, shown;
};

/** @which: 0 by the GPU, 1 direct, 2 by copies. */
void fake_flow_init(struct fake_flow *fake, int which);
void fake_flow_finish(struct fake_flow *fake);

/** One run of camera-to-display, and its three ways beside each other. */
struct document *fake_gpu_run(void);
struct document *fake_tour(void);

#endif

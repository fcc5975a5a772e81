/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flow-fixture.h - a flow on mocks of all devices: opened, turned, asked, ended.
 */
#ifndef FLOW_FIXTURE_H
#define FLOW_FIXTURE_H

#include "fake-kernel.h"
#include "flow/flow-private.h"

#define MS INT64_C(1000000)
#define ROUNDS 600
#define FRAMES 6

/** Of the display that is open. */
extern const struct zc_display_config display_config;
/** All devices are open in it; a test changes the rest. */
extern struct zc_flow_config config;
/** poll() reports nothing of the display; of the others it always does. */
extern bool display_is_silent;

/** Of each test. Teardown fails where something of display or GPU is left. */
int flow_setup(void **state);
int flow_teardown(void **state);

/** Makes and starts a flow; stops and frees it. */
struct zc_flow *start(void);
void end(struct zc_flow *flow);

/** One camera frame, 16 ms after the last, and as many steps as it takes to be shown. */
void turn(struct zc_flow *flow);
/** ROUNDS turns, of which those after the first have no allocation. */
void run_rounds(struct zc_flow *flow);

struct zc_flow_results results_of(const struct zc_flow *flow);
void assert_nothing_copied(struct zc_flow *flow);

#endif

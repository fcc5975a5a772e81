/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* attempt.h - frames that all devices of a flow take, found by trying. */
#ifndef ZC_ATTEMPT_H
#define ZC_ATTEMPT_H

#include "flow/flow-private.h"

/**
 * Plans @path, which is not ZC_PATH_AUTO, and makes its pools: of all memory and strides
 * that the config allows, the first that the devices take. Every import is made then.
 * @level: how loud a refusal is. Errors: as zc_flow_create(); nothing is left then but
 * flow->refused.
 */
int zc_flow_attempt(struct zc_flow *flow, enum zc_path path, enum zc_log_level level);

/**
 * Makes what the GPU draws as large as the display is now, of the same memory; where that
 * fails, all stays as it is. Returns 0, or a negative errno value, with a warning.
 */
int zc_flow_retarget(struct zc_flow *flow);

#endif

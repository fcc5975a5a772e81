/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan.h - what a flow will do: path, formats, layouts. Chosen from what the devices say
 * of themselves; whether they keep their word is tried by the flow.
 */
#ifndef ZC_PLAN_H
#define ZC_PLAN_H

#include "zerocopy.h"

struct zc_plan {
    enum zc_path path; /* never ZC_PATH_AUTO */
    struct zc_camera_mode mode;
    struct zc_layout source; /* what the camera writes */
    struct zc_layout target; /* what GPU or CPU write; not for the direct path */
    struct zc_rect to;       /* where in target */
};

/** Whether only a GPU can do what @config asks. */
bool zc_plan_needs_gpu(const struct zc_flow_config *config);

/**
 * Plans @path, which is not ZC_PATH_AUTO, and sets the camera's mode. @level: how loud a
 * refusal is. Returns 0, or a negative errno value: -ENOTSUP the devices have no format
 * in common, or the path cannot do what is asked.
 */
int zc_plan_make(struct zc_plan *plan, const struct zc_flow_config *config,
                 enum zc_path path, enum zc_log_level level);

/** The largest rectangle of @width:@height centred in @into_width x @into_height. */
struct zc_rect zc_plan_fit(uint32_t width, uint32_t height, uint32_t into_width,
                           uint32_t into_height);

#endif

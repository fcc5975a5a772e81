/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * plan.h - what a flow will do: path, formats, layouts. Chosen from what the devices say
 * of themselves; whether they keep their word is tried by the flow.
 */
#ifndef ZC_PLAN_H
#define ZC_PLAN_H

#include "zerocopy.h"

#define ZC_PLAN_MODIFIERS 16

struct zc_plan {
    enum zc_path path; /* never ZC_PATH_AUTO */
    struct zc_camera_mode mode;
    struct zc_layout source; /* what the camera writes */
    struct zc_layout target; /* what GPU or CPU write; not for the direct path */
    struct zc_rect to;       /* where in target */
    /* Of the target, that GPU and display have in common where the display has nothing
     * linear; none: it is linear. */
    uint64_t modifiers[ZC_PLAN_MODIFIERS];
    int n_modifiers;
};

/** Whether only a GPU can do what @config asks. */
bool zc_plan_needs_gpu(const struct zc_flow_config *config);

/**
 * Plans @path, which is not ZC_PATH_AUTO: the format. @level: how loud a refusal is.
 * Returns 0, or a negative errno value: -ENOTSUP the devices have no format in common, or
 * the path cannot do what is asked.
 */
int zc_plan_make(struct zc_plan *plan, const struct zc_flow_config *config,
                 enum zc_path path, enum zc_log_level level);

#define ZC_STRIDES 3

/** Sets the camera's mode, with the @index-th stride of those to be tried: source. */
int zc_plan_source(struct zc_plan *plan, const struct zc_flow_config *config, int index);
/** Lays out what GPU or CPU write, as source is laid out: target. */
int zc_plan_target(struct zc_plan *plan, const struct zc_flow_config *config, int index);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow, how it is made: which path, its frames, its presenter. */
#include "flow/attempt.h"

#include <errno.h>
#include <stdlib.h>

#define MAX_FRAMES 32
/* On screen and pending are one each; so many leave the camera two whatever happens, and no
 * flip needs to be looked for. */
#define ENOUGH_FRAMES 5

/* A frame was flipped to. */
static void on_shown(struct zc_frame *frame, void *user)
{
    const struct zc_frame_meta *meta = zc_frame_meta(frame);
    struct zc_flow *flow = user;
    int64_t took;

    for (enum zc_part part = 0; part < ZC_PART_COUNT; part++)
        if (zc_frame_part(meta, part, &took))
            zc_histogram_add(&flow->part[part], took);
    if (flow->config.shown)
        flow->config.shown(meta, flow->config.user);
}

static int make_presenter(struct zc_flow *flow)
{
    const struct zc_presenter_config config = {
        .display = flow->config.display,
        .commit_at_once = flow->config.commit_at_once,
        .await = zc_pool_size(zc_flow_shown_pool(flow)) < ENOUGH_FRAMES,
        .shown = on_shown,
        .user = flow,
    };
    int error = zc_presenter_create(&flow->presenter, &config);

    if (error)
        zc_flow_drop_pools(flow);
    return error;
}

int zc_flow_create(struct zc_flow **out, const struct zc_flow_config *config)
{
    struct zc_flow *flow;
    bool may_direct = config->path == ZC_PATH_AUTO && !zc_plan_needs_gpu(config);
    enum zc_path path = config->path == ZC_PATH_AUTO ? ZC_PATH_GPU : config->path;
    int error = -ENOTSUP;

    if (!config->camera || !config->display || config->n_frames < 0 ||
        config->n_frames > MAX_FRAMES)
        return -EINVAL;
    flow = calloc(1, sizeof(*flow));
    if (!flow)
        return -ENOMEM;
    flow->config = *config;
    if (may_direct)
        error = zc_flow_attempt(flow, ZC_PATH_DIRECT,
                                config->gpu ? ZC_LOG_INFO : ZC_LOG_ERROR);
    if (!may_direct || (error == -ENOTSUP && config->gpu)) {
        if (!may_direct)
            flow->refused[0] = '\0';
        error = zc_flow_attempt(flow, path, ZC_LOG_ERROR);
    }
    if (!error)
        error = make_presenter(flow);
    if (error) {
        zc_stores_finish(&flow->stores);
        free(flow);
        return error;
    }
    *out = flow;
    return 0;
}

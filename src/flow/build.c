/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow, how it is built: the plan is tried on the devices before a frame is shown. */
#include "flow/flow-private.h"
#include "base/ioctl.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>

/* On screen, waiting for the flip, in the mailbox, and three with the camera. */
#define DEFAULT_FRAMES 6
#define MAX_FRAMES 32
/* On screen and pending are one each; so many leave the camera two whatever happens, and no
 * flip needs to be looked for. */
#define ENOUGH_FRAMES 5

static int make_camera_pool(struct zc_flow *flow, int n)
{
    const struct zc_flow_config *config = &flow->config;

    if (flow->plan.path == ZC_PATH_COPY)
        return zc_camera_mmap(config->camera, n, &flow->camera_pool);
    if (config->camera_memory)
        return zc_camera_export(config->camera, n, &flow->camera_pool);
    if (!config->heap) {
        zc_log(ZC_LOG_ERROR, "the %s path needs a heap for the camera's frames",
               zc_path_name(flow->plan.path));
        return -ENOTSUP;
    }
    return zc_pool_create(&flow->camera_pool, config->heap, &flow->plan.source, n);
}

static int make_target_pool(struct zc_flow *flow, int n)
{
    const struct zc_flow_config *config = &flow->config;

    if (flow->plan.path == ZC_PATH_DIRECT)
        return 0;
    if (flow->plan.path == ZC_PATH_COPY)
        return zc_display_dumb_pool(config->display, &flow->plan.target, n,
                                    &flow->target_pool);
    if (!config->heap) {
        zc_log(ZC_LOG_ERROR, "the gpu path needs a heap for the frames it draws");
        return -ENOTSUP;
    }
    return zc_pool_create(&flow->target_pool, config->heap, &flow->plan.target, n);
}

struct zc_pool *zc_flow_shown_pool(const struct zc_flow *flow)
{
    return flow->target_pool ? flow->target_pool : flow->camera_pool;
}

/* Every frame that will reach the display, shown to it once: imported and test-committed. */
static int try_display(struct zc_flow *flow)
{
    struct zc_pool *pool = zc_flow_shown_pool(flow);

    for (int i = 0; i < zc_pool_size(pool); i++) {
        uint32_t reasons = 0;
        int error =
            zc_display_test(flow->config.display, zc_pool_frame(pool, i), &reasons);

        if (error) {
            zc_display_reason_text(reasons, flow->refused, sizeof(flow->refused));
            return error;
        }
    }
    return 0;
}

/* One drawing of every frame of both pools, so that all imports and programs are made
 * before frames flow. A camera that exports may have given more frames than were asked. */
static int try_gpu(struct zc_flow *flow)
{
    struct zc_pool *from = flow->camera_pool, *to = flow->target_pool;
    struct zc_gpu_op op = flow->config.op;

    if (flow->plan.path != ZC_PATH_GPU)
        return 0;
    op.to = flow->plan.to;
    for (int i = 0; i < zc_pool_size(from) || i < zc_pool_size(to); i++) {
        struct zc_frame *src = zc_pool_frame(from, i % zc_pool_size(from));
        struct zc_frame *dst = zc_pool_frame(to, i % zc_pool_size(to));
        int error = zc_gpu_convert(flow->config.gpu, src, dst, &op);

        if (error)
            return error;
        if (zc_frame_fence(dst) >= 0)
            zc_fence_wait(zc_frame_fence(dst), -1);
        zc_frame_set_fence(dst, -1);
    }
    return 0;
}

void zc_flow_drop_pools(struct zc_flow *flow)
{
    zc_camera_stop(flow->config.camera);
    zc_pool_unref(flow->camera_pool);
    zc_pool_unref(flow->target_pool);
    flow->camera_pool = NULL;
    flow->target_pool = NULL;
}

static int build(struct zc_flow *flow, enum zc_path path, enum zc_log_level level)
{
    const struct zc_flow_config *config = &flow->config;
    int n = config->n_frames ? config->n_frames : DEFAULT_FRAMES;
    int error = zc_plan_make(&flow->plan, config, path, level);

    if (error) {
        snprintf(flow->refused, sizeof(flow->refused), "no format in common");
        return error;
    }
    error = make_camera_pool(flow, n);
    if (!error)
        error = make_target_pool(flow, n);
    if (!error) {
        error = try_display(flow);
        if (error)
            zc_log(
                level, "display %s cannot scan out the %s frames of the %s path: %s",
                zc_display_info(config->display)->path,
                zc_frame_layout(zc_pool_frame(zc_flow_shown_pool(flow), 0))->format->name,
                zc_path_name(path), flow->refused);
    }
    if (!error)
        error = try_gpu(flow);
    if (!error && path != ZC_PATH_COPY && !config->camera_memory)
        error = zc_camera_import(config->camera, flow->camera_pool);
    if (error)
        zc_flow_drop_pools(flow);
    return error;
}

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
        error = build(flow, ZC_PATH_DIRECT, config->gpu ? ZC_LOG_INFO : ZC_LOG_ERROR);
    if (!may_direct || (error == -ENOTSUP && config->gpu)) {
        if (!may_direct)
            flow->refused[0] = '\0';
        error = build(flow, path, ZC_LOG_ERROR);
    }
    if (!error)
        error = make_presenter(flow);
    if (error) {
        free(flow);
        return error;
    }
    *out = flow;
    return 0;
}

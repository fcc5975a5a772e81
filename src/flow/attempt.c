/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * attempt - memory and strides for a flow's frames, tried on the devices until all of them
 * take them. What a device says of itself is in the plan; whether it keeps its word is seen
 * here, before a frame is shown.
 */
#include "flow/attempt.h"
#include "flow/fit.h"
#include "flow/trial.h"

#include <errno.h>
#include <stdio.h>

/* On screen, waiting for the flip, in the mailbox, and three with the camera. */
#define DEFAULT_FRAMES 6

static int frames_wanted(const struct zc_flow *flow)
{
    return flow->config.n_frames ? flow->config.n_frames : DEFAULT_FRAMES;
}

struct zc_pool *zc_flow_shown_pool(const struct zc_flow *flow)
{
    return flow->target_pool ? flow->target_pool : flow->camera_pool;
}

void zc_flow_drop_pools(struct zc_flow *flow)
{
    zc_camera_stop(flow->config.camera);
    zc_pool_unref(flow->camera_pool);
    zc_pool_unref(flow->target_pool);
    flow->camera_pool = NULL;
    flow->target_pool = NULL;
}

/* ---------------------------------------------------------- what devices say */

static void note_refusal(const struct zc_flow *flow, struct zc_trial *trial,
                         const struct zc_layout *layout, uint32_t reasons)
{
    char words[80];

    zc_display_reason_text(reasons, words, sizeof(words));
    if (reasons & ZC_REASON_COLOUR)
        snprintf(trial->refused, sizeof(trial->refused),
                 "%s (no plane converts %s of %s)", words, layout->format->name,
                 zc_colour_text(&layout->colour));
    else
        snprintf(trial->refused, sizeof(trial->refused), "%s", words);
    snprintf(trial->why, sizeof(trial->why),
             "display %s cannot scan out the %s frames of the %s path: %s",
             zc_display_info(flow->config.display)->path, layout->format->name,
             zc_path_name(flow->plan.path), trial->refused);
}

static enum zc_verdict after_refusal(const struct zc_flow *flow,
                                     const struct zc_layout *layout, uint32_t reasons)
{
    const struct zc_display_info *display = zc_display_info(flow->config.display);
    const uint32_t of_stride = ZC_REASON_FRAMEBUFFER | ZC_REASON_TEST;

    if (layout->width > display->width || layout->height > display->height ||
        reasons & ~(ZC_REASON_IMPORT | of_stride))
        return ZC_GIVE_UP;
    return reasons & ZC_REASON_IMPORT ? ZC_NEXT_MEMORY : ZC_NEXT_STRIDE;
}

static void note_display(const struct zc_flow *flow, struct zc_trial *trial,
                         const struct zc_layout *layout, uint32_t reasons)
{
    const struct zc_display_info *info = zc_display_info(flow->config.display);
    bool direct = flow->plan.path == ZC_PATH_DIRECT;
    char step[80];
    const struct zc_refusal refusal = {
        .taker = direct ? zc_camera_path(flow->config.camera) : NULL,
        .device = info->path,
        .memory = zc_store_name(&flow->stores, direct ? flow->source : flow->target),
        .stride = layout->plane[0].stride,
        .step = step,
        .error = info->test_answer ? info->test_answer : -ENOTSUP,
    };

    zc_display_reason_text(reasons, step, sizeof(step));
    zc_trial_refused(trial, &refusal);
}

/* Every frame that will reach the display, shown to it once: imported and test-committed. */
static enum zc_verdict try_display(struct zc_flow *flow, struct zc_trial *trial,
                                   int *error)
{
    struct zc_pool *pool = zc_flow_shown_pool(flow);

    for (int i = 0; i < zc_pool_size(pool); i++) {
        struct zc_frame *frame = zc_pool_frame(pool, i);
        const struct zc_layout *layout = zc_frame_layout(frame);
        enum zc_verdict verdict;
        uint32_t reasons = 0;

        *error = zc_display_test(flow->config.display, frame, &reasons);
        if (!*error)
            continue;
        if (*error != -ENOTSUP)
            return ZC_GIVE_UP;
        note_refusal(flow, trial, layout, reasons);
        verdict = after_refusal(flow, layout, reasons);
        if (verdict != ZC_GIVE_UP)
            note_display(flow, trial, layout, reasons);
        return verdict;
    }
    return ZC_TAKEN;
}

/* One drawing of every frame of both pools, so that all imports and programs are made
 * before frames flow. A camera that exports may have given more frames than were asked. */
static int try_gpu(struct zc_flow *flow)
{
    struct zc_pool *from = flow->camera_pool, *to = flow->target_pool;
    struct zc_gpu_op op = flow->config.op;

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

/* ------------------------------------------------------------- what is tried */

/* Whether @stride is new, of those that were tried with one memory. */
static bool is_new(uint32_t strides[ZC_STRIDES], uint32_t stride)
{
    int i = 0;

    while (i < ZC_STRIDES && strides[i] && strides[i] != stride)
        i++;
    if (i == ZC_STRIDES || strides[i] == stride)
        return false;
    strides[i] = stride;
    return true;
}

static void drop_target(struct zc_flow *flow)
{
    zc_pool_unref(flow->target_pool);
    flow->target_pool = NULL;
}

/* The display makes framebuffers of its memory at once, and may not like their stride. */
static enum zc_verdict after_no_pool(enum zc_store store)
{
    return store == ZC_STORE_DISPLAY ? ZC_NEXT_STRIDE : ZC_NEXT_MEMORY;
}

/* It reads one memory and draws into the other: which of them it refuses is in its error. */
static void note_gpu(const struct zc_flow *flow, struct zc_trial *trial, int error)
{
    const struct zc_flow_config *config = &flow->config;
    char taker[160];
    const struct zc_refusal refusal = {
        .taker = taker,
        .device = zc_gpu_info(config->gpu)->device,
        .memory = zc_store_name(&flow->stores, flow->target),
        .stride = flow->plan.target.plane[0].stride,
        .step = "reading and drawing",
        .error = error,
    };

    snprintf(taker, sizeof(taker), "%s takes memory of %s, stride %u, and %s",
             zc_camera_path(config->camera), zc_store_name(&flow->stores, flow->source),
             flow->plan.source.plane[0].stride, zc_display_info(config->display)->path);
    zc_trial_refused(trial, &refusal);
}

/* What the GPU draws, in memory of @store. */
static enum zc_verdict try_target(struct zc_flow *flow, struct zc_trial *trial,
                                  enum zc_store store, int *error)
{
    enum zc_verdict verdict;

    *error = zc_store_pool(&flow->stores, store, &flow->plan.target, frames_wanted(flow),
                           &flow->target_pool);
    if (*error)
        return after_no_pool(store);
    flow->target = store;
    flow->plan.target = *zc_frame_layout(zc_pool_frame(flow->target_pool, 0));
    verdict = try_display(flow, trial, error);
    if (verdict != ZC_TAKEN)
        return verdict;
    *error = try_gpu(flow);
    if (!*error)
        return ZC_TAKEN;
    trial->gpu_refused = true;
    note_gpu(flow, trial, *error);
    return ZC_NEXT_STRIDE;
}

static enum zc_verdict find_target_in(struct zc_flow *flow, struct zc_trial *trial,
                                      enum zc_store store)
{
    uint32_t strides[ZC_STRIDES] = {0};
    enum zc_verdict verdict = ZC_NEXT_STRIDE;

    for (int i = 0; i < ZC_STRIDES && verdict == ZC_NEXT_STRIDE; i++) {
        int at = zc_fit_nth(flow->recalled.target_stride, i);
        int error = zc_plan_target(&flow->plan, &flow->config, at);

        if (!error && !is_new(strides, flow->plan.target.plane[0].stride))
            continue;
        zc_trial_begin(trial);
        verdict = error ? ZC_GIVE_UP : try_target(flow, trial, store, &error);
        if (verdict == ZC_TAKEN) {
            flow->taken.target = store;
            flow->taken.target_stride = at;
            break;
        }
        zc_trial_failed(trial, zc_store_name(&flow->stores, store),
                        flow->plan.target.plane[0].stride, error);
        drop_target(flow);
    }
    return verdict;
}

int zc_flow_retarget(struct zc_flow *flow)
{
    struct zc_pool *before = flow->target_pool;
    struct zc_plan plan = flow->plan;
    struct zc_trial trial = {0};
    enum zc_verdict verdict;

    flow->target_pool = NULL;
    verdict = find_target_in(flow, &trial, flow->target);
    zc_trial_end(&trial);
    if (verdict == ZC_TAKEN) {
        zc_pool_unref(before);
        return 0;
    }
    flow->target_pool = before;
    flow->plan = plan;
    return zc_trial_report(&trial, plan.path, ZC_LOG_WARNING);
}

/* Where display and memory are at fault, other frames of the camera help nobody. */
static enum zc_verdict find_target(struct zc_flow *flow, struct zc_trial *trial)
{
    enum zc_verdict verdict = ZC_NEXT_MEMORY;

    for (int i = 0; i < ZC_STORES; i++) {
        enum zc_store store = zc_fit_nth(flow->recalled.target, i);

        if (!zc_store_serves_gpu(&flow->stores, store))
            continue;
        trial->other_memory |= trial->n > 0;
        verdict = find_target_in(flow, trial, store);
        if (verdict == ZC_TAKEN || verdict == ZC_GIVE_UP)
            return verdict;
    }
    return trial->gpu_refused ? ZC_NEXT_STRIDE : ZC_GIVE_UP;
}

/* The display's own buffers have its own stride, which the camera may not have taken. */
static int check_stride(struct zc_flow *flow)
{
    uint32_t is = zc_frame_layout(zc_pool_frame(flow->camera_pool, 0))->plane[0].stride;

    if (is == flow->plan.source.plane[0].stride)
        return 0;
    zc_log(ZC_LOG_ERROR, "a buffer of its own has a stride of %u, camera %s writes %u",
           is, zc_camera_path(flow->config.camera), flow->plan.source.plane[0].stride);
    return -ENOTSUP;
}

/* What the camera writes, in memory of @store. */
static enum zc_verdict try_source(struct zc_flow *flow, struct zc_trial *trial,
                                  enum zc_store store, int *error)
{
    *error = zc_store_pool(&flow->stores, store, &flow->plan.source, frames_wanted(flow),
                           &flow->camera_pool);
    if (*error)
        return after_no_pool(store);
    flow->source = store;
    if (store == ZC_STORE_DISPLAY)
        *error = check_stride(flow);
    if (*error)
        return ZC_NEXT_STRIDE;
    if (store != ZC_STORE_CAMERA)
        *error = zc_camera_import(flow->config.camera, flow->camera_pool);
    if (*error) {
        zc_trial_refused(trial, &(struct zc_refusal){
                                    .device = zc_camera_path(flow->config.camera),
                                    .memory = zc_store_name(&flow->stores, store),
                                    .stride = flow->plan.source.plane[0].stride,
                                    .step = "import",
                                    .error = *error,
                                });
        return ZC_NEXT_MEMORY;
    }
    /* Where in the buffers it writes, a camera says only once it has one. */
    flow->plan.source = *zc_frame_layout(zc_pool_frame(flow->camera_pool, 0));
    return flow->plan.path == ZC_PATH_DIRECT ? try_display(flow, trial, error) : ZC_TAKEN;
}

static void note_source(struct zc_flow *flow, enum zc_store store, int stride)
{
    flow->taken.source = store;
    flow->taken.source_stride = stride;
}

static enum zc_verdict find_source_in(struct zc_flow *flow, struct zc_trial *trial,
                                      enum zc_store store)
{
    uint32_t strides[ZC_STRIDES] = {0};
    enum zc_verdict verdict = ZC_NEXT_STRIDE;

    for (int i = 0; i < ZC_STRIDES && verdict == ZC_NEXT_STRIDE; i++) {
        int at = zc_fit_nth(flow->recalled.source_stride, i), error;

        zc_trial_begin(trial);
        error = zc_plan_source(&flow->plan, &flow->config, at);
        if (!error && !is_new(strides, flow->plan.source.plane[0].stride))
            continue;
        verdict = error ? ZC_GIVE_UP : try_source(flow, trial, store, &error);
        if (verdict != ZC_TAKEN)
            zc_trial_failed(trial, zc_store_name(&flow->stores, store),
                            flow->plan.source.plane[0].stride, error);
        else if (flow->plan.path == ZC_PATH_GPU)
            verdict = find_target(flow, trial);
        if (verdict != ZC_TAKEN)
            zc_flow_drop_pools(flow);
        else
            note_source(flow, store, at);
    }
    return verdict;
}

static enum zc_verdict find_source(struct zc_flow *flow, struct zc_trial *trial)
{
    bool shown = flow->plan.path == ZC_PATH_DIRECT;
    enum zc_verdict verdict = ZC_NEXT_MEMORY;

    for (int i = 0; i < ZC_STORES; i++) {
        enum zc_store store = zc_fit_nth(flow->recalled.source, i);

        if (!zc_store_serves_camera(&flow->stores, store, shown))
            continue;
        trial->other_memory |= trial->n > 0;
        verdict = find_source_in(flow, trial, store);
        if (verdict == ZC_TAKEN || verdict == ZC_GIVE_UP)
            break;
    }
    return verdict;
}

/* Nothing to choose: the camera's memory and the display's, mapped for the CPU. */
static enum zc_verdict try_copy(struct zc_flow *flow, struct zc_trial *trial)
{
    const struct zc_flow_config *config = &flow->config;
    int n = frames_wanted(flow), error;

    zc_trial_begin(trial);
    error = zc_plan_source(&flow->plan, config, 0);
    if (!error)
        error = zc_camera_mmap(config->camera, n, &flow->camera_pool);
    if (!error) {
        flow->plan.source = *zc_frame_layout(zc_pool_frame(flow->camera_pool, 0));
        error = zc_plan_target(&flow->plan, config, 0);
    }
    if (!error)
        error = zc_display_dumb_pool(config->display, &flow->plan.target, n,
                                     &flow->target_pool);
    if (!error && try_display(flow, trial, &error) == ZC_TAKEN)
        return ZC_TAKEN;
    zc_trial_failed(trial, "display", flow->plan.target.plane[0].stride, error);
    zc_flow_drop_pools(flow);
    return ZC_GIVE_UP;
}

static void say_memory(const struct zc_flow *flow, const struct zc_trial *trial)
{
    bool gpu = flow->plan.path == ZC_PATH_GPU;
    const struct zc_plan *plan = &flow->plan;
    char target[96] = "";

    if (plan->path == ZC_PATH_COPY)
        return;
    if (gpu)
        snprintf(target, sizeof(target), ", the GPU's in that of %s, stride %u",
                 zc_store_name(&flow->stores, flow->target),
                 plan->target.plane[0].stride);
    zc_log(trial->other_memory ? ZC_LOG_WARNING : ZC_LOG_INFO,
           "the %s path has the camera's frames in memory of %s, stride %u%s%s%s%s%s",
           zc_path_name(plan->path), zc_store_name(&flow->stores, flow->source),
           plan->source.plane[0].stride, target, trial->n ? " (tried before: " : "",
           trial->all, trial->n ? ")" : "",
           trial->n || zc_fit_is_usual(&flow->recalled) ? ""
                                                        : ", which fitted last time");
}

int zc_flow_attempt(struct zc_flow *flow, enum zc_path path, enum zc_log_level level)
{
    struct zc_trial trial = {0};
    enum zc_verdict verdict;
    int error = zc_plan_make(&flow->plan, &flow->config, path, level);

    if (error) {
        snprintf(flow->refused, sizeof(flow->refused), "no format in common");
        return error;
    }
    flow->stores.config = &flow->config;
    flow->stores.modifiers = flow->plan.modifiers;
    flow->stores.n_modifiers = flow->plan.n_modifiers;
    flow->recalled = zc_fit_recall(flow, path);
    flow->taken = (struct zc_fit){0};
    verdict = path == ZC_PATH_COPY ? try_copy(flow, &trial) : find_source(flow, &trial);
    zc_trial_end(&trial);
    if (verdict == ZC_TAKEN) {
        say_memory(flow, &trial);
        zc_fit_remember(flow, path, &flow->recalled, &flow->taken);
        return 0;
    }
    if (path == ZC_PATH_DIRECT)
        snprintf(flow->refused, sizeof(flow->refused), "%.*s",
                 (int)sizeof(flow->refused) - 1,
                 trial.refused[0] ? trial.refused : trial.why);
    /* Only where this path is at fault is there another. */
    return zc_trial_report(&trial, path, trial.error == -ENOTSUP ? level : ZC_LOG_ERROR);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow - one poll loop that moves frames from camera to display. */
#include "memory/copy.h"
#include "flow/attempt.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>

#define SILENCE_NS INT64_C(5000000000)
/* How often the camera is asked for its signal. Drivers that tell by an event do so at once. */
#define SIGNAL_NS INT64_C(1000000000)
/* How long a window has one size before it is drawn for. */
#define SETTLE_NS INT64_C(200000000)
#define NS_PER_MS INT64_C(1000000)
#define NS_PER_S INT64_C(1000000000)

static void tell(struct zc_flow_identity *identity, int verdict)
{
    identity->same += verdict == 1;
    identity->different += verdict == 0;
    identity->untold += verdict < 0;
}

static void verify_shown(struct zc_flow *flow)
{
    const struct zc_flow_config *config = &flow->config;
    struct zc_pool *last = zc_flow_shown_pool(flow);

    for (int i = 0; i < zc_pool_size(last); i++) {
        struct zc_frame *frame = zc_pool_frame(last, i);

        tell(&flow->at_display, zc_display_verify(config->display, frame));
        if (flow->plan.path == ZC_PATH_GPU)
            tell(&flow->at_gpu, zc_gpu_verify(config->gpu, frame));
    }
}

/* Asks each device which dma-buf it holds for each frame that it will meet. */
static void verify_identity(struct zc_flow *flow)
{
    const struct zc_flow_config *config = &flow->config;

    if (flow->plan.path == ZC_PATH_COPY)
        return;
    for (int i = 0; i < zc_pool_size(flow->camera_pool); i++) {
        struct zc_frame *frame = zc_pool_frame(flow->camera_pool, i);

        tell(&flow->at_camera, zc_camera_verify(config->camera, frame));
        if (flow->plan.path == ZC_PATH_GPU)
            tell(&flow->at_gpu, zc_gpu_verify(config->gpu, frame));
    }
    verify_shown(flow);
}

/* Follows what the camera knows of its signal; without one its silence is no fault. */
static void watch_signal(struct zc_flow *flow, int64_t now_ns)
{
    bool lost = zc_camera_signal(flow->config.camera) != ZC_SIGNAL_GOOD;

    if (lost && !flow->signal_lost)
        flow->signal_losses++;
    if (flow->signal_lost) {
        flow->signal_lost_ns += now_ns - flow->watched_ns;
        flow->heard_ns = now_ns;
    }
    flow->signal_lost = lost;
    flow->watched_ns = now_ns;
}

int zc_flow_start(struct zc_flow *flow)
{
    int error = zc_camera_start(flow->config.camera);

    if (error)
        return error;
    verify_identity(flow);
    flow->running = true;
    flow->heard_ns = flow->asked_ns = flow->watched_ns = zc_now_ns();
    flow->signal_lost = false;
    watch_signal(flow, flow->watched_ns);
    flow->composed_before = zc_display_info(flow->config.display)->composition;
    flow->cpu_ns = zc_cpu_time_ns();
    zc_counters_read(&flow->baseline);
    return 0;
}

/* Frames come a period apart: behind one that is fresh there can be none, and asking costs
 * two system calls. */
static bool may_have_followers(const struct zc_flow *flow, struct zc_frame *frame,
                               int64_t now_ns)
{
    const struct zc_camera_mode *mode = &flow->plan.mode;
    const struct zc_frame_meta *meta = zc_frame_meta(frame);

    if (!mode->rate_num || meta->clock == ZC_CAPTURE_UNKNOWN)
        return true;
    return now_ns - meta->at_ns[ZC_STAGE_CAPTURE] >
           NS_PER_S * mode->rate_den / mode->rate_num / 2;
}

static int take_captured(struct zc_flow *flow)
{
    for (bool more = true; more;) {
        struct zc_frame *frame;
        int error = zc_camera_dequeue(flow->config.camera, &frame);

        if (error)
            return error == -EAGAIN ? 0 : error;
        flow->heard_ns = flow->last_ns = zc_now_ns();
        if (!flow->captured++)
            flow->first_ns = flow->last_ns;
        flow->clock = zc_frame_meta(frame)->clock;
        more = may_have_followers(flow, frame, flow->last_ns);
        if (zc_frame_meta(frame)->damaged) {
            flow->damaged++;
            zc_frame_unref(frame);
        } else if (flow->plan.path == ZC_PATH_DIRECT) {
            zc_presenter_offer(flow->presenter, frame, flow->last_ns);
        } else {
            zc_mailbox_put(&flow->incoming, frame);
        }
    }
    return 0;
}

/* Work whose fence has signalled: the source goes back to the camera. */
static void reap(struct zc_flow *flow, int index)
{
    struct zc_flow_work *work = &flow->work[index];

    if (!zc_frame_meta(work->dst)->at_ns[ZC_STAGE_FINISH])
        zc_frame_meta(work->dst)->at_ns[ZC_STAGE_FINISH] = zc_now_ns();
    zc_frame_unref(work->src);
    zc_frame_unref(work->dst);
    flow->work[index] = flow->work[--flow->n_work];
}

static int draw(struct zc_flow *flow, struct zc_frame *src, struct zc_frame *dst)
{
    struct zc_frame_meta *meta = zc_frame_meta(dst);
    struct zc_gpu_op op = flow->config.op;
    int error;

    *meta = *zc_frame_meta(src);
    meta->at_ns[ZC_STAGE_SUBMIT] = zc_now_ns();
    if (flow->plan.path == ZC_PATH_COPY) {
        error = zc_copy_frame(src, dst);
        flow->copies += !error;
    } else {
        op.to = flow->plan.to;
        error = zc_gpu_convert(flow->config.gpu, src, dst, &op);
        flow->copies += !error && zc_gpu_info(flow->config.gpu)->retiles;
    }
    if (error)
        return error;
    flow->work[flow->n_work++] =
        (struct zc_flow_work){zc_frame_ref(src), zc_frame_ref(dst)};
    zc_frame_set_holder(src, "gpu");
    if (zc_frame_fence(dst) < 0)
        reap(flow, flow->n_work - 1);
    return 0;
}

static int feed_gpu(struct zc_flow *flow)
{
    struct zc_frame *src, *dst;
    int error;

    if (!flow->incoming.newest || flow->n_work == ZC_FLOW_IN_FLIGHT)
        return 0;
    dst = zc_pool_acquire(flow->target_pool);
    if (!dst)
        return 0;
    src = zc_mailbox_take(&flow->incoming);
    error = draw(flow, src, dst);
    zc_frame_unref(src);
    flow->heard_ns = zc_now_ns();
    if (error)
        zc_frame_unref(dst);
    else
        zc_presenter_offer(flow->presenter, dst, flow->heard_ns);
    return error;
}

/* What is made for a new size is not made while frames flow. */
static void retarget(struct zc_flow *flow)
{
    struct zc_counters before, after;

    zc_counters_read(&before);
    if (!zc_flow_retarget(flow))
        verify_shown(flow);
    zc_counters_read(&after);
    flow->baseline.allocations += after.allocations - before.allocations;
    flow->baseline.gpu_imports += after.gpu_imports - before.gpu_imports;
    flow->baseline.display_imports += after.display_imports - before.display_imports;
}

/* The GPU draws as large as the window is, once nobody pulls at it any more. */
static void follow_size(struct zc_flow *flow)
{
    const struct zc_display_info *info = zc_display_info(flow->config.display);
    int64_t now_ns;

    if (flow->plan.path != ZC_PATH_GPU ||
        (info->width == flow->seen_width && info->height == flow->seen_height &&
         !flow->resized_ns))
        return;
    now_ns = zc_now_ns();
    if (info->width != flow->seen_width || info->height != flow->seen_height)
        flow->resized_ns = now_ns;
    flow->seen_width = info->width;
    flow->seen_height = info->height;
    if (now_ns - flow->resized_ns < SETTLE_NS)
        return;
    flow->resized_ns = 0;
    if (info->width != flow->plan.target.width ||
        info->height != flow->plan.target.height)
        retarget(flow);
}

static int check_camera(struct zc_flow *flow)
{
    int64_t now_ns = zc_now_ns();

    if (now_ns - flow->asked_ns >= SIGNAL_NS) {
        int error = zc_camera_ask_signal(flow->config.camera);

        flow->asked_ns = now_ns;
        if (error)
            return error;
    }
    watch_signal(flow, now_ns);
    if (now_ns - flow->heard_ns < SILENCE_NS)
        return 0;
    zc_log(ZC_LOG_ERROR, "camera %s has sent no frame for %lld seconds",
           zc_camera_path(flow->config.camera), (long long)(SILENCE_NS / 1000000000));
    return -ETIMEDOUT;
}

static int handle(struct zc_flow *flow, const struct pollfd *fds, int n)
{
    for (int i = n - 1; i >= 2; i--)
        if (fds[i].revents)
            reap(flow, i - 2);
    /*
     * Taking a frame finds out what is wrong. POLLERR alone says nothing: the kernel also
     * reports it when a signal comes while its poll waits for a camera's lock.
     */
    return fds[0].revents ? take_captured(flow) : 0;
}

/* Waits for a device, but no longer than the frame that waits for its commit may. */
static int wait_for_devices(struct zc_flow *flow, struct pollfd *fds, int n,
                            int timeout_ms, bool *silent)
{
    int64_t due_ns = zc_presenter_wait_ns(flow->presenter);
    bool due_first = due_ns >= 0 && (timeout_ms < 0 || due_ns < timeout_ms * NS_PER_MS);
    struct timespec until_due = {due_ns / NS_PER_S, due_ns % NS_PER_S};
    int ready = due_first ? ppoll(fds, n, &until_due, NULL) : poll(fds, n, timeout_ms);

    *silent = !ready && !due_first;
    return ready < 0 ? -errno : 0;
}

int zc_flow_step(struct zc_flow *flow, int timeout_ms)
{
    struct pollfd fds[2 + ZC_FLOW_IN_FLIGHT] = {
        {.fd = zc_camera_fd(flow->config.camera), .events = POLLIN | POLLPRI},
        {.fd = zc_presenter_fd(flow->presenter), .events = POLLIN},
    };
    bool silent;
    int n = 2, error;

    if (!flow->running)
        return -EINVAL;
    for (int i = 0; i < flow->n_work; i++)
        fds[n++] = (struct pollfd){zc_frame_fence(flow->work[i].dst), POLLIN, 0};
    error = wait_for_devices(flow, fds, n, timeout_ms, &silent);
    if (error)
        return error;
    error = handle(flow, fds, n);
    /* A display that went away has nothing to say: after a silence it is asked. */
    if (!error)
        error = zc_presenter_dispatch(flow->presenter, fds[1].revents || silent);
    if (!error && flow->target_pool) {
        error = feed_gpu(flow);
        if (!error)
            error = zc_presenter_dispatch(flow->presenter, false);
    }
    if (!error)
        error = zc_camera_refill(flow->config.camera);
    follow_size(flow);
    return error ? error : check_camera(flow);
}

void zc_flow_stop(struct zc_flow *flow)
{
    if (!flow->running)
        return;
    flow->running = false;
    zc_presenter_stop(flow->presenter);
    flow->cpu_ns = zc_cpu_time_ns() - flow->cpu_ns;
    while (flow->n_work > 0) {
        zc_fence_wait(zc_frame_fence(flow->work[0].dst), 1000);
        reap(flow, 0);
    }
    zc_mailbox_empty(&flow->incoming);
    zc_camera_stop(flow->config.camera);
}

void zc_flow_destroy(struct zc_flow *flow)
{
    if (!flow)
        return;
    zc_flow_stop(flow);
    zc_presenter_destroy(flow->presenter);
    zc_flow_drop_pools(flow);
    zc_stores_finish(&flow->stores);
    free(flow);
}

static uint64_t pool_cpu_maps(const struct zc_pool *pool)
{
    uint64_t maps = 0;

    for (int i = 0; pool && i < zc_pool_size(pool); i++)
        maps += zc_frame_cpu_maps(zc_pool_frame(pool, i));
    return maps;
}

void zc_flow_snapshot(const struct zc_flow *flow, struct zc_flow_snapshot *out)
{
    int64_t elapsed = flow->captured ? flow->last_ns - flow->first_ns : 0;
    struct zc_presenter_state state;

    zc_presenter_state(flow->presenter, &state);
    *out = (struct zc_flow_snapshot){
        .elapsed_ns = elapsed,
        .captured = flow->captured,
        .shown = state.shown,
        .superseded = flow->incoming.superseded + state.superseded,
        .lost = zc_camera_lost(flow->config.camera),
        .damaged = flow->damaged,
        .signal = zc_camera_signal(flow->config.camera),
        .signal_losses = flow->signal_losses,
        .signal_lost_ns = flow->signal_lost_ns,
        .copies = flow->copies,
        .cpu_maps = pool_cpu_maps(flow->camera_pool) + pool_cpu_maps(flow->target_pool),
        .fps = state.fps,
        .latency_ns = state.latency_ns,
    };
    if (!state.fps && elapsed > 0)
        out->fps = state.shown * 1e9 / elapsed;
}

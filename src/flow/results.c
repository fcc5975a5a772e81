/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow, what it has to say: figures, what no copies rests on, and the displayed picture. */
#include "flow/flow-private.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <string.h>

void zc_flow_info(const struct zc_flow *flow, struct zc_flow_info *out)
{
    bool direct = flow->plan.path == ZC_PATH_DIRECT;

    *out = (struct zc_flow_info){
        .path = flow->plan.path,
        .mode = flow->plan.mode,
        .source = &flow->plan.source,
        .shown = direct ? &flow->plan.source : &flow->plan.target,
    };
}

static void tell_memory(const struct zc_flow *flow, struct zc_flow_results *out)
{
    if (flow->plan.path == ZC_PATH_COPY) {
        out->memory = "mmap";
        out->heap_name = "none";
        return;
    }
    out->memory = flow->source == ZC_STORE_CAMERA ? "export" : "import";
    out->heap_name = zc_store_name(&flow->stores, flow->source);
    out->heap_reason = zc_store_reason(&flow->stores, flow->source);
    if (flow->plan.path == ZC_PATH_GPU)
        out->target_heap = zc_store_name(&flow->stores, flow->target);
}

/* As zc_gpu_verify() asks. */
static const char *asked_of_gpu(const struct zc_flow *flow)
{
    bool software = flow->plan.path == ZC_PATH_GPU &&
                    !strcmp(zc_gpu_info(flow->config.gpu)->device, "software");

    return software ? "the renderer's mapping in /proc/self/maps"
                    : "EGL_MESA_image_dma_buf_export";
}

static void tell_identities(const struct zc_flow *flow, struct zc_flow_results *out)
{
    out->at_camera = flow->at_camera;
    out->at_camera.asked = "VIDIOC_QUERYBUF";
    out->at_gpu = flow->at_gpu;
    out->at_gpu.asked = asked_of_gpu(flow);
    out->at_display = flow->at_display;
    out->at_display.asked = out->display->kind == ZC_DISPLAY_KMS
                                ? "DRM_IOCTL_MODE_GETFB2"
                                : "no compositor can be asked";
}

static void tell_composition(const struct zc_flow *flow, struct zc_flow_results *out)
{
    const struct zc_composition *before = &flow->composed_before;
    const struct zc_composition *now = &out->display->composition;

    out->composition = (struct zc_composition){
        .plane = now->plane - before->plane,
        .pass = now->pass - before->pass,
        .untold = now->untold - before->untold,
    };
}

/* Who copied, if anybody: the first that is known to. */
static void tell_copies(const struct zc_flow *flow, struct zc_flow_results *out)
{
    out->copies = out->counts.captured;
    out->copied_why = "the device holds another dma-buf than the one it was given";
    if (flow->plan.path == ZC_PATH_COPY && flow->copies) {
        out->copies = flow->copies;
        out->copied_by = "cpu";
        out->copied_why = "memcpy from the camera's mapping into a dumb buffer, as asked";
    } else if (flow->at_camera.different) {
        out->copied_by = "camera";
    } else if (flow->at_gpu.different) {
        out->copied_by = "gpu";
    } else if (flow->at_display.different) {
        out->copied_by = "display";
    } else if (out->counts.cpu_maps) {
        out->copied_by = "cpu";
        out->copied_why = "the CPU mapped frames of the flow";
    } else if (flow->copies) {
        out->copies = flow->copies;
        out->copied_by = "gpu";
        out->copied_why = out->gpu->retiles;
    } else {
        out->copies = 0;
        out->copied_why = NULL;
    }
}

static void tell_counters(const struct zc_flow *flow, struct zc_flow_results *out)
{
    const struct zc_counters *before = &flow->baseline;
    struct zc_counters now;

    zc_counters_read(&now);
    out->allocations = now.allocations - before->allocations;
    out->cpu_syncs = now.cpu_syncs - before->cpu_syncs;
    out->imports = now.camera_imports - before->camera_imports + now.gpu_imports -
                   before->gpu_imports + now.display_imports - before->display_imports;
}

void zc_flow_results(const struct zc_flow *flow, struct zc_flow_results *out)
{
    const struct zc_flow_config *config = &flow->config;

    *out = (struct zc_flow_results){
        .refused = flow->refused[0] ? flow->refused : NULL,
        .commit_at_once = config->commit_at_once,
        .camera_name = zc_camera_name(config->camera),
        .camera_path = zc_camera_path(config->camera),
        .gpu = flow->plan.path == ZC_PATH_GPU ? zc_gpu_info(config->gpu) : NULL,
        .display = zc_display_info(config->display),
        .clock = flow->clock,
        .cpu_ns = flow->running ? zc_cpu_time_ns() - flow->cpu_ns : flow->cpu_ns,
        .latency = zc_presenter_latency(flow->presenter),
    };
    for (enum zc_part part = 0; part < ZC_PART_COUNT; part++)
        out->part[part] = &flow->part[part];
    zc_flow_info(flow, &out->info);
    zc_flow_snapshot(flow, &out->counts);
    tell_memory(flow, out);
    tell_identities(flow, out);
    tell_composition(flow, out);
    tell_copies(flow, out);
    tell_counters(flow, out);
}

/* A frame for the writeback, from the heap that the devices took or whichever can be
 * opened. */
static int capture_frame(const struct zc_flow *flow, struct zc_frame **out)
{
    struct zc_heap *heap =
        flow->stores.contiguous ? flow->stores.contiguous : flow->config.heap;
    const struct zc_display_info *info = zc_display_info(flow->config.display);
    const struct zc_align align = {.stride = 256};
    struct zc_heap *own = NULL;
    struct zc_layout layout;
    int error = zc_layout_solve(&layout, zc_format_by_drm(DRM_FORMAT_XRGB8888),
                                info->width, info->height, &align);

    if (!error && !heap)
        error = zc_heap_open(&own, NULL);
    if (!error)
        error = zc_frame_create(out, own ? own : heap, &layout);
    zc_heap_close(own);
    return error;
}

int zc_flow_capture(struct zc_flow *flow, struct zc_frame **frame, const char **how)
{
    struct zc_presenter_state state;

    *frame = NULL;
    if (zc_display_info(flow->config.display)->writeback && !capture_frame(flow, frame)) {
        *how = "the display's writeback";
        if (!zc_display_capture(flow->config.display, *frame))
            return 0;
    }
    zc_frame_unref(*frame);
    zc_presenter_state(flow->presenter, &state);
    if (!state.on_screen) {
        zc_log(ZC_LOG_ERROR, "there is no picture: nothing was shown");
        return -ENOENT;
    }
    if (zc_frame_layout(state.on_screen)->modifier) {
        zc_log(ZC_LOG_ERROR, "there is no picture: the CPU cannot read the GPU's tiles, "
                             "and the display has no writeback");
        return -ENOTSUP;
    }
    *frame = zc_frame_ref(state.on_screen);
    *how = zc_display_info(flow->config.display)->kind == ZC_DISPLAY_KMS
               ? "the frame scanned out last (no writeback)"
               : "the frame that the compositor had last";
    return 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow, what it has to say: figures, the proof of no copies, and the displayed picture. */
#include "flow/flow-private.h"
#include "base/ioctl.h"

#include <drm_fourcc.h>
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void add_line(struct zc_report *report, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void add_line(struct zc_report *report, const char *key, const char *format, ...)
{
    char line[256];
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    zc_report_add_string(report, key, line);
}

static const char *memory_name(const struct zc_flow *flow)
{
    if (flow->plan.path == ZC_PATH_COPY)
        return "mmap";
    return flow->config.camera_memory ? "export" : "import";
}

static void report_camera(const struct zc_flow *flow, struct zc_report *report)
{
    const struct zc_layout *source = &flow->plan.source;
    char rate[32];

    snprintf(rate, sizeof(rate), "%u/%u", flow->plan.mode.rate_num,
             flow->plan.mode.rate_den);
    zc_report_set_string(report, "camera.device", zc_camera_path(flow->config.camera));
    zc_report_set_string(report, "camera.name", zc_camera_name(flow->config.camera));
    zc_report_set_string(report, "camera.format", source->format->name);
    if (source->format->model == ZC_MODEL_YUV)
        zc_report_set_string(report, "camera.colour", zc_colour_text(&source->colour));
    zc_report_set_int(report, "camera.width", source->width);
    zc_report_set_int(report, "camera.height", source->height);
    zc_report_set_int(report, "camera.stride", source->plane[0].stride);
    zc_report_set_string(report, "camera.rate", rate);
    zc_report_set_string(report, "camera.memory", memory_name(flow));
}

static void report_heap(const struct zc_flow *flow, struct zc_report *report)
{
    const struct zc_heap *heap = flow->config.heap;

    if (flow->plan.path == ZC_PATH_COPY) {
        zc_report_set_string(report, "heap.name", "none");
        zc_report_set_string(report, "heap.reason", "camera mappings and dumb buffers");
        return;
    }
    if (flow->config.camera_memory) {
        zc_report_set_string(report, "heap.name", "camera");
        zc_report_set_string(report, "heap.reason", "the camera's own memory, exported");
    } else {
        zc_report_set_string(report, "heap.name", zc_heap_name(heap));
        zc_report_set_string(report, "heap.reason", zc_heap_reason(heap));
    }
    if (flow->plan.path == ZC_PATH_GPU)
        zc_report_set_string(report, "heap.targets", zc_heap_name(heap));
}

static void report_display(const struct zc_flow *flow, struct zc_report *report)
{
    const struct zc_display_info *info = zc_display_info(flow->config.display);
    const struct zc_layout *shown =
        flow->plan.path == ZC_PATH_DIRECT ? &flow->plan.source : &flow->plan.target;

    zc_report_set_string(report, "display.device", info->path);
    zc_report_set_string(report, "display.driver", info->driver);
    zc_report_set_string(report, "display.connector", info->connector);
    zc_report_set_int(report, "display.width", info->width);
    zc_report_set_int(report, "display.height", info->height);
    zc_report_set_int(report, "display.refresh_mhz", info->refresh_mhz);
    zc_report_set_bool(report, "display.mode_kept", info->mode_kept);
    zc_report_set_bool(report, "display.writeback", info->writeback);
    zc_report_set_string(report, "display.format", shown->format->name);
    zc_report_set_int(report, "display.stride", shown->plane[0].stride);
}

static void report_gpu(const struct zc_flow *flow, struct zc_report *report)
{
    const struct zc_gpu_info *info;

    if (flow->plan.path != ZC_PATH_GPU)
        return;
    info = zc_gpu_info(flow->config.gpu);
    zc_report_set_string(report, "gpu.device", info->device);
    zc_report_set_string(report, "gpu.renderer", info->renderer);
    zc_report_set_bool(report, "gpu.software", info->software);
    zc_report_set_bool(report, "gpu.native_fence", info->native_fence);
}

static void report_clocks(const struct zc_flow *flow, struct zc_report *report)
{
    static const char *const capture[] = {
        "unknown: no latency from it",
        "monotonic, end of frame",
        "monotonic, start of exposure",
    };

    zc_report_set_string(report, "clock.capture", capture[flow->clock]);
    zc_report_set_string(report, "clock.display",
                         zc_display_info(flow->config.display)->vblank
                             ? "monotonic, vertical blank"
                             : "monotonic, time of the event (no real vertical blank)");
}

static void report_frames(const struct zc_flow *flow, const struct zc_flow_snapshot *snap,
                          struct zc_report *report)
{
    int64_t cpu = flow->running ? zc_cpu_time_ns() - flow->cpu_ns : flow->cpu_ns;
    uint64_t gone = snap->shown + snap->superseded + snap->damaged;

    zc_report_set_int(report, "elapsed_ns", snap->elapsed_ns);
    zc_report_set_int(report, "frames.captured", snap->captured);
    zc_report_set_int(report, "frames.shown", snap->shown);
    zc_report_set_int(report, "frames.superseded", snap->superseded);
    zc_report_set_int(report, "frames.lost", snap->lost);
    zc_report_set_int(report, "frames.damaged", snap->damaged);
    zc_report_set_int(report, "frames.unshown_at_end",
                      snap->captured > gone ? snap->captured - gone : 0);
    if (snap->elapsed_ns > 0)
        zc_report_set_int(report, "fps_millihertz",
                          snap->shown * 1e12 / snap->elapsed_ns + 0.5);
    if (snap->shown)
        zc_report_set_int(report, "cpu_ns_per_frame", cpu / snap->shown);
    zc_report_set_histogram(report, "latency.capture_to_flip", &flow->latency);
    zc_report_set_histogram(report, "latency.capture_to_dequeue",
                            &flow->part[ZC_PART_DEQUEUE]);
    if (flow->plan.path != ZC_PATH_DIRECT) {
        zc_report_set_histogram(report, "latency.dequeue_to_submit",
                                &flow->part[ZC_PART_SUBMIT]);
        zc_report_set_histogram(report, "latency.gpu", &flow->part[ZC_PART_WORK]);
    }
    zc_report_set_histogram(report, "latency.wait", &flow->part[ZC_PART_WAIT]);
    zc_report_set_histogram(report, "latency.commit_to_flip", &flow->part[ZC_PART_FLIP]);
}

static void add_identity(struct zc_report *report, const char *device, const char *asked,
                         const struct zc_flow_identity *identity)
{
    int told = identity->same + identity->different;

    if (told)
        add_line(report, "copies.basis",
                 "%s: the same dma-buf (inode) for %d of %d frames it was given (%s)",
                 device, identity->same, told, asked);
    else if (identity->untold)
        add_line(report, "copies.basis",
                 "%s: was given the frame's dma-buf; does not tell "
                 "what it holds (%s)",
                 device, asked);
}

/* Which stage copied, if any: the first that is known to. */
static const char *copying_stage(const struct zc_flow *flow,
                                 const struct zc_flow_snapshot *snap, const char **why)
{
    if (flow->copies) {
        *why = "memcpy from the camera's mapping into a dumb buffer, as asked";
        return "cpu";
    }
    *why = "the device holds another dma-buf than the one it was given";
    if (flow->at_camera.different)
        return "camera";
    if (flow->at_gpu.different)
        return "gpu";
    if (flow->at_display.different)
        return "display";
    *why = "the CPU mapped frames of the flow";
    return snap->cpu_maps ? "cpu" : NULL;
}

/* As zc_gpu_verify() asks. */
static const char *asked_of_gpu(const struct zc_flow *flow)
{
    bool software = flow->plan.path == ZC_PATH_GPU &&
                    !strcmp(zc_gpu_info(flow->config.gpu)->device, "software");

    return software ? "the renderer's mapping in /proc/self/maps"
                    : "EGL_MESA_image_dma_buf_export";
}

static void report_copies(const struct zc_flow *flow, const struct zc_flow_snapshot *snap,
                          struct zc_report *report)
{
    struct zc_counters now;
    const char *why, *stage = copying_stage(flow, snap, &why);

    zc_counters_read(&now);
    zc_report_set_int(report, "copies.count", stage ? snap->captured : 0);
    if (flow->copies)
        zc_report_set_int(report, "copies.count", flow->copies);
    zc_report_set_int(report, "copies.cpu_maps", snap->cpu_maps);
    if (stage) {
        zc_report_set_string(report, "copies.stage", stage);
        zc_report_set_string(report, "copies.why", why);
    }
    add_line(report, "copies.basis", "CPU maps of the flow's frames: %" PRIu64,
             snap->cpu_maps);
    add_identity(report, "camera", "VIDIOC_QUERYBUF", &flow->at_camera);
    add_identity(report, "GPU", asked_of_gpu(flow), &flow->at_gpu);
    add_identity(report, "display", "DRM_IOCTL_MODE_GETFB2", &flow->at_display);
    zc_report_set_int(report, "after_first_round.allocations",
                      now.allocations - flow->baseline.allocations);
    zc_report_set_int(report, "after_first_round.imports",
                      now.camera_imports - flow->baseline.camera_imports +
                          now.gpu_imports - flow->baseline.gpu_imports +
                          now.display_imports - flow->baseline.display_imports);
    zc_report_set_int(report, "after_first_round.cpu_maps",
                      now.cpu_maps - flow->baseline.cpu_maps);
}

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

void zc_flow_report(const struct zc_flow *flow, struct zc_report *report)
{
    struct zc_flow_snapshot snap;

    zc_flow_snapshot(flow, &snap);
    zc_report_set_string(report, "path", zc_path_name(flow->plan.path));
    if (flow->refused[0])
        zc_report_set_string(report, "direct_refused", flow->refused);
    report_camera(flow, report);
    report_heap(flow, report);
    report_gpu(flow, report);
    report_display(flow, report);
    report_clocks(flow, report);
    report_frames(flow, &snap, report);
    report_copies(flow, &snap, report);
}

/* A frame for the writeback, from the flow's heap or whichever can be opened. */
static int capture_frame(const struct zc_flow *flow, struct zc_frame **out)
{
    const struct zc_display_info *info = zc_display_info(flow->config.display);
    const struct zc_align align = {.stride = 256};
    struct zc_heap *own = NULL;
    struct zc_layout layout;
    int error = zc_layout_solve(&layout, zc_format_by_drm(DRM_FORMAT_XRGB8888),
                                info->width, info->height, &align);

    if (!error && !flow->config.heap)
        error = zc_heap_open(&own, NULL);
    if (!error)
        error = zc_frame_create(out, own ? own : flow->config.heap, &layout);
    zc_heap_close(own);
    return error;
}

int zc_flow_write_picture(struct zc_flow *flow, const char *path, const char **how)
{
    struct zc_frame *frame = NULL;
    int error = -ENOTSUP;

    if (zc_display_info(flow->config.display)->writeback) {
        error = capture_frame(flow, &frame);
        if (!error)
            error = zc_display_capture(flow->config.display, frame);
        *how = "the display's writeback";
    }
    if (error) {
        zc_frame_unref(frame);
        frame = flow->on_screen ? zc_frame_ref(flow->on_screen) : NULL;
        *how = "the frame scanned out last (no writeback)";
    }
    if (!frame) {
        zc_log(ZC_LOG_ERROR, "cannot write %s: nothing was shown", path);
        return -ENOENT;
    }
    error = zc_picture_write_png(frame, path);
    zc_frame_unref(frame);
    return error;
}

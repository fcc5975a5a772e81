/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* flow-run - a flow's results in the words of a document. Knows no device itself. */
#include "tools/document/flow-run.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static void set_text(struct document *document, const char *key, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

static void set_text(struct document *document, const char *key, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    run_set_string(document, key, text);
}

/* "a plane (zero copy) for 118 of 120 frames, …": which are there, the most telling first. */
static void describe_composition(const struct zc_composition *composition, char *text,
                                 size_t size)
{
    const struct {
        uint64_t n;
        const char *what;
    } ways[] = {{composition->plane, "a plane (zero copy)"},
                {composition->pass, "one GPU pass"},
                {composition->untold, "unknown"}};
    uint64_t all = composition->plane + composition->pass + composition->untold;
    size_t used = 0;

    snprintf(text, size, "unknown");
    for (size_t i = 0; i < sizeof(ways) / sizeof(*ways) && used < size; i++) {
        if (ways[i].n && ways[i].n == all)
            used += snprintf(text, size, "%s", ways[i].what);
        else if (ways[i].n)
            used += snprintf(text + used, size - used,
                             "%s%s for %" PRIu64 " of %" PRIu64 " frames",
                             used ? ", " : "", ways[i].what, ways[i].n, all);
    }
}

void run_set_composition(struct document *document,
                         const struct zc_composition *composition)
{
    char text[128];

    describe_composition(composition, text, sizeof(text));
    run_set_int(document, "counts.compositor_plane", composition->plane);
    run_set_int(document, "counts.compositor_pass", composition->pass);
    run_set_int(document, "counts.compositor_untold", composition->untold);
    run_set_string(document, "proof.compositor", text);
}

/* Of a window it is the desktop's refresh, if that was told. */
static void set_window(struct document *document, const struct zc_display_info *display)
{
    char rate[40] = "";

    if (display->refresh_mhz)
        snprintf(rate, sizeof(rate), " at %u.%03u Hz", display->refresh_mhz / 1000,
                 display->refresh_mhz % 1000);
    set_text(document, "devices.display", "%s (%s) %s %ux%u%s%s%s", display->driver,
             display->path, display->connector, display->width, display->height, rate,
             display->gpu ? ", composed by " : "", display->gpu ? display->gpu : "");
}

void run_set_devices(struct document *document, const char *camera_name,
                     const char *camera_path, const struct zc_gpu_info *gpu,
                     const struct zc_display_info *display)
{
    set_text(document, "devices.camera", "%s (%s)", camera_name, camera_path);
    if (gpu)
        set_text(document, "devices.gpu", "%s (%s)%s%s%s", gpu->renderer, gpu->device,
                 gpu->software && strcmp(gpu->device, "software") ? ", in software" : "",
                 gpu->native_fence ? ", native fences" : "",
                 gpu->retiles ? ", re-tiles each frame" : "");
    if (display && display->kind == ZC_DISPLAY_WAYLAND)
        set_window(document, display);
    else if (display)
        set_text(document, "devices.display", "%s (%s) %s %ux%u at %u.%03u Hz, mode %s%s",
                 display->driver, display->path, display->connector, display->width,
                 display->height, display->refresh_mhz / 1000,
                 display->refresh_mhz % 1000, display->mode_kept ? "kept" : "set",
                 display->writeback ? ", writeback" : "");
}

void document_set_clocks(struct document *document, enum zc_capture_clock capture,
                         bool vblank)
{
    static const char *const words[] = {
        [ZC_CAPTURE_UNKNOWN] = "unknown: no latency from it",
        [ZC_CAPTURE_END_OF_FRAME] = "monotonic, end of frame",
        [ZC_CAPTURE_START_OF_EXPOSURE] = "monotonic, start of exposure",
    };

    document_set_string(document, "clocks.capture", words[capture]);
    document_set_string(document, "clocks.display",
                        vblank ? "monotonic, vertical blank"
                               : "monotonic, time of the event");
    document_set_bool(document, "clocks.fake_vblank", !vblank);
    if (!vblank)
        document_warn(document,
                      "the display has no vertical blanks of its own: flip times "
                      "are of its events, and only near");
    if (capture == ZC_CAPTURE_UNKNOWN)
        document_warn(document, "the camera does not say by which clock it stamps its "
                                "frames: there is no latency");
}

void run_set_way(struct document *document, const struct zc_flow_info *info,
                 const char *heap, bool commit_at_once)
{
    const struct zc_layout *source = info->source, *shown = info->shown;

    run_set_string(document, "labels.path", zc_path_name(info->path));
    set_text(document, "labels.size", "%ux%u", source->width, source->height);
    run_set_string(document, "labels.format", source->format->name);
    run_set_string(document, "labels.shown_format", shown->format->name);
    run_set_string(document, "labels.heap", heap);
    run_set_string(document, "labels.commit", commit_at_once ? "once" : "late");
    set_text(document, "labels.rate", "%u/%u", info->mode.rate_num, info->mode.rate_den);
    run_set_int(document, "plan.stride", source->plane[0].stride);
    run_set_int(document, "plan.shown_stride", shown->plane[0].stride);
    if (source->format->model == ZC_MODEL_YUV)
        run_set_string(document, "plan.colour", zc_colour_text(&source->colour));
}

/* --- the figures --- */

static void add_counts(struct document *document, const struct zc_flow_results *results)
{
    const struct zc_flow_snapshot *counts = &results->counts;
    uint64_t gone = counts->shown + counts->superseded + counts->damaged;

    run_set_int(document, "elapsed_ns", counts->elapsed_ns);
    run_set_int(document, "counts.captured", counts->captured);
    run_set_int(document, "counts.shown", counts->shown);
    run_set_int(document, "counts.superseded", counts->superseded);
    run_set_int(document, "counts.lost", counts->lost);
    run_set_int(document, "counts.damaged", counts->damaged);
    run_set_int(document, "counts.unshown_at_end",
                counts->captured > gone ? counts->captured - gone : 0);
    run_set_int(document, "counts.cpu_ns", results->cpu_ns);
    run_set_int(document, "counts.allocations", results->allocations);
    run_set_int(document, "counts.imports", results->imports);
    run_set_int(document, "counts.cpu_maps", counts->cpu_maps);
    run_set_int(document, "counts.cpu_syncs", results->cpu_syncs);
    run_set_int(document, "counts.copies", results->copies);
}

/* Of a camera whose signal was always there, nothing. */
static void add_signal(struct document *document, const struct zc_flow_results *results)
{
    const struct zc_flow_snapshot *counts = &results->counts;

    if (!counts->signal_losses)
        return;
    run_set_int(document, "counts.signal_losses", counts->signal_losses);
    run_set_int(document, "counts.signal_lost_ns", counts->signal_lost_ns);
    run_set_string(document, "devices.signal", zc_camera_signal_text(counts->signal));
    document_warn(
        document,
        "camera %s was without a usable signal for %.1f s: what it sent then is no "
        "picture of its source (at the end: %s)",
        results->camera_path, counts->signal_lost_ns / 1e9,
        zc_camera_signal_text(counts->signal));
}

/* --- what the number of copies rests on --- */

static void add_identity(struct document *document, const char *key,
                         const struct zc_flow_identity *identity)
{
    int told = identity->same + identity->different;

    if (told)
        set_text(document, key,
                 "the same dma-buf (inode) for %d of %d frames it was given (%s)",
                 identity->same, told, identity->asked);
    else if (identity->untold)
        set_text(document, key,
                 "was given the frame's dma-buf; does not tell what it holds (%s)",
                 identity->asked);
}

static void add_proof(struct document *document, const struct zc_flow_results *results)
{
    if (results->copied_by)
        set_text(document, "proof.copied", "by the %s: %s", results->copied_by,
                 results->copied_why);
    set_text(document, "proof.cpu", "maps of the flow's frames: %" PRIu64,
             results->counts.cpu_maps);
    add_identity(document, "proof.camera", &results->at_camera);
    add_identity(document, "proof.gpu", &results->at_gpu);
    add_identity(document, "proof.display", &results->at_display);
}

void run_add_flow(struct document *document, const struct zc_flow_results *results)
{
    run_set_way(document, &results->info, results->heap_name, results->commit_at_once);
    run_set_string(document, "plan.memory", results->memory);
    run_set_string(document, "plan.target_heap", results->target_heap);
    run_set_string(document, "plan.direct_refused", results->refused);
    run_set_devices(document, results->camera_name, results->camera_path, results->gpu,
                    results->display);
    if (results->heap_reason)
        set_text(document, "devices.heap", "%s (%s)", results->heap_name,
                 results->heap_reason);
    document_set_clocks(document, results->clock, results->display->vblank);
    run_add_durations(document, "latency of shown", results->latency);
    for (enum zc_part part = 0; part < ZC_PART_COUNT; part++)
        run_add_stage_durations(document, zc_part_name(part), results->part[part]);
    add_counts(document, results);
    add_signal(document, results);
    add_proof(document, results);
    if (results->display->kind == ZC_DISPLAY_WAYLAND)
        run_set_composition(document, &results->composition);
}

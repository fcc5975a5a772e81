/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flows - many frames through the library's flow on real devices: nothing grows, nothing
 * is lost unreported, nothing is allocated, mapped or imported once it runs, identity
 * holds everywhere.
 *
 * Usage: flows [--direct] CAMERA
 * With --direct, without a GPU: what needs none.
 */
#include "device.h"
#include "mallocs.h"
#include "../open-fds.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define WIDTH 640
#define HEIGHT 480
#define DIRECT_FRAMES 600
#define GPU_FRAMES 60
#define PATIENCE_STEPS 20000

/* Of the frames once they run: Mesa allocates for what it draws, and nobody else may. */
static int check_mallocs(struct zc_flow *flow, unsigned long n)
{
    struct zc_flow_info info;

    zc_flow_info(flow, &info);
    if (info.path != ZC_PATH_GPU && n)
        FAIL("%lu calls of malloc() once frames flowed", n);
    return 0;
}

static int check_results(struct zc_flow *flow)
{
    struct zc_flow_results results;

    zc_flow_results(flow, &results);
    if (results.allocations || results.imports)
        FAIL("%llu allocations and %llu imports once frames flowed",
             (unsigned long long)results.allocations,
             (unsigned long long)results.imports);
    if (results.copies || results.copied_by)
        FAIL("%llu copies by the %s", (unsigned long long)results.copies,
             results.copied_by ? results.copied_by : "-");
    return 0;
}

static int check_counts(const struct zc_flow_snapshot *now)
{
    uint64_t told = now->shown + now->superseded + now->damaged;

    if (now->captured < told || now->captured > told + 8)
        FAIL("%llu frames captured, but %llu shown, %llu superseded, %llu damaged",
             (unsigned long long)now->captured, (unsigned long long)now->shown,
             (unsigned long long)now->superseded, (unsigned long long)now->damaged);
    if (now->cpu_maps || now->copies)
        FAIL("%llu CPU maps, %llu copies", (unsigned long long)now->cpu_maps,
             (unsigned long long)now->copies);
    if (now->latency_ns < 0)
        FAIL("no latency was measured");
    return 0;
}

static int run(struct zc_flow *flow, uint64_t frames)
{
    struct zc_flow_snapshot now = {0};
    unsigned long mallocs = 0;
    int fds = 0;

    if (zc_flow_start(flow))
        FAIL("the flow does not start");
    for (int i = 0; now.shown < frames; i++) {
        int error = zc_flow_step(flow, 1000);

        if (error)
            FAIL("step: %s after %llu frames", strerror(-error),
                 (unsigned long long)now.shown);
        if (i == PATIENCE_STEPS)
            FAIL("only %llu frames after %d steps", (unsigned long long)now.shown, i);
        zc_flow_snapshot(flow, &now);
        /* Fences come and go; what stays open shows over many frames. */
        if (now.shown == frames / 10 && !fds) {
            fds = open_fds();
            mallocs = mallocs_so_far();
        }
    }
    mallocs = mallocs_so_far() - mallocs;
    if (!mallocs_so_far())
        FAIL("calls of malloc() are not counted");
    if (open_fds() > fds + 3)
        FAIL("%d fds after %llu frames, %d at a tenth of them", open_fds(),
             (unsigned long long)now.shown, fds);
    zc_flow_stop(flow);
    zc_flow_snapshot(flow, &now);
    if (check_counts(&now) || check_mallocs(flow, mallocs))
        return 1;
    return check_results(flow);
}

static int test_path(struct devices *devices, struct zc_camera *camera, enum zc_path path,
                     enum zc_memory memory, uint64_t frames)
{
    struct zc_flow_config config = {
        .camera = camera,
        .heap = devices->heap,
        .gpu = devices->gpu,
        .display = devices->display,
        .path = path,
        .mode = {.width = WIDTH, .height = HEIGHT},
        .memory = memory,
    };
    int before = open_fds(), result;
    struct zc_flow *flow;

    if (zc_flow_create(&flow, &config))
        FAIL("the flow cannot be made");
    result = run(flow, frames);
    zc_flow_destroy(flow);
    /* The display keeps the last frame: a dma-buf for each of its buffers, and its pool. */
    if (!result && open_fds() > before + 16)
        FAIL("%d fds before, %d after", before, open_fds());
    return result;
}

/* Flows come and go on the same devices: the fds of the twentieth are those of the
 * second. */
static int test_repeated(struct devices *devices, struct zc_camera *camera)
{
    int settled = 0;

    for (int i = 0; i < 20; i++) {
        if (test_path(devices, camera, ZC_PATH_DIRECT,
                      i % 2 ? ZC_MEMORY_CAMERA : ZC_MEMORY_HEAP, 3))
            return 1;
        if (i == 3)
            settled = open_fds();
    }
    if (open_fds() > settled)
        FAIL("%d fds after 4 flows, %d after 20", settled, open_fds());
    return 0;
}

static int test_dark_again(struct devices *devices)
{
    const struct zc_display_config config = {.width = WIDTH, .height = HEIGHT};
    int error;

    zc_display_close(devices->display);
    devices->display = NULL;
    error = zc_display_open(&devices->display, &config);
    if (error)
        FAIL("the display cannot be opened again: %s", strerror(-error));
    if (zc_display_info(devices->display)->mode_kept)
        FAIL("the display was left lit");
    return 0;
}

int main(int argc, char **argv)
{
    const struct zc_display_config config = {.width = WIDTH, .height = HEIGHT};
    struct devices devices = {0};
    struct zc_camera *camera = NULL;
    bool direct = argc > 1 && !strcmp(argv[1], "--direct");
    bool was_lit;

    if (argc != 2 + direct) {
        fprintf(stderr, "usage: flows [--direct] CAMERA\n");
        return 2;
    }
    if (zc_heap_open(&devices.heap, NULL) ||
        (!direct && zc_gpu_open(&devices.gpu, NULL)) ||
        zc_camera_open(&camera, argv[1 + direct]) ||
        zc_display_open(&devices.display, &config)) {
        printf("FAIL flows: a device cannot be opened\n");
        return 1;
    }
    was_lit = zc_display_info(devices.display)->mode_kept;
    device_report("flow-direct 600 frames", test_path(&devices, camera, ZC_PATH_DIRECT,
                                                      ZC_MEMORY_HEAP, DIRECT_FRAMES));
    device_report("flow-direct camera memory", test_path(&devices, camera, ZC_PATH_DIRECT,
                                                         ZC_MEMORY_CAMERA, GPU_FRAMES));
    device_report(
        "flow-direct display memory",
        test_path(&devices, camera, ZC_PATH_DIRECT, ZC_MEMORY_DISPLAY, GPU_FRAMES));
    if (!direct) {
        device_report("flow-gpu", test_path(&devices, camera, ZC_PATH_GPU, ZC_MEMORY_HEAP,
                                            GPU_FRAMES));
        device_report("flow-gpu camera memory", test_path(&devices, camera, ZC_PATH_GPU,
                                                          ZC_MEMORY_CAMERA, GPU_FRAMES));
        device_report(
            "flow-gpu display memory",
            test_path(&devices, camera, ZC_PATH_GPU, ZC_MEMORY_DISPLAY, GPU_FRAMES));
    }
    device_report("flow-repeated", test_repeated(&devices, camera));
    if (!was_lit)
        device_report("display-dark-again", test_dark_again(&devices));
    zc_display_close(devices.display);
    zc_gpu_close(devices.gpu);
    zc_camera_close(camera);
    zc_heap_close(devices.heap);
    return device_exit_code();
}

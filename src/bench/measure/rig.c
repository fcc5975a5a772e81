/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* rig - devices, opened once for all that is measured. */
#include "bench/measure/rig.h"
#include "bench/measure/session.h"
#include "tools/document/flow-run.h"
#include "tools/program/interrupt.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#define STEP_MS 100

bool rig_option(struct rig_request *request, int option, const char *value)
{
    switch (option) {
    case 'C':
        request->camera = value;
        return true;
    case 'D':
        request->display = value;
        return true;
    case 'G':
        request->gpu = value;
        return true;
    default:
        return false;
    }
}

static bool fits(const struct zc_display *display, const struct rig_request *request)
{
    const struct zc_display_info *info = zc_display_info(display);

    return info->width >= request->width && info->height >= request->height;
}

static int open_display(struct rig *rig, const struct rig_request *request)
{
    struct zc_display_config config = {
        .path = request->display,
        .width = request->width,
        .height = request->height,
    };
    int error = zc_display_open(&rig->display, &config);

    if (error || fits(rig->display, request))
        return error;
    /* The mode that is lit is too small: another, for as long as this runs. */
    zc_display_close(rig->display);
    rig->display = NULL;
    config.force_mode = true;
    return zc_display_open(&rig->display, &config);
}

int rig_open(struct rig *rig, const struct rig_request *request)
{
    int error = zc_camera_open(&rig->camera, request->camera);

    if (!error && request->needs_display)
        error = open_display(rig, request);
    if (!error && request->needs_gpu)
        error = zc_gpu_open(&rig->gpu, request->gpu);
    return error;
}

void rig_close(struct rig *rig)
{
    zc_display_close(rig->display);
    zc_gpu_close(rig->gpu);
    zc_camera_close(rig->camera);
    for (size_t i = 0; i < rig->n_heaps; i++)
        zc_heap_close(rig->heap[i]);
    *rig = (struct rig){0};
}

int rig_run_flow(struct zc_flow *flow, int64_t ns)
{
    int64_t until = zc_now_ns() + ns;
    int error = 0;

    while (!error && !interrupt_came() && zc_now_ns() < until) {
        error = zc_flow_step(flow, STEP_MS);
        if (error == -EINTR)
            error = 0;
    }
    return error;
}

struct zc_heap *rig_heap(struct rig *rig, const char *name)
{
    const char *spec = name ? name : "cached";
    size_t i = rig->n_heaps;

    for (size_t known = 0; known < i; known++)
        if (!strcmp(rig->heap_spec[known], spec))
            return rig->heap[known];
    if (i == MAX_CHOICES || zc_heap_open(&rig->heap[i], spec))
        return NULL;
    rig->heap_spec[i] = spec;
    rig->n_heaps++;
    return rig->heap[i];
}

void rig_describe(const struct rig *rig, struct document *document)
{
    run_set_devices(document, zc_camera_name(rig->camera), zc_camera_path(rig->camera),
                    rig->gpu ? zc_gpu_info(rig->gpu) : NULL,
                    rig->display ? zc_display_info(rig->display) : NULL);
}

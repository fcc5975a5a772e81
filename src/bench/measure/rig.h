/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * rig.h - the devices that are measured: one camera, one display, one GPU, and the heaps.
 */
#ifndef BENCH_RIG_H
#define BENCH_RIG_H

#include "bench/choices.h"
#include "tools/document/document.h"
#include "zerocopy.h"

/* The camera's own memory in place of a heap's. */
#define CAMERA_MEMORY "camera"
/* The first of all memories that the devices take. */
#define ANY_MEMORY "auto"

struct rig_request {
    const char *camera, *display, *gpu; /* nodes, or NULL: the first that fits */
    uint32_t width, height;             /* the largest picture */
    bool needs_gpu, needs_display;
};

struct rig {
    struct zc_camera *camera;
    struct zc_display *display;
    struct zc_gpu *gpu; /* NULL where there is none, or none is needed */
    struct zc_heap *heap[MAX_CHOICES];
    const char *heap_spec[MAX_CHOICES]; /* as they were asked for */
    size_t n_heaps;
};

/* The options that choose devices, of every command that has a rig. */
#define RIG_OPTIONS                                                                      \
    {"camera", required_argument, NULL, 'C'}, {"display", required_argument, NULL, 'D'}, \
    {                                                                                    \
        "gpu", required_argument, NULL, 'G'                                              \
    }

/** Takes @value for one of RIG_OPTIONS; false: it is another. */
bool rig_option(struct rig_request *request, int option, const char *value);

/**
 * Opens the devices, the display in a mode that the largest picture fits in. Errors: said on
 * the log. A missing GPU is an error only for who needs it.
 */
int rig_open(struct rig *rig, const struct rig_request *request);
void rig_close(struct rig *rig);

/** Steps a flow that was started, for @ns or until the session is interrupted. */
int rig_run_flow(struct zc_flow *flow, int64_t ns);

/**
 * The heap of that name or property (NULL: cached), opened once and kept by the rig; NULL
 * where it cannot be. @name must outlive the rig.
 */
struct zc_heap *rig_heap(struct rig *rig, const char *name);

/** Says under "devices" of the current run what they are. */
void rig_describe(const struct rig *rig, struct document *document);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * costs - of a frame: its allocation, each pass of the CPU over it, the sync around that, and
 * a pass of the GPU.
 * A reader pays for memory that is not cached at each look; a copy pays once.
 */
#include "probe/costs.h"

#include "probe/report.h"
#include "probe/trials.h"

#include <stdlib.h>
#include <string.h>

#define FRAMES 7
#define WIDTH 640
#define HEIGHT 480

enum cost { COST_ALLOCATE, COST_WRITE, COST_READ, COST_SYNC, COSTS };

static const char *const names[] = {"allocate_ns", "write_ns", "read_ns", "sync_ns"};

static int ascending(const void *a, const void *b)
{
    const int64_t *left = a, *right = b;

    return (*left > *right) - (*left < *right);
}

/* Reads all of it, in words, as a program that looks at each pixel. */
static uint64_t read_all(const void *at, size_t bytes)
{
    const volatile uint64_t *word = at;
    uint64_t sum = 0;

    for (size_t i = 0; i < bytes / sizeof(*word); i++)
        sum += word[i];
    return sum;
}

/* One pass of the CPU, with the sync around it apart. */
static int pass(struct zc_frame *frame, bool writes, int64_t *took, int64_t *synced)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    void *plane[ZC_MAX_PLANES];
    int64_t began = zc_now_ns(), in, out;
    int error = zc_frame_begin_cpu(frame, writes ? ZC_CPU_WRITE : ZC_CPU_READ, plane);

    if (error)
        return error;
    in = zc_now_ns();
    if (writes)
        memset(plane[0], 0x55, layout->bytes[0]);
    else
        read_all(plane[0], layout->bytes[0]);
    out = zc_now_ns();
    error = zc_frame_end_cpu(frame);
    *took = out - in;
    *synced = in - began + zc_now_ns() - out;
    return error;
}

static int measure_one(struct memory *memory, const struct zc_layout *layout,
                       int64_t took[COSTS])
{
    int64_t began = zc_now_ns(), first;
    struct zc_frame *frame;
    int error = zc_frame_create(&frame, memory->heap, layout);

    if (error)
        return error;
    took[COST_ALLOCATE] = zc_now_ns() - began;
    /* The first maps the frame and faults its pages in, as happens once in its life. */
    error = pass(frame, true, &first, &first);
    if (!error)
        error = pass(frame, true, &took[COST_WRITE], &took[COST_SYNC]);
    if (!error)
        error = pass(frame, false, &took[COST_READ], &took[COST_SYNC]);
    zc_frame_unref(frame);
    return error;
}

/* ------------------------------------------------------------ a GPU that reads it */

static const struct zc_align gpu_align = {.stride = 256, .rows = 16};

static struct device *find_gpu(const struct survey *survey, const struct memory *memory)
{
    struct inventory *all = survey->inventory;

    for (int i = 0; i < all->n_devices; i++) {
        struct device *gpu = &all->device[i];

        if (gpu->kind == DEVICE_GPU && !gpu->error &&
            report_outcome(survey->document, memory->name, gpu->name, USE_READ,
                           zc_format_by_name("XR24")) == CELL_WORKS)
            return gpu;
    }
    return NULL;
}

/* From the call until its fence has signalled. */
static int draw(struct zc_gpu *gpu, struct zc_frame *from, struct zc_frame *to,
                int64_t *took)
{
    int64_t began = zc_now_ns();
    int error = gpu_draw(gpu, from, to);

    *took = zc_now_ns() - began;
    return error;
}

/* The median of a frame of it, drawn into what the GPU takes best. 0: it is not known. */
static int64_t time_gpu(struct survey *survey, struct memory *memory)
{
    struct device *gpu = survey->gpu_base ? find_gpu(survey, memory) : NULL;
    struct zc_frame *from = NULL, *to = NULL;
    int64_t took[FRAMES] = {0}, first;
    struct zc_layout layout;
    int error;

    if (!gpu || survey->gpu_base->kind != MEMORY_HEAP ||
        zc_layout_solve(&layout, zc_format_by_name("XR24"), WIDTH, HEIGHT, &gpu_align))
        return 0;
    error = zc_frame_create(&from, memory->heap, &layout);
    if (!error)
        error = zc_frame_create(&to, survey->gpu_base->heap, &layout);
    /* The first imports both. */
    if (!error)
        error = draw(gpu->gpu, from, to, &first);
    for (int i = 0; i < FRAMES && !error; i++)
        error = draw(gpu->gpu, from, to, &took[i]);
    zc_frame_unref(from);
    zc_frame_unref(to);
    qsort(took, FRAMES, sizeof(took[0]), ascending);
    return error ? 0 : took[FRAMES / 2];
}

/* ------------------------------------------------------------ all of it */

static void measure(struct survey *survey, struct memory *memory,
                    const struct zc_layout *layout)
{
    int64_t took[COSTS][FRAMES];
    json_t *object;
    int64_t gpu;

    for (int i = 0; i < FRAMES; i++) {
        int64_t one[COSTS];

        if (survey->stop() || measure_one(memory, layout, one))
            return;
        for (int cost = 0; cost < COSTS; cost++)
            took[cost][i] = one[cost];
    }
    object =
        json_pack("{s:s, s:i}", "memory", memory->name, "bytes", (int)layout->bytes[0]);
    for (int cost = 0; cost < COSTS; cost++) {
        qsort(took[cost], FRAMES, sizeof(took[cost][0]), ascending);
        json_object_set_new(object, names[cost], json_integer(took[cost][FRAMES / 2]));
    }
    gpu = time_gpu(survey, memory);
    if (gpu)
        json_object_set_new(object, "gpu_ns", json_integer(gpu));
    document_add(survey->document, "probe.costs", object);
}

void costs_measure(struct survey *survey)
{
    struct inventory *all = survey->inventory;
    struct zc_layout layout;

    if (zc_layout_solve(&layout, zc_format_by_name("XR24"), WIDTH, HEIGHT, NULL))
        return;
    for (int i = 0; i < all->n_memories; i++) {
        struct memory *memory = &all->memory[i];

        if (memory->kind != MEMORY_HEAP || memory->error)
            continue;
        survey->progress("%s: what it costs", memory->name);
        measure(survey, memory, &layout);
    }
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* gpu-trial - does a GPU see what is in this memory, and does what it draws arrive there? */
#include "probe/trials.h"

#include <errno.h>
#include <string.h>

#define PATIENCE_MS 10000
/* Of 255: colours that went to YUV and back. */
#define TOLERANCE 4
#define TOLERANCE_16_BITS 9

static const struct zc_align align = {.stride = 256, .rows = 16};

int gpu_draw(struct zc_gpu *gpu, struct zc_frame *from, struct zc_frame *to)
{
    int error = zc_gpu_convert(gpu, from, to, NULL);

    return error || zc_frame_fence(to) < 0
               ? error
               : zc_fence_wait(zc_frame_fence(to), PATIENCE_MS);
}

/* A frame of @memory, drawn by the CPU where it is a @source; its pool is to be given up. */
static int make(struct cell *cell, struct memory *memory, const struct zc_format *format,
                bool source, struct zc_pool **pool, struct zc_frame **frame)
{
    int error = memory_frame(cell, memory, format, &align, pool, frame);

    if (error)
        return error;
    error = source ? pattern_draw(*frame) : canary_fill(*frame, 0);
    return error ? cell_refuse(cell, "map", error, "the CPU cannot map it: %s",
                               strerror(-error))
                 : 0;
}

static void judge(struct cell *cell, struct zc_gpu *gpu, struct zc_frame *from,
                  struct zc_frame *to)
{
    int tolerance = zc_frame_layout(from)->format->plane[0].block_bytes == 2
                        ? TOLERANCE_16_BITS
                        : TOLERANCE;
    int error = zc_gpu_convert(gpu, from, to, NULL), good;
    char where[300];

    if (error) {
        cell_refuse(cell, "import", error, "%s", strerror(-error));
        return;
    }
    cell_tell(cell, "the GPU has imported source and target, and draws");
    if (zc_frame_fence(to) >= 0)
        error = zc_fence_wait(zc_frame_fence(to), PATIENCE_MS);
    if (error) {
        cell_refuse(cell, "draw", error, "it did not end in %d s", PATIENCE_MS / 1000);
        return;
    }
    good = pattern_check(to, 0, 0, cell->width, cell->height, tolerance, where,
                         sizeof(where));
    if (good < 0)
        cell_refuse(cell, "map", good, "the CPU cannot map what was drawn: %s",
                    strerror(-good));
    else if (!good)
        cell_set(cell, CELL_WRONG, "content",
                 "the GPU took the memory, and what it %s is not the picture: %s",
                 cell->use == USE_DRAW ? "drew into it" : "read there", where);
    else
        cell_set(cell, CELL_WORKS, NULL, "a known picture came out right");
}

void gpu_trial(struct cell *cell, struct device *gpu, struct memory *memory,
               struct memory *other)
{
    const struct zc_format *drawn = zc_format_by_name("XR24");
    bool draws = cell->use == USE_DRAW;
    struct zc_pool *pools[2] = {0};
    struct zc_frame *from = NULL, *to = NULL;

    if (!pattern_has(cell->format)) {
        cell_set(cell, CELL_NOT_TRIED, NULL, "no picture is known here in that format");
        return;
    }
    if (!make(cell, draws ? other : memory, draws ? drawn : cell->format, true, &pools[0],
              &from) &&
        !make(cell, draws ? memory : other, drawn, false, &pools[1], &to)) {
        cell->stride = zc_frame_layout(draws ? to : from)->plane[0].stride;
        cell_tell(cell, "a known picture lies in %s, to be drawn into %s",
                  draws ? other->name : memory->name, draws ? memory->name : other->name);
        judge(cell, gpu->gpu, from, to);
    }
    zc_frame_unref(from);
    zc_frame_unref(to);
    zc_pool_unref(pools[0]);
    zc_pool_unref(pools[1]);
    memory_done(memory);
    memory_done(other);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * converter-trial - does a device that turns frames into frames read this memory, and does
 * what it writes arrive there? The other side has the device's own memory, which always works.
 */
#include "probe/trials.h"

#include "probe/converter.h"

#include <errno.h>
#include <string.h>

/* Of a hundred bytes: the device does the same with the same picture. */
#define ALIKE 99

/* Its own memory on @side; the picture is drawn into what it reads. */
static int give_own(struct converter *converter, enum side side,
                    const struct zc_layout *layout)
{
    void *plane[ZC_MAX_PLANES] = {0};
    int error = converter_give(converter, side, NULL);

    if (error || side == SIDE_OUT)
        return error;
    converter_planes(converter, side, plane);
    pattern_draw_planes(layout, plane);
    return 0;
}

int converter_plain_take(struct plain *plain, struct device *device,
                         const struct zc_format *format, uint32_t width, uint32_t height)
{
    struct converter *converter = device->converter;
    struct zc_layout layout[SIDES];
    void *plane[ZC_MAX_PLANES] = {0};
    bool importing;
    int error = pattern_has(format)
                    ? converter_set_mode(converter, format, width, height, layout)
                    : -ENOTSUP;

    *plain = (struct plain){.alike = -1};
    for (enum side side = 0; side < SIDES && !error; side++)
        error = give_own(converter, side, &layout[side]);
    if (!error)
        error = converter_pass(converter, &importing);
    if (!error) {
        converter_planes(converter, SIDE_OUT, plane);
        error = copy_planes(&plain->picture, &layout[SIDE_OUT], plane);
    }
    converter_stop(converter);
    return error;
}

/* A frame of @memory, full of the picture where the device reads it, else of noise. */
static int make(struct cell *cell, struct memory *memory, const struct zc_layout *layout,
                struct zc_pool **pool)
{
    int error = memory_make(memory, layout, 1, pool);
    struct zc_frame *frame;
    uint32_t stride;

    if (error)
        return memory_refused(cell, memory, error);
    frame = zc_pool_frame(*pool, 0);
    stride = zc_frame_layout(frame)->plane[0].stride;
    if (stride != layout->plane[0].stride)
        return cell_refuse(cell, "stride", -ENOTSUP,
                           "the memory has a stride of its own, %u bytes, and the device "
                           "wants %u",
                           stride, layout->plane[0].stride);
    error = cell->use == USE_READ ? pattern_draw(frame) : canary_fill(frame, 0);
    return error ? cell_refuse(cell, "map", error, "the CPU cannot map it: %s",
                               strerror(-error))
                 : 0;
}

static int give(struct cell *cell, struct converter *converter, struct zc_frame *frame,
                const struct zc_layout layout[SIDES])
{
    enum side ours = cell->use == USE_READ ? SIDE_IN : SIDE_OUT;

    for (enum side side = 0; side < SIDES; side++) {
        int error = side == ours ? converter_give(converter, side, frame)
                                 : give_own(converter, side, &layout[side]);

        if (error)
            return cell_refuse(cell, side == ours ? "import" : "allocate", error,
                               side == ours ? "it takes no dma-bufs there: %s"
                                            : "it has no memory of its own: %s",
                               strerror(-error));
    }
    return 0;
}

static void compare(struct cell *cell, struct copy *copy, const struct plain *plain)
{
    int alike = copy_alike(copy, &plain->picture);
    bool reads = cell->use == USE_READ;

    if (alike < 0)
        cell_set(cell, CELL_UNCHECKED, NULL,
                 "it %s, and there is no picture of its own memory to compare with",
                 reads ? "read the memory" : "wrote each byte");
    else if (alike < ALIKE)
        cell_set(cell, CELL_WRONG, "content",
                 "it took the memory, and what it %s is not the picture that its own "
                 "memory gives: %d of a hundred bytes are the same",
                 reads ? "read there" : "wrote into it", alike);
    else
        cell_set(cell, CELL_WORKS, NULL,
                 "a known picture came out as it does with the device's own memory");
}

static void look(struct cell *cell, struct converter *converter, struct zc_frame *frame,
                 const struct zc_layout layout[SIDES], const struct plain *plain)
{
    void *plane[ZC_MAX_PLANES] = {0};
    struct canary_rest rest = {0};
    struct copy copy = {0};
    int error;

    if (cell->use == USE_READ) {
        converter_planes(converter, SIDE_OUT, plane);
        error = copy_planes(&copy, &layout[SIDE_OUT], plane);
    } else {
        error = canary_look(frame, 0, &rest);
        if (!error)
            error = copy_make(&copy, frame);
    }
    if (error)
        cell_refuse(cell, "map", error, "%s", strerror(-error));
    else if (rest.left)
        cell_set(cell, CELL_WRONG, "content",
                 "it did not write all of it: %llu of %llu groups of eight bytes are as "
                 "they were, first in plane %d, row %u, byte %u",
                 (unsigned long long)rest.left, (unsigned long long)rest.looked,
                 rest.plane, rest.row, rest.byte);
    else
        compare(cell, &copy, plain);
    copy_free(&copy);
}

static void run(struct cell *cell, struct converter *converter, struct memory *memory,
                const struct plain *plain, struct zc_pool **pool)
{
    struct zc_layout layout[SIDES];
    struct zc_frame *frame;
    bool importing;
    int error =
        converter_set_mode(converter, cell->format, cell->width, cell->height, layout);

    if (error) {
        cell_refuse(cell, "mode", error, "%s", strerror(-error));
        return;
    }
    if (make(cell, memory, &layout[cell->use == USE_READ ? SIDE_IN : SIDE_OUT], pool))
        return;
    frame = zc_pool_frame(*pool, 0);
    cell->stride = zc_frame_layout(frame)->plane[0].stride;
    cell_tell(cell, "both its sides are set to %s %ux%u; the other has its own memory",
              cell->format->name, cell->width, cell->height);
    if (give(cell, converter, frame, layout))
        return;
    error = converter_pass(converter, &importing);
    if (error)
        cell_refuse(cell, importing ? "import" : "frames", error, "%s", strerror(-error));
    else
        look(cell, converter, frame, layout, plain);
}

void converter_trial(struct cell *cell, struct device *device, struct memory *memory,
                     const struct plain *plain)
{
    struct zc_pool *pool = NULL;

    if (!pattern_has(cell->format)) {
        cell_set(cell, CELL_NOT_TRIED, NULL, "no picture is known here in that format");
        return;
    }
    run(cell, device->converter, memory, plain, &pool);
    converter_stop(device->converter);
    zc_pool_unref(pool);
    memory_done(memory);
}

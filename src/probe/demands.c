/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * demands - small pictures, each laid out in one more way, until a device takes them no more.
 */
#include "probe/demands.h"

#include "probe/demand.h"
#include "probe/reach.h"
#include "probe/sizes.h"
#include "probe/trials.h"
#include "tools/document/host.h"

#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#define WIDTH 250 /* of four bytes: a row that no large power of two divides */
#define HEIGHT 64
#define NARROW 64 /* the other side of pictures that are very wide or high */
#define STEP 16
#define TOLERANCE 4

static void add(struct survey *survey, const struct device *device, const char *what,
                const char *how, const char *format, ...)
    __attribute__((format(printf, 5, 6)));

static void add(struct survey *survey, const struct device *device, const char *what,
                const char *how, const char *format, ...)
{
    char found[300];
    va_list args;

    va_start(args, format);
    vsnprintf(found, sizeof(found), format, args);
    va_end(args);
    document_add(survey->document, "probe.demands",
                 json_pack("{s:s, s:s, s:o, s:o}", "device", device->name, "what", what,
                           "found", host_text(found), "how", host_text(how)));
}

/* ------------------------------------------------------------ strides and pieces */

/* A device that is asked, the memory that it is asked in, and the size of the pictures. */
struct asked {
    struct device *device;
    struct memory *memory;
    uint32_t width, height;
};

/* A frame of that stride, with the known picture in it. */
static int make(const struct asked *asked, const struct demand_question *question,
                struct zc_frame **out)
{
    struct zc_layout layout;
    int fds[ZC_MAX_PLANES] = {-1, -1, -1, -1};
    int error = zc_layout_solve(&layout, zc_format_by_name("XR24"), question->width,
                                question->height, NULL);

    if (!error)
        error = zc_layout_set_stride(&layout, question->stride);
    if (error)
        return error;
    layout.plane[0].offset = question->offset;
    layout.bytes[0] =
        question->offset + (size_t)question->stride * (question->height + question->rows);
    if (!question->scattered) {
        error = zc_frame_create(out, asked->memory->heap, &layout);
    } else {
        error = demand_scatter(layout.bytes[0], &fds[0]);
        if (!error)
            error = zc_frame_wrap(out, &layout, fds);
    }
    if (!error && pattern_draw(*out)) {
        zc_frame_unref(*out);
        error = -ENODATA;
    }
    return error;
}

/* The question that any device is likely to take. */
static struct demand_question usual_of(uint32_t width, uint32_t height)
{
    uint32_t row = width * 4;

    return (struct demand_question){
        .width = width,
        .height = height,
        .stride = (row + DEMAND_LARGEST - 1) / DEMAND_LARGEST * DEMAND_LARGEST,
        .rows = DEMAND_ROOM,
    };
}

static int draw(struct zc_gpu *gpu, const struct asked *asked, struct zc_frame *frame)
{
    const struct zc_layout *layout = zc_frame_layout(frame);
    const struct demand_question usual = usual_of(layout->width, layout->height);
    struct zc_frame *into = NULL;
    char where[200];
    int error = make(asked, &usual, &into);

    if (!error)
        error = gpu_draw(gpu, frame, into);
    if (!error && pattern_check(into, 0, 0, layout->width, layout->height, TOLERANCE,
                                where, sizeof(where)) != 1)
        error = -EIO;
    zc_frame_unref(into);
    return error;
}

static int ask(void *user, const struct demand_question *question)
{
    const struct asked *asked = user;
    struct zc_frame *frame;
    uint32_t reasons;
    int error = make(asked, question, &frame);

    if (error)
        return error;
    if (asked->device->kind == DEVICE_GPU)
        error = draw(asked->device->gpu, asked, frame);
    else
        error = zc_display_test(asked->device->display, frame, &reasons);
    zc_frame_unref(frame);
    return error;
}

/* Small ones are quick; but planes may have to fill the screen. */
static void choose_size(struct asked *asked)
{
    const struct demand_question usual = usual_of(WIDTH, HEIGHT);
    const struct demand_question tight = {WIDTH, HEIGHT,      WIDTH * 4,
                                          0,     DEMAND_ROOM, false};

    asked->width = WIDTH;
    asked->height = HEIGHT;
    if (asked->device->kind != DEVICE_DISPLAY || !ask(asked, &usual) ||
        !ask(asked, &tight))
        return;
    asked->width = zc_display_info(asked->device->display)->width;
    asked->height = zc_display_info(asked->device->display)->height;
}

static const char *seen(const struct device *device)
{
    return device->kind == DEVICE_GPU ? "read by the GPU and compared"
                                      : "in a test commit";
}

/* Of displays that show no part of a picture these are the sides of the mode. */
static void ask_sides(struct survey *survey, struct asked *asked, uint32_t align)
{
    uint32_t width = demand_most(align, NARROW, 4, false, STEP, ask, asked);
    uint32_t height = demand_most(align, NARROW, 4, true, STEP, ask, asked);
    char how[160];

    if (!width || !height)
        return;
    snprintf(how, sizeof(how),
             "by pictures of which one side is %d, by %d more pixels each, %s", NARROW,
             STEP, seen(asked->device));
    add(survey, asked->device, "largest side", how, "%u wide%s, %u high%s", width,
        width == DEMAND_MOST_SIDE ? " or more" : "", height,
        height == DEMAND_MOST_SIDE ? " or more" : "");
}

static void ask_layout(struct survey *survey, struct asked *asked)
{
    struct device *device = asked->device;
    struct demand found;
    char how[160];
    int error = demand_find(&found, asked->width, asked->height, 4, ask, asked);

    snprintf(how, sizeof(how),
             "by %d pictures of %ux%u in %s, each laid out otherwise, %s", found.asked,
             asked->width, asked->height, asked->memory->name, seen(device));
    if (error)
        add(survey, device, "stride", how, "none of those that were tried");
    else if (found.tight)
        add(survey, device, "stride", how, "that of the row, without padding");
    else
        add(survey, device, "stride", how, "a multiple of %u bytes", found.stride);
    if (!error && found.asked_scattered)
        add(survey, device, "contiguous memory",
            "by a picture whose pages follow in no order (udmabuf)", "%s",
            found.contiguous ? "needed" : "not needed");
    if (error)
        return;
    if (found.offset)
        add(survey, device, "begin of the picture", "by the same pictures",
            "a multiple of %u bytes", found.offset);
    else
        add(survey, device, "begin of the picture", "by the same pictures",
            "that of the memory");
    add(survey, device, "rows needed behind the picture", "by the same pictures", "%u",
        found.rows);
    if (found.stride)
        ask_sides(survey, asked, found.stride);
}

/* ------------------------------------------------------------ what a display lists */

static void ask_modifiers(struct survey *survey, struct device *device)
{
    char list[240] = "";
    uint64_t modifier;
    size_t used = 0;

    for (int i = 0; zc_display_modifier(device->display,
                                        zc_format_by_name("XR24")->fourcc, i, &modifier);
         i++) {
        char item[32] = "linear";

        if (modifier)
            snprintf(item, sizeof(item), "0x%" PRIx64, modifier);
        if (used < sizeof(list))
            used += snprintf(list + used, sizeof(list) - used, "%s%s", used ? ", " : "",
                             item);
    }
    add(survey, device, "modifiers of XR24", "its planes list them (IN_FORMATS)", "%s",
        used ? list : "none");
}

/* Whether a plane shows a frame of that format and colour. */
static bool takes_colour(const struct asked *asked, const struct zc_format *format,
                         const struct zc_colour *colour)
{
    const struct zc_align align = {.stride = 64};
    struct zc_frame *frame = NULL;
    struct zc_layout layout;
    uint32_t reasons;
    bool taken;

    if (zc_layout_solve(&layout, format, asked->width, asked->height, &align))
        return false;
    layout.colour = *colour;
    if (zc_frame_create(&frame, asked->memory->heap, &layout))
        return false;
    taken = !zc_display_test(asked->device->display, frame, &reasons);
    zc_frame_unref(frame);
    return taken;
}

static void ask_colours(struct survey *survey, const struct asked *asked,
                        const struct zc_format *format)
{
    char list[200] = "", what[40];
    size_t used = 0;

    for (int matrix = ZC_MATRIX_BT601; matrix <= ZC_MATRIX_BT2020; matrix++)
        for (int range = ZC_RANGE_LIMITED; range <= ZC_RANGE_FULL; range++) {
            const struct zc_colour colour = {matrix, range};

            if (takes_colour(asked, format, &colour) && used < sizeof(list))
                used += snprintf(list + used, sizeof(list) - used, "%s%s",
                                 used ? ", " : "", zc_colour_text(&colour));
        }
    snprintf(what, sizeof(what), "colours of %s", format->name);
    add(survey, asked->device, what, "by a test commit of each matrix and range", "%s",
        used ? list : "none");
}

static void ask_display(struct survey *survey, const struct asked *asked)
{
    for (const struct zc_format *format = zc_formats; format->name; format++) {
        if (format->model != ZC_MODEL_YUV || format->separate ||
            !zc_display_has_format(asked->device->display, format->fourcc, 0))
            continue;
        ask_colours(survey, asked, format);
        return;
    }
}

/* What frames of a heap tell. */
static void ask_frames(struct survey *survey, struct device *device,
                       struct memory *memory)
{
    struct asked asked = {.device = device, .memory = memory};

    if (!memory || memory->kind != MEMORY_HEAP)
        return;
    choose_size(&asked);
    ask_layout(survey, &asked);
    if (device->kind == DEVICE_DISPLAY)
        ask_display(survey, &asked);
}

/* ------------------------------------------------------------ what the cells tell */

static void ask_reach(struct survey *survey, const struct device *device)
{
    const json_t *probe = json_object_get(document_json(survey->document), "probe");
    bool seen = reach_can_be_seen();

    switch (reach_of(json_object_get(probe, "cells"), device->name)) {
    case REACH_4_GIB:
        add(survey, device, "addresses", "by heaps with and without that limit",
            "below 4 GiB");
        break;
    case REACH_NO_LIMIT:
        add(survey, device, "addresses",
            seen ? "by heaps of this machine's memory, of which some is "
                   "beyond 4 GiB"
                 : "this machine has no memory beyond 4 GiB",
            seen ? "no limit seen" : "not known");
        break;
    default:
        break;
    }
}

/* ------------------------------------------------------------ cameras */

/* Whether the driver grants a stride that is wished, or has its own. */
static void ask_shape(struct survey *survey, struct device *device,
                      const struct shape *shape)
{
    struct zc_layout own, wished;
    struct zc_align align = {.stride = 1};
    char how[160];
    uint32_t row;

    if (zc_camera_try_layout(device->camera, shape->format, shape->width, shape->height,
                             NULL, &own))
        return;
    row = zc_layout_row_bytes(&own, 0);
    while (align.stride <= row)
        align.stride *= 2;
    if (zc_camera_try_layout(device->camera, shape->format, shape->width, shape->height,
                             &align, &wished))
        return;
    snprintf(how, sizeof(how),
             "by VIDIOC_TRY_FMT of %s %ux%u, whose rows have %u bytes, and %u wished",
             shape->format->name, shape->width, shape->height, row, align.stride);
    if (wished.plane[0].stride == align.stride)
        add(survey, device, "stride", how, "as wished");
    else
        add(survey, device, "stride", how, "its own, %u bytes", wished.plane[0].stride);
}

static void ask_size(struct survey *survey, struct device *device,
                     const struct zc_format *format)
{
    uint32_t width, height;

    if (sizes_largest(device, format, &width, &height))
        add(survey, device, "largest size", "of those that are common for cameras",
            "%ux%u in %s", width, height, format->name);
}

static void ask_camera(struct survey *survey, struct device *device)
{
    for (int s = 0; s < survey->n_shapes; s++)
        if (survey_suits(survey, device, &survey->shape[s])) {
            ask_shape(survey, device, &survey->shape[s]);
            ask_size(survey, device, survey->shape[s].format);
            return;
        }
}

void demands_ask(struct survey *survey)
{
    struct inventory *all = survey->inventory;

    for (int i = 0; i < all->n_devices; i++) {
        struct device *device = &all->device[i];
        struct cell quiet;

        if (device->error || survey->stop())
            continue;
        ask_reach(survey, device);
        if (device->kind == DEVICE_CONVERTER) {
            ask_size(survey, device, converter_format(device->converter, 0));
            continue;
        }
        survey->progress("%s: what it demands", device->name);
        cell_begin(&quiet, "", device->name, USE_SHOW, zc_format_by_name("XR24"), WIDTH,
                   HEIGHT);
        if (device->kind == DEVICE_DISPLAY)
            ask_modifiers(survey, device);
        if (device->kind == DEVICE_CAMERA)
            ask_camera(survey, device);
        else
            ask_frames(survey, device,
                       device->kind == DEVICE_GPU ? survey->gpu_base
                                                  : survey->display_base);
        cell_end(&quiet);
    }
}

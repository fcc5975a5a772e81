/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * ways - flows of the library, built and given up again: what the demo would do, it does, up
 * to the first frame.
 */
#include "probe/ways.h"

#include "probe/dissent.h"
#include "probe/line.h"
#include "tools/document/host.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* What is tried, and what came of it. */
struct attempt {
    struct way way;
    enum outcome outcome;
    const char *why;
    char text[700];
};

/* ------------------------------------------------------------ in the document */

static void put(json_t *object, const char *key, const char *text)
{
    if (text && *text)
        json_object_set_new(object, key, host_text(text));
}

static void put_number(json_t *object, const char *key, uint32_t number)
{
    if (number)
        json_object_set_new(object, key, json_integer(number));
}

static json_t *describe(const struct attempt *attempt)
{
    json_t *object = json_object();

    put(object, "camera", attempt->way.camera->name);
    put(object, "display", attempt->way.display->name);
    put(object, "path", zc_path_name(attempt->way.path));
    put(object, "outcome", cell_outcome_name(attempt->outcome));
    json_object_set_new(object, "why", host_text(attempt->why));
    if (attempt->way.gpu)
        put(object, "gpu", attempt->way.gpu->name);
    return object;
}

static void describe_flow(json_t *object, struct attempt *attempt, struct zc_flow *flow)
{
    struct way *way = &attempt->way;
    struct zc_flow_results results;
    char line[400];

    zc_flow_results(flow, &results);
    put_number(object, "width", way->width);
    put_number(object, "height", way->height);
    put(object, "format", way->format->name);
    put(object, "memory", way->memory ? way->memory->name : way->camera->name);
    put(object, "target", results.target_heap);
    put_number(object, "stride", results.info.source->plane[0].stride);
    put_number(object, "shown_stride", results.info.shown->plane[0].stride);
    put_number(object, "plane", zc_display_info(way->display->display)->test_plane_id);
    json_object_set_new(object, "copies",
                        json_integer(way->path == ZC_PATH_COPY ||
                                     (way->gpu && zc_gpu_info(way->gpu->gpu)->retiles)));
    line_demo(way, line, sizeof(line));
    put(object, "demo", line);
    if (line_gst(way, line, sizeof(line)))
        put(object, "gst", line);
}

/* ------------------------------------------------------------ one attempt */

static struct memory *first_heap(const struct inventory *all)
{
    for (int i = 0; i < all->n_memories; i++)
        if (all->memory[i].kind == MEMORY_HEAP && !all->memory[i].error)
            return (struct memory *)&all->memory[i];
    return NULL;
}

/* Builds the flow, and gives it up again. 0: it is in the document. */
static int attempt(struct survey *survey, struct attempt *attempt, struct memory *target)
{
    struct way *way = &attempt->way;
    const struct memory *memory = way->memory;
    struct zc_flow_config config = {
        .camera = way->camera->camera,
        .display = way->display->display,
        .gpu = way->gpu ? way->gpu->gpu : NULL,
        .heap = target ? target->heap : NULL,
        .path = way->path,
        .mode = {.format = way->format, .width = way->width, .height = way->height},
        .memory = !memory || memory->kind == MEMORY_HEAP ? ZC_MEMORY_HEAP
                  : memory->kind == MEMORY_CAMERA        ? ZC_MEMORY_CAMERA
                                                         : ZC_MEMORY_DISPLAY,
    };
    struct zc_flow *flow = NULL;
    json_t *object;
    int error;

    cell_first_error[0] = '\0';
    error = zc_flow_create(&flow, &config);
    if (error) {
        snprintf(attempt->text, sizeof(attempt->text), "%s",
                 cell_first_error[0] ? cell_first_error : strerror(-error));
        return error;
    }
    snprintf(way->heap, sizeof(way->heap), "%s",
             memory && memory->kind == MEMORY_HEAP ? memory->name : "");
    object = describe(attempt);
    describe_flow(object, attempt, flow);
    zc_flow_destroy(flow);
    document_add(survey->document, "probe.ways", object);
    return 0;
}

/* ------------------------------------------------------------ what is worth one */

static enum outcome worst(enum outcome a, enum outcome b)
{
    return a > b ? a : b;
}

/* What the cells say of the way: the worst of its devices. */
static enum outcome by_cells(const struct survey *survey, const struct way *way,
                             const struct memory *target)
{
    const struct zc_format *drawn = zc_format_by_name("XR24");
    const struct document *document = survey->document;
    const char *memory = way->memory->name, *display = way->display->name;
    enum outcome outcome =
        report_outcome(document, memory, way->camera->name, USE_WRITE, way->format);

    if (way->path == ZC_PATH_DIRECT)
        return worst(outcome,
                     report_outcome(document, memory, display, USE_SHOW, way->format));
    outcome = worst(
        outcome, report_outcome(document, memory, way->gpu->name, USE_READ, way->format));
    if (!target)
        return CELL_NOT_TRIED;
    outcome = worst(
        outcome, report_outcome(document, target->name, way->gpu->name, USE_DRAW, drawn));
    return worst(outcome,
                 report_outcome(document, target->name, display, USE_SHOW, drawn));
}

/* What a flow's other frames are in. */
static struct memory *target_of(const struct survey *survey, const struct way *way)
{
    return way->memory->kind == MEMORY_CAMERA ? first_heap(survey->inventory)
                                              : (struct memory *)way->memory;
}

/* A display's own memory is for what it shows, and of no other device's. The library takes a
 * GPU's for displays that show nothing linear. */
static bool may_be(const struct way *way)
{
    if (way->memory->kind == MEMORY_CAMERA)
        return way->memory->owner == way->camera;
    if (way->memory->kind == MEMORY_DISPLAY)
        return way->memory->owner == way->display && way->path == ZC_PATH_DIRECT;
    if (way->memory->kind == MEMORY_GPU)
        return false;
    return true;
}

static bool try_memory(struct survey *survey, struct attempt *now)
{
    struct memory *target = target_of(survey, &now->way);

    if (!may_be(&now->way))
        return false;
    now->outcome = by_cells(survey, &now->way, target);
    if (now->outcome > CELL_UNCHECKED)
        return false;
    now->why =
        now->outcome == CELL_WORKS
            ? "each device was seen to work in it, and all of them together took it"
            : "all devices together took it; nobody saw what the display shows";
    return !attempt(survey, now, target);
}

static void take_shape(struct survey *survey, struct way *way, const struct shape *shape)
{
    way->format = shape->format;
    way->width = shape->width;
    way->height = shape->height;
    inventory_fit(survey->inventory, shape->width, shape->height);
}

/* The first memory and shape that do. */
static bool try_path(struct survey *survey, struct attempt *now)
{
    for (int s = 0; s < survey->n_way_shapes; s++) {
        /* What a display takes came first, what a GPU is best given after it. */
        int at = now->way.path == ZC_PATH_GPU ? survey->n_way_shapes - 1 - s : s;
        const struct shape *shape = &survey->shape[at];

        if (!survey_suits(survey, now->way.camera, shape))
            continue;
        take_shape(survey, &now->way, shape);
        for (int i = 0; i < survey->inventory->n_memories; i++) {
            now->way.memory = &survey->inventory->memory[i];
            if (!now->way.memory->error && try_memory(survey, now))
                return true;
        }
    }
    return false;
}

static bool try_copy(struct survey *survey, struct attempt *now)
{
    now->way.memory = NULL;
    now->why = "the CPU copies each frame, from the camera's memory to the display's";
    now->outcome = CELL_WORKS;
    for (int s = 0; s < survey->n_way_shapes; s++) {
        const struct shape *shape = &survey->shape[s];

        if (!survey_suits(survey, now->way.camera, shape))
            continue;
        take_shape(survey, &now->way, shape);
        if (!attempt(survey, now, NULL))
            return true;
    }
    return false;
}

/* What the cells say, in a format that the camera was tried with. */
static bool disagree(const struct survey *survey, struct attempt *now)
{
    const struct zc_format *drawn = zc_format_by_name("XR24");
    const struct way *way = &now->way;
    bool gpu = way->path == ZC_PATH_GPU;
    const struct party source[2] = {
        {way->camera->name, USE_WRITE},
        {gpu ? way->gpu->name : way->display->name, gpu ? USE_READ : USE_SHOW},
    };
    const struct party target[2] = {
        {gpu ? way->gpu->name : NULL, USE_DRAW},
        {way->display->name, USE_SHOW},
    };

    for (int s = 0; s < survey->n_way_shapes; s++)
        if (survey_suits(survey, way->camera, &survey->shape[s]) &&
            dissent_tell(survey->document, source, survey->shape[s].format, now->text,
                         sizeof(now->text)))
            return true;
    return gpu &&
           dissent_tell(survey->document, target, drawn, now->text, sizeof(now->text));
}

static void say_none(struct survey *survey, struct attempt *now, bool stopped)
{
    now->outcome = stopped ? CELL_NOT_TRIED : CELL_REFUSED;
    if (stopped)
        now->why = survey->why_stop();
    else if (now->text[0] || (now->way.path != ZC_PATH_COPY && disagree(survey, now)))
        now->why = now->text;
    else
        now->why = "no memory and format that were tried suit all of its devices";
    document_add(survey->document, "probe.ways", describe(now));
}

static void try_pair(struct survey *survey, struct device *camera, struct device *display)
{
    static const enum zc_path paths[] = {ZC_PATH_DIRECT, ZC_PATH_GPU, ZC_PATH_COPY};
    struct inventory *all = survey->inventory;

    for (size_t p = 0; p < sizeof(paths) / sizeof(*paths); p++) {
        struct attempt now = {
            .way = {.camera = camera, .display = display, .path = paths[p]}};
        bool stopped = survey->stop(), found = false;

        for (int i = 0; i < all->n_devices && paths[p] == ZC_PATH_GPU && !now.way.gpu;
             i++)
            if (all->device[i].kind == DEVICE_GPU && !all->device[i].error)
                now.way.gpu = &all->device[i];
        if (paths[p] == ZC_PATH_GPU && !now.way.gpu)
            continue;
        if (!stopped) {
            survey->progress("%s to %s, %s", camera->name, display->name,
                             zc_path_name(paths[p]));
            found = paths[p] == ZC_PATH_COPY ? try_copy(survey, &now)
                                             : try_path(survey, &now);
        }
        if (!found)
            say_none(survey, &now, stopped);
    }
}

void ways_try(struct survey *survey)
{
    struct inventory *all = survey->inventory;

    for (int i = 0; i < all->n_devices; i++)
        for (int k = 0; k < all->n_devices; k++)
            if (all->device[i].kind == DEVICE_CAMERA && !all->device[i].error &&
                all->device[k].kind == DEVICE_DISPLAY && !all->device[k].error)
                try_pair(survey, &all->device[i], &all->device[k]);
}

int ways_verdict(const json_t *document)
{
    const json_t *probe = json_object_get(document, "probe");
    int verdict = 3;
    size_t index;
    json_t *way;

    json_array_foreach(json_object_get(probe, "ways"), index, way) {
        const char *outcome = json_string_value(json_object_get(way, "outcome"));
        bool copies = json_integer_value(json_object_get(way, "copies"));

        if (outcome && (!strcmp(outcome, cell_outcome_name(CELL_WORKS)) ||
                        !strcmp(outcome, cell_outcome_name(CELL_UNCHECKED))))
            verdict = !copies ? 0 : verdict == 0 ? 0 : 1;
    }
    return verdict;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * survey - shapes that matter: of each camera the format that a display takes directly, and
 * the one that a GPU is best given; and each memory on each device in these.
 */
#include "probe/survey.h"

#include "probe/trials.h"

#include <errno.h>
#include <string.h>

#define WIDTH 640
#define HEIGHT 480

/* ------------------------------------------------------------ shapes */

static bool shows(const struct inventory *all, const struct zc_format *format)
{
    for (int i = 0; i < all->n_devices; i++)
        if (all->device[i].kind == DEVICE_DISPLAY && !all->device[i].error &&
            !format->separate &&
            zc_display_has_format(all->device[i].display, format->fourcc, 0))
            return true;
    return false;
}

static void add_shape(struct survey *survey, const struct shape *shape)
{
    for (int i = 0; i < survey->n_shapes; i++)
        if (survey->shape[i].format == shape->format &&
            survey->shape[i].width == shape->width &&
            survey->shape[i].height == shape->height)
            return;
    if (survey->n_shapes < MOST_SHAPES)
        survey->shape[survey->n_shapes++] = *shape;
}

/* 640x480, which most have, keeps the trials short; else what the camera is set to. */
static bool choose_size(const struct survey *survey, const struct device *camera,
                        struct shape *shape)
{
    const struct zc_layout *before = &camera->before;

    *shape = (struct shape){shape->format, survey->asked.width, survey->asked.height};
    if (shape->width)
        return zc_camera_has_size(camera->camera, shape->format, shape->width,
                                  shape->height);
    shape->width = WIDTH;
    shape->height = HEIGHT;
    if (zc_camera_has_size(camera->camera, shape->format, WIDTH, HEIGHT) ||
        !before->format)
        return true;
    shape->width = before->width;
    shape->height = before->height;
    return true;
}

static const struct zc_format *format_for_display(const struct survey *survey,
                                                  const struct device *camera)
{
    for (const struct zc_format *format = zc_formats; format->name; format++)
        if (zc_camera_has_format(camera->camera, format) &&
            shows(survey->inventory, format))
            return format;
    return NULL;
}

static const struct zc_format *format_for_gpu(const struct device *camera)
{
    const struct zc_format *format;

    for (int i = 0; (format = zc_format_for_gpu(i)); i++)
        if (zc_camera_has_format(camera->camera, format))
            return format;
    return zc_camera_format(camera->camera, 0);
}

static void add_shapes_of(struct survey *survey, const struct device *camera)
{
    const struct zc_format *formats[] = {format_for_display(survey, camera),
                                         format_for_gpu(camera)};

    for (size_t i = 0; i < 2; i++) {
        struct shape shape = {.format = survey->asked.format ? survey->asked.format
                                                             : formats[i]};

        if (shape.format && zc_camera_has_format(camera->camera, shape.format) &&
            choose_size(survey, camera, &shape))
            add_shape(survey, &shape);
    }
}

static bool converter_suits(const struct device *device, const struct shape *shape)
{
    return !device->error && device->kind == DEVICE_CONVERTER &&
           converter_has_format(device->converter, shape->format);
}

/* A converter that has none of the cameras' formats is tried in one of its own. */
static void add_shape_for(struct survey *survey, const struct device *device)
{
    const struct zc_format *format;
    struct shape own = survey->shape[0];

    for (int i = 0; i < survey->n_shapes; i++)
        if (converter_suits(device, &survey->shape[i]))
            return;
    for (int i = 0; (format = converter_format(device->converter, i)); i++)
        if (pattern_has(format)) {
            own.format = format;
            add_shape(survey, &own);
            return;
        }
}

static void choose_shapes(struct survey *survey)
{
    const struct inventory *all = survey->inventory;
    const struct shape usual = {survey->asked.format ? survey->asked.format
                                                     : zc_format_by_name("XR24"),
                                survey->asked.width ? survey->asked.width : WIDTH,
                                survey->asked.height ? survey->asked.height : HEIGHT};

    for (int i = 0; i < all->n_devices; i++)
        if (all->device[i].kind == DEVICE_CAMERA && !all->device[i].error)
            add_shapes_of(survey, &all->device[i]);
    if (!survey->n_shapes)
        add_shape(survey, &usual);
    if (!survey->asked.format) {
        /* What a GPU draws for a display. */
        struct shape drawn = survey->shape[0];

        drawn.format = zc_format_by_name("XR24");
        add_shape(survey, &drawn);
    }
    survey->n_way_shapes = survey->n_shapes;
    for (int i = 0; i < all->n_devices && !survey->asked.format; i++)
        if (!all->device[i].error && all->device[i].kind == DEVICE_CONVERTER)
            add_shape_for(survey, &all->device[i]);
}

bool survey_suits(const struct survey *survey, const struct device *camera,
                  const struct shape *shape)
{
    struct shape own = {.format = shape->format};

    return !camera->error && zc_camera_has_format(camera->camera, shape->format) &&
           choose_size(survey, camera, &own) && own.width == shape->width &&
           own.height == shape->height;
}

/* ------------------------------------------------------------ what others stand on */

static bool lit(const struct device *display)
{
    return zc_display_info(display->display)->mode_kept;
}

/* A trial whose outcome alone counts. */
static bool works(struct device *device, struct memory *memory, const struct shape *shape)
{
    const struct zc_format *format = zc_format_by_name("XR24");
    struct cell cell;
    bool good;

    cell_begin(&cell, memory->name, device->name,
               device->kind == DEVICE_GPU ? USE_READ : USE_SHOW, format, shape->width,
               shape->height);
    if (device->kind == DEVICE_GPU)
        gpu_trial(&cell, device, memory, memory);
    else
        display_trial(&cell, device, memory, NULL, false);
    good = cell.outcome == CELL_WORKS || cell.outcome == CELL_UNCHECKED;
    cell_end(&cell);
    return good;
}

static struct memory *find_base(struct survey *survey, enum device_kind kind)
{
    struct inventory *all = survey->inventory;

    for (int i = 0; i < all->n_devices; i++)
        for (int k = 0; k < all->n_memories && all->device[i].kind == kind &&
                        !all->device[i].error && !survey->stop();
             k++)
            if (!all->memory[k].error &&
                works(&all->device[i], &all->memory[k], &survey->shape[0]))
                return &all->memory[k];
    return NULL;
}

/* ------------------------------------------------------------ the trials */

static void try_cell(struct survey *survey, struct device *device, struct memory *memory,
                     const struct shape *shape, enum use use, const struct plain *plain)
{
    struct cell cell;

    cell_begin(&cell, memory->name, device->name, use, shape->format, shape->width,
               shape->height);
    if (memory->error)
        cell_set(&cell, CELL_NOT_TRIED, NULL, "%s", memory->why);
    else if (survey->stop())
        cell_set(&cell, CELL_NOT_TRIED, NULL, "%s", survey->why_stop());
    else if (device->kind == DEVICE_CAMERA)
        camera_trial(&cell, device, memory, plain);
    else if (device->kind == DEVICE_CONVERTER)
        converter_trial(&cell, device, memory, plain);
    else if (device->kind == DEVICE_GPU)
        gpu_trial(&cell, device, memory, survey->gpu_base ? survey->gpu_base : memory);
    else
        display_trial(&cell, device, memory, survey->display_base,
                      survey->take || !lit(device));
    report_cell(survey->document, &cell);
    cell_end(&cell);
}

/* One camera's memory on another: seldom of use, so it comes last. */
static bool is_foreign(const struct memory *memory, const struct device *device)
{
    return device->kind == DEVICE_CAMERA && memory->kind == MEMORY_CAMERA &&
           memory->owner != device;
}

static bool is_wanted(const struct survey *survey, const struct memory *memory,
                      const struct device *device, bool foreign)
{
    if (device->error || is_foreign(memory, device) != foreign)
        return false;
    return !survey->only_memory || (!strcmp(survey->only_memory, memory->name) &&
                                    !strcmp(survey->only_device, device->name));
}

/* Whether the device does that with the picture. */
static bool has_use(const struct survey *survey, const struct device *device,
                    enum use use, const struct shape *shape)
{
    switch (use) {
    case USE_WRITE:
        return converter_suits(device, shape) ||
               (device->kind == DEVICE_CAMERA && survey_suits(survey, device, shape));
    case USE_READ:
        return device->kind == DEVICE_GPU || converter_suits(device, shape);
    case USE_DRAW:
        return device->kind == DEVICE_GPU && !strcmp(shape->format->name, "XR24");
    default:
        return device->kind == DEVICE_DISPLAY;
    }
}

/* A memory on all devices. */
static void try_memory(struct survey *survey, struct memory *memory,
                       const struct shape *shape, const struct plain *plain, bool foreign)
{
    struct inventory *all = survey->inventory;

    for (int i = 0; i < all->n_devices; i++) {
        struct device *device = &all->device[i];

        for (enum use use = 0; use < USES && is_wanted(survey, memory, device, foreign);
             use++) {
            if (!has_use(survey, device, use, shape))
                continue;
            if (!survey->stop())
                survey->progress("%s %s %s %ux%u in %s", device->name, cell_use_name(use),
                                 shape->format->name, shape->width, shape->height,
                                 memory->name);
            try_cell(survey, device, memory, shape, use, &plain[i]);
        }
    }
}

/* The pictures to compare with; one that a camera does not give is empty. */
static void take_plains(struct survey *survey, const struct shape *shape,
                        struct plain plain[MOST_DEVICES])
{
    struct inventory *all = survey->inventory;

    for (int i = 0; i < all->n_devices; i++) {
        struct device *device = &all->device[i];
        struct cell quiet;

        plain[i] = (struct plain){.alike = -1};
        if (device->error || survey->stop() ||
            !has_use(survey, device, USE_WRITE, shape) ||
            (survey->only_device && strcmp(survey->only_device, device->name)))
            continue;
        cell_begin(&quiet, "", device->name, USE_WRITE, shape->format, shape->width,
                   shape->height);
        if (device->kind == DEVICE_CONVERTER)
            converter_plain_take(&plain[i], device, shape->format, shape->width,
                                 shape->height);
        else
            plain_take(&plain[i], device, shape->format, shape->width, shape->height);
        cell_end(&quiet);
    }
}

/* The best memory is tried on all devices first: what time is left for, matters less. */
static void try_shape(struct survey *survey, const struct shape *shape, bool foreign)
{
    struct plain plain[MOST_DEVICES];
    struct inventory *all = survey->inventory;

    inventory_fit(all, shape->width, shape->height);
    take_plains(survey, shape, plain);
    for (int i = 0; i < all->n_memories; i++)
        try_memory(survey, &all->memory[i], shape, plain, foreign);
    for (int i = 0; i < all->n_devices; i++)
        plain_free(&plain[i]);
}

static int count_cameras(const struct inventory *all)
{
    int n = 0;

    for (int i = 0; i < all->n_devices; i++)
        n += all->device[i].kind == DEVICE_CAMERA && !all->device[i].error;
    return n;
}

void survey_run(struct survey *survey)
{
    trials_stop = survey->stop;
    choose_shapes(survey);
    inventory_fit(survey->inventory, survey->shape[0].width, survey->shape[0].height);
    survey->gpu_base = find_base(survey, DEVICE_GPU);
    survey->display_base = find_base(survey, DEVICE_DISPLAY);
    for (int s = 0; s < survey->n_shapes; s++)
        try_shape(survey, &survey->shape[s], false);
    for (int s = 0; s < survey->n_shapes && count_cameras(survey->inventory) > 1; s++)
        try_shape(survey, &survey->shape[s], true);
}

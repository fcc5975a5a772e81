/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* inventory - what is there, opened by the library; nothing is set or shown. */
#include "probe/inventory.h"

#include "probe/cell.h"
#include "probe/holder.h"

#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NODES 64

const char *device_kind_name(enum device_kind kind)
{
    static const char *const names[] = {"camera", "converter", "gpu", "display"};

    return names[kind];
}

static struct device *add_device(struct inventory *all, enum device_kind kind,
                                 const char *name, const char *path)
{
    struct device *device = &all->device[all->n_devices];

    if (all->n_devices == MOST_DEVICES)
        return NULL;
    all->n_devices++;
    *device = (struct device){.kind = kind};
    snprintf(device->name, sizeof(device->name), "%s", name);
    snprintf(device->path, sizeof(device->path), "%s", path);
    return device;
}

/* Why the library could not open it. */
static void deny(struct device *device, int error)
{
    device->error = error;
    snprintf(device->why, sizeof(device->why), "%s",
             cell_first_error[0] ? cell_first_error : strerror(-error));
}

/* ------------------------------------------------------------ cameras */

static void describe_camera(struct device *device)
{
    const struct zc_format *format;
    char text[120] = "";
    size_t used = 0;

    for (int i = 0; (format = zc_camera_format(device->camera, i)); i++)
        if (used < sizeof(text))
            used += snprintf(text + used, sizeof(text) - used, "%s%s", used ? " " : "",
                             format->name);
    snprintf(device->about, sizeof(device->about), "%s: %s%s",
             zc_camera_name(device->camera), text, used < sizeof(text) ? "" : "…");
}

static void pass_over(struct inventory *all)
{
    size_t used = strlen(all->passed_over);

    snprintf(all->passed_over + used, sizeof(all->passed_over) - used, "%s%s",
             used ? "; " : "", cell_first_error);
    all->n_passed_over++;
}

/* Whether there was one that is wanted, or another that is not. */
static bool add_converter(struct inventory *all, const char *path,
                          const struct wanted *wanted)
{
    struct converter *converter;
    const struct zc_format *format;
    struct device *device;
    char name[16];

    if (converter_open(&converter, path))
        return false;
    if (wanted->converter && strcmp(wanted->converter, path)) {
        converter_close(converter);
        return true;
    }
    snprintf(name, sizeof(name), "m2m%.8s",
             strncmp(path, "/dev/video", 10) ? "" : path + 10);
    device = add_device(all, DEVICE_CONVERTER, name, path);
    if (!device) {
        converter_close(converter);
        return true;
    }
    device->converter = converter;
    snprintf(device->about, sizeof(device->about), "%s:", converter_name(converter));
    for (int i = 0; (format = converter_format(converter, i)); i++) {
        size_t used = strlen(device->about);

        snprintf(device->about + used, sizeof(device->about) - used, " %s", format->name);
    }
    return true;
}

/* A node that is no camera is passed over, unless it was asked for. */
static void add_camera(struct inventory *all, const char *path,
                       const struct wanted *wanted)
{
    struct zc_camera *camera = NULL;
    struct device *device;
    char name[16], holder[200];
    int error;

    cell_first_error[0] = '\0';
    error = zc_camera_open(&camera, path);
    if (error == -ENOTSUP && !wanted->camera) {
        if (!add_converter(all, path, wanted))
            pass_over(all);
        return;
    }
    snprintf(name, sizeof(name), "camera%.8s",
             strncmp(path, "/dev/video", 10) ? "" : path + 10);
    device = add_device(all, DEVICE_CAMERA, name, path);
    if (!device) {
        zc_camera_close(camera);
        return;
    }
    if (error) {
        deny(device, error);
        return;
    }
    device->camera = camera;
    describe_camera(device);
    if (!wanted->take && holder_find(path, holder, sizeof(holder))) {
        device->error = -EBUSY;
        snprintf(
            device->why, sizeof(device->why),
            "%s is in use by %s, and stays undisturbed: end that, or try with --take",
            path, holder);
    }
    if (zc_camera_get_layout(camera, &device->before))
        device->before.format = NULL;
}

/* Cameras, and converters, which have nodes of the same kind. */
static void add_videos(struct inventory *all, const struct wanted *wanted)
{
    if (wanted->camera)
        add_camera(all, wanted->camera, wanted);
    for (int i = 0; i < NODES; i++) {
        char path[32];
        glob_t found = {0};

        snprintf(path, sizeof(path), "/dev/video%d", i);
        if (!glob(path, 0, NULL, &found) && !wanted->camera)
            add_camera(all, path, wanted);
        else if (found.gl_pathc && strcmp(path, wanted->camera))
            add_converter(all, path, wanted);
        globfree(&found);
    }
}

/* ------------------------------------------------------------ GPU and displays */

static void add_gpu(struct inventory *all, const char *node)
{
    struct device *device;
    char name[16];
    int n = 0;

    for (int i = 0; i < all->n_devices; i++)
        n += all->device[i].kind == DEVICE_GPU;
    snprintf(name, sizeof(name), "gpu%d", n);
    device = add_device(all, DEVICE_GPU, name, node ? node : "any");
    if (!device)
        return;
    cell_first_error[0] = '\0';
    device->error = zc_gpu_open(&device->gpu, node);
    if (device->error) {
        deny(device, device->error);
        return;
    }
    snprintf(device->path, sizeof(device->path), "%s", zc_gpu_info(device->gpu)->device);
    snprintf(device->about, sizeof(device->about), "%s%s",
             zc_gpu_info(device->gpu)->renderer,
             zc_gpu_info(device->gpu)->retiles ? "; it copies each linear frame" : "");
}

static void describe_display(struct device *device)
{
    const struct zc_display_info *info = zc_display_info(device->display);

    snprintf(device->about, sizeof(device->about), "%s, %s %ux%u, %s%s", info->driver,
             info->connector, info->width, info->height, info->mode_kept ? "lit" : "dark",
             info->writeback ? ", writeback" : "");
}

static void open_display(struct device *device, uint32_t width, uint32_t height)
{
    const struct zc_display_config config = {
        .path = device->path, .width = width, .height = height};
    char holder[200];

    cell_first_error[0] = '\0';
    device->error = zc_display_open(&device->display, &config);
    if (!device->error)
        return;
    deny(device, device->error);
    if (device->error == -EBUSY && holder_find(device->path, holder, sizeof(holder)))
        snprintf(device->why, sizeof(device->why),
                 "%s is held by %s, and stays undisturbed: run this from a text console "
                 "(Ctrl+Alt+F3), or end that",
                 device->path, holder);
}

static void add_display(struct inventory *all, const char *path)
{
    const char *base = strrchr(path, '/');
    struct device *device = add_device(all, DEVICE_DISPLAY, base ? base + 1 : path, path);

    if (!device)
        return;
    open_display(device, 0, 0);
    if (!device->error)
        describe_display(device);
}

/* Whether it would be in another mode if it were opened for a picture of that size. */
static bool is_unfit(const struct zc_display *display, uint32_t width, uint32_t height)
{
    const struct zc_display_info *info = zc_display_info(display);
    uint32_t wide = 0, high = 0, best_wide = 0, best_high = 0;

    for (int i = 0; zc_display_mode(display, i, &wide, &high); i++)
        if (!i || (wide == width && high == height)) {
            best_wide = wide;
            best_high = high;
        }
    return !info->mode_kept && (info->width != best_wide || info->height != best_high);
}

void inventory_fit(struct inventory *inventory, uint32_t width, uint32_t height)
{
    for (int i = 0; i < inventory->n_devices; i++) {
        struct device *device = &inventory->device[i];

        if (device->kind != DEVICE_DISPLAY || device->error ||
            !is_unfit(device->display, width, height))
            continue;
        zc_display_close(device->display);
        device->display = NULL;
        open_display(device, width, height);
        memories_follow(inventory, device);
    }
}

static void add_displays(struct inventory *all, const struct wanted *wanted)
{
    glob_t found = {0};

    if (wanted->display) {
        add_display(all, wanted->display);
        return;
    }
    if (!glob("/dev/dri/card[0-9]*", 0, NULL, &found))
        for (size_t i = 0; i < found.gl_pathc; i++)
            add_display(all, found.gl_pathv[i]);
    globfree(&found);
}

/* ------------------------------------------------------------ the whole */

void inventory_open(struct inventory *inventory, const struct wanted *wanted)
{
    *inventory = (struct inventory){0};
    add_videos(inventory, wanted);
    if (!wanted->gpu || strcmp(wanted->gpu, "none"))
        add_gpu(inventory, wanted->gpu);
    add_displays(inventory, wanted);
    memories_open(inventory, wanted);
}

static void close_camera(struct device *device)
{
    struct zc_camera_mode mode = {
        .format = device->before.format,
        .width = device->before.width,
        .height = device->before.height,
    };
    struct zc_layout layout;

    if (!device->error && mode.format)
        zc_camera_set_mode(device->camera, &mode, NULL, &layout);
    zc_camera_close(device->camera);
}

void inventory_close(struct inventory *inventory)
{
    memories_close(inventory);
    for (int i = 0; i < inventory->n_devices; i++) {
        struct device *device = &inventory->device[i];

        if (device->kind == DEVICE_CAMERA && device->camera)
            close_camera(device);
        else if (device->kind == DEVICE_CONVERTER)
            converter_close(device->converter);
        else if (device->kind == DEVICE_GPU)
            zc_gpu_close(device->gpu);
        else if (device->kind == DEVICE_DISPLAY)
            zc_display_close(device->display);
    }
}

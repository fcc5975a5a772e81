/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* camera, its sizes: which there are, which is nearest, and what to say of one that is not. */
#include "camera/camera-private.h"
#include "camera/list.h"

#include <errno.h>
#include <stdio.h>

/* What a camera that says no size at all is asked for. */
#define USUAL_WIDTH 640
#define USUAL_HEIGHT 480

static bool has_size(const struct zc_camera *camera, uint32_t v4l2, uint32_t width,
                     uint32_t height)
{
    struct v4l2_frmsizeenum size = {.pixel_format = v4l2};

    for (; !zc_camera_ioctl(camera, VIDIOC_ENUM_FRAMESIZES, &size); size.index++) {
        const struct v4l2_frmsize_stepwise *step = &size.stepwise;

        if (size.type == V4L2_FRMSIZE_TYPE_DISCRETE) {
            if (size.discrete.width == width && size.discrete.height == height)
                return true;
        } else {
            return width >= step->min_width && width <= step->max_width &&
                   height >= step->min_height && height <= step->max_height &&
                   (width - step->min_width) % step->step_width == 0 &&
                   (height - step->min_height) % step->step_height == 0;
        }
    }
    return false;
}

bool zc_camera_has_size(const struct zc_camera *camera, const struct zc_format *format,
                        uint32_t width, uint32_t height)
{
    return has_size(camera, format->v4l2, width, height);
}

static uint32_t step_to(uint32_t value, uint32_t least, uint32_t most, uint32_t step)
{
    if (value <= least)
        return least;
    if (value > most)
        value = most;
    return step ? value - (value - least) % step : value;
}

static uint64_t pixels_apart(const struct v4l2_frmsize_discrete *size, uint64_t pixels)
{
    uint64_t has = (uint64_t)size->width * size->height;

    return has > pixels ? has - pixels : pixels - has;
}

void zc_camera_nearest_size(const struct zc_camera *camera,
                            const struct zc_format *format, uint32_t *width,
                            uint32_t *height)
{
    struct v4l2_frmsizeenum size = {.pixel_format = format->v4l2};
    struct v4l2_frmsize_discrete best = {0};
    uint64_t pixels;

    if (!*width || !*height) {
        *width = USUAL_WIDTH;
        *height = USUAL_HEIGHT;
    }
    pixels = (uint64_t)*width * *height;
    for (; !zc_camera_ioctl(camera, VIDIOC_ENUM_FRAMESIZES, &size); size.index++) {
        const struct v4l2_frmsize_stepwise *step = &size.stepwise;

        if (size.type != V4L2_FRMSIZE_TYPE_DISCRETE) {
            *width = step_to(*width, step->min_width, step->max_width, step->step_width);
            *height =
                step_to(*height, step->min_height, step->max_height, step->step_height);
            return;
        }
        if (size.discrete.width == *width && size.discrete.height == *height)
            return;
        if (!best.width ||
            pixels_apart(&size.discrete, pixels) < pixels_apart(&best, pixels))
            best = size.discrete;
    }
    if (best.width) {
        *width = best.width;
        *height = best.height;
    }
}

static void list_sizes(const struct zc_camera *camera, const struct zc_format *format,
                       struct list *list)
{
    struct v4l2_frmsizeenum size = {.pixel_format = format->v4l2};

    for (; !zc_camera_ioctl(camera, VIDIOC_ENUM_FRAMESIZES, &size); size.index++) {
        char item[96];

        if (size.type == V4L2_FRMSIZE_TYPE_DISCRETE)
            snprintf(item, sizeof(item), "%ux%u", size.discrete.width,
                     size.discrete.height);
        else
            snprintf(item, sizeof(item), "%ux%u to %ux%u in steps of %ux%u",
                     size.stepwise.min_width, size.stepwise.min_height,
                     size.stepwise.max_width, size.stepwise.max_height,
                     size.stepwise.step_width, size.stepwise.step_height);
        zc_list_add(list, item);
        if (size.type != V4L2_FRMSIZE_TYPE_DISCRETE)
            break;
    }
}

/* In which formats there is such a size: those that are known here, and others. */
static void list_formats_with(const struct zc_camera *camera, uint32_t width,
                              uint32_t height, struct list *known, struct list *unknown)
{
    struct v4l2_fmtdesc desc = {.type = camera->type};

    for (; !zc_camera_ioctl(camera, VIDIOC_ENUM_FMT, &desc); desc.index++) {
        if (desc.flags & V4L2_FMT_FLAG_EMULATED ||
            !has_size(camera, desc.pixelformat, width, height))
            continue;
        zc_list_add_format(zc_format_by_v4l2(desc.pixelformat) ? known : unknown, &desc);
    }
}

int zc_camera_refuse_size(const struct zc_camera *camera, const struct zc_format *format,
                          uint32_t width, uint32_t height)
{
    struct list sizes = {0}, known = {0}, unknown = {0};
    char elsewhere[640] = "";

    list_sizes(camera, format, &sizes);
    list_formats_with(camera, width, height, &known, &unknown);
    if (known.used)
        snprintf(elsewhere, sizeof(elsewhere), "; it has %ux%u in %s: choose that format",
                 width, height, known.text);
    else if (unknown.used)
        snprintf(elsewhere, sizeof(elsewhere),
                 "; it has %ux%u only as %s, which nothing here decodes", width, height,
                 unknown.text);
    zc_log(ZC_LOG_ERROR, "camera %s has no size %ux%u in %s; it has %s%s", camera->path,
           width, height, format->name,
           sizes.used ? sizes.text : "a size of its own choice", elsewhere);
    return -ERANGE;
}

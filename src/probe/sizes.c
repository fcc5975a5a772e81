/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* sizes - those of video and of sensors, the largest first. */
#include "probe/sizes.h"

static const struct size {
    uint32_t width, height;
} sizes[] = {
    {7680, 4320}, {4608, 2592}, {4096, 3072}, {4096, 2160}, {4056, 3040}, {3840, 2160},
    {3280, 2464}, {2592, 1944}, {2560, 1440}, {2304, 1296}, {2048, 1536}, {1920, 1200},
    {1920, 1080}, {1600, 1200}, {1640, 1232}, {1280, 1024}, {1280, 960},  {1280, 720},
    {1024, 768},  {960, 540},   {848, 480},   {800, 600},   {720, 576},   {720, 480},
    {640, 480},   {640, 360},   {352, 288},   {320, 240},   {320, 180},   {160, 120},
};

static bool has(struct device *device, const struct zc_format *format,
                const struct size *size)
{
    struct zc_layout layout[SIDES];

    if (device->kind == DEVICE_CAMERA)
        return zc_camera_has_size(device->camera, format, size->width, size->height);
    return !converter_set_mode(device->converter, format, size->width, size->height,
                               layout);
}

bool sizes_largest(struct device *device, const struct zc_format *format, uint32_t *width,
                   uint32_t *height)
{
    for (size_t i = 0; i < sizeof(sizes) / sizeof(*sizes); i++) {
        if (!has(device, format, &sizes[i]))
            continue;
        *width = sizes[i].width;
        *height = sizes[i].height;
        return true;
    }
    return false;
}

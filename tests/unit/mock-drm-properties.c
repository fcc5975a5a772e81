/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* mock-drm-properties - what properties are called and may be, and which an object has. */
#include "mock-drm.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <xf86drm.h>

static const char *const names[] = {
    "CRTC_ID",
    "WRITEBACK_FB_ID",
    "WRITEBACK_OUT_FENCE_PTR",
    "WRITEBACK_PIXEL_FORMATS",
    "ACTIVE",
    "MODE_ID",
    "type",
    "FB_ID",
    "SRC_X",
    "SRC_Y",
    "SRC_W",
    "SRC_H",
    "CRTC_X",
    "CRTC_Y",
    "CRTC_W",
    "CRTC_H",
    "alpha",
    "IN_FENCE_FD",
    "IN_FORMATS",
    "rotation",
    "EDID",
    "zpos",
    "link-status",
    "Colorspace",
    "HDR_OUTPUT_METADATA",
    "DEGAMMA_LUT",
    "CTM",
    "GAMMA_LUT",
    "VRR_ENABLED",
    "COLOR_ENCODING",
    "COLOR_RANGE",
    "pixel blend mode",
};

#define NAMES ((int)(sizeof(names) / sizeof(*names)))

/* The values are another driver's than those of Linux's helpers, and none is an index. */
static const struct option {
    const char *property, *name;
    uint64_t value;
} options[] = {
    {"COLOR_ENCODING", "ITU-R BT.709 YCbCr", 4},
    {"COLOR_ENCODING", "ITU-R BT.601 YCbCr", 7},
    {"COLOR_ENCODING", "ITU-R BT.2020 YCbCr", 5},
    {"COLOR_RANGE", "YCbCr full range", 3},
    {"COLOR_RANGE", "YCbCr limited range", 6},
    {"Colorspace", "Default", 2},
    {"Colorspace", "BT2020_RGB", 9},
    {"pixel blend mode", "None", 8},
    {"pixel blend mode", "Pre-multiplied", 5},
    {"pixel blend mode", "Coverage", 1},
};

#define OPTIONS ((int)(sizeof(options) / sizeof(*options)))

uint64_t mock_drm_option(const char *option)
{
    for (int i = 0; i < OPTIONS; i++)
        if (!strcmp(options[i].name, option))
            return options[i].value;
    abort();
}

const char *mock_drm_name(uint32_t id)
{
    return id >= 1 && id <= (uint32_t)NAMES ? names[id - 1] : NULL;
}

static uint32_t name_id(const char *name)
{
    for (int i = 0; i < NAMES; i++)
        if (!strcmp(names[i], name))
            return i + 1;
    abort();
}

drmModeObjectPropertiesPtr drmModeObjectGetProperties(int fd, uint32_t id, uint32_t type)
{
    const struct mock_object *object = mock_drm_object(id);
    drmModeObjectProperties *list = calloc(1, sizeof(*list));

    (void)fd;
    (void)type;
    list->props = calloc(object->n, sizeof(uint32_t));
    list->prop_values = calloc(object->n, sizeof(uint64_t));
    for (int i = 0; i < object->n; i++) {
        const char *name = object->prop[i].name;

        if ((mock_drm.absent && !strcmp(name, mock_drm.absent)) ||
            (mock_drm.no_in_formats && !strcmp(name, "IN_FORMATS")))
            continue;
        list->props[list->count_props] = name_id(name);
        list->prop_values[list->count_props++] = object->prop[i].value;
    }
    return list;
}

void drmModeFreeObjectProperties(drmModeObjectPropertiesPtr list)
{
    free(list->props);
    free(list->prop_values);
    free(list);
}

drmModePropertyPtr drmModeGetProperty(int fd, uint32_t id)
{
    drmModePropertyRes *property = calloc(1, sizeof(*property));
    const char *name = mock_drm_name(id);

    (void)fd;
    if (!name)
        abort();
    property->prop_id = id;
    snprintf(property->name, sizeof(property->name), "%s", name);
    if (mock_drm.fixed && !strcmp(name, mock_drm.fixed))
        property->flags |= DRM_MODE_PROP_IMMUTABLE;
    if (!strcmp(name, "zpos")) {
        property->flags |= DRM_MODE_PROP_RANGE;
        property->count_values = 2;
        property->values = calloc(2, sizeof(uint64_t));
        property->values[0] = MOCK_LOWEST;
        property->values[1] = MOCK_HIGHEST;
    }
    property->enums = calloc(OPTIONS, sizeof(*property->enums));
    for (int i = 0; i < OPTIONS; i++) {
        struct drm_mode_property_enum *at = &property->enums[property->count_enums];

        if (strcmp(options[i].property, name) ||
            (mock_drm.no_option && !strcmp(options[i].name, mock_drm.no_option)))
            continue;
        property->flags |= DRM_MODE_PROP_ENUM;
        snprintf(at->name, sizeof(at->name), "%s", options[i].name);
        at->value = options[i].value;
        property->count_enums++;
    }
    return property;
}

void drmModeFreeProperty(drmModePropertyPtr property)
{
    free(property->values);
    free(property->enums);
    free(property);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* atomic - properties by name and atomic commits. Knows libdrm, nothing of ours. */
#include "display/kms/atomic.h"

#include <errno.h>
#include <string.h>
#include <xf86drm.h>

/* The one place where the names of properties are written, and of those of their options
 * that are set. */
struct name {
    const char *name;
    const char *option[PROPERTY_OPTIONS];
};

static const struct name connector_names[CONNECTOR_PROPERTIES] = {
    [CONNECTOR_CRTC_ID] = {"CRTC_ID"},
    [CONNECTOR_WRITEBACK_FB_ID] = {"WRITEBACK_FB_ID"},
    [CONNECTOR_WRITEBACK_OUT_FENCE_PTR] = {"WRITEBACK_OUT_FENCE_PTR"},
    [CONNECTOR_WRITEBACK_PIXEL_FORMATS] = {"WRITEBACK_PIXEL_FORMATS"},
    [CONNECTOR_LINK_STATUS] = {"link-status"},
    [CONNECTOR_COLORSPACE] = {"Colorspace", {"Default"}},
    [CONNECTOR_HDR_OUTPUT_METADATA] = {"HDR_OUTPUT_METADATA"},
};

static const struct name crtc_names[CRTC_PROPERTIES] = {
    [CRTC_ACTIVE] = {"ACTIVE"},           [CRTC_MODE_ID] = {"MODE_ID"},
    [CRTC_DEGAMMA_LUT] = {"DEGAMMA_LUT"}, [CRTC_CTM] = {"CTM"},
    [CRTC_GAMMA_LUT] = {"GAMMA_LUT"},     [CRTC_VRR_ENABLED] = {"VRR_ENABLED"},
};

static const struct name plane_names[PLANE_PROPERTIES] = {
    [PLANE_TYPE] = {"type"},
    [PLANE_FB_ID] = {"FB_ID"},
    [PLANE_CRTC_ID] = {"CRTC_ID"},
    [PLANE_SRC_X] = {"SRC_X"},
    [PLANE_SRC_Y] = {"SRC_Y"},
    [PLANE_SRC_W] = {"SRC_W"},
    [PLANE_SRC_H] = {"SRC_H"},
    [PLANE_CRTC_X] = {"CRTC_X"},
    [PLANE_CRTC_Y] = {"CRTC_Y"},
    [PLANE_CRTC_W] = {"CRTC_W"},
    [PLANE_CRTC_H] = {"CRTC_H"},
    [PLANE_ROTATION] = {"rotation"},
    [PLANE_ALPHA] = {"alpha"},
    [PLANE_BLEND_MODE] = {"pixel blend mode", {"Pre-multiplied"}},
    [PLANE_ZPOS] = {"zpos"},
    [PLANE_COLOR_ENCODING] = {"COLOR_ENCODING",
                              {"ITU-R BT.601 YCbCr", "ITU-R BT.709 YCbCr",
                               "ITU-R BT.2020 YCbCr"}},
    [PLANE_COLOR_RANGE] = {"COLOR_RANGE", {"YCbCr limited range", "YCbCr full range"}},
    [PLANE_IN_FENCE_FD] = {"IN_FENCE_FD"},
    [PLANE_IN_FORMATS] = {"IN_FORMATS"},
};

struct kind {
    uint32_t type;
    const struct name *names;
    int n, required;
};

static const struct kind kinds[] = {
    {DRM_MODE_OBJECT_CONNECTOR, connector_names, CONNECTOR_PROPERTIES,
     CONNECTOR_REQUIRED},
    {DRM_MODE_OBJECT_CRTC, crtc_names, CRTC_PROPERTIES, CRTC_REQUIRED},
    {DRM_MODE_OBJECT_PLANE, plane_names, PLANE_PROPERTIES, PLANE_REQUIRED},
};

static void read_values(const drmModePropertyRes *property, const struct name *name,
                        struct property *out)
{
    out->fixed = property->flags & DRM_MODE_PROP_IMMUTABLE;
    if (property->flags & DRM_MODE_PROP_RANGE && property->count_values == 2) {
        out->least = property->values[0];
        out->most = property->values[1];
    }
    for (int i = 0; i < property->count_enums; i++)
        for (int k = 0; k < PROPERTY_OPTIONS && name->option[k]; k++) {
            if (strcmp(name->option[k], property->enums[i].name))
                continue;
            out->option[k] = property->enums[i].value;
            out->options |= 1u << k;
        }
}

static int read_one(int fd, const struct kind *kind, uint32_t id, uint64_t value,
                    struct property *out)
{
    drmModePropertyRes *property = drmModeGetProperty(fd, id);

    if (!property)
        return errno ? -errno : -ENOMEM;
    for (int i = 0; i < kind->n; i++) {
        if (strcmp(kind->names[i].name, property->name))
            continue;
        out[i].id = id;
        out[i].value = value;
        read_values(property, &kind->names[i], &out[i]);
    }
    drmModeFreeProperty(property);
    return 0;
}

bool property_offers(const struct property *property, int index)
{
    return property->id && property->options & (1u << index) &&
           (!property->fixed || property->value == property->option[index]);
}

int properties_read(int fd, uint32_t object, uint32_t type, struct property *out,
                    const char **missing)
{
    const struct kind *kind = kinds;
    drmModeObjectProperties *list;
    int error = 0;

    *missing = NULL;
    while (kind->type != type)
        kind++;
    memset(out, 0, kind->n * sizeof(*out));
    errno = 0;
    list = drmModeObjectGetProperties(fd, object, type);
    if (!list)
        return errno ? -errno : -ENOMEM;
    for (uint32_t i = 0; i < list->count_props && !error; i++)
        error = read_one(fd, kind, list->props[i], list->prop_values[i], out);
    drmModeFreeObjectProperties(list);
    for (int i = 0; i < kind->required && !error; i++) {
        if (out[i].id)
            continue;
        *missing = kind->names[i].name;
        error = -ENOTSUP;
    }
    return error;
}

void atomic_begin(struct atomic *atomic)
{
    if (!atomic->req)
        atomic->req = drmModeAtomicAlloc();
    atomic->failed = atomic->req ? 0 : -ENOMEM;
    if (atomic->req)
        drmModeAtomicSetCursor(atomic->req, 0);
}

void atomic_add(struct atomic *atomic, uint32_t object, const struct property *property,
                uint64_t value)
{
    int result;

    if (atomic->failed)
        return;
    result = property->id
                 ? drmModeAtomicAddProperty(atomic->req, object, property->id, value)
                 : -ENOTSUP;
    if (result < 0)
        atomic->failed = result;
}

void atomic_add_optional(struct atomic *atomic, uint32_t object,
                         const struct property *property, uint64_t value)
{
    if (property->id && !property->fixed)
        atomic_add(atomic, object, property, value);
}

int atomic_commit(struct atomic *atomic, int fd, uint32_t flags, void *user)
{
    int result;

    if (atomic->failed)
        return atomic->failed;
    result = drmModeAtomicCommit(fd, atomic->req, flags, user);
    return result < 0 ? result : 0;
}

int atomic_flip(int fd, uint32_t plane, const struct property *prop, uint32_t fb,
                int fence, void *user)
{
    uint32_t id[] = {prop[PLANE_FB_ID].id, prop[PLANE_IN_FENCE_FD].id};
    uint64_t value[] = {fb, fence};
    uint32_t n = fence < 0 ? 1 : 2;
    struct drm_mode_atomic commit = {
        .flags = DRM_MODE_PAGE_FLIP_EVENT | DRM_MODE_ATOMIC_NONBLOCK,
        .count_objs = 1,
        .objs_ptr = (uintptr_t)&plane,
        .count_props_ptr = (uintptr_t)&n,
        .props_ptr = (uintptr_t)id,
        .prop_values_ptr = (uintptr_t)value,
        .user_data = (uintptr_t)user,
    };

    return drmIoctl(fd, DRM_IOCTL_MODE_ATOMIC, &commit) ? -errno : 0;
}

void atomic_finish(struct atomic *atomic)
{
    if (atomic->req)
        drmModeAtomicFree(atomic->req);
    atomic->req = NULL;
}

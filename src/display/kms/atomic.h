/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * atomic.h - KMS properties found by name, and the builder of an atomic commit
 * whose first failure sticks, so that it is looked at once: at the commit.
 */
#ifndef ZC_DISPLAY_ATOMIC_H
#define ZC_DISPLAY_ATOMIC_H

#include <stdbool.h>
#include <stdint.h>
#include <xf86drmMode.h>

#define PROPERTY_OPTIONS 3

/** A property of one object: its id, 0 where the object has none, and the value it had. */
struct property {
    uint32_t id;
    uint64_t value;
    bool fixed;           /* the driver sets it, nobody else */
    uint64_t least, most; /* of a range */
    /* Of an enumeration: the driver's values of the options that have a name here, in the
     * order of the enumerations below; and a bit for each that there is. */
    uint64_t option[PROPERTY_OPTIONS];
    uint32_t options;
};

/** Whether the property is, or can be set to, its option @index. */
bool property_offers(const struct property *property, int index);

/* Each table lists first what the object must have. */

enum connector_property {
    CONNECTOR_CRTC_ID,
    CONNECTOR_REQUIRED,
    CONNECTOR_WRITEBACK_FB_ID = CONNECTOR_REQUIRED,
    CONNECTOR_WRITEBACK_OUT_FENCE_PTR,
    CONNECTOR_WRITEBACK_PIXEL_FORMATS,
    CONNECTOR_LINK_STATUS,
    CONNECTOR_COLORSPACE, /* option 0: default */
    CONNECTOR_HDR_OUTPUT_METADATA,
    CONNECTOR_PROPERTIES
};

enum crtc_property {
    CRTC_ACTIVE,
    CRTC_MODE_ID,
    CRTC_REQUIRED,
    CRTC_DEGAMMA_LUT = CRTC_REQUIRED,
    CRTC_CTM,
    CRTC_GAMMA_LUT,
    CRTC_VRR_ENABLED,
    CRTC_PROPERTIES
};

enum plane_property {
    PLANE_TYPE,
    PLANE_FB_ID,
    PLANE_CRTC_ID,
    PLANE_SRC_X,
    PLANE_SRC_Y,
    PLANE_SRC_W,
    PLANE_SRC_H,
    PLANE_CRTC_X,
    PLANE_CRTC_Y,
    PLANE_CRTC_W,
    PLANE_CRTC_H,
    PLANE_REQUIRED,
    PLANE_ROTATION = PLANE_REQUIRED,
    PLANE_ALPHA,
    PLANE_BLEND_MODE, /* option 0: pre-multiplied, the kernel's own choice */
    PLANE_ZPOS,
    PLANE_COLOR_ENCODING, /* options as enum zc_matrix */
    PLANE_COLOR_RANGE,    /* options as enum zc_range */
    PLANE_IN_FENCE_FD,
    PLANE_IN_FORMATS,
    PLANE_PROPERTIES
};

/**
 * Reads the properties of an object of DRM_MODE_OBJECT_@type into the table of its kind.
 * Returns 0, or a negative errno value: -ENOTSUP with *missing named when it lacks one
 * that it must have.
 */
int properties_read(int fd, uint32_t object, uint32_t type, struct property *out,
                    const char **missing);

/** A commit being built. The request is kept and used again. */
struct atomic {
    drmModeAtomicReq *req;
    int failed; /* the first error, negative errno; 0: none yet */
};

/** Empties the request, making it at the first time. */
void atomic_begin(struct atomic *atomic);

/** Sets a property; one whose id is 0 fails the commit. */
void atomic_add(struct atomic *atomic, uint32_t object, const struct property *property,
                uint64_t value);

/** Sets a property where the object has it, and lets it be set. */
void atomic_add_optional(struct atomic *atomic, uint32_t object,
                         const struct property *property, uint64_t value);

/**
 * Commits what was built with DRM_MODE_ATOMIC_* and DRM_MODE_PAGE_FLIP_* @flags.
 * Returns 0, the builder's first failure (the kernel is then not asked), or the kernel's
 * answer as a negative errno value.
 */
int atomic_commit(struct atomic *atomic, int fd, uint32_t flags, void *user);

/**
 * A flip of one plane to the framebuffer @fb, without waiting, its event to carry @user;
 * after @fence where it is >= 0. It asks the kernel itself: libdrm's commit allocates
 * memory each time. Returns 0 or the kernel's answer as a negative errno value.
 */
int atomic_flip(int fd, uint32_t plane, const struct property *prop, uint32_t fb,
                int fence, void *user);

/** Frees the request. */
void atomic_finish(struct atomic *atomic);

#endif

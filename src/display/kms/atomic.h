/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * atomic.h - KMS properties found by name, and the builder of an atomic commit
 * whose first failure sticks, so that it is looked at once: at the commit.
 */
#ifndef ZC_DISPLAY_ATOMIC_H
#define ZC_DISPLAY_ATOMIC_H

#include <stdint.h>
#include <xf86drmMode.h>

/** A property of one object: its id, 0 where the object has none, and the value it had. */
struct property {
    uint32_t id;
    uint64_t value;
};

/* Each table lists first what the object must have. */

enum connector_property {
    CONNECTOR_CRTC_ID,
    CONNECTOR_REQUIRED,
    CONNECTOR_WRITEBACK_FB_ID = CONNECTOR_REQUIRED,
    CONNECTOR_WRITEBACK_OUT_FENCE_PTR,
    CONNECTOR_WRITEBACK_PIXEL_FORMATS,
    CONNECTOR_LINK_STATUS,
    CONNECTOR_PROPERTIES
};

enum crtc_property {
    CRTC_ACTIVE,
    CRTC_MODE_ID,
    CRTC_REQUIRED,
    CRTC_PROPERTIES = CRTC_REQUIRED
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

/** Sets a property where the object has it. */
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

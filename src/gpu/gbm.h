/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * gbm.h - a GBM device: the native display of EGLs that know no device platform, which are
 * those of libmali, Vivante, PowerVR; and memory that a GPU's driver allocates.
 *
 * May touch: libgbm, if it is there, at run time; one DRM node.
 */
#ifndef ZC_GBM_H
#define ZC_GBM_H

#include <stdint.h>

struct zc_gbm;

/**
 * Opens @node with whichever libgbm the system has: that of the GPU's vendor, or Mesa's.
 * Returns 0, -ELIBACC there is no libgbm, -ENOTSUP it does not drive the node, or what
 * open() gives. Says nothing.
 */
int zc_gbm_open(struct zc_gbm **out, const char *node);

/** To be closed after the EGL display that stands on it. NULL does nothing. */
void zc_gbm_close(struct zc_gbm *gbm);

/** What eglGetPlatformDisplayEXT() takes. */
void *zc_gbm_native(const struct zc_gbm *gbm);

/** How many planes of memory a picture so laid out has: compression has more than the
 * format. 0: that is not known. */
int zc_gbm_planes(const struct zc_gbm *gbm, uint32_t fourcc, uint64_t modifier);

/** A picture in the driver's memory. */
struct zc_gbm_buffer {
    int fd; /* its dma-buf, the caller's */
    uint64_t modifier;
    int n_planes;            /* as of zc_gbm_planes() */
    uint32_t offset, stride; /* of the first */
};

/**
 * Allocates a picture that can be drawn and scanned out, with whichever of @modifiers the
 * driver likes best. Returns 0, -ELIBACC libgbm has no such call, or a negative errno value.
 * Says nothing.
 */
int zc_gbm_alloc(const struct zc_gbm *gbm, uint32_t width, uint32_t height,
                 uint32_t fourcc, const uint64_t *modifiers, int n_modifiers,
                 struct zc_gbm_buffer *out);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* nv12.h - what the GPU draws into NV12, beside what the CPU makes of the same RGB. */
#ifndef NV12_H
#define NV12_H

#include "device.h"
#include "reference.h"

/**
 * Draws @src by @op into a frame of @format (NV12, NV12M) and @colour, of @want's size, and
 * compares luma and chroma with @want's. Returns 0, or 1 with device_why set.
 */
int nv12_draw_and_compare(struct devices *devices, struct zc_frame *src,
                          const struct zc_gpu_op *op, const struct picture *want,
                          const char *format, struct zc_colour colour, int tolerance);

#endif

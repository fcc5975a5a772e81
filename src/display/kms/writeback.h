/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* writeback.h - the connector that writes what a CRTC shows into memory. */
#ifndef ZC_KMS_WRITEBACK_H
#define ZC_KMS_WRITEBACK_H

#include "display/kms/framebuffer.h"
#include "display/kms/output.h"

struct writeback {
    const struct output *output;
    uint32_t id; /* 0: none */
    struct property prop[CONNECTOR_PROPERTIES];
};

/** Looks for the one of the output's CRTC that writes XR24. */
void writeback_find(struct writeback *writeback, const drmModeRes *resources);

/** As zc_display_capture(), but for -EBUSY. */
int writeback_capture(struct writeback *writeback, struct framebuffers *framebuffers,
                      struct atomic *atomic, struct zc_frame *into);

#endif

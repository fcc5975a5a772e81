/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* kms.h - the display on a card: its parts, each of which knows those that it needs. */
#ifndef ZC_KMS_KMS_H
#define ZC_KMS_KMS_H

#include "display/display-private.h"
#include "display/kms/flip.h"
#include "display/kms/placement.h"
#include "display/kms/writeback.h"

struct kms {
    struct zc_display base;
    struct card card;
    struct output output;
    struct plane_set planes;
    struct framebuffers framebuffers;
    struct backdrop backdrop;
    struct atomic atomic;
    struct placements placements;
    struct writeback writeback;
    struct flip flip;
    int vblank_asked; /* how often */
    bool keep;        /* what is on screen at the end stays there */
};

extern const struct zc_display_ops kms_ops;

#endif

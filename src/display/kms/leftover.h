/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * leftover.h - what a program before us left on connector and CRTC that would change the
 * colours or the times of our picture: look-up tables, a matrix, HDR, variable refresh.
 */
#ifndef ZC_KMS_LEFTOVER_H
#define ZC_KMS_LEFTOVER_H

#include "display/kms/output.h"

/** Copies the tables, which may go with their program, so that they can be restored. */
void leftovers_keep(struct output *output);
/** Frees the copies. */
void leftovers_finish(struct output *output);

/** Adds to a commit that there is none of it. */
void leftovers_add_none(const struct output *output, struct atomic *atomic);
/** Adds to a commit that it is as it was. */
void leftovers_add_back(const struct output *output, struct atomic *atomic);

#endif

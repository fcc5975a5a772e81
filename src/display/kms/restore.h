/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* restore.h - what was on the CRTC when we came, and its way back. */
#ifndef ZC_KMS_RESTORE_H
#define ZC_KMS_RESTORE_H

#include "display/kms/plane.h"

/**
 * Puts back the state from before the first commit of ours, if there was one: the values
 * that @output and @planes hold. Says what could not be had.
 */
void restore(struct output *output, const struct plane_set *planes,
             struct atomic *atomic);

#endif

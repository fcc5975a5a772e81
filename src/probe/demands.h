/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* demands.h - what the devices of this machine demand, beyond the kind of memory. */
#ifndef PROBE_DEMANDS_H
#define PROBE_DEMANDS_H

#include "probe/survey.h"

/** Asks displays and GPUs for strides, pieces, modifiers and colours; cameras for the strides
 * that they grant. Nothing is shown. What is found goes into the document. */
void demands_ask(struct survey *survey);

#endif

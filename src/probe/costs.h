/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* costs.h - what a frame of each heap costs the CPU. */
#ifndef PROBE_COSTS_H
#define PROBE_COSTS_H

#include "probe/survey.h"

/** Allocates frames of each heap, writes and reads them by the CPU, and syncs; the medians go
 * into the document. */
void costs_measure(struct survey *survey);

#endif

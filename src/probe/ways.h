/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* ways.h - from a camera to a display: tried with all devices of it together. */
#ifndef PROBE_WAYS_H
#define PROBE_WAYS_H

#include "probe/survey.h"

/**
 * Tries, for each camera and display, the direct path, the one by the GPU and the copy, each
 * in the first memory that all its devices took by themselves; nothing is shown. What came of
 * it goes into the document.
 */
void ways_try(struct survey *survey);

/** The best that the ways of a document come to: the exit code. 0: no copies, 1: only with
 * copies, 3: there is none. */
int ways_verdict(const json_t *document);

#endif

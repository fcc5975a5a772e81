/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * observe.h - the one measurement of "observe" and "gst": they differ in what they take on
 * the command line, and in nothing of what they report.
 */
#ifndef BENCH_OBSERVE_H
#define BENCH_OBSERVE_H

#include "tools/document/document.h"
#include "bench/observe/observation.h"

/** Adds what was observed as a run. @command: as it was called. */
void observe_report(struct document *document, const struct observation *o,
                    const char *command);

#endif

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * compare.h - whether one measurement is worse than another.
 *
 * Runs are matched by their labels (by their title where they have none), figures by name.
 * Several runs of the same labels are one measurement that was repeated: they are pooled.
 *
 * Of each figure the medians are compared, and the 99th percentiles where both documents
 * carry one. A row is worse (or better) when the interval of its ratio lies wholly on one
 * side of 1. The interval is one of 99.9 %, so that a document of a hundred rows alarms
 * falsely in one of twenty comparisons at most; and it is widened by 1/64 at both ends, as
 * wide as the bins are: a smaller difference is in no document and is none.
 *
 * Counts: what should not be there at all (bytes_copied, copies, cpu_maps, imports,
 * allocations) is worse when it comes to be there, or is more a frame by over 1/64. What
 * happens by chance (lost, missed_vblanks, stalled, damaged) is worse when so many more a
 * frame would come by chance in one of 2000 comparisons: 0 → 1 is not, 0 → 20 is. Others
 * are shown and not judged, as figures are whose "better" is "none".
 */
#ifndef BENCH_COMPARE_H
#define BENCH_COMPARE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#define COMPARE_CONFIDENCE 0.999
#define COMPARE_RESOLUTION (1.0 / 64)

/**
 * Compares @b with @a, both checked documents, on @out. Documents of another schema,
 * command or machine are refused, saying what differs on the log, unless @force; such as
 * have no run and figure in common always are. Returns 0; 1 where something is worse, and
 * where they are refused.
 */
int compare_documents(FILE *out, const json_t *a, const json_t *b, bool force);

#endif

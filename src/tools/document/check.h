/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check.h - whether a document is one: its structure, as schema.json says it, and what no
 * schema can say (bins add up to n, percentiles ascend, a run's main figure is there).
 */
#ifndef BENCH_CHECK_H
#define BENCH_CHECK_H

#include <jansson.h>

#define CHECK_SCHEMA "zerocopy/1"

/* Beyond this an integer is not the same in every reader of JSON; 104 days in ns. */
#define CHECK_LARGEST (INT64_C(1) << 53)

/**
 * Checks @document. Returns 0, or -EINVAL and writes to @why (@size bytes) the first place
 * that is wrong, and in what: "runs[2].figures[0].p50: should be an integer or null, is a
 * string".
 */
int check_document(const json_t *document, char *why, size_t size);

#endif

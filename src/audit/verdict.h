/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* verdict.h - the tracer's reports and the watch's counts, under what the user allows */
#ifndef AUDIT_VERDICT_H
#define AUDIT_VERDICT_H

#include "audit/bounce.h"
#include "audit/watch.h"

#include <jansson.h>
#include <stdbool.h>

/** Exit codes of zc-audit. */
enum audit_exit {
    AUDIT_CLEAN = 0,
    AUDIT_COPIES = 1,
    AUDIT_USAGE = 2,
    AUDIT_FAILED = 3,
    AUDIT_UNKNOWN = 4,
};

/** What the kernel told while the program ran. */
struct audit_seen {
    struct watch watch;
    struct bounce bounce;
};

struct audit_rules {
    const char *const *allowed; /* names of elements, or of their factories */
    int n_allowed;
    bool no_gpu_pass;
};

/**
 * Reads the reports in @file, JSON one after the other. Returns a JSON array, which the
 * caller owns, empty where there is none; NULL, with a message, where they are damaged.
 */
json_t *verdict_read(const char *file);

/**
 * Judges. @why: a JSON array to which reasons are added, as strings; the caller owns it.
 * Without a report, the program is judged by its system calls.
 */
enum audit_exit verdict_of(const json_t *reports, const struct audit_seen *seen,
                           const struct audit_rules *rules, json_t *why);

#endif

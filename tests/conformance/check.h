/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * check.h - one thing that is demanded of a heap: its name, its function, and how a
 * function ends.
 *
 * Every check runs in a process of its own, so it need not clean up where it fails. Where
 * it passes, it must have closed all that it opened, and freed all its buffers.
 */
#ifndef CHECK_H
#define CHECK_H

#include "heap.h"

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum result {
    PASSED = 0,
    FAILED = 1,
    SKIPPED = 77,
    LEFT_OUT = 78,
};

/** What a check demands of its surroundings, and whose code it is that it tests. */
enum needs {
    NEEDS_ROOT = 1 << 0,
    NEEDS_OURS = 1 << 1,   /* a heap of zc_heaps */
    NEEDS_DANGER = 1 << 2, /* --dangerous: a failure may harm the running system */
    OF_IOCTL = 1 << 3,     /* of the node's ioctl, which may be the kernel's own */
};

struct check {
    const char *name;
    enum result (*run)(struct heap *heap);
    unsigned needs;
    unsigned limit_s; /* 0: the usual limit */
};

/** Room for the reason of the check that runs now; shared with its child processes. */
extern char *why;
#define WHY_SIZE 512

/**
 * Ends a check, or a part of one, by its failure; by being impossible here; or by being no
 * check of this heap, which is not meant to do what it demands.
 */
#define FAIL(...) return snprintf(why, WHY_SIZE, __VA_ARGS__), FAILED
#define SKIP(...) return snprintf(why, WHY_SIZE, __VA_ARGS__), SKIPPED
#define LEAVE_OUT(...) return snprintf(why, WHY_SIZE, __VA_ARGS__), LEFT_OUT
/** Runs a part, and ends as it did if it did not pass. */
#define TRY(part)                                                                        \
    do {                                                                                 \
        enum result try_result = (part);                                                 \
        if (try_result != PASSED)                                                        \
            return try_result;                                                           \
    } while (0)

struct options {
    const char *only; /* names of checks, separated by commas; NULL: all */
    unsigned rounds;  /* what one of many threads does, and the like */
    uint64_t fuzz;    /* random calls on each heap; 0: none */
    unsigned fuzz_s;  /* seconds of them in place of a number; 0: the number */
    uint64_t seed;    /* of all that is random */
    bool dangerous;   /* NEEDS_DANGER checks run */
    bool strict;      /* the kernel's own failures count */
    unsigned slow;    /* all time limits are multiplied by this */
};
extern struct options options;

/** The tables; each ends with a row without a name. */
extern const struct check allocate_checks[];
extern const struct check struct_checks[];
extern const struct check buffer_checks[];
extern const struct check mapping_checks[];
extern const struct check sharing_checks[];
extern const struct check sync_checks[];
extern const struct check zero_checks[];
extern const struct check pointer_checks[];
extern const struct check limit_checks[];
extern const struct check statistics_checks[];
extern const struct check trace_checks[];
extern const struct check vgem_checks[];
extern const struct check importer_checks[];
extern const struct check camera_checks[];
extern const struct check display_checks[];
extern const struct check delay_checks[];
extern const struct check crowd_checks[];
extern const struct check pressure_checks[];
extern const struct check pool_checks[];
extern const struct check cgroup_checks[];
extern const struct check module_checks[];
extern const struct check injection_checks[];
extern const struct check fuzz_checks[];

/** Runs the checks of @table that were asked for, and tells their results. */
void runner_run(const struct check *table, struct heap *heap);

/**
 * Before and after the tables of a heap: nothing of it may be left. The end tells, in one
 * line, which checks had no line of their own.
 */
void runner_begin(const struct heap *heap);
void runner_end(const struct heap *heap);

/** Lists the names of @table. */
void runner_list(const struct check *table);

/**
 * Tells a result by the line "ok SUBJECT/NAME", "FAIL …: why" or "skip …: why". What is left
 * out, or skipped for a reason that was told before, is kept for runner_end().
 */
void runner_tell(const char *subject, const char *name, enum result result);

/** Whether --only, if given, has @name. */
bool runner_wanted(const char *name);

/** Makes room for `why`. Returns 0, or a negative errno value. */
int runner_init(void);

/** "N passed, N failed, N skipped". Returns the exit code. */
int runner_sum_up(void);

#endif

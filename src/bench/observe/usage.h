/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * usage.h - what a process and all that it starts cost: CPU time, context switches, system
 * calls. Of a child by perf's counters where the kernel lets us, else by /proc.
 */
#ifndef BENCH_USAGE_H
#define BENCH_USAGE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* All only grow: take two readings and subtract. -1: not known. */
struct usage {
    int64_t cpu_ns;             /* on a processor */
    int64_t user_ns, system_ns; /* the same, as the kernel's clock ticks split it */
    int64_t context_switches, syscalls;
};

enum usage_counter { USAGE_CPU, USAGE_SWITCHES, USAGE_SYSCALLS, USAGE_COUNTERS };

struct usage_meter {
    pid_t pid;              /* 0: this process */
    int fd[USAGE_COUNTERS]; /* below 0: otherwise, or not at all */
    int syscalls_error;     /* why these are not counted, or 0 */
};

/** Makes a meter that usage_close() may be called of. */
void usage_init(struct usage_meter *meter);

/**
 * Begins to count. @pid: 0 for this process, of which threads are counted that are started
 * later; else a child of ours that has not called exec() yet: it is counted from then on, with
 * its children, and must lead a process group. Never fails: see usage_reason().
 */
void usage_open(struct usage_meter *meter, pid_t pid);
void usage_close(struct usage_meter *meter);

/** Reads all. Of another process it goes through /proc: not for the hot path. */
void usage_read(const struct usage_meter *meter, struct usage *out);

/** CPU time alone, and only by perf; -1 else. Allocates nothing. */
int64_t usage_read_cpu(const struct usage_meter *meter);

/** @b - @a; what is not known in one is not known. */
struct usage usage_since(const struct usage *a, const struct usage *b);

/** Whether it counts system calls, which makes each of them slower. */
bool usage_counts_calls(const struct usage_meter *meter);

/** Why system calls are not counted, or NULL where they are. */
const char *usage_reason(const struct usage_meter *meter);

#endif

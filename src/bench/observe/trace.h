/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace.h - events of the kernel's trace, of all processes, through perf's rings: nothing
 * in tracefs is changed, other tracers are not disturbed, and all ends with the process.
 */
#ifndef BENCH_TRACE_H
#define BENCH_TRACE_H

#include <stdint.h>

#define TRACE_EVENTS 4
#define TRACE_FIELDS 8

struct trace;

/* An event that is asked for. */
struct trace_event {
    const char *system, *name;              /* "v4l2", "v4l2_dqbuf" */
    const char *const fields[TRACE_FIELDS]; /* up to a NULL */
};

struct trace_record {
    int event;       /* which of those asked for */
    int64_t time_ns; /* CLOCK_MONOTONIC */
    int64_t value[TRACE_FIELDS];
};

/**
 * Begins to record @n events on every processor; they stay the caller's. Errors, with a
 * message: -ENOENT there is no such event, -EACCES, the kernel's.
 */
int trace_open(struct trace **out, const struct trace_event *const *events, int n);
void trace_close(struct trace *trace);

/** Hands over what was recorded since; allocates nothing. In order within a processor. */
void trace_drain(struct trace *trace, void (*each)(const struct trace_record *, void *),
                 void *user);

/** Records that came while a ring was full, and are lost. */
uint64_t trace_lost(const struct trace *trace);

/**
 * Reads the "format" file of an event into @text. Returns 0, or a negative errno value,
 * silently.
 */
int trace_read_format(const char *system, const char *name, char *text, int size);

#endif

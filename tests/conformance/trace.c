/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * trace - the tracepoints of zc_heaps tell of each allocation and free, in an instance of
 * tracing of the check's own.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRACING "/sys/kernel/tracing"
#define INSTANCE TRACING "/instances/zc-conformance"
#define EVENTS "/events/" MODULE

/* A length that no other check asks for in so short a time. */
#define PAGES 11

static enum result traced(const char *trace, const char *event, const char *heap,
                          uint64_t bytes)
{
    char length[32], copy[8192], *line, *rest = copy;

    snprintf(length, sizeof(length), "%llu", (unsigned long long)bytes);
    snprintf(copy, sizeof(copy), "%s", trace);
    while ((line = strsep(&rest, "\n"))) {
        char *what = strstr(line, event);

        if (what && strstr(what, heap) && strstr(what, length))
            return PASSED;
    }
    FAIL("no %s of heap %s and %s bytes in the trace", event, heap, length);
}

static enum result trace_one(struct heap *heap)
{
    const uint64_t bytes = PAGES * page_size();
    char trace[8192];
    int fd, error;

    error = write_text(INSTANCE EVENTS "/enable", "1");
    if (error)
        FAIL("the events cannot be enabled: %s", strerror(-error));
    TRY(buffer_get(heap, bytes, &fd));
    close(fd);
    error = read_text(INSTANCE "/trace", trace, sizeof(trace));
    if (error)
        FAIL("the trace cannot be read: %s", strerror(-error));
    TRY(traced(trace, "zc_heap_alloc:", heap->name, bytes));
    return traced(trace, "zc_heap_free:", heap->name, bytes);
}

static enum result tracepoints(struct heap *heap)
{
    enum result result;

    if (!exists(TRACING "/instances"))
        SKIP("tracefs is not mounted at " TRACING);
    if (!exists(TRACING EVENTS))
        FAIL("there are no tracepoints in " TRACING EVENTS);
    if (mkdir(INSTANCE, 0700) && errno != EEXIST)
        FAIL("no instance of tracing: %s", strerror(errno));
    result = trace_one(heap);
    write_text(INSTANCE EVENTS "/enable", "0");
    rmdir(INSTANCE);
    return result;
}

const struct check trace_checks[] = {
    {"tracepoints", tracepoints, NEEDS_ROOT | NEEDS_OURS, 0},
    {0},
};

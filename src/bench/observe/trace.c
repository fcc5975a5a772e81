/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* trace - perf's rings of tracepoints; reads the format files of tracefs. */
#include "bench/observe/trace.h"
#include "bench/observe/trace-format.h"

#include "base/fd.h"
#include "zerocopy.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/perf_event.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define FORMAT_BYTES 16384
#define RING_PAGES 32 /* 128 KiB: about 1000 records */
#define RECORD_BYTES 512

struct format {
    uint16_t id;
    int n_fields;
    struct trace_field field[TRACE_FIELDS];
};

struct ring {
    int fd[TRACE_EVENTS]; /* the first one's is mapped */
    void *map;
};

struct trace {
    struct format format[TRACE_EVENTS];
    int n_events, n_rings;
    size_t ring_bytes; /* of data, a power of two */
    size_t page_bytes;
    uint64_t lost;
    struct ring ring[]; /* one a processor */
};

/* What a sample of ours holds, before the event's own record. */
struct sample {
    struct perf_event_header header;
    uint32_t pid, tid;
    uint64_t time;
    uint32_t bytes;
};

int trace_read_format(const char *system, const char *name, char *text, int size)
{
    static const char *const roots[] = {"/sys/kernel/tracing",
                                        "/sys/kernel/debug/tracing"};
    int error = -ENOENT;

    for (int i = 0; i < 2 && error; i++) {
        char path[256];
        ssize_t n = 0, got;
        int fd;

        snprintf(path, sizeof(path), "%s/events/%s/%s/format", roots[i], system, name);
        fd = open(path, O_RDONLY | O_CLOEXEC);
        if (fd < 0) {
            if (errno != ENOENT)
                error = -errno;
            continue;
        }
        while ((got = read(fd, text + n, size - 1 - n)) > 0)
            n += got;
        error = got < 0 ? -errno : 0;
        text[n] = '\0';
        close(fd);
    }
    return error;
}

static int read_format(const struct trace_event *event, struct format *out)
{
    char text[FORMAT_BYTES];
    int error = trace_read_format(event->system, event->name, text, sizeof(text));

    if (error) {
        zc_log(ZC_LOG_ERROR, "trace event %s:%s: %s%s", event->system, event->name,
               strerror(-error),
               error == -ENOENT
                   ? ": the kernel needs CONFIG_FTRACE, its driver loaded, and tracefs "
                     "(mount -t tracefs tracefs /sys/kernel/tracing)"
                   : ": it takes root");
        return error;
    }
    error = trace_format_id(text, &out->id);
    for (int i = 0; i < TRACE_FIELDS && event->fields[i] && !error; i++) {
        error = trace_format_find(text, event->fields[i], &out->field[i]);
        out->n_fields = i + 1;
    }
    if (error)
        zc_log(ZC_LOG_ERROR, "trace event %s:%s of this kernel is not as expected: %s",
               event->system, event->name, strerror(-error));
    return error;
}

/* The reader looks at its own times, so the kernel need wake nobody. */
static int open_event(const struct format *format, int cpu)
{
    struct perf_event_attr attr = {
        .type = PERF_TYPE_TRACEPOINT,
        .size = sizeof(attr),
        .config = format->id,
        .sample_period = 1,
        .sample_type = PERF_SAMPLE_TID | PERF_SAMPLE_TIME | PERF_SAMPLE_RAW,
        .watermark = 1,
        .wakeup_watermark = INT32_MAX,
        .use_clockid = 1,
        .clockid = CLOCK_MONOTONIC,
    };
    int fd = syscall(SYS_perf_event_open, &attr, -1, cpu, -1, PERF_FLAG_FD_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

static int open_ring(struct trace *trace, struct ring *ring, int cpu)
{
    size_t bytes = trace->page_bytes + trace->ring_bytes;

    for (int i = 0; i < trace->n_events; i++) {
        ring->fd[i] = open_event(&trace->format[i], cpu);
        if (ring->fd[i] < 0)
            return ring->fd[i];
        if (i == 0) {
            ring->map =
                mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED, ring->fd[0], 0);
            if (ring->map == MAP_FAILED) {
                ring->map = NULL;
                return -errno;
            }
        } else if (ioctl(ring->fd[i], PERF_EVENT_IOC_SET_OUTPUT, ring->fd[0])) {
            return -errno;
        }
    }
    return 0;
}

static int open_rings(struct trace *trace, int n_cpus)
{
    for (int cpu = 0; cpu < n_cpus; cpu++) {
        struct ring *ring = &trace->ring[trace->n_rings++];
        int error;

        for (int i = 0; i < TRACE_EVENTS; i++)
            ring->fd[i] = -1;
        error = open_ring(trace, ring, cpu);
        /* A processor that is off has nothing to tell. */
        if (error && error != -ENODEV) {
            zc_log(ZC_LOG_ERROR, "perf_event_open of trace events: %s%s",
                   strerror(-error),
                   error == -EACCES || error == -EPERM ? ": it takes root, or CAP_PERFMON"
                                                       : "");
            return error;
        }
    }
    return 0;
}

int trace_open(struct trace **out, const struct trace_event *const *events, int n)
{
    int n_cpus = (int)sysconf(_SC_NPROCESSORS_CONF), error = 0;
    struct trace *trace;

    if (n < 1 || n > TRACE_EVENTS || n_cpus < 1)
        return -EINVAL;
    trace = calloc(1, sizeof(*trace) + n_cpus * sizeof(trace->ring[0]));
    if (!trace)
        return -ENOMEM;
    trace->n_events = n;
    trace->page_bytes = (size_t)sysconf(_SC_PAGESIZE);
    trace->ring_bytes = RING_PAGES * trace->page_bytes;
    for (int i = 0; i < n && !error; i++)
        error = read_format(events[i], &trace->format[i]);
    if (!error)
        error = open_rings(trace, n_cpus);
    if (error)
        trace_close(trace);
    else
        *out = trace;
    return error;
}

void trace_close(struct trace *trace)
{
    if (!trace)
        return;
    for (int i = 0; i < trace->n_rings; i++) {
        if (trace->ring[i].map)
            munmap(trace->ring[i].map, trace->page_bytes + trace->ring_bytes);
        for (int j = TRACE_EVENTS - 1; j >= 0; j--)
            zc_close(&trace->ring[i].fd[j]);
    }
    free(trace);
}

/* Copies from the ring, whose end goes on at its beginning. */
static void copy_out(const struct trace *trace, const uint8_t *data, uint64_t at,
                     void *to, size_t bytes)
{
    size_t from = at & (trace->ring_bytes - 1);
    size_t first = trace->ring_bytes - from < bytes ? trace->ring_bytes - from : bytes;

    memcpy(to, data + from, first);
    memcpy((uint8_t *)to + first, data, bytes - first);
}

/* Makes a record of a sample, if it is of an event that was asked for, and whole. */
static bool decode(const struct trace *trace, const uint8_t *sample, size_t bytes,
                   struct trace_record *out)
{
    const size_t head = offsetof(struct sample, bytes) + sizeof(uint32_t);
    static const struct trace_field type = {.offset = 0, .size = 2};
    struct sample about;
    int64_t id;

    if (bytes < head)
        return false;
    memcpy(&about, sample, head);
    if (about.bytes > bytes - head ||
        !trace_field_get(&type, sample + head, about.bytes, &id))
        return false;
    out->time_ns = (int64_t)about.time;
    for (int i = 0; i < trace->n_events; i++) {
        const struct format *format = &trace->format[i];

        if (format->id != id)
            continue;
        out->event = i;
        for (int j = 0; j < format->n_fields; j++)
            if (!trace_field_get(&format->field[j], sample + head, about.bytes,
                                 &out->value[j]))
                return false;
        return true;
    }
    return false;
}

static void drain_ring(struct trace *trace, struct ring *ring,
                       void (*each)(const struct trace_record *, void *), void *user)
{
    struct perf_event_mmap_page *page = ring->map;
    const uint8_t *data = (const uint8_t *)ring->map + trace->page_bytes;
    uint64_t head = __atomic_load_n(&page->data_head, __ATOMIC_ACQUIRE);
    uint64_t tail = page->data_tail;

    while (head - tail >= sizeof(struct perf_event_header)) {
        uint8_t bytes[RECORD_BYTES];
        struct perf_event_header header;
        struct trace_record record;
        uint64_t lost[2];

        copy_out(trace, data, tail, &header, sizeof(header));
        if (header.size < sizeof(header) || header.size > head - tail)
            break;
        if (header.size <= sizeof(bytes)) {
            copy_out(trace, data, tail, bytes, header.size);
            if (header.type == PERF_RECORD_SAMPLE &&
                decode(trace, bytes, header.size, &record))
                each(&record, user);
            if (header.type == PERF_RECORD_LOST &&
                header.size >= sizeof(header) + sizeof(lost)) {
                memcpy(lost, bytes + sizeof(header), sizeof(lost));
                trace->lost += lost[1];
            }
        }
        tail += header.size;
    }
    __atomic_store_n(&page->data_tail, tail, __ATOMIC_RELEASE);
}

void trace_drain(struct trace *trace, void (*each)(const struct trace_record *, void *),
                 void *user)
{
    for (int i = 0; i < trace->n_rings; i++)
        if (trace->ring[i].map)
            drain_ring(trace, &trace->ring[i], each, user);
}

uint64_t trace_lost(const struct trace *trace)
{
    return trace->lost;
}

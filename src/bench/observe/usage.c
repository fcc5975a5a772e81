/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* usage - perf's counters of software events, getrusage(), and /proc. */
#include "bench/observe/usage.h"
#include "bench/observe/trace-format.h"
#include "bench/observe/trace.h"

#include "base/fd.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <inttypes.h>
#include <linux/perf_event.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

static int open_counter(uint32_t type, uint64_t config, pid_t pid)
{
    struct perf_event_attr attr = {
        .type = type,
        .size = sizeof(attr),
        .config = config,
        .inherit = 1,
        .disabled = pid != 0,
        .enable_on_exec = pid != 0,
    };
    int fd = syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);

    return fd < 0 ? -errno : fd;
}

static int open_syscalls(pid_t pid)
{
    char text[4096];
    uint16_t id;
    int error = trace_read_format("raw_syscalls", "sys_enter", text, sizeof(text));

    if (!error)
        error = trace_format_id(text, &id);
    return error ? error : open_counter(PERF_TYPE_TRACEPOINT, id, pid);
}

void usage_init(struct usage_meter *meter)
{
    *meter = (struct usage_meter){.fd = {-1, -1, -1}};
}

void usage_open(struct usage_meter *meter, pid_t pid)
{
    meter->pid = pid;
    /* A process knows these figures of itself. Counters would cost it time at each
     * context switch. */
    if (pid) {
        meter->fd[USAGE_CPU] =
            open_counter(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_TASK_CLOCK, pid);
        meter->fd[USAGE_SWITCHES] =
            open_counter(PERF_TYPE_SOFTWARE, PERF_COUNT_SW_CONTEXT_SWITCHES, pid);
    }
    meter->fd[USAGE_SYSCALLS] = open_syscalls(pid);
    meter->syscalls_error = usage_counts_calls(meter) ? 0 : -meter->fd[USAGE_SYSCALLS];
}

void usage_close(struct usage_meter *meter)
{
    for (int i = 0; i < USAGE_COUNTERS; i++)
        zc_close(&meter->fd[i]);
}

static int64_t read_counter(const struct usage_meter *meter, enum usage_counter which)
{
    uint64_t value;

    if (meter->fd[which] < 0 ||
        read(meter->fd[which], &value, sizeof(value)) != sizeof(value))
        return -1;
    return (int64_t)value;
}

int64_t usage_read_cpu(const struct usage_meter *meter)
{
    return read_counter(meter, USAGE_CPU);
}

/* ---- /proc ---- */

static bool read_file(const char *path, char *text, size_t size)
{
    FILE *file = fopen(path, "re");
    size_t n;

    if (!file)
        return false;
    n = fread(text, 1, size - 1, file);
    text[n] = '\0';
    fclose(file);
    return n > 0;
}

/* A name in stat may hold anything, so the fields are counted from its last bracket on. */
static bool read_stat(const char *pid, int *group, int64_t ticks[2])
{
    char path[64], text[1024], *at;
    int64_t of_children[2];

    snprintf(path, sizeof(path), "/proc/%.20s/stat", pid);
    if (!read_file(path, text, sizeof(text)) || !(at = strrchr(text, ')')))
        return false;
    if (sscanf(at,
               ") %*c %*d %d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNd64 " %" SCNd64
               " %" SCNd64 " %" SCNd64,
               group, &ticks[0], &ticks[1], &of_children[0], &of_children[1]) != 5)
        return false;
    ticks[0] += of_children[0];
    ticks[1] += of_children[1];
    return true;
}

static int64_t status_number(const char *text, const char *name)
{
    const char *at = strstr(text, name);

    return at ? strtoll(at + strlen(name), NULL, 10) : 0;
}

static int64_t switches_of(const char *pid)
{
    int64_t switches = 0;
    char path[64];
    struct dirent *entry;
    DIR *tasks;

    snprintf(path, sizeof(path), "/proc/%.20s/task", pid);
    tasks = opendir(path);
    while (tasks && (entry = readdir(tasks))) {
        char text[4096], status[96];

        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        snprintf(status, sizeof(status), "%s/%.20s/status", path, entry->d_name);
        if (!read_file(status, text, sizeof(text)))
            continue;
        /* With the line's end before it, so as not to find the other one's. */
        switches += status_number(text, "\nvoluntary_ctxt_switches:") +
                    status_number(text, "\nnonvoluntary_ctxt_switches:");
    }
    if (tasks)
        closedir(tasks);
    return switches;
}

/* Adds up the processes of a group. */
static void read_group(pid_t group, struct usage *out)
{
    int64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);
    struct dirent *entry;
    DIR *proc = opendir("/proc");

    while (proc && (entry = readdir(proc))) {
        int64_t ticks[2];
        int its_group;

        if (!isdigit((unsigned char)entry->d_name[0]) ||
            !read_stat(entry->d_name, &its_group, ticks) || its_group != group)
            continue;
        out->user_ns += ticks[0] * tick_ns;
        out->system_ns += ticks[1] * tick_ns;
        if (out->context_switches >= 0)
            out->context_switches += switches_of(entry->d_name);
    }
    if (proc)
        closedir(proc);
}

static int64_t timeval_ns(const struct timeval *time)
{
    return time->tv_sec * INT64_C(1000000000) + time->tv_usec * INT64_C(1000);
}

static void read_self(struct usage *out)
{
    struct rusage all;

    getrusage(RUSAGE_SELF, &all);
    out->user_ns = timeval_ns(&all.ru_utime);
    out->system_ns = timeval_ns(&all.ru_stime);
    out->context_switches = all.ru_nvcsw + all.ru_nivcsw;
}

void usage_read(const struct usage_meter *meter, struct usage *out)
{
    int64_t switches = read_counter(meter, USAGE_SWITCHES);

    *out = (struct usage){.context_switches = switches < 0 ? 0 : -1};
    if (meter->pid)
        read_group(meter->pid, out);
    else
        read_self(out);
    if (switches >= 0)
        out->context_switches = switches;
    out->cpu_ns = usage_read_cpu(meter);
    if (out->cpu_ns < 0)
        out->cpu_ns = out->user_ns + out->system_ns;
    out->syscalls = read_counter(meter, USAGE_SYSCALLS);
}

static int64_t since(int64_t a, int64_t b)
{
    return a < 0 || b < a ? -1 : b - a;
}

struct usage usage_since(const struct usage *a, const struct usage *b)
{
    return (struct usage){
        .cpu_ns = since(a->cpu_ns, b->cpu_ns),
        .user_ns = since(a->user_ns, b->user_ns),
        .system_ns = since(a->system_ns, b->system_ns),
        .context_switches = since(a->context_switches, b->context_switches),
        .syscalls = since(a->syscalls, b->syscalls),
    };
}

bool usage_counts_calls(const struct usage_meter *meter)
{
    return meter->fd[USAGE_SYSCALLS] >= 0;
}

const char *usage_reason(const struct usage_meter *meter)
{
    switch (meter->syscalls_error) {
    case 0:
        return NULL;
    case EACCES:
    case EPERM:
        return "the kernel lets only root count them (or CAP_PERFMON, with tracefs "
               "readable)";
    case ENOENT:
        return "the kernel has no event raw_syscalls:sys_enter, or tracefs is not "
               "mounted";
    default:
        return strerror(meter->syscalls_error);
    }
}

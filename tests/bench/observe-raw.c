/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * observe-raw - observes a command as zc-bench does, and prints what was measured as lines
 * of NAME VALUE; with --samples, also each frame's time and latency.
 *
 * Usage: observe-raw [--samples] [--seconds N] [--camera DEV] -- COMMAND...
 */
#include "bench/observe/observation.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile sig_atomic_t interrupted;

static void on_signal(int signal)
{
    (void)signal;
    interrupted = 1;
}

static bool stop(void)
{
    return interrupted;
}

static void print_samples(const char *name, const struct samples *samples)
{
    static const int percents[] = {0, 10, 50, 90, 99, 100};

    printf("%s.n %zu\n", name, samples->n);
    for (size_t i = 0; i < sizeof(percents) / sizeof(percents[0]); i++)
        printf("%s.p%d %" PRId64 "\n", name, percents[i],
               samples_percentile(samples, percents[i]));
}

static void print(const struct observation *o)
{
    const struct pairing *p = &o->pairing;
    const struct {
        const char *name;
        int64_t value;
    } counts[] = {
        {"elapsed_ns", o->elapsed_ns},
        {"captured", (int64_t)o->captured},
        {"camera_lost", (int64_t)o->camera_lost},
        {"vblanks", (int64_t)p->vblanks},
        {"missed_vblanks", (int64_t)p->missed_vblanks},
        {"shown", (int64_t)p->shown},
        {"repeated", (int64_t)p->repeated},
        {"skipped", (int64_t)p->skipped},
        {"unread", (int64_t)p->unread},
        {"dark", (int64_t)p->dark},
        {"untimed", (int64_t)p->untimed},
        {"out_of_order", (int64_t)p->out_of_order},
        {"restarts", (int64_t)p->restarts},
        {"uncertain", (int64_t)p->uncertain},
        {"cpu_ns", o->usage.cpu_ns},
        {"cpu_user_ns", o->usage.user_ns},
        {"cpu_system_ns", o->usage.system_ns},
        {"context_switches", o->usage.context_switches},
        {"syscalls", o->usage.syscalls},
        {"own_cpu_ns", o->own.cpu_ns},
        {"own_syscalls", o->own.syscalls},
        {"trace_lost", (int64_t)o->trace_lost},
        {"realtime", o->realtime},
        {"refresh_mhz", o->screen.refresh_mhz},
    };

    for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
        printf("%s %" PRId64 "\n", counts[i].name, counts[i].value);
    printf("text %u,%u %s\n", o->screen.x, o->screen.y, o->screen.format);
    print_samples("latency", &p->latency);
    print_samples("camera_part", &p->camera_part);
    print_samples("program_part", &p->program_part);
    print_samples("cpu", &o->cpu);
    print_samples("look", &o->looks);
}

int main(int argc, char **argv)
{
    struct sigaction action = {.sa_handler = on_signal};
    struct observation *o = calloc(1, sizeof(*o));
    bool samples = false;
    int error, i = 1;

    if (!o)
        return 1;
    o->seconds = 5;
    for (; i < argc && strcmp(argv[i], "--"); i++) {
        if (!strcmp(argv[i], "--samples"))
            samples = true;
        else if (!strcmp(argv[i], "--seconds") && i + 1 < argc)
            o->seconds = atoi(argv[++i]);
        else if (!strcmp(argv[i], "--camera") && i + 1 < argc)
            o->camera = argv[++i];
    }
    if (i + 1 >= argc || o->seconds < 1)
        return 2;
    o->command = argv + i + 1;
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    error = observation_run(o, stop);
    if (!error)
        print(o);
    for (size_t j = 0; samples && j < o->pairing.latency.n; j++)
        printf("sample %" PRId64 " %" PRId64 "\n", o->pairing.time.value[j],
               o->pairing.latency.value[j]);
    observation_finish(o);
    free(o);
    return error ? 1 : 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* observe-report - what was observed, as a run of the document. */
#include "bench/observe/observe.h"
#include "tools/document/flow-run.h"
#include "tools/document/omission.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#define NS_PER_KILOSECOND INT64_C(1000000000000)
/* A look so late may see a commit of the next vertical blank first. */
#define LATE_LOOK 4 /* the part of a refresh */

static int64_t refresh_ns(const struct observation *o)
{
    return o->screen.refresh_mhz ? NS_PER_KILOSECOND / o->screen.refresh_mhz : 0;
}

/* The latencies of all frames that should have been shown: those of a stall, too. */
static uint64_t add_missed(const struct observation *o, struct samples *out)
{
    const struct samples *latency = &o->pairing.latency, *time = &o->pairing.time;
    int64_t refresh = refresh_ns(o);
    struct omission omission;

    omission_begin(&omission, o->frame_ns > refresh ? o->frame_ns : refresh);
    for (size_t i = 0; i < latency->n; i++)
        omission_add(&omission, out, time->value[i], latency->value[i]);
    return omission.missed;
}

static void report_figures(struct document *document, const struct observation *o)
{
    const struct pairing *pairing = &o->pairing;
    const struct figure of_shown = {"latency of shown", "ns", BETTER_LOWER,
                                    &pairing->latency};
    const struct figure cpu = {"cpu", "ns", BETTER_LOWER, &o->cpu};
    struct samples all = {0};
    const struct figure latency = {"latency", "ns", BETTER_LOWER, &all};

    if (!samples_init(&all, 2 * pairing->latency.room)) {
        run_set_int(document, "counts.stalled", (int64_t)add_missed(o, &all));
        run_add_figure(document, &latency);
        samples_finish(&all);
    }
    run_add_figure(document, &of_shown);
    run_add_figure(document, &cpu);
    if (pairing->latency.n) {
        run_add_stage(document, "camera", &pairing->camera_part);
        run_add_stage(document, "program and display", &pairing->program_part);
    }
    run_set_series(document, &pairing->time, &pairing->latency);
}

static void report_counts(struct document *document, const struct observation *o)
{
    const struct pairing *pairing = &o->pairing;

    run_set_int(document, "counts.captured", (int64_t)o->captured);
    run_set_int(document, "counts.lost", (int64_t)o->camera_lost);
    run_set_int(document, "counts.shown", (int64_t)pairing->shown);
    run_set_int(document, "counts.repeated", (int64_t)pairing->repeated);
    run_set_int(document, "counts.skipped", (int64_t)pairing->skipped);
    run_set_int(document, "counts.unread", (int64_t)pairing->unread);
    run_set_int(document, "counts.dark", (int64_t)pairing->dark);
    run_set_int(document, "counts.untimed", (int64_t)pairing->untimed);
    run_set_int(document, "counts.out_of_order", (int64_t)pairing->out_of_order);
    run_set_int(document, "counts.restarts", (int64_t)pairing->restarts);
    run_set_int(document, "counts.uncertain", (int64_t)pairing->uncertain);
    run_set_int(document, "counts.vblanks", (int64_t)pairing->vblanks);
    run_set_int(document, "counts.missed_vblanks", (int64_t)pairing->missed_vblanks);
    run_set_known(document, "counts.cpu_user_ns", o->usage.user_ns);
    run_set_known(document, "counts.cpu_system_ns", o->usage.system_ns);
    run_set_known(document, "counts.context_switches", o->usage.context_switches);
    run_set_known(document, "counts.syscalls", o->usage.syscalls);
    run_set_known(document, "counts.observer_cpu_ns", o->own.cpu_ns);
    run_set_known(document, "counts.look_p50_ns", o->look_ns);
    run_set_known(document, "counts.look_max_ns", o->look_most_ns);
    run_set_int(document, "elapsed_ns", o->elapsed_ns);
}

/* The least median that any program can reach. */
static void report_floor(struct document *document, const struct observation *o)
{
    int64_t camera = samples_percentile(&o->pairing.camera_part, 0);

    if (camera >= 0)
        run_add_floor(document, "camera, from capture to dequeue at best", camera);
    if (o->screen.refresh_mhz)
        run_add_floor(document, "wait for the vertical blank, half a refresh at p50",
                      refresh_ns(o) / 2);
}

static void describe(struct document *document, const struct observation *o)
{
    const struct screen_watch *screen = &o->screen;
    char text[256];

    snprintf(text, sizeof(text), "%ux%u", screen->width, screen->height);
    run_set_string(document, "labels.shown_size", text);
    run_set_string(document, "labels.shown_format", screen->format);
    snprintf(text, sizeof(text), "%s (%s)", o->about.name, o->about.path);
    run_set_string(document, "devices.camera", text);
    snprintf(text, sizeof(text), "%s (%s) at %u.%03u Hz", screen->driver, screen->path,
             screen->refresh_mhz / 1000, screen->refresh_mhz % 1000);
    run_set_string(document, "devices.display", text);
    document_set_clocks(document,
                        o->captures.start_of_exposure ? ZC_CAPTURE_START_OF_EXPOSURE
                                                      : ZC_CAPTURE_END_OF_FRAME,
                        true);
}

static void warn_of_sight(struct document *document, const struct observation *o)
{
    const struct pairing *pairing = &o->pairing;

    if (pairing->unread)
        document_warn(document,
                      "at %" PRIu64 " of %" PRIu64 " vertical blanks no frame "
                      "number could be read: what was shown then is not known",
                      pairing->unread, pairing->vblanks);
    if (pairing->untimed)
        document_warn(document,
                      "%" PRIu64 " frames were shown of which the camera's "
                      "time is not known: they are not in the latency",
                      pairing->untimed);
    if (pairing->uncertain)
        document_warn(document,
                      "at %" PRIu64 " vertical blanks the display completed a "
                      "commit that showed nothing new: a frame may have been "
                      "taken for shown a refresh early",
                      pairing->uncertain);
    if (pairing->missed_vblanks)
        document_warn(document,
                      "%" PRIu64 " vertical blanks were not seen: the machine "
                      "is too busy to be observed well",
                      pairing->missed_vblanks);
    if (pairing->out_of_order)
        document_warn(document, "%" PRIu64 " frames were shown after a newer one",
                      pairing->out_of_order);
    if (o->look_ns > refresh_ns(o) / LATE_LOOK && o->screen.refresh_mhz)
        document_warn(document,
                      "the display was looked at %" PRId64 " µs after the "
                      "vertical blank at the median: a program that commits "
                      "sooner may be taken for a refresh faster than it is",
                      o->look_ns / 1000);
}

static void warn_of_means(struct document *document, const struct observation *o)
{
    char how[80];

    if (o->trace_lost)
        document_warn(document,
                      "%" PRIu64 " trace events were lost: measure again, for "
                      "a shorter time or on a machine less busy",
                      o->trace_lost);
    if (usage_reason(&o->meter))
        document_warn(document, "system calls are not counted: %s",
                      usage_reason(&o->meter));
    if (!o->realtime)
        document_warn(document, "no real-time priority for the looks at the display: "
                                "allow it (RLIMIT_RTPRIO, or cpu.rt_runtime_us)");
    if (o->ended) {
        child_describe(&o->child, how, sizeof(how));
        document_warn(document, "the command ended before the time was up: %s", how);
    }
}

void observe_report(struct document *document, const struct observation *o,
                    const char *command)
{
    document_begin_run(document, basename(o->command[0]));
    run_set_string(document, "labels.command", command);
    describe(document, o);
    report_figures(document, o);
    report_floor(document, o);
    report_counts(document, o);
    warn_of_sight(document, o);
    warn_of_means(document, o);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* passage - frame by frame while it runs, and as figures when it is over. */
#include "bench/measure/passage.h"
#include "bench/measure/rig.h"
#include "bench/measure/noise.h"
#include "tools/document/flow-run.h"

#include <string.h>

#define NS_PER_KILOSECOND INT64_C(1000000000000)
#define WARM_UP_NS INT64_C(500000000)

/* ---- one frame ---- */

static int64_t between(const struct zc_frame_meta *meta, enum zc_stage from,
                       enum zc_stage to)
{
    return meta->at_ns[to] - meta->at_ns[from];
}

static void add_parts(struct passage *passage, const struct zc_frame_meta *meta)
{
    int64_t ns;

    for (enum zc_part part = 0; part < ZC_PART_COUNT; part++)
        if (zc_frame_part(meta, part, &ns))
            samples_add(&passage->part[part], ns);
}

/* A flip is the end of a blanking: a commit within that blanking is too late for it. */
static void add_waiting(struct passage *passage, const struct zc_frame_meta *meta)
{
    int64_t refresh = passage->refresh_ns, blanking = passage->blanking_ns, since;

    if (!refresh || !passage->vblank)
        return;
    since = between(meta, ZC_STAGE_COMMIT, ZC_STAGE_FLIP) - blanking;
    passage->missed_vblanks += since > 0 ? since / refresh : 0;
    since = between(meta, ZC_STAGE_DEQUEUE, ZC_STAGE_FLIP) - blanking;
    since = since > 0 ? since : 0;
    samples_add(&passage->next_blank, since % refresh + blanking);
    samples_add(&passage->to_flip, meta->at_ns[ZC_STAGE_FLIP] - zc_frame_ready_ns(meta));
}

void passage_shown(const struct zc_frame_meta *meta, void *user)
{
    struct passage *passage = user;
    int64_t flip = meta->at_ns[ZC_STAGE_FLIP];

    if (!passage->measures)
        return;
    passage->clock = meta->clock;
    if (meta->clock != ZC_CAPTURE_UNKNOWN) {
        int64_t latency = between(meta, ZC_STAGE_CAPTURE, ZC_STAGE_FLIP);

        omission_add(&passage->omission, &passage->latency, flip, latency);
        samples_add(&passage->of_shown, latency);
        samples_add(&passage->at, flip - passage->began_ns);
    }
    add_parts(passage, meta);
    add_waiting(passage, meta);
    pace_tick(&passage->pace, flip);
}

/* ---- a round ---- */

static void add_known(int64_t *sum, int64_t value)
{
    *sum = *sum < 0 || value < 0 ? -1 : *sum + value;
}

static void add_usage(struct passage *passage, const struct usage *before,
                      const struct usage *after)
{
    struct usage *sum = &passage->usage, round = usage_since(before, after);

    add_known(&sum->cpu_ns, round.cpu_ns);
    add_known(&sum->user_ns, round.user_ns);
    add_known(&sum->system_ns, round.system_ns);
    add_known(&sum->context_switches, round.context_switches);
    if (passage->metered)
        add_known(&sum->syscalls, round.syscalls);
}

static void describe_clocks(struct passage *passage, const struct zc_flow *flow,
                            const struct zc_display_info *display)
{
    struct zc_flow_info info;

    zc_flow_info(flow, &info);
    if (display->refresh_mhz)
        passage->refresh_ns = NS_PER_KILOSECOND / display->refresh_mhz;
    passage->blanking_ns = display->blanking_ns;
    passage->vblank = display->vblank;
    if (info.mode.rate_num)
        passage->frame_ns = INT64_C(1000000000) * info.mode.rate_den / info.mode.rate_num;
}

static void add_counts(struct passage *passage, const struct zc_flow *flow,
                       const struct zc_flow_snapshot *before)
{
    struct zc_flow_snapshot *sum = &passage->counts, now;
    struct zc_flow_info info;
    uint64_t bytes = 0;

    zc_flow_snapshot(flow, &now);
    zc_flow_info(flow, &info);
    for (int i = 0; i < info.source->n_buffers; i++)
        bytes += info.source->bytes[i];
    passage->bytes_copied += (now.copies - before->copies) * bytes;
    passage->syscall_frames += passage->metered ? now.shown - before->shown : 0;
    passage->measured_ns += now.elapsed_ns - before->elapsed_ns;
    passage->stalled += passage->omission.missed;
    sum->captured += now.captured - before->captured;
    sum->shown += now.shown - before->shown;
    sum->superseded += now.superseded - before->superseded;
    sum->lost += now.lost - before->lost;
    sum->damaged += now.damaged - before->damaged;
    sum->copies += now.copies - before->copies;
    sum->cpu_maps += now.cpu_maps - before->cpu_maps;
}

/* No frame reaches the screen sooner than the quickest commit did. What a frame waited
 * longer than that, in whole refreshes, is excess. */
static void find_excess(struct passage *passage)
{
    int64_t least = samples_percentile(&passage->part[ZC_PART_FLIP], 0);
    int64_t refresh = passage->refresh_ns;

    for (size_t i = 0; i < passage->to_flip.n && refresh; i++) {
        int64_t waited = passage->to_flip.value[i] - least;
        int64_t excess = waited > 0 ? waited / refresh * refresh : 0;

        samples_add(&passage->excess, excess);
        passage->waited_a_refresh += excess > 0;
    }
}

static void begin_cpu(struct passage *passage, const struct usage_meter *meter)
{
    bool metered = usage_counts_calls(meter);

    if (passage->metered && !metered)
        passage->pace.cpu.n = 0;
    passage->metered = metered;
}

int passage_run(struct passage *passage, struct zc_flow *flow,
                const struct usage_meter *meter, const struct zc_display_info *display,
                int64_t ns)
{
    struct zc_flow_snapshot started;
    struct usage before, after;
    int64_t period;
    int error;

    error = zc_flow_start(flow);
    /* The first frames set the mode, and free the memory of those shown before. */
    if (!error)
        error = rig_run_flow(flow, WARM_UP_NS);
    if (error)
        return error;
    /* Whether a display has real vertical blanks is known only once it is lit. */
    describe_clocks(passage, flow, display);
    period =
        passage->frame_ns > passage->refresh_ns ? passage->frame_ns : passage->refresh_ns;
    omission_begin(&passage->omission, period);
    if (!passage->began_ns)
        passage->began_ns = zc_now_ns();
    zc_flow_snapshot(flow, &started);
    begin_cpu(passage, meter);
    usage_read(meter, &before);
    pace_begin(&passage->pace);
    passage->measures = true;
    error = rig_run_flow(flow, ns);
    passage->measures = false;
    usage_read(meter, &after);
    add_usage(passage, &before, &after);
    add_counts(passage, flow, &started);
    zc_flow_stop(flow);
    return error;
}

int passage_init(struct passage *passage, size_t frames)
{
    struct samples *all[] = {&passage->of_shown, &passage->at, &passage->next_blank,
                             &passage->to_flip, &passage->excess};
    int error;

    memset(passage, 0, sizeof(*passage));
    /* With room for the frames that a stall hid. */
    error = samples_init(&passage->latency, 2 * frames);
    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]) && !error; i++)
        error = samples_init(all[i], frames);
    for (enum zc_part part = 0; part < ZC_PART_COUNT && !error; part++)
        error = samples_init(&passage->part[part], frames);
    return error ? error : pace_init(&passage->pace, frames);
}

void passage_finish(struct passage *passage)
{
    samples_finish(&passage->latency);
    samples_finish(&passage->of_shown);
    samples_finish(&passage->at);
    for (enum zc_part part = 0; part < ZC_PART_COUNT; part++)
        samples_finish(&passage->part[part]);
    pace_finish(&passage->pace);
    samples_finish(&passage->next_blank);
    samples_finish(&passage->to_flip);
    samples_finish(&passage->excess);
}

/* ---- what is said of it ---- */

/* The least median that any program can reach with this camera and this display: what the
 * fastest frame took to reach it, and what half of them wait for the next blank. That is half
 * a refresh where camera and display beat; it is measured, as they may be in step. */
static void report_floor(const struct passage *passage, struct document *document)
{
    int64_t camera = samples_percentile(&passage->part[ZC_PART_DEQUEUE], 0);
    int64_t display = samples_percentile(&passage->next_blank, 50);

    if (camera < 0 || display < 0)
        return;
    run_add_floor(document, "camera: the least from its stamp to the program", camera);
    run_add_floor(document, "display: from there to the next vertical blank, p50",
                  display);
}

static void report_counts(const struct passage *passage, struct document *document)
{
    const struct zc_flow_snapshot *counts = &passage->counts;

    run_set_int(document, "counts.captured", counts->captured);
    run_set_int(document, "counts.shown", counts->shown);
    run_set_int(document, "counts.superseded", counts->superseded);
    run_set_int(document, "counts.lost", counts->lost);
    run_set_int(document, "counts.damaged", counts->damaged);
    if (passage->vblank) {
        run_set_int(document, "counts.missed_vblanks", passage->missed_vblanks);
        run_set_int(document, "counts.waited_a_refresh", passage->waited_a_refresh);
    }
    run_set_int(document, "counts.stalled", passage->stalled);
    run_set_int(document, "counts.cpu_maps", counts->cpu_maps);
    run_set_int(document, "counts.copies", counts->copies);
    run_set_int(document, "counts.bytes_copied", passage->bytes_copied);
    run_set_known(document, "counts.cpu_user_ns", passage->usage.user_ns);
    run_set_known(document, "counts.cpu_system_ns", passage->usage.system_ns);
    run_set_known(document, "counts.context_switches", passage->usage.context_switches);
    if (passage->syscall_frames) {
        run_set_known(document, "counts.syscalls", passage->usage.syscalls);
        run_set_int(document, "syscall_frames", passage->syscall_frames);
    }
    run_set_int(document, "elapsed_ns", passage->measured_ns);
}

void passage_report(struct passage *passage, struct document *document)
{
    const struct figure figures[] = {
        {"latency", "ns", BETTER_LOWER, &passage->latency},
        {"latency of shown", "ns", BETTER_LOWER, &passage->of_shown},
        {"cpu", "ns", BETTER_LOWER, &passage->pace.cpu},
        {"interval", "ns", BETTER_NONE, &passage->pace.interval},
        {"latch excess", "ns", BETTER_LOWER, &passage->excess},
    };
    int64_t low, high;

    find_excess(passage);
    for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++)
        run_add_figure(document, &figures[i]);
    for (enum zc_part part = 0; part < ZC_PART_COUNT; part++)
        run_add_stage(document, zc_part_name(part), &passage->part[part]);
    run_set_series(document, &passage->at, &passage->of_shown);
    if (noise_two_modes(&passage->pace.cpu, &low, &high))
        document_warn(document,
                      "CPU time a frame lies around two values, %lld and %lld "
                      "µs: something else ran part of the time; measure again",
                      (long long)low / 1000, (long long)high / 1000);
    report_floor(passage, document);
    report_counts(passage, document);
    document_set_clocks(document, passage->clock, passage->vblank);
}

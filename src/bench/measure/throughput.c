/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * throughput - each device alone and the whole, at several sizes: how fast, and how the CPU
 * time a frame grows with the size. In rounds, each part at each size in its turn.
 */
#include "bench/measure/alone.h"
#include "bench/commands.h"
#include "bench/measure/session.h"
#include "tools/program/interrupt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_TRIALS 64
#define DEFAULT_NS INT64_C(4000000000)
#define ROUNDS 2
#define MOST_FPS 20000
#define SECOND_NS INT64_C(1000000000)

static const char usage[] =
    "Usage: zc-bench throughput [OPTIONS]\n"
    "\n"
    "Measures camera, GPU and display alone, and the ways from camera to display, each\n"
    "as fast as it goes, at several sizes; and what a pixel more costs the CPU.\n"
    "\n"
    "  --part PARTS     camera, gpu, display, and the whole by direct-flow, gpu-flow\n"
    "                   or copy-flow; a list with commas (default all)\n"
    "  --size SIZES     (default 320x180,640x480,1280x720,1920x1080)\n"
    "  --heap NAME      of all frames (default cached)\n"
    "  --seconds N      for each part at each size, in two rounds (default 4)\n"
    "  --camera DEV --display DEV --gpu DEV\n" SESSION_USAGE;

enum part {
    PART_CAMERA,
    PART_GPU,
    PART_DISPLAY,
    PART_DIRECT_FLOW,
    PART_GPU_FLOW,
    PART_COPY_FLOW,
    PARTS,
};

static const char *const part_names[] = {"camera",      "gpu",      "display",
                                         "direct-flow", "gpu-flow", "copy-flow"};

struct request {
    struct choices parts, sizes;
    const char *heap;
    int64_t ns;
    struct rig_request devices;
    struct outputs outputs;
};

/* One part at one size. */
struct trial {
    enum part part;
    const char *size;
    uint32_t width, height;
    const char *format;
    struct pace pace;
    int failed;
};

struct bench {
    const struct request *request;
    struct document *document;
    struct rig_request devices;
    struct rig rig;
    struct zc_heap *heap;
    struct trial trial[MAX_TRIALS];
    size_t n;
};

/* ---- options ---- */

static int parse_one(struct request *request, int option)
{
    switch (option) {
    case 'p':
        return choices_add(&request->parts, "--part", optarg) ? -1 : 2;
    case 's':
        return choices_add(&request->sizes, "--size", optarg) ? -1 : 2;
    case 'H':
        request->heap = optarg;
        return -1;
    case 't':
        return parse_seconds("--seconds", optarg, &request->ns) ? -1 : 2;
    default:
        if (rig_option(&request->devices, option, optarg))
            return -1;
        return session_option(&request->outputs, option, usage);
    }
}

static int parse(struct request *request, int argc, char **argv)
{
    static const struct option known[] = {{"part", required_argument, NULL, 'p'},
                                          {"size", required_argument, NULL, 's'},
                                          {"heap", required_argument, NULL, 'H'},
                                          {"seconds", required_argument, NULL, 't'},
                                          RIG_OPTIONS,
                                          SESSION_OPTIONS};
    static const char sizes[] = "320x180,640x480,1280x720,1920x1080";
    static const char parts[] = "camera,gpu,display,direct-flow,gpu-flow,copy-flow";
    int option, code = -1;

    *request = (struct request){.ns = DEFAULT_NS};
    while (code < 0 && (option = getopt_long(argc, argv, "", known, NULL)) != -1)
        code = parse_one(request, option);
    if (code < 0 && optind < argc) {
        wrong_choice("argument", argv[optind], "there are only options; see --help");
        code = 2;
    }
    if (!request->parts.n)
        choices_add(&request->parts, "--part", parts);
    if (!request->sizes.n)
        choices_add(&request->sizes, "--size", sizes);
    return code;
}

static bool parse_part(const char *text, enum part *part)
{
    for (*part = 0; *part < PARTS; (*part)++)
        if (!strcmp(text, part_names[*part]))
            return true;
    return wrong_choice("--part", text,
                        "choose from camera, gpu, display, direct-flow, gpu-flow, "
                        "copy-flow");
}

static int add_trials(struct bench *bench)
{
    const struct request *request = bench->request;
    struct rig_request *devices = &bench->devices;

    *devices = request->devices;
    if (request->parts.n * request->sizes.n > MAX_TRIALS) {
        fprintf(stderr, "zc-bench: more than %d parts and sizes: give fewer\n",
                MAX_TRIALS);
        return 2;
    }
    for (size_t i = 0; i < request->parts.n * request->sizes.n; i++) {
        struct trial *trial = &bench->trial[bench->n++];

        trial->size = request->sizes.item[i % request->sizes.n];
        if (!parse_part(request->parts.item[i / request->sizes.n], &trial->part) ||
            !parse_size("--size", trial->size, &trial->width, &trial->height))
            return 2;
        devices->needs_gpu |= trial->part == PART_GPU || trial->part == PART_GPU_FLOW;
        devices->needs_display |= trial->part >= PART_DISPLAY;
        if (trial->width > devices->width)
            devices->width = trial->width;
        if (trial->height > devices->height)
            devices->height = trial->height;
    }
    return -1;
}

/* ---- measuring ---- */

static void on_shown(const struct zc_frame_meta *meta, void *user)
{
    pace_tick(user, meta->at_ns[ZC_STAGE_FLIP]);
}

static int run_whole(struct bench *bench, struct trial *trial, int64_t ns)
{
    static const enum zc_path paths[] = {[PART_DIRECT_FLOW] = ZC_PATH_DIRECT,
                                         [PART_GPU_FLOW] = ZC_PATH_GPU,
                                         [PART_COPY_FLOW] = ZC_PATH_COPY};
    struct zc_flow_config config = {
        .camera = bench->rig.camera,
        .heap = bench->heap,
        .gpu = bench->rig.gpu,
        .display = bench->rig.display,
        .path = paths[trial->part],
        .mode = {.width = trial->width,
                 .height = trial->height,
                 .rate_num = ZC_RATE_HIGHEST},
        .shown = on_shown,
        .user = &trial->pace,
    };
    struct zc_flow_info info;
    struct zc_flow *flow;
    int error = zc_flow_create(&flow, &config);

    if (error)
        return error;
    zc_flow_info(flow, &info);
    trial->format = info.source->format->name;
    error = zc_flow_start(flow);
    pace_begin(&trial->pace);
    if (!error)
        error = rig_run_flow(flow, ns);
    zc_flow_destroy(flow);
    return error;
}

static int run_alone(struct bench *bench, struct trial *trial, int64_t ns)
{
    struct alone alone = {
        .rig = &bench->rig,
        .heap = bench->heap,
        .width = trial->width,
        .height = trial->height,
    };
    int error = trial->part == PART_CAMERA ? alone_camera(&alone, &trial->pace, ns)
                : trial->part == PART_GPU  ? alone_gpu(&alone, &trial->pace, ns)
                                           : alone_display(&alone, &trial->pace, ns);

    trial->format = alone.format;
    return error;
}

static void run(struct bench *bench, struct trial *trial, int round)
{
    int64_t ns = bench->request->ns / ROUNDS;

    if (trial->failed || interrupt_came())
        return;
    session_progress("throughput: round %d of %d, %s %s", round + 1, ROUNDS,
                     part_names[trial->part], trial->size);
    trial->failed = trial->part < PART_DIRECT_FLOW ? run_alone(bench, trial, ns)
                                                   : run_whole(bench, trial, ns);
}

/* ---- the document ---- */

static bool report(struct bench *bench, const struct trial *trial)
{
    struct document *document = bench->document;
    const struct figure interval = {"interval", "ns", BETTER_LOWER,
                                    &trial->pace.interval};
    const struct figure cpu = {"cpu", "ns", BETTER_LOWER, &trial->pace.cpu};
    char title[64];

    snprintf(title, sizeof(title), "%s %s", part_names[trial->part], trial->size);
    if (trial->failed)
        document_warn(document, "%s was not measured to its end: %s", title,
                      strerror(-trial->failed));
    if (!trial->pace.total)
        return false;
    document_begin_run(document, title);
    run_set_string(document, "labels.part", part_names[trial->part]);
    run_set_string(document, "labels.size", trial->size);
    run_set_string(document, "labels.format", trial->format);
    if (trial->part != PART_COPY_FLOW)
        run_set_string(document, "labels.heap", zc_heap_name(bench->heap));
    rig_describe(&bench->rig, document);
    run_add_figure(document, &interval);
    run_add_figure(document, &cpu);
    run_set_int(document, "counts.frames", trial->pace.total);
    return true;
}

/* What a pixel more costs, through the medians of a part at its sizes. */
static void fit(struct bench *bench, enum part part)
{
    int64_t pixels[MAX_TRIALS], ns[MAX_TRIALS];
    size_t n = 0;

    for (size_t i = 0; i < bench->n; i++) {
        const struct trial *trial = &bench->trial[i];

        if (trial->part != part || !trial->pace.cpu.n)
            continue;
        pixels[n] = (int64_t)trial->width * trial->height;
        ns[n++] = samples_percentile(&trial->pace.cpu, 50);
    }
    if (n >= 2)
        document_add_fit(bench->document, part_names[part], "cpu", pixels, ns, n);
}

static int measure(struct document *document, void *user)
{
    struct bench *bench = user;
    const struct request *request = bench->request;
    bool any = false;
    int error = rig_open(&bench->rig, &bench->devices);

    bench->document = document;
    if (!error) {
        bench->heap = rig_heap(&bench->rig, request->heap);
        error = bench->heap ? 0 : -ENOENT;
    }
    document_set_int(document, "config.duration_ns", request->ns);
    for (size_t i = 0; i < bench->n && !error; i++)
        error =
            pace_init(&bench->trial[i].pace, (request->ns / SECOND_NS + 1) * MOST_FPS);
    for (int round = 0; round < ROUNDS && !error; round++)
        for (size_t i = 0; i < bench->n; i++)
            run(bench, &bench->trial[i], round);
    for (size_t i = 0; i < bench->n && !error; i++)
        any |= report(bench, &bench->trial[i]);
    for (enum part part = 0; part < PARTS && !error; part++)
        fit(bench, part);
    if (!error && !any) {
        zc_log(ZC_LOG_ERROR, "no part could be measured");
        error = -EIO;
    }
    rig_close(&bench->rig);
    for (size_t i = 0; i < bench->n; i++)
        pace_finish(&bench->trial[i].pace);
    return error;
}

int command_throughput(int argc, char **argv)
{
    static struct request request;
    static struct bench bench = {.request = &request};
    int code = parse(&request, argc, argv);

    if (code < 0)
        code = add_trials(&bench);
    return code < 0 ? session_run(&request.outputs, argc, argv, measure, &bench) : code;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * flow - the ways from camera to display beside each other: in rounds, a while of each in
 * turn, so that what else the machine does meets all alike.
 */
#include "bench/choices.h"
#include "bench/commands.h"
#include "bench/measure/passage.h"
#include "bench/measure/rig.h"
#include "bench/measure/session.h"
#include "tools/document/flow-run.h"
#include "tools/program/interrupt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_WAYS 64
#define DEFAULT_NS INT64_C(10000000000)
#define DEFAULT_ROUNDS 4
#define MAX_ROUNDS 1000
#define LONGEST_ROUND_NS INT64_C(60000000000)
/* The most frames a second that there is room for. */
#define MOST_FPS 250

static const char usage[] =
    "Usage: zc-bench flow [OPTIONS]\n"
    "\n"
    "Shows a camera on a display by each way that is asked for, in turn, a while each:\n"
    "every combination of these lists with commas.\n"
    "\n"
    "  --path PATHS     direct, gpu, copy (default all three)\n"
    "  --size SIZES     such as 640x480,1280x720 (default 640x480)\n"
    "  --format FOURCCS XR24, YUYV, NV12, … (default: what suits the path)\n"
    "  --heap HEAPS     names in /dev/dma_heap, udmabuf, a property (cached,\n"
    "                   contiguous), camera (its own memory), or auto: the first\n"
    "                   that all devices take (default auto)\n"
    "  --commit WHEN    late: a frame waits where a newer one is expected in time for\n"
    "                   the same vertical blank; once: none waits; or both, as two\n"
    "                   ways (default late)\n"
    "  --fps N          the camera's frames a second (default: the most, up to 60)\n"
    "  --seconds N      of each way, in all its rounds (default 10)\n"
    "  --rounds N       how often each has its turn (default 4)\n"
    "  --camera DEV --display DEV --gpu DEV\n" SESSION_USAGE;

struct request {
    struct choices paths, sizes, formats, heaps, commits;
    long fps, rounds;
    int64_t ns;
    struct rig_request devices;
    struct outputs outputs;
};

/* One way: what is asked of the flow, and what was measured of it. */
struct way {
    enum zc_path path;
    struct zc_camera_mode asked;
    const char *heap; /* a name or property; NULL: auto */
    bool late;
    char title[128];
    int failed; /* why it was given up, or 0 */
    struct passage passage;

    char memory[64]; /* where the camera's frames are; empty: it was never built */
    struct zc_camera_mode mode; /* what it came to be */
    struct zc_layout source, shown;
};

struct bench {
    const struct request *request;
    struct document *document;
    struct rig rig;
    struct usage_meter meter;
    struct way way[MAX_WAYS];
    size_t n_ways;
    long round;
};

/* ---- options ---- */

static bool parse_path(const char *text, enum zc_path *path)
{
    for (*path = ZC_PATH_DIRECT; *path <= ZC_PATH_COPY; (*path)++)
        if (!strcmp(text, zc_path_name(*path)))
            return true;
    return wrong_choice("--path", text, "choose from direct, gpu, copy");
}

static bool parse_commit(const char *text, bool *late)
{
    *late = !strcmp(text, "late");
    return *late || !strcmp(text, "once") ||
           wrong_choice("--commit", text, "choose from late, once");
}

static bool parse_format(const char *text, const struct zc_format **format)
{
    *format = zc_format_by_name(text);
    return *format || wrong_choice("--format", text,
                                   "there is no such format; XR24, YUYV, NV12 and "
                                   "others are");
}

static int parse_list(struct request *request, int option)
{
    switch (option) {
    case 'p':
        return choices_add(&request->paths, "--path", optarg) ? -1 : 2;
    case 's':
        return choices_add(&request->sizes, "--size", optarg) ? -1 : 2;
    case 'f':
        return choices_add(&request->formats, "--format", optarg) ? -1 : 2;
    case 'H':
        return choices_add(&request->heaps, "--heap", optarg) ? -1 : 2;
    case 'c':
        return choices_add(&request->commits, "--commit", optarg) ? -1 : 2;
    default:
        return session_option(&request->outputs, option, usage);
    }
}

static int parse_one(struct request *request, int option)
{
    switch (option) {
    case 'r':
        return parse_count("--fps", optarg, 1, MOST_FPS, &request->fps) ? -1 : 2;
    case 'n':
        return parse_count("--rounds", optarg, 1, MAX_ROUNDS, &request->rounds) ? -1 : 2;
    case 't':
        return parse_seconds("--seconds", optarg, &request->ns) ? -1 : 2;
    default:
        if (rig_option(&request->devices, option, optarg))
            return -1;
        return parse_list(request, option);
    }
}

static void set_defaults(struct request *request)
{
    static const char paths[] = "direct,gpu,copy", size[] = "640x480", commit[] = "late";

    if (!request->paths.n)
        choices_add(&request->paths, "--path", paths);
    if (!request->sizes.n)
        choices_add(&request->sizes, "--size", size);
    if (!request->commits.n)
        choices_add(&request->commits, "--commit", commit);
    if (!request->rounds)
        request->rounds = DEFAULT_ROUNDS;
    /* Long measurements in more rounds, so that none waits long for the others. */
    while (request->ns / request->rounds > LONGEST_ROUND_NS)
        request->rounds *= 2;
}

static int parse(struct request *request, int argc, char **argv)
{
    static const struct option known[] = {{"path", required_argument, NULL, 'p'},
                                          {"size", required_argument, NULL, 's'},
                                          {"format", required_argument, NULL, 'f'},
                                          {"heap", required_argument, NULL, 'H'},
                                          {"commit", required_argument, NULL, 'c'},
                                          {"fps", required_argument, NULL, 'r'},
                                          {"rounds", required_argument, NULL, 'n'},
                                          {"seconds", required_argument, NULL, 't'},
                                          RIG_OPTIONS,
                                          SESSION_OPTIONS};
    int option, code = -1;

    *request = (struct request){.ns = DEFAULT_NS};
    while (code < 0 && (option = getopt_long(argc, argv, "", known, NULL)) != -1)
        code = parse_one(request, option);
    if (code < 0 && optind < argc) {
        wrong_choice("argument", argv[optind], "there are only options; see --help");
        code = 2;
    }
    set_defaults(request);
    return code;
}

/* ---- ways ---- */

static void name_way(struct way *way, const char *size, const char *format, bool commits)
{
    snprintf(way->title, sizeof(way->title), "%s %s%s%s%s%s%s", zc_path_name(way->path),
             size, format ? " " : "", format ? format : "", way->heap ? " " : "",
             way->heap ? way->heap : "",
             !commits    ? ""
             : way->late ? " late"
                         : " once");
}

/* The one of all combinations that @index stands for, and whether there is one. */
static int add_way(struct bench *bench, size_t index)
{
    const struct request *request = bench->request;
    const struct choices *lists[] = {&request->commits, &request->paths, &request->heaps,
                                     &request->formats, &request->sizes};
    struct way *way = &bench->way[bench->n_ways];
    const char *item[5];

    for (size_t i = 0; i < 5; i++) {
        size_t n = lists[i]->n ? lists[i]->n : 1;

        item[i] = lists[i]->n ? lists[i]->item[index % n] : NULL;
        index /= n;
    }
    if (!parse_commit(item[0], &way->late) || !parse_path(item[1], &way->path) ||
        (item[3] && !parse_format(item[3], &way->asked.format)) ||
        !parse_size("--size", item[4], &way->asked.width, &way->asked.height))
        return 2;
    way->heap = item[2];
    way->asked.rate_num = request->fps;
    way->asked.rate_den = request->fps ? 1 : 0;
    name_way(way, item[4], item[3], request->commits.n > 1);
    bench->n_ways++;
    return -1;
}

static int add_ways(struct bench *bench)
{
    const struct request *request = bench->request;
    size_t n = request->paths.n * request->sizes.n * request->commits.n;
    int code = -1;

    n *= request->formats.n ? request->formats.n : 1;
    n *= request->heaps.n ? request->heaps.n : 1;
    if (n > MAX_WAYS) {
        fprintf(stderr, "zc-bench: %zu combinations are more than %d: give fewer\n", n,
                MAX_WAYS);
        return 2;
    }
    for (size_t i = 0; i < n && code < 0; i++)
        code = add_way(bench, i);
    return code;
}

static void largest(struct bench *bench, struct rig_request *devices)
{
    devices->needs_display = true;
    for (size_t i = 0; i < bench->n_ways; i++) {
        const struct way *way = &bench->way[i];

        devices->needs_gpu |= way->path == ZC_PATH_GPU;
        if (way->asked.width > devices->width)
            devices->width = way->asked.width;
        if (way->asked.height > devices->height)
            devices->height = way->asked.height;
    }
}

/* ---- measuring ---- */

static void describe(struct bench *bench, const struct way *way)
{
    const struct zc_flow_info info = {.path = way->path,
                                      .mode = way->mode,
                                      .source = &way->source,
                                      .shown = &way->shown};

    run_set_way(bench->document, &info, way->memory, !way->late);
    rig_describe(&bench->rig, bench->document);
}

static int build(struct bench *bench, struct way *way, struct zc_flow **flow)
{
    bool own = way->heap && !strcmp(way->heap, CAMERA_MEMORY);
    bool any = !way->heap || !strcmp(way->heap, ANY_MEMORY);
    struct zc_flow_config config = {
        .camera = bench->rig.camera,
        .gpu = bench->rig.gpu,
        .display = bench->rig.display,
        .path = way->path,
        .mode = way->asked,
        .memory = own   ? ZC_MEMORY_CAMERA
                  : any ? ZC_MEMORY_ANY
                        : ZC_MEMORY_HEAP,
        .commit_at_once = !way->late,
        .shown = passage_shown,
        .user = &way->passage,
    };
    struct zc_flow_results results;
    struct zc_flow_info info;
    int error;

    if (way->path != ZC_PATH_COPY) {
        config.heap = rig_heap(&bench->rig, own || any ? NULL : way->heap);
        if (!config.heap && !any)
            return -ENOENT;
    }
    error = zc_flow_create(flow, &config);
    if (error)
        return error;
    zc_flow_info(*flow, &info);
    zc_flow_results(*flow, &results);
    snprintf(way->memory, sizeof(way->memory), "%s",
             way->path == ZC_PATH_COPY ? "none" : results.heap_name);
    way->source = *info.source;
    way->shown = *info.shown;
    way->mode = info.mode;
    return 0;
}

static void measure_round(struct bench *bench, struct way *way)
{
    const struct request *request = bench->request;
    struct zc_flow *flow;

    if (way->failed || interrupt_came())
        return;
    session_progress("flow: round %ld of %ld, %s", bench->round + 1, request->rounds,
                     way->title);
    way->failed = build(bench, way, &flow);
    if (way->failed)
        return;
    way->failed =
        passage_run(&way->passage, flow, &bench->meter,
                    zc_display_info(bench->rig.display), request->ns / request->rounds);
    zc_flow_destroy(flow);
}

static bool report(struct bench *bench, struct way *way)
{
    struct document *document = bench->document;

    if (way->failed)
        document_warn(document, "%s was not measured to its end: %s", way->title,
                      strerror(-way->failed));
    if (!way->passage.counts.shown)
        return false;
    document_begin_run(document, way->title);
    describe(bench, way);
    passage_report(&way->passage, document);
    return true;
}

static int make_room(struct bench *bench)
{
    size_t frames = bench->request->ns / INT64_C(1000000000) * MOST_FPS + MOST_FPS;
    int error = 0;

    for (size_t i = 0; i < bench->n_ways && !error; i++)
        error = passage_init(&bench->way[i].passage, frames);
    return error;
}

static void release(struct bench *bench)
{
    rig_close(&bench->rig);
    usage_close(&bench->meter);
    for (size_t i = 0; i < bench->n_ways; i++)
        passage_finish(&bench->way[i].passage);
}

static int measure(struct document *document, void *user)
{
    struct bench *bench = user;
    struct rig_request devices = bench->request->devices;
    bool any = false;
    int error;

    bench->document = document;
    largest(bench, &devices);
    document_set_int(document, "config.rounds", bench->request->rounds);
    document_set_int(document, "config.duration_ns", bench->request->ns);
    usage_open(&bench->meter, 0);
    if (usage_reason(&bench->meter))
        document_warn(document, "system calls are not counted: %s",
                      usage_reason(&bench->meter));
    error = rig_open(&bench->rig, &devices);
    if (!error)
        error = make_room(bench);
    for (; !error && bench->round < bench->request->rounds; bench->round++) {
        for (size_t i = 0; i < bench->n_ways; i++)
            measure_round(bench, &bench->way[i]);
        /* One round counts system calls; the others are spared what that costs. */
        usage_close(&bench->meter);
    }
    for (size_t i = 0; !error && i < bench->n_ways; i++)
        any |= report(bench, &bench->way[i]);
    if (!error && !any) {
        zc_log(ZC_LOG_ERROR, "no frame was shown, on any way");
        error = -EIO;
    }
    release(bench);
    return error;
}

int command_flow(int argc, char **argv)
{
    static struct request request;
    static struct bench bench = {.request = &request};
    int code = parse(&request, argc, argv);

    usage_init(&bench.meter);
    if (code < 0)
        code = add_ways(&bench);
    return code < 0 ? session_run(&request.outputs, argc, argv, measure, &bench) : code;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * alloc - what each step of a buffer's life costs, in every memory there is: in turn, a
 * burst of each after the other, so that what else the machine does meets all alike.
 */
#include "bench/choices.h"
#include "bench/commands.h"
#include "bench/measure/memory.h"
#include "bench/measure/session.h"
#include "base/fd.h"
#include "tools/program/interrupt.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MAX_COUNT 1000000
#define DEFAULT_COUNT 200
#define DEFAULT_PAUSE_MS 2
#define MAX_PAUSE_MS 10000
#define WARM_UP 3
#define MAX_BURST 64
#define PROGRESS_NS INT64_C(1000000000)
/* What shrinkers hold, so pools, too; the page cache stays. */
#define DROP_CACHES "/proc/sys/vm/drop_caches"
#define DROP_WHAT "2"

static const char usage[] =
    "Usage: zc-bench alloc [OPTIONS]\n"
    "\n"
    "Allocates buffers, maps, touches and syncs them by the CPU, and frees them: of\n"
    "each memory in turn.\n"
    "\n"
    "  --heap NAME      a heap, udmabuf, dumb (a display's buffers) or memfd (plain\n"
    "                   memory); may be given again, or as a list with commas\n"
    "                   (default: all there are)\n"
    "  --size BYTES     such as 4K, 3M (default 4K,3M,8M,32M)\n"
    "  --count N        buffers of each memory and size (default 200)\n"
    "  --burst N        buffers that are allocated in a row before the first is freed,\n"
    "                   as a pool of frames is (default 1)\n"
    "  --pause MS       after each burst, for a heap that zeroes what came back\n"
    "                   meanwhile (default 2)\n"
    "  --no-map         allocate and free only\n"
    "  --cold           empty the kernel's caches, and with them the heaps' pools,\n"
    "                   before each burst; needs root\n" SESSION_USAGE;

enum step {
    STEP_ALLOC,
    STEP_MAP,
    STEP_TOUCH,
    STEP_SYNC,
    STEP_FREE,
    STEP_ALL, /* the sum of them */
    STEPS,
};

static const char *const step_names[] = {"alloc", "map", "touch", "sync", "free", "all"};

struct request {
    struct choices heaps, sizes;
    uint64_t bytes[MAX_CHOICES];
    long count, burst, pause_ms;
    bool no_map, cold;
    struct outputs outputs;
};

struct bench {
    const struct request *request;
    struct document *document;
    struct memory memory[MAX_CHOICES];
    size_t n_memory;
    struct samples took[MAX_CHOICES][STEPS]; /* of the size that is measured */
    int failed[MAX_CHOICES];                 /* why it was given up for this size, or 0 */
    int64_t told_ns;
    int caches; /* open for writing, to empty them; -1: they are left alone */
};

static bool parse_sizes(struct request *request)
{
    for (size_t i = 0; i < request->sizes.n; i++)
        if (!parse_bytes("--size", request->sizes.item[i], &request->bytes[i]))
            return false;
    return true;
}

static int parse_one(struct request *request, int option)
{
    bool good = true;

    switch (option) {
    case 'H':
        good = choices_add(&request->heaps, "--heap", optarg);
        break;
    case 's':
        good = choices_add(&request->sizes, "--size", optarg);
        break;
    case 'n':
        good = parse_count("--count", optarg, 1, MAX_COUNT, &request->count);
        break;
    case 'b':
        good = parse_count("--burst", optarg, 1, MAX_BURST, &request->burst);
        break;
    case 'p':
        good = parse_count("--pause", optarg, 0, MAX_PAUSE_MS, &request->pause_ms);
        break;
    case 'N':
        request->no_map = true;
        break;
    case 'c':
        request->cold = true;
        break;
    default:
        return session_option(&request->outputs, option, usage);
    }
    return good ? -1 : 2;
}

static int parse(struct request *request, int argc, char **argv)
{
    static const struct option known[] = {
        {"heap", required_argument, NULL, 'H'},  {"size", required_argument, NULL, 's'},
        {"count", required_argument, NULL, 'n'}, {"burst", required_argument, NULL, 'b'},
        {"pause", required_argument, NULL, 'p'}, {"no-map", no_argument, NULL, 'N'},
        {"cold", no_argument, NULL, 'c'},        SESSION_OPTIONS};
    static const char default_sizes[] = "4K,3M,8M,32M";
    int option, code = -1;

    *request = (struct request){
        .count = DEFAULT_COUNT, .burst = 1, .pause_ms = DEFAULT_PAUSE_MS};
    while (code < 0 && (option = getopt_long(argc, argv, "", known, NULL)) != -1)
        code = parse_one(request, option);
    if (code >= 0)
        return code;
    if (optind < argc) {
        wrong_choice("argument", argv[optind], "there are only options; see --help");
        return 2;
    }
    if (!request->sizes.n)
        choices_add(&request->sizes, "--size", default_sizes);
    return parse_sizes(request) ? -1 : 2;
}

/* ---- what is there ---- */

static void leave_out(struct bench *bench, const char *name, int error)
{
    document_warn(bench->document, "%s was left out, as it cannot be opened: %s", name,
                  strerror(-error));
}

/* One that nobody asked for by name may be missing. */
static int add_memory(struct bench *bench, const char *name, bool asked)
{
    int error;

    if (bench->n_memory == MAX_CHOICES)
        return 0;
    error = memory_open(&bench->memory[bench->n_memory], name);
    if (!error)
        bench->n_memory++;
    else if (!asked)
        leave_out(bench, name, error);
    else if (!strcmp(name, "dumb")) /* of heaps the library has said it */
        zc_log(ZC_LOG_ERROR, "no display has dumb buffers that can be measured: %s",
               strerror(-error));
    return asked ? error : 0;
}

static int open_memories(struct bench *bench)
{
    const struct choices *asked = &bench->request->heaps;
    struct zc_heap_entry entries[MAX_CHOICES];
    int n, error = 0;

    for (size_t i = 0; i < asked->n && !error; i++)
        error = add_memory(bench, asked->item[i], true);
    if (asked->n)
        return error;
    n = zc_heap_list(entries, MAX_CHOICES);
    for (int i = 0; i < n && i < MAX_CHOICES - 2; i++)
        if (entries[i].error)
            leave_out(bench, entries[i].name, entries[i].error);
        else
            add_memory(bench, entries[i].name, false);
    add_memory(bench, "dumb", false);
    add_memory(bench, "memfd", false);
    return 0;
}

/* ---- a cold start ---- */

static int open_caches(struct bench *bench)
{
    int error;

    if (!bench->request->cold)
        return 0;
    bench->caches = open(DROP_CACHES, O_WRONLY | O_CLOEXEC);
    error = bench->caches < 0 ? -errno : 0;
    if (error)
        zc_log(ZC_LOG_ERROR, "--cold cannot empty the caches by %s: %s (run as root)",
               DROP_CACHES, strerror(-error));
    return error;
}

static int empty_caches(const struct bench *bench)
{
    if (bench->caches < 0)
        return 0;
    return pwrite(bench->caches, DROP_WHAT, strlen(DROP_WHAT), 0) < 0 ? -errno : 0;
}

/* ---- a burst of buffers ---- */

/* What passed since *last. */
static void stamp(int64_t *last, int64_t *took)
{
    int64_t now = zc_now_ns();

    *took = now - *last;
    *last = now;
}

/* All but its end. */
static int live(const struct memory *memory, size_t bytes, bool no_map,
                struct block *block, int64_t *took)
{
    int64_t last = zc_now_ns();
    int error = memory_alloc(memory, bytes, block);

    stamp(&last, &took[STEP_ALLOC]);
    if (error || no_map)
        return error;
    error = memory_map(memory, block);
    stamp(&last, &took[STEP_MAP]);
    if (!error)
        memory_touch(block);
    stamp(&last, &took[STEP_TOUCH]);
    if (!error)
        error = memory_sync(memory, block);
    stamp(&last, &took[STEP_SYNC]);
    return error;
}

static void end(const struct memory *memory, struct block *block, int64_t *took)
{
    int64_t last = zc_now_ns();

    memory_free(memory, block);
    stamp(&last, &took[STEP_FREE]);
    for (enum step step = 0; step < STEP_ALL; step++)
        took[STEP_ALL] += took[step];
}

static bool step_is_measured(const struct request *request, enum step step)
{
    return !request->no_map || step == STEP_ALLOC || step == STEP_FREE ||
           step == STEP_ALL;
}

static void add_times(struct bench *bench, size_t m, const int64_t *took)
{
    for (enum step step = 0; step < STEPS; step++)
        if (step_is_measured(bench->request, step))
            samples_add(&bench->took[m][step], took[step]);
}

/* Buffers number @first and on; those below 0 only warm up. */
static void measure_burst(struct bench *bench, size_t m, size_t bytes, long first)
{
    const struct request *request = bench->request;
    const struct memory *memory = &bench->memory[m];
    struct timespec pause = {request->pause_ms / 1000,
                             request->pause_ms % 1000 * 1000000};
    int64_t took[MAX_BURST][STEPS] = {0};
    struct block block[MAX_BURST];
    int error, n = 0;

    if (bench->failed[m])
        return;
    error = empty_caches(bench);
    while (n < request->burst && !error) {
        error = live(memory, bytes, request->no_map, &block[n], took[n]);
        n++;
    }
    for (int i = 0; i < n; i++)
        end(memory, &block[i], took[i]);
    for (int i = 0; i < n && !error; i++)
        if (first + i >= 0 && first + i < request->count)
            add_times(bench, m, took[i]);
    bench->failed[m] = error;
    if (request->pause_ms)
        nanosleep(&pause, NULL);
}

static void tell_progress(struct bench *bench, const char *size, long done)
{
    int64_t now = zc_now_ns();

    if (now - bench->told_ns < PROGRESS_NS)
        return;
    bench->told_ns = now;
    session_progress("alloc %s: %ld of %ld", size, done < 0 ? 0 : done,
                     bench->request->count);
}

/* ---- a size ---- */

static void report(struct bench *bench, const char *size)
{
    struct document *document = bench->document;

    for (size_t m = 0; m < bench->n_memory; m++) {
        char title[128];

        snprintf(title, sizeof(title), "%s %s", bench->memory[m].name, size);
        document_begin_run(document, title);
        run_set_string(document, "labels.heap", bench->memory[m].name);
        run_set_string(document, "labels.size", size);
        for (enum step step = 0; step < STEPS; step++) {
            struct figure figure = {step_names[step], "ns", BETTER_LOWER,
                                    &bench->took[m][step]};

            run_add_figure(document, &figure);
        }
        if (bench->failed[m])
            document_warn(document, "%s: no buffer of %s: %s", bench->memory[m].name,
                          size, strerror(-bench->failed[m]));
    }
}

static int make_room(struct bench *bench)
{
    int error = 0;

    memset(bench->failed, 0, sizeof(bench->failed));
    for (size_t m = 0; m < bench->n_memory; m++)
        for (enum step step = 0; step < STEPS; step++) {
            bench->took[m][step].n = 0;
            if (!error && !bench->took[m][step].value)
                error = samples_init(&bench->took[m][step], bench->request->count);
        }
    return error;
}

static int measure_size(struct bench *bench, size_t s)
{
    const struct request *request = bench->request;
    int error = make_room(bench);
    size_t round = 0;

    for (long first = -WARM_UP * request->burst; first < request->count && !error;
         first += request->burst, round++) {
        if (interrupt_came())
            break;
        for (size_t turn = 0; turn < bench->n_memory; turn++) {
            /* Each goes first in its turn. */
            size_t m = (turn + round) % bench->n_memory;

            measure_burst(bench, m, request->bytes[s], first);
        }
        tell_progress(bench, request->sizes.item[s], first);
    }
    if (!error)
        report(bench, request->sizes.item[s]);
    return error;
}

static bool measured_any(const struct bench *bench)
{
    for (size_t m = 0; m < bench->n_memory; m++)
        if (bench->took[m][STEP_ALL].n)
            return true;
    return false;
}

static void release(struct bench *bench)
{
    for (size_t m = 0; m < bench->n_memory; m++)
        memory_close(&bench->memory[m]);
    for (size_t m = 0; m < MAX_CHOICES; m++)
        for (enum step step = 0; step < STEPS; step++)
            samples_finish(&bench->took[m][step]);
    zc_close(&bench->caches);
}

static int measure(struct document *document, void *user)
{
    struct bench *bench = user;
    bool any = false;
    int error = open_caches(bench);

    bench->document = document;
    if (!error)
        error = open_memories(bench);
    document_set_int(document, "config.count", bench->request->count);
    document_set_int(document, "config.burst", bench->request->burst);
    document_set_int(document, "config.pause_ns", bench->request->pause_ms * 1000000);
    document_set_bool(document, "config.mapped", !bench->request->no_map);
    document_set_bool(document, "config.cold", bench->request->cold);
    for (size_t s = 0; s < bench->request->sizes.n && !error; s++) {
        if (interrupt_came())
            break;
        error = measure_size(bench, s);
        any |= measured_any(bench);
    }
    if (!error && !any) {
        zc_log(ZC_LOG_ERROR, "no buffer could be measured, in any memory");
        error = -ENOMEM;
    }
    release(bench);
    return error;
}

int command_alloc(int argc, char **argv)
{
    static struct request request;
    static struct bench bench = {.request = &request, .caches = -1};
    int code = parse(&request, argc, argv);

    return code < 0 ? session_run(&request.outputs, argc, argv, measure, &bench) : code;
}

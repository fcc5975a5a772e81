/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* zc-audit - runs a program, and says whether its frames were copied. */
#include "audit/program.h"
#include "audit/verdict.h"
#include "zerocopy.h"

#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST_ALLOWED 64

struct options {
    bool json;
    unsigned long frames, warmup;
    struct audit_rules rules;
    const char *allowed[MOST_ALLOWED];
};

static const char help[] =
    "Usage: zc-audit [OPTIONS] -- PROGRAM [ARGUMENTS]\n"
    "       zc-audit [OPTIONS] -- ELEMENT ! ELEMENT …\n"
    "\n"
    "Runs a program, or a launch line of GStreamer, and says who copies video frames.\n"
    "\n"
    "  --json            one JSON object on stdout\n"
    "  --allow ELEMENT   what this one does is no copy: its name, or its factory's; may\n"
    "                    be given again\n"
    "  --no-gpu-pass     a pass of the GPU counts as a copy\n"
    "  --frames N        interrupt the program when a link has had N frames\n"
    "  --warmup N        the first N frames of each link are not counted\n"
    "  --help            this text\n"
    "  --version\n"
    "\n"
    "Exit code: 0 no copies (GPU passes are allowed), 1 copies, 2 usage, 3 the program\n"
    "failed, 4 it cannot be told.\n";

static int wrong(const char *what, const char *value)
{
    fprintf(stderr, "zc-audit: %s%s; see --help\n", what, value);
    return AUDIT_USAGE;
}

static bool take_number(const char *text, unsigned long *number)
{
    char *end;

    errno = 0;
    *number = strtoul(text, &end, 10);
    return *text >= '0' && *text <= '9' && !*end && !errno && *number <= UINT32_MAX;
}

/* Returns -1, or the exit code. */
static int parse(int argc, char **argv, struct options *options)
{
    enum { JSON = 1, ALLOW, NO_GPU_PASS, FRAMES, WARMUP, HELP, VERSION };
    static const struct option known[] = {
        {"json", no_argument, NULL, JSON},
        {"allow", required_argument, NULL, ALLOW},
        {"no-gpu-pass", no_argument, NULL, NO_GPU_PASS},
        {"frames", required_argument, NULL, FRAMES},
        {"warmup", required_argument, NULL, WARMUP},
        {"help", no_argument, NULL, HELP},
        {"version", no_argument, NULL, VERSION},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "+", known, NULL)) != -1) {
        switch (option) {
        case JSON:
            options->json = true;
            break;
        case ALLOW:
            if (options->rules.n_allowed == MOST_ALLOWED)
                return wrong("too many --allow", "");
            options->allowed[options->rules.n_allowed++] = optarg;
            break;
        case NO_GPU_PASS:
            options->rules.no_gpu_pass = true;
            break;
        case FRAMES:
            if (!take_number(optarg, &options->frames) || !options->frames)
                return wrong("--frames takes a number, not ", optarg);
            break;
        case WARMUP:
            if (!take_number(optarg, &options->warmup))
                return wrong("--warmup takes a number, not ", optarg);
            break;
        case HELP:
            fputs(help, stdout);
            return 0;
        case VERSION:
            printf("zc-audit %s\n", zc_version());
            return 0;
        default:
            return AUDIT_USAGE;
        }
    }
    options->rules.allowed = options->allowed;
    return optind < argc ? -1 : wrong("there is no program", "");
}

/* A launch line has a "!" of its own, and no gst-launch-1.0 before it. */
static char **complete(int argc, char **argv)
{
    static char launch[] = "gst-launch-1.0", quiet[] = "-q";
    char **made = calloc(argc + 3, sizeof(*made));
    bool line = false;
    int n = 0;

    if (!made)
        return NULL;
    /* With words before the first "!" that are no name and property it is a program. */
    for (int i = 0; i < argc && !line; i++) {
        line = !strcmp(argv[i], "!");
        if (i && !line && !strchr(argv[i], '='))
            break;
    }
    if (line) {
        made[n++] = launch;
        made[n++] = quiet;
    }
    memcpy(made + n, argv, argc * sizeof(*argv));
    return made;
}

static void print_file(const char *path)
{
    FILE *file = fopen(path, "re");
    char text[4096];
    size_t n;

    while (file && (n = fread(text, 1, sizeof(text), file)) > 0)
        fwrite(text, 1, n, stdout);
    if (file)
        fclose(file);
}

static const char *name_of(enum audit_exit verdict)
{
    static const char *const names[] = {"no copies", "copies", "", "the program failed",
                                        "cannot tell"};

    return names[verdict];
}

static json_t *bounces_of(const struct bounce *bounce)
{
    json_t *devices = json_array();

    for (int i = 0; i < bounce->n_devices; i++)
        json_array_append_new(devices,
                              json_pack("{ss sI sI}", "device", bounce->device[i].name,
                                        "mappings", (json_int_t)bounce->device[i].times,
                                        "bytes", (json_int_t)bounce->device[i].bytes));
    return json_pack("{sb so}", "watched", !bounce_unseen(bounce), "devices", devices);
}

static json_t *calls_of(const struct watch *watch)
{
    return json_pack("{sb sI sI sI sI sI si si}", "watched", watch->works, "queues",
                     (json_int_t)watch->queues, "imports", (json_int_t)watch->imports,
                     "mappings-of-dma-bufs", (json_int_t)watch->mappings[WATCH_DMABUF],
                     "mappings-of-cameras", (json_int_t)watch->mappings[WATCH_CAMERA],
                     "mappings-of-displays", (json_int_t)watch->mappings[WATCH_DISPLAY],
                     "dma-bufs-accessed-often", watch_accessed(watch),
                     "dma-bufs-mapped-without-access", watch_unsynced(watch));
}

static void tell(const struct options *options, enum audit_exit verdict, int status,
                 json_t *reports, json_t *why, const struct audit_seen *seen,
                 const char *text)
{
    json_t *reason;
    size_t i;

    if (options->json) {
        json_t *all = json_pack("{ss si si sO so so sO}", "verdict", name_of(verdict),
                                "exit", (int)verdict, "status", status, "why", why,
                                "calls", calls_of(&seen->watch), "bounces",
                                bounces_of(&seen->bounce), "reports", reports);

        json_dumpf(all, stdout, JSON_INDENT(1));
        putchar('\n');
        json_decref(all);
        return;
    }
    print_file(text);
    printf("\nzc-audit: %s\n", name_of(verdict));
    json_array_foreach(why, i, reason)
        printf("  %s\n", json_string_value(reason));
}

/* Whether the program ended as it should: with 0, or by the interrupt that was wished. */
static bool ended_well(const struct options *options, int status, const json_t *reports)
{
    const json_t *last = json_array_get(reports, json_array_size(reports) - 1);
    const char *end = json_string_value(json_object_get(last, "end"));

    if (WIFEXITED(status) && !WEXITSTATUS(status))
        return true;
    return options->frames && end && !strncmp(end, "as many", 7);
}

static enum audit_exit audit(const struct options *options, char *const *argv,
                             const char *json, const char *text)
{
    static struct audit_seen seen;
    char tracers[512], frames[64] = "";
    json_t *why = json_array(), *reports;
    enum audit_exit verdict;
    int status;

    if (options->frames)
        snprintf(frames, sizeof(frames), ",frames=%lu", options->frames);
    snprintf(tracers, sizeof(tracers), "zerocopy(file=\"%s\",json=\"%s\",warmup=%lu%s)",
             text, json, options->warmup, frames);
    status = program_run(argv, tracers, &seen);
    reports = status >= 0 ? verdict_read(json) : NULL;
    if (!reports) {
        json_decref(why);
        return AUDIT_FAILED;
    }
    verdict = verdict_of(reports, &seen, &options->rules, why);
    if (!ended_well(options, status, reports)) {
        verdict = AUDIT_FAILED;
        json_array_append_new(why, WIFEXITED(status)
                                       ? json_sprintf("exit code %d", WEXITSTATUS(status))
                                       : json_sprintf("signal %d", WTERMSIG(status)));
    }
    tell(options, verdict, status, reports, why, &seen, text);
    json_decref(reports);
    json_decref(why);
    return verdict;
}

int main(int argc, char **argv)
{
    struct options options = {0};
    int result = parse(argc, argv, &options);
    char folder[] = "/tmp/zc-audit-XXXXXX", json[64], text[64], **program;

    if (result >= 0)
        return result;
    program = complete(argc - optind, argv + optind);
    if (!program || !mkdtemp(folder)) {
        fprintf(stderr, "zc-audit: cannot make %s: %s\n", folder, strerror(errno));
        free(program);
        return AUDIT_FAILED;
    }
    snprintf(json, sizeof(json), "%s/json", folder);
    snprintf(text, sizeof(text), "%s/text", folder);
    result = audit(&options, program, json, text);
    unlink(json);
    unlink(text);
    rmdir(folder);
    free(program);
    return result;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* observe - the commands "observe" and "gst": options, and one observation. */
#include "bench/observe/observe.h"
#include "bench/choices.h"
#include "bench/commands.h"
#include "bench/measure/session.h"
#include "tools/program/interrupt.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DEFAULT_SECONDS 10
#define MOST_SECONDS 3600
#define LAUNCH "gst-launch-1.0"

#define OBSERVE_OPTIONS                                                                  \
    "  --seconds N      observe for N seconds from the first frame on (default 10)\n"    \
    "  --camera DEV     such as /dev/video0 (default: the first that the program "       \
    "takes\n"                                                                            \
    "                   a frame from)\n"                                                 \
    "  --display DEV    such as /dev/dri/card0 (default: the first with an "             \
    "output)\n" SESSION_USAGE

static const char observe_usage[] =
    "Usage: zc-bench observe [OPTIONS] -- COMMAND…\n"
    "\n"
    "Runs COMMAND, which shows a camera on a display, and measures from outside when\n"
    "each frame came to the screen, and what that cost; then ends COMMAND. Root only.\n"
    "The camera must draw numbers into its frames as the kernel's vivid does, and they\n"
    "must be shown neither scaled nor turned. What COMMAND prints goes to stderr.\n"
    "\n" OBSERVE_OPTIONS;

static const char gst_usage[] =
    "Usage: zc-bench gst [OPTIONS] 'PIPELINE'\n"
    "\n"
    "Runs gst-launch-1.0 with PIPELINE, which shows a camera on a display, and measures\n"
    "it as \"observe\" does: see there. For example:\n"
    "\n"
    "  zc-bench gst 'v4l2src io-mode=dmabuf ! video/x-raw,format=BGRx ! kmssink'\n"
    "\n" OBSERVE_OPTIONS;

struct request {
    long seconds;
    const char *camera, *display;
    struct outputs outputs;
    const char *usage;
};

static int parse(struct request *request, int argc, char **argv)
{
    static const struct option known[] = {{"seconds", required_argument, NULL, 't'},
                                          {"camera", required_argument, NULL, 'C'},
                                          {"display", required_argument, NULL, 'D'},
                                          SESSION_OPTIONS};
    int option, code = -1;

    /* Options after the first word are the command's own. */
    while (code < 0 && (option = getopt_long(argc, argv, "+", known, NULL)) != -1)
        switch (option) {
        case 't':
            code = parse_count("--seconds", optarg, 1, MOST_SECONDS, &request->seconds)
                       ? -1
                       : 2;
            break;
        case 'C':
            request->camera = optarg;
            break;
        case 'D':
            request->display = optarg;
            break;
        default:
            code = session_option(&request->outputs, option, request->usage);
        }
    return code;
}

/* The words of a command as one line, cut to what fits. */
static void join(char *const *words, char *text, size_t size)
{
    size_t used = 0;

    *text = '\0';
    for (; *words && used < size; words++)
        used +=
            (size_t)snprintf(text + used, size - used, "%s%s", used ? " " : "", *words);
}

static int measure(struct document *document, void *user)
{
    struct observation *o = user;
    char line[512];
    int error;

    document_set_int(document, "config.duration_ns", o->seconds * INT64_C(1000000000));
    join(o->command, line, sizeof(line));
    session_progress("%s: for %d s from its first frame on", line, o->seconds);
    error = observation_run(o, interrupt_came);
    /* End the program first, so that its output does not come between our lines. */
    child_end(&o->child);
    if (!error && !o->pairing.shown)
        error = -ENODATA;
    if (error == -ENODATA)
        fprintf(stderr, "zc-bench: no new frame came to the screen\n");
    if (!error)
        observe_report(document, o, line);
    observation_finish(o);
    return error;
}

static int observe(const struct request *request, char *const *command, int argc,
                   char **argv)
{
    static struct observation observation;

    observation.camera = request->camera;
    observation.display = request->display;
    observation.command = command;
    observation.seconds = (int)request->seconds;
    return session_run(&request->outputs, argc, argv, measure, &observation);
}

int command_observe(int argc, char **argv)
{
    struct request request = {.seconds = DEFAULT_SECONDS, .usage = observe_usage};
    int code = parse(&request, argc, argv);

    if (code >= 0)
        return code;
    if (optind == argc) {
        fprintf(stderr, "zc-bench: no command to observe; see --help\n");
        return 2;
    }
    return observe(&request, argv + optind, argc, argv);
}

/* Cuts a launch line, in place, as a shell would: at blanks, but for those in quotes.
 * @words has room for half its bytes and two more. Returns whether the quotes match. */
static bool split(char *line, char **words)
{
    char *to = line, quote = '\0';

    for (;;) {
        line += strspn(line, " \t\n");
        if (!*line)
            break;
        *words++ = to;
        for (; *line && (quote || !strchr(" \t\n", *line)); line++) {
            if (quote ? *line == quote : *line == '"' || *line == '\'')
                quote = quote ? '\0' : *line;
            else
                *to++ = *line == '\\' && line[1] && quote != '\'' ? *++line : *line;
        }
        line += *line != '\0';
        *to++ = '\0';
    }
    *words = NULL;
    return !quote;
}

/* A line that a shell has cut already is taken as it is. */
static int launch(const struct request *request, char **pipeline, int argc, char **argv)
{
    size_t n = strlen(pipeline[0]) / 2 + 1;
    /* The document shows the arguments as they came. */
    char *line = strdup(pipeline[0]), **words;
    int code = 1;

    for (size_t i = 0; pipeline[i]; i++)
        n++;
    words = calloc(n + 2, sizeof(*words));
    if (words)
        words[0] = LAUNCH;
    if (!words || !line) {
        fprintf(stderr, "zc-bench: no memory\n");
    } else if (pipeline[1]) {
        for (size_t i = 0; pipeline[i]; i++)
            words[i + 1] = pipeline[i];
        code = observe(request, words, argc, argv);
    } else if (!split(line, words + 1)) {
        fprintf(stderr, "zc-bench: a quote in the pipeline has no end\n");
        code = 2;
    } else {
        code = observe(request, words, argc, argv);
    }
    free(words);
    free(line);
    return code;
}

int command_gst(int argc, char **argv)
{
    struct request request = {.seconds = DEFAULT_SECONDS, .usage = gst_usage};
    int code = parse(&request, argc, argv);

    if (code >= 0)
        return code;
    if (optind == argc || !*argv[optind]) {
        fprintf(stderr, "zc-bench: no pipeline; see --help\n");
        return 2;
    }
    return launch(&request, argv + optind, argc, argv);
}

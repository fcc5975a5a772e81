/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* session - from the first option to the last line. */
#include "bench/measure/session.h"
#include "zerocopy.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;
static bool line_is_open;

static void on_signal(int signal)
{
    (void)signal;
    interrupted = 1;
}

static void catch_signals(void)
{
    /* The first signal ends the measuring; a second one ends the program at once. */
    struct sigaction action = {.sa_handler = on_signal, .sa_flags = SA_RESETHAND};

    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGHUP, &action, NULL);
}

int64_t cpu_now_ns(void)
{
    struct timespec time;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

int session_option(struct outputs *outputs, int option, const char *usage)
{
    switch (option) {
    case OPTION_JSON:
        outputs->json = optarg;
        return -1;
    case OPTION_CSV:
        outputs->csv = optarg;
        return -1;
    case OPTION_HTML:
        outputs->html = optarg;
        return -1;
    case OPTION_HELP:
        fputs(usage, stdout);
        return 0;
    default:
        fprintf(stderr, "zc-bench: --help lists the options\n");
        return 2;
    }
}

int session_begin(struct session *session, const struct outputs *outputs, int argc,
                  char **argv)
{
    char command[64];
    int error;

    snprintf(command, sizeof(command), "zc-bench %s", argv[0]);
    error = document_create(&session->document, command, argc, argv);

    if (error)
        return error;
    session->outputs = *outputs;
    session->began_ns = zc_now_ns();
    catch_signals();
    noise_begin(&session->noise);
    return 0;
}

bool session_interrupted(void)
{
    return interrupted;
}

void session_progress(const char *format, ...)
{
    bool over = isatty(STDERR_FILENO);
    va_list args;

    if (over)
        fputs("\r", stderr);
    va_start(args, format);
    vfprintf(stderr, format, args);
    va_end(args);
    fputs(over ? "\033[K" : "\n", stderr);
    line_is_open = over;
}

int session_end(struct session *session, int error)
{
    struct document *document = session->document;
    int code = error ? 1 : 0;

    if (line_is_open)
        fputs("\r\033[K", stderr);
    noise_end(&session->noise, document);
    document_set_int(document, "elapsed_ns", zc_now_ns() - session->began_ns);
    document_set_string(document, "ended", interrupted ? "interrupted" : "complete");
    if (!error && (document_check(document) ||
                   render_outputs(document_json(document), &session->outputs)))
        code = 1;
    document_destroy(document);
    return code;
}

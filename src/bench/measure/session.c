/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* session - from the first option to the last line. */
#include "bench/measure/session.h"
#include "bench/measure/noise.h"
#include "tools/program/interrupt.h"
#include "zerocopy.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static bool line_is_open;

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

int session_run(const struct outputs *outputs, int argc, char **argv,
                int (*measure)(struct document *document, void *user), void *user)
{
    int64_t began_ns = zc_now_ns();
    struct document *document;
    struct noise noise;
    char command[64];
    bool failed;

    snprintf(command, sizeof(command), "zc-bench %s", argv[0]);
    if (document_create(&document, command, argc, argv))
        return 1;
    interrupt_catch();
    noise_begin(&noise);
    failed = measure(document, user);
    if (line_is_open)
        fputs("\r\033[K", stderr);
    noise_end(&noise, document);
    document_set_int(document, "elapsed_ns", zc_now_ns() - began_ns);
    document_set_string(document, "ended", interrupt_came() ? "interrupted" : "complete");
    failed = failed || document_check(document) ||
             render_outputs(document_json(document), outputs);
    document_destroy(document);
    return failed;
}

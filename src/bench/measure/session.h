/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * session.h - one call of a measuring command: its document, where that goes, the progress
 * that is shown meanwhile, and the interrupt that ends it early.
 */
#ifndef BENCH_SESSION_H
#define BENCH_SESSION_H

#include "tools/document/document.h"
#include "tools/view/render.h"

#include <getopt.h>

/** What every measuring command takes; their values lie above those of its own options. */
enum session_option {
    OPTION_JSON = 0x1000,
    OPTION_CSV,
    OPTION_HTML,
    OPTION_HELP,
};

#define SESSION_OPTIONS                                                                  \
    {"json", required_argument, NULL, OPTION_JSON},                                      \
        {"csv", required_argument, NULL, OPTION_CSV},                                    \
        {"html", required_argument, NULL, OPTION_HTML},                                  \
        {"help", no_argument, NULL, OPTION_HELP},                                        \
    {                                                                                    \
        0                                                                                \
    }

#define SESSION_USAGE                                                                    \
    "  --json FILE      the document (\"-\" is stdout, in place of the text)\n"          \
    "  --csv FILE       a line a figure\n"                                               \
    "  --html FILE      a page with pictures of it\n"                                    \
    "  --help           this text\n"                                                     \
    "\n"                                                                                 \
    "Ctrl-C ends early, and what was measured is reported.\n"                            \
    "Exit code: 0; 1 when it could not measure; 2 when the options make no sense.\n"

/** Handles one of SESSION_OPTIONS. Returns -1 to go on, or the exit code. */
int session_option(struct outputs *outputs, int option, const char *usage);

/**
 * Begins the document of the command that @argv begins with, watches for noise, catches
 * signals, and calls @measure with the document and @user; then ends the document, writes it
 * where it is asked for, and frees it. @measure returns 0, or what ended it, which it has
 * said. Returns the exit code.
 */
int session_run(const struct outputs *outputs, int argc, char **argv,
                int (*measure)(struct document *document, void *user), void *user);

/** Shows how far it is on stderr: one line that is written over, where that is a terminal. */
void session_progress(const char *format, ...) __attribute__((format(printf, 1, 2)));

#endif

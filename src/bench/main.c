/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* zc-bench - latency and throughput from camera to display, and what memory costs. */
#include "bench/commands.h"
#include "zerocopy.h"

#include <stdio.h>
#include <string.h>

static const struct command {
    const char *name;
    int (*run)(int argc, char **argv);
    const char *help;
} commands[] = {
    {"alloc", command_alloc,
     "heaps and other memory beside each other: what buffers cost"},
    {"flow", command_flow, "camera to display: latency by stage, CPU time, losses"},
    {"throughput", command_throughput,
     "camera, GPU and display, each as fast as it goes"},
    {"gst", command_gst, "a gst-launch line, measured like flow"},
    {"observe", command_observe, "any other program, without its help"},
    {"compare", command_compare, "two documents: ratios, and whether one is worse"},
    {"show", command_show, "a document again, as text, CSV or HTML"},
};

#define COMMANDS (sizeof(commands) / sizeof(commands[0]))

static void usage(FILE *out)
{
    fprintf(out, "Usage: zc-bench COMMAND [OPTIONS]\n\n");
    for (size_t i = 0; i < COMMANDS; i++)
        fprintf(out, "  %-12s%s\n", commands[i].name, commands[i].help);
    fprintf(out, "\nzc-bench COMMAND --help lists its options.\n"
                 "Exit code: 0; 1 when it failed or compare found a regression; 2 when "
                 "the options\nmake no sense.\n");
}

int main(int argc, char **argv)
{
    const char *name = argc > 1 ? argv[1] : "";

    if (!strcmp(name, "--help")) {
        usage(stdout);
        return 0;
    }
    if (!strcmp(name, "--version")) {
        printf("zc-bench %s\n", zc_version());
        return 0;
    }
    for (size_t i = 0; i < COMMANDS; i++)
        if (!strcmp(name, commands[i].name))
            return commands[i].run(argc - 1, argv + 1);
    if (*name)
        fprintf(stderr, "zc-bench: there is no command \"%s\"\n", name);
    usage(stderr);
    return 2;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* compare-command - "compare A B": reads two documents and compares them. */
#include "bench/commands.h"
#include "tools/compare/compare.h"
#include "tools/document/document.h"

#include <getopt.h>

static void usage(FILE *out)
{
    fputs("Usage: zc-bench compare [--force] A B\n"
          "\n"
          "Compares the measurement in file B with that in A (made by --json): runs by\n"
          "their labels, figures by name. Prints the ratios of the medians and of the\n"
          "99th percentiles, each with an interval of 99.9 %, and says what is worse.\n"
          "\n"
          "  --force  even if machine, schema or command differ\n"
          "  --help   this text\n"
          "\n"
          "Exit code: 0 if nothing is worse; 1 if something is, if the documents cannot\n"
          "be compared or after an error; 2 after a wrong use.\n",
          out);
}

/* Says on stderr what is wrong, and returns the exit code. */
static int wrong(const char *what)
{
    fprintf(stderr, "zc-bench compare: %s; see --help\n", what);
    return 2;
}

int command_compare(int argc, char **argv)
{
    static const struct option options[] = {
        {"force", no_argument, NULL, 'f'}, {"help", no_argument, NULL, 'h'}, {0}};
    json_t *a = NULL, *b = NULL;
    bool force = false;
    int option, result = 1;

    optind = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'f':
            force = true;
            break;
        case 'h':
            usage(stdout);
            return 0;
        default:
            return wrong("no such option");
        }
    }
    if (argc - optind != 2)
        return wrong("it takes two files");
    if (!document_read(&a, argv[optind]) && !document_read(&b, argv[optind + 1])) {
        result = compare_documents(stdout, a, b, force);
        if (fflush(stdout)) {
            perror("zc-bench compare: standard output");
            result = 1;
        }
    }
    json_decref(a);
    json_decref(b);
    return result;
}

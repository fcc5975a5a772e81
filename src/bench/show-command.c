/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* show-command - "show FILE": the views of a document that was kept. */
#include "bench/commands.h"
#include "tools/document/document.h"
#include "tools/view/render.h"

#include <getopt.h>

static void usage(FILE *out)
{
    fputs(
        "Usage: zc-bench show FILE [--json OUT] [--csv OUT] [--html OUT]\n"
        "\n"
        "Prints the measurement in FILE (made by --json; \"-\" is standard input), just\n"
        "as it was printed when it was measured.\n"
        "\n"
        "  --json OUT  write it as JSON, to a file or (\"-\") to standard output\n"
        "  --csv OUT   a line for each figure\n"
        "  --html OUT  a page with plots\n"
        "  --help      this text\n"
        "\n"
        "Exit code: 0; 1 after an error; 2 after a wrong use.\n",
        out);
}

/* Says on stderr what is wrong, and returns the exit code. */
static int wrong(const char *what)
{
    fprintf(stderr, "zc-bench show: %s; see --help\n", what);
    return 2;
}

int command_show(int argc, char **argv)
{
    static const struct option options[] = {{"json", required_argument, NULL, 'j'},
                                            {"csv", required_argument, NULL, 'c'},
                                            {"html", required_argument, NULL, 't'},
                                            {"help", no_argument, NULL, 'h'},
                                            {0}};
    struct outputs outputs = {0};
    json_t *document;
    int option, result;

    optind = 0;
    while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
        switch (option) {
        case 'j':
            outputs.json = optarg;
            break;
        case 'c':
            outputs.csv = optarg;
            break;
        case 't':
            outputs.html = optarg;
            break;
        case 'h':
            usage(stdout);
            return 0;
        default:
            return wrong("wrong option");
        }
    }
    if (argc - optind != 1)
        return wrong("it takes one file");
    if (document_read(&document, argv[optind]))
        return 1;
    result = render_outputs(document, &outputs);
    json_decref(document);
    return result ? 1 : 0;
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * heaps - does a dma-buf heap what it should? See --help.
 */
#include "check.h"
#include "kernel-log.h"
#include "machine.h"

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

struct options options = {
    .rounds = 1000,
    .fuzz = 20000,
    .slow = 1,
};

static bool wants_list;

static const struct check *const tables[] = {
    allocate_checks,  struct_checks,   pointer_checks,    buffer_checks,   mapping_checks,
    sharing_checks,   sync_checks,     statistics_checks, trace_checks,    zero_checks,
#ifndef WITHOUT_LIBRARIES
    display_checks,
#endif
    vgem_checks,      importer_checks, camera_checks,     module_checks,   limit_checks,
    delay_checks,     crowd_checks,    cgroup_checks,     pressure_checks, pool_checks,
    injection_checks, fuzz_checks,
};
#define N_TABLES (sizeof(tables) / sizeof(tables[0]))

static const char help[] =
    "Usage: heaps [OPTIONS] [NODE…]\n"
    "\n"
    "Checks dma-buf heaps: that what they allocate is right, zeroed and accounted for;\n"
    "that they refuse what they should, and answer at all times. NODE is a name of\n"
    "/dev/dma_heap or a path; without one, every node there is checked.\n"
    "\n"
    "  --only NAMES    only these checks, separated by commas; * stands for anything,\n"
    "                  !NAME for all but this\n"
    "  --list          name the checks and do nothing\n"
    "  --rounds N      what each of a hundred threads does (default 1000)\n"
    "  --fuzz N        random calls on each heap (default 20000; 0: none)\n"
    "  --fuzz-seconds S  the calls of so many seconds on each heap, in place of a "
    "number\n"
    "  --seed S        of all that is random (default: told, from the clock)\n"
    "  --slow N        multiply all time limits, for an emulated machine\n"
    "  --dangerous     also what harms a machine whose heaps are bad: requests that\n"
    "                  bring the OOM killer, memory pressure, unloading in use\n"
    "  --strict        failures of the kernel's own heaps count, too\n"
    "  --help          this text\n"
    "\n"
    "A check tells \"ok HEAP/CHECK\", \"FAIL HEAP/CHECK: why\" or \"skip …: why\".\n"
    "Some need root, the modules zc_heaps and zc_importer, vivid, vgem or vkms, and are\n"
    "skipped without.\n"
    "What a heap is not meant to do, and what one of the kernel's own does wrong\n"
    "(\"kernel's own\"), is told in one line at its end: \"# not asked of HEAP: …\".\n"
    "\n"
    "Exit code: 0, 1 when a check failed, 2 when the options make no sense.\n";

static void wrong(const char *what, const char *value)
{
    fprintf(stderr, "heaps: %s%s; see --help\n", what, value);
    exit(2);
}

static uint64_t number(const char *name, const char *text)
{
    char *end, what[64];
    uint64_t value;

    errno = 0;
    value = strtoull(text, &end, 0);
    if (errno || end == text || *end || text[0] == '-') {
        snprintf(what, sizeof(what), "--%s takes a number, not ", name);
        wrong(what, text);
    }
    return value;
}

static uint64_t number_above_0(const char *name, const char *text)
{
    uint64_t value = number(name, text);

    if (!value || value > 1000000000)
        wrong(name, " takes a number above 0");
    return value;
}

enum option_code {
    OPTION_ONLY = 256,
    OPTION_LIST,
    OPTION_ROUNDS,
    OPTION_FUZZ,
    OPTION_FUZZ_SECONDS,
    OPTION_SEED,
    OPTION_SLOW,
    OPTION_DANGEROUS,
    OPTION_STRICT,
    OPTION_HELP,
};

static const struct option long_options[] = {
    {"only", required_argument, NULL, OPTION_ONLY},
    {"list", no_argument, NULL, OPTION_LIST},
    {"rounds", required_argument, NULL, OPTION_ROUNDS},
    {"fuzz", required_argument, NULL, OPTION_FUZZ},
    {"fuzz-seconds", required_argument, NULL, OPTION_FUZZ_SECONDS},
    {"seed", required_argument, NULL, OPTION_SEED},
    {"slow", required_argument, NULL, OPTION_SLOW},
    {"dangerous", no_argument, NULL, OPTION_DANGEROUS},
    {"strict", no_argument, NULL, OPTION_STRICT},
    {"help", no_argument, NULL, OPTION_HELP},
    {0},
};

static void take_option(int option, char **argv)
{
    switch (option) {
    case OPTION_ONLY:
        options.only = optarg;
        break;
    case OPTION_LIST:
        wants_list = true;
        break;
    case OPTION_ROUNDS:
        options.rounds = number_above_0("rounds", optarg);
        break;
    case OPTION_FUZZ:
        options.fuzz = number("fuzz", optarg);
        break;
    case OPTION_FUZZ_SECONDS:
        options.fuzz_s = number_above_0("fuzz-seconds", optarg);
        break;
    case OPTION_SEED:
        options.seed = number("seed", optarg);
        break;
    case OPTION_SLOW:
        options.slow = number_above_0("slow", optarg);
        break;
    case OPTION_DANGEROUS:
        options.dangerous = true;
        break;
    case OPTION_STRICT:
        options.strict = true;
        break;
    case OPTION_HELP:
        fputs(help, stdout);
        exit(0);
    default:
        wrong("this option makes no sense: ", argv[optind - 1]);
    }
}

static void take_options(int argc, char **argv)
{
    int option;

    opterr = 0;
    while ((option = getopt_long(argc, argv, "", long_options, NULL)) != -1)
        take_option(option, argv);
    if (!options.seed)
        options.seed = time(NULL) | 1;
}

static void check_heap(const char *spec)
{
    struct heap heap;

    heap_init(&heap, spec);
    runner_begin(&heap);
    for (size_t i = 0; i < N_TABLES; i++)
        runner_run(tables[i], &heap);
    runner_end(&heap);
}

static int check_all(char **specs, size_t n)
{
    char(*names)[64] = NULL;
    int error = kernel_log_open(), code;

    if (error && runner_wanted("log")) {
        snprintf(why, WHY_SIZE, "cannot read /dev/kmsg (%s): complaints go unnoticed",
                 strerror(-error));
        runner_tell("kernel", "log", SKIPPED);
    }
    printf("# seed %llu\n", (unsigned long long)options.seed);
    /* Before a fuzz that the machine may die of; and not once more by each child. */
    fflush(stdout);
    machine_begin();
    for (size_t i = 0; i < n; i++)
        check_heap(specs[i]);
    if (!n) {
        size_t found = heap_list(&names);

        for (size_t i = 0; i < found; i++)
            check_heap(names[i]);
        free(names);
        if (!found) {
            snprintf(why, WHY_SIZE, "there are none in " HEAP_FOLDER);
            runner_tell("kernel", "heaps", SKIPPED);
        }
    }
    machine_end();
    code = runner_sum_up();
    return code;
}

int main(int argc, char **argv)
{
    int error;

    take_options(argc, argv);
    if (wants_list) {
        for (size_t i = 0; i < N_TABLES; i++)
            runner_list(tables[i]);
        return 0;
    }
    error = runner_init();
    if (error) {
        fprintf(stderr, "heaps: no memory: %s\n", strerror(-error));
        return 1;
    }
    return check_all(argv + optind, argc - optind);
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load: loads zc_heaps again and again, each time with another allocation that fails below the
 * module's own code, and not in the kernel's loader. It must load whole, say what it does
 * without, or be refused; and where it is refused, or gone again, nothing of it is left.
 *
 * Which error refuses a load is no matter: the kernel's driver core has others than "no memory"
 * for that (EINVAL for a device without the name that it could not copy).
 *
 * Usage: load FILE SECONDS SEED [HEAP]. Loads it for system-cacheable, and HEAP. Tells in a
 * line what it did, or what went wrong.
 */
#include "fault.h"
#include "kernel-log.h"
#include "system.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULE "zc_heaps"
#define DEBUG "/sys/kernel/debug/"

/* More than a load has allocations. */
#define MANY 1000000
/* Fewer than these, spread over a load, say little. */
#define ENOUGH 8
#define FIRST "system-cacheable"
#define OTHER_NAME "system-pooled"

/* By the order in which they are made; the last is another name of the first. */
static const char *names[4] = {FIRST, OTHER_NAME};
static char parameters[256];
static const char *file;
static char numbers[8192];

static int fail(unsigned nth, const char *what, const char *why)
{
    printf("fault %u of a load: %s%s\n", nth, what, why);
    return 1;
}

static int load(void)
{
    int fd = open(file, O_RDONLY | O_CLOEXEC), error;

    if (fd < 0)
        return -errno;
    error = syscall(SYS_finit_module, fd, parameters, 0) ? -errno : 0;
    close(fd);
    return error;
}

static int unload(void)
{
    return syscall(SYS_delete_module, MODULE, O_NONBLOCK) ? -errno : 0;
}

static bool has_shrinker(void)
{
    DIR *shrinkers = opendir(DEBUG "shrinker");
    struct dirent *shrinker;
    bool found = false;

    while (shrinkers && (shrinker = readdir(shrinkers)))
        found |= !strncmp(shrinker->d_name, MODULE, strlen(MODULE));
    if (shrinkers)
        closedir(shrinkers);
    return found;
}

/* What there is of the module, or NULL. */
static const char *left(void)
{
    static const char *const places[] = {
        "/sys/module/" MODULE,       DEBUG MODULE,
        "/sys/class/zc_dma_heap",    "/sys/devices/platform/" MODULE,
        "/sys/devices/faux/" MODULE, "/sys/kernel/tracing/events/" MODULE,
    };
    static char now[sizeof(numbers)], node[64];

    for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++)
        if (exists(places[i]))
            return places[i];
    for (size_t i = 0; i < 2 * sizeof(names) / sizeof(names[0]); i++) {
        const char *name = names[i / 2];

        snprintf(node, sizeof(node), i % 2 ? "/dev/%s" : "/dev/dma_heap/%s", name ?: "");
        if (name && exists(node))
            return node;
    }
    if (has_shrinker())
        return "its shrinker";
    read_text("/proc/devices", now, sizeof(now));
    return strcmp(now, numbers) ? "its number in /proc/devices" : NULL;
}

static bool has_node(const char *name)
{
    char node[128], mark[128];

    snprintf(node, sizeof(node), "/dev/dma_heap/%s", name);
    snprintf(mark, sizeof(mark), "/sys/module/" MODULE "/heaps/%s", name);
    return exists(node) && exists(mark);
}

/* Of a heap whose statistics are there. */
static bool lacks_pool(const char *name)
{
    char figures[128];
    uint64_t bytes;

    snprintf(figures, sizeof(figures), DEBUG MODULE "/%s", name);
    return exists(figures) && read_number(figures, "pool_bytes", &bytes);
}

/* What a loaded module does without and must have said so, or NULL. One fault, one cause. */
static const char *missing(void)
{
    for (size_t i = 0; names[i]; i++)
        if (!has_node(names[i]))
            return names[i];
    return lacks_pool(FIRST) ? "for the next allocations" : NULL;
}

/* What a load came to. */
enum outcome { BROKEN, REFUSED, WHOLE, PART };

/* Reads what the kernel said of a load; @lack is what it must have said, or NULL. */
static int check_log(unsigned nth, const char *lack)
{
    char complaint[512];
    bool said;

    if (kernel_log_scan(complaint, sizeof(complaint), lack ?: "", &said))
        return fail(nth, "the kernel says: ", complaint);
    if (lack && !said)
        return fail(nth, "it loads, and does not say that it has none: ", lack);
    return 0;
}

/* Leaves the module unloaded. */
static enum outcome judge(unsigned nth, int error)
{
    const char *lack = error ? NULL : missing(), *rest;
    int stays = error ? 0 : unload();

    if (stays)
        return fail(nth, "it does not unload: ", strerror(-stays)), BROKEN;
    rest = left();
    if (rest)
        return fail(nth,
                    error ? "it is refused, but there is still "
                          : "it went, but there is still ",
                    rest),
               BROKEN;
    if (check_log(nth, lack))
        return BROKEN;
    if (error)
        return REFUSED;
    return lack ? PART : WHOLE;
}

/* How many allocations a load has; and how long one takes, with its end. */
static int count(unsigned *n, int64_t *ns)
{
    int64_t start = now_ns();
    enum outcome outcome;
    int error;

    fault_arm(MANY);
    error = load();
    *n = MANY - fault_disarm();
    if (error)
        return fail(0, "there is none, and it does not load: ", strerror(-error));
    outcome = judge(0, 0);
    *ns = now_ns() - start;
    if (outcome == PART)
        return fail(0, "there is none, and it has not all", "");
    if (outcome == WHOLE && *n < ENOUGH)
        return fail(*n, "there are no more", "");
    return outcome == BROKEN;
}

static enum outcome try_one(unsigned nth)
{
    int error;

    fault_arm(nth);
    error = load();
    fault_disarm();
    return judge(nth, error);
}

/* As many as there is time for, spread over all; others by another seed. */
static int try_each(unsigned seconds, uint64_t seed)
{
    const int64_t whole = seconds * INT64_C(1000000000), end = now_ns() + whole;
    unsigned n, step, first, nth, tally[PART + 1] = {0};
    int64_t ns;

    if (count(&n, &ns))
        return 1;
    step = 1 + n * ns / whole;
    if (step > n / ENOUGH)
        step = n / ENOUGH;
    first = 1 + seed % step;
    for (nth = first; nth <= n; nth += step) {
        enum outcome outcome = try_one(nth);

        if (outcome == BROKEN)
            return 1;
        tally[outcome]++;
        if (now_ns() > end)
            break;
    }
    printf("of %u faults of a load each %uth from the %uth%s: refused %u, whole %u, "
           "without something %u\n",
           n, step, first, nth <= n ? ", until time was up" : "", tally[REFUSED],
           tally[WHOLE], tally[PART]);
    return 0;
}

int main(int argc, char **argv)
{
    const char *lack = fault_prepare();
    int failed;

    if (!lack)
        lack = fault_only_in_modules(true);
    if (argc < 4 || argc > 5 || lack) {
        printf("%s\n", lack ? lack : "usage: load FILE SECONDS SEED [HEAP]");
        return 2;
    }
    file = argv[1];
    if (argc == 5) {
        names[1] = argv[4];
        names[2] = OTHER_NAME;
    }
    snprintf(parameters, sizeof(parameters), "heaps=" FIRST ",%s pool_fill=" FIRST ":2M",
             names[1]);
    read_text("/proc/devices", numbers, sizeof(numbers));
    kernel_log_open();
    failed = try_each(strtoul(argv[2], NULL, 10), strtoull(argv[3], NULL, 0));
    fault_only_in_modules(false);
    return failed;
}

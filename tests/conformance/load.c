/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * load: loads zc_heaps again and again, each time with another allocation that fails in the
 * module's own code, as many as there is time for. It must load whole, say what it does
 * without, or be refused and leave nothing behind.
 *
 * Usage: load FILE SECONDS [HEAP]. Loads it for system-cacheable, and HEAP. Tells in a line
 * what it did, or what went wrong.
 */
#include "fault.h"
#include "kernel-log.h"
#include "system.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define MODULE "zc_heaps"
#define DEBUG "/sys/kernel/debug/" MODULE
#define INSTANCE "/sys/kernel/tracing/instances/zc-load"

/* More than a load has allocations. */
#define MANY 1000000
/* Of that many faults one is tried at first. */
#define STEP 16
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

/* Whether the module's own code was come to in the last load. */
static bool began(void)
{
    char trace[8192] = "";
    bool found;

    read_text(INSTANCE "/trace", trace, sizeof(trace));
    found = strstr(trace, MODULE);
    close(open(INSTANCE "/trace", O_WRONLY | O_TRUNC | O_CLOEXEC));
    return found;
}

/* What there is of the module, or NULL. */
static const char *left(void)
{
    static const char *const places[] = {
        "/sys/module/" MODULE,       DEBUG,
        "/sys/class/zc_dma_heap",    "/sys/devices/platform/" MODULE,
        "/sys/devices/faux/" MODULE,
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

    snprintf(figures, sizeof(figures), DEBUG "/%s", name);
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

/* Leaves the module unloaded. */
static int check_loaded(unsigned nth, bool *whole)
{
    const char *lack = missing(), *rest;
    int error;

    *whole = !lack;
    if (lack && !kernel_log_says(lack))
        return fail(nth, "it loads, and does not say that it has none: ", lack);
    error = unload();
    if (error)
        return fail(nth, "it does not unload: ", strerror(-error));
    rest = left();
    return rest ? fail(nth, "it went, but there is still ", rest) : 0;
}

static int check_refused(unsigned nth, int error)
{
    const char *rest = left();

    if (!fault_explains(error))
        return fail(nth, "it is refused by ", strerror(-error));
    return rest ? fail(nth, "it is refused, but there is still ", rest) : 0;
}

/* How many allocations a load has. */
static int count(unsigned *n)
{
    bool whole;
    int error;

    fault_arm(MANY);
    error = load();
    *n = MANY - fault_disarm();
    if (error)
        return fail(0, "there is none, and it does not load: ", strerror(-error));
    if (!began())
        return fail(0, "there is none, and no trace of a load in " INSTANCE, "");
    error = check_loaded(0, &whole);
    if (!error && !whole)
        return fail(0, "there is none, and it has not all", "");
    return error;
}

/* What became of the loads that a fault came into. */
struct tally {
    unsigned tried, wholes, parts, refused;
};

/* One load with that fault; *@reached: it came to the module's own code. */
static int try_one(unsigned nth, struct tally *tally, bool *reached)
{
    bool whole = false;
    int error;

    kernel_log_says("");
    fault_arm(nth);
    error = load();
    fault_disarm();
    if (error ? check_refused(nth, error) : check_loaded(nth, &whole))
        return 1;
    *reached = began();
    tally->tried += *reached;
    tally->refused += *reached && error;
    tally->wholes += *reached && whole;
    tally->parts += *reached && !error && !whole;
    return 0;
}

/*
 * From the last to where the module's own code begins, by STEPs; then each near that begin,
 * where a load is refused; then, while there is time, by STEPs those between.
 */
static int try_each(unsigned seconds)
{
    const int64_t end = now_ns() + seconds * 1000000000LL;
    struct tally tally = {0};
    unsigned n, low, nth;
    bool reached = true;

    if (count(&n))
        return 1;
    for (low = n; low > STEP && reached; low -= STEP)
        if (try_one(low, &tally, &reached))
            return 1;
    for (nth = low + 1; nth <= low + 2 * STEP; nth++)
        if (try_one(nth, &tally, &reached))
            return 1;
    for (unsigned first = 1; first < STEP; first++)
        for (nth = n - first; nth > low + 2 * STEP && now_ns() < end; nth -= STEP)
            if (try_one(nth, &tally, &reached))
                return 1;
    if (!tally.refused || !tally.wholes)
        return fail(nth, "none was refused, or none loaded whole", "");
    printf("%u faults: %u times refused, %u whole, %u without something%s\n", tally.tried,
           tally.refused, tally.wholes, tally.parts,
           now_ns() < end ? "" : "; time was up");
    return 0;
}

int main(int argc, char **argv)
{
    const char *lack = fault_prepare();
    int failed;

    if (argc < 3 || argc > 4 || lack) {
        printf("%s\n", lack ? lack : "usage: load FILE SECONDS [HEAP]");
        return 2;
    }
    file = argv[1];
    if (argc == 4) {
        names[1] = argv[3];
        names[2] = OTHER_NAME;
    }
    snprintf(parameters, sizeof(parameters), "heaps=" FIRST ",%s pool_fill=" FIRST ":2M",
             names[1]);
    read_text("/proc/devices", numbers, sizeof(numbers));
    mkdir(INSTANCE, 0700);
    write_text(INSTANCE "/events/module/module_load/enable", "1");
    kernel_log_open();
    failed = try_each(strtoul(argv[2], NULL, 10));
    rmdir(INSTANCE);
    return failed;
}

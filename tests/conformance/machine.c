/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * machine - kmemleak, this process's own fds, and the cost of statistics.
 */
#include "machine.h"
#include "check.h"
#include "system.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#define KMEMLEAK "/sys/kernel/debug/kmemleak"
/* An object counts as leaked only when it is older than this, and seen twice. */
#define KMEMLEAK_AGE_MS 6000
#define ACCOUNTING MODULE_STATISTICS "/accounting_ns"

static int fds_before;

void machine_begin(void)
{
    fds_before = count_fds();
}

/* Only what was allocated on the way through a heap is a heap's. */
static bool is_of_a_heap(const char *line)
{
    static const char *const names[] = {MODULE, "zc_", "dma_heap", "dma_buf", "_heap_"};

    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        if (strstr(line, names[i]))
            return true;
    return false;
}

static enum result kmemleak(void)
{
    char line[256], object[256] = "", first[160] = "";
    unsigned leaks = 0;
    bool counted = true;
    FILE *file;

    if (geteuid() || !exists(KMEMLEAK))
        SKIP("the kernel does not look for leaks (kmemleak), or not for us");
    for (int i = 0; i < 2; i++) {
        sleep_ms(KMEMLEAK_AGE_MS);
        if (write_text(KMEMLEAK, "scan"))
            FAIL("kmemleak does not scan");
    }
    file = fopen(KMEMLEAK, "re");
    if (!file)
        FAIL("%s: %s", KMEMLEAK, strerror(errno));
    while (fgets(line, sizeof(line), file)) {
        if (strstr(line, "unreferenced object")) {
            snprintf(object, sizeof(object), "%.*s", (int)strcspn(line, "\n"), line);
            counted = false;
        } else if (!counted && is_of_a_heap(line)) {
            counted = true;
            if (!leaks++)
                snprintf(first, sizeof(first), "%.80s,%.*s", object,
                         (int)strcspn(line, "\n"), line);
        }
    }
    fclose(file);
    if (leaks)
        FAIL("%u leaks; the first: %s", leaks, first);
    return PASSED;
}

static enum result fds(void)
{
    int after = count_fds();

    if (after != fds_before)
        FAIL("%d file descriptors open at the beginning, %d at the end", fds_before,
             after);
    return PASSED;
}

static enum result accounting(void)
{
    uint64_t ns;
    int error;

    if (!exists("/sys/module/" MODULE))
        SKIP("there is no " MODULE);
    error = read_number(ACCOUNTING, NULL, &ns);
    if (error == -EACCES)
        SKIP("only root can");
    if (error)
        FAIL(ACCOUNTING ": %s", strerror(-error));
    if (!ns || ns > 1000000)
        FAIL("%llu ns an allocation cannot be", (unsigned long long)ns);
    return PASSED;
}

void machine_end(void)
{
    if (runner_wanted("fds-left"))
        runner_tell("process", "fds-left", fds());
    if (runner_wanted("accounting"))
        runner_tell(MODULE, "accounting", accounting());
    if (runner_wanted("kmemleak"))
        runner_tell("kernel", "kmemleak", kmemleak());
}

/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * runner - runs each check in a process of its own, for a limited time, and looks at what
 * it left: file descriptors, buffers, complaints of the kernel.
 */
#include "check.h"
#include "kernel-log.h"
#include "left-out.h"
#include "system.h"

#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LIMIT_S 60
/* The last reference to a buffer may go after the process that held it. */
#define SETTLE_MS 3000

char *why;
static unsigned passed, failed, skipped;
static long live_before;

int runner_init(void)
{
    why = mmap(NULL, WHY_SIZE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    return why == MAP_FAILED ? -errno : 0;
}

void runner_tell(const char *subject, const char *name, enum result result)
{
    switch (result) {
    case PASSED:
        passed++;
        printf("ok %s/%s\n", subject, name);
        break;
    case SKIPPED:
        if (left_out_again(name, why))
            break;
        skipped++;
        printf("skip %s/%s: %s\n", subject, name, why);
        break;
    case LEFT_OUT:
        left_out_add(name, why);
        break;
    default:
        failed++;
        printf("FAIL %s/%s: %s\n", subject, name, why);
    }
    why[0] = '\0';
    fflush(stdout);
}

int runner_sum_up(void)
{
    printf("%u passed, %u failed, %u skipped\n", passed, failed, skipped);
    return failed != 0;
}

/* The last pattern that fits decides. */
bool runner_wanted(const char *name)
{
    char names[512], *rest = names, *pattern;
    bool wanted = !options.only || options.only[0] == '!';

    snprintf(names, sizeof(names), "%s", options.only ? options.only : "");
    while ((pattern = strsep(&rest, ","))) {
        bool without = pattern[0] == '!';

        if (!fnmatch(pattern + without, name, 0))
            wanted = !without;
    }
    return wanted;
}

void runner_list(const struct check *table)
{
    for (; table->name; table++)
        if (runner_wanted(table->name))
            printf("%s\n", table->name);
}

static enum result run_here(const struct check *check, struct heap *heap)
{
    int error = heap_open(heap), before, after;

    if (error)
        FAIL("cannot open %s: %s", heap->path, strerror(-error));
    before = count_fds();
    TRY(check->run(heap));
    after = count_fds();
    if (after != before)
        FAIL("%d file descriptors open before, %d after", before, after);
    return PASSED;
}

/* Whether @child ended within @limit_s. */
static bool ends_within(pid_t child, unsigned limit_s)
{
    struct pollfd end = {syscall(SYS_pidfd_open, child, 0), POLLIN, 0};
    int n;

    if (end.fd < 0)
        return true;
    do
        n = poll(&end, 1, limit_s * 1000);
    while (n < 0 && errno == EINTR);
    close(end.fd);
    return n == 1;
}

static enum result run_apart(const struct check *check, struct heap *heap)
{
    unsigned limit_s = (check->limit_s ? check->limit_s : LIMIT_S) * options.slow;
    pid_t child = fork_child();
    int code;
    bool ended;

    if (child < 0)
        FAIL("fork: %s", strerror(errno));
    if (child == 0) {
        setpgid(0, 0);
        _exit(run_here(check, heap));
    }
    ended = ends_within(child, limit_s);
    /* The check's own children go with it. */
    kill(-child, SIGKILL);
    if (!ended)
        kill(child, SIGKILL);
    code = wait_child(child);
    if (!ended)
        FAIL("it did not end within %u s", limit_s);
    if (code > 128)
        FAIL("ended by signal %d (%s)", code - 128, strsignal(code - 128));
    return code;
}

static enum result leaves_no_buffers(const struct heap *heap, long before)
{
    long after = before;

    for (int waited = 0; waited < SETTLE_MS; waited += 10) {
        after = heap_live(heap);
        if (before < 0 || after == before)
            return PASSED;
        sleep_ms(10);
    }
    FAIL("%ld buffers alive before, %ld after", before, after);
}

static enum result possible(const struct check *check, const struct heap *heap)
{
    if ((check->needs & NEEDS_OURS) && !heap->ours)
        LEAVE_OUT("only for heaps of " MODULE);
    if ((check->needs & NEEDS_ROOT) && geteuid())
        SKIP("only root can");
    if ((check->needs & NEEDS_DANGER) && !options.dangerous)
        SKIP("may harm the running system; --dangerous runs it");
    return PASSED;
}

static enum result run_whole(const struct check *check, struct heap *heap)
{
    char complaint[256];
    enum result result;
    long before;

    TRY(possible(check, heap));
    kernel_log_complains(complaint, sizeof(complaint));
    before = heap_live(heap);
    result = run_apart(check, heap);
    if (result == PASSED)
        result = leaves_no_buffers(heap, before);
    if (kernel_log_complains(complaint, sizeof(complaint))) {
        char seen[256];

        snprintf(seen, sizeof(seen), "%.255s", result == FAILED ? why : "");
        FAIL("the kernel says \"%.200s\"%s%s", complaint, seen[0] ? "; and " : "", seen);
    }
    return result;
}

/* What the kernel's own code does wrong is told at the end, and fails nothing. */
static enum result excuse(const struct check *check, const struct heap *heap,
                          enum result result)
{
    char seen[WHY_SIZE];
    bool kernels = check->needs & OF_IOCTL ? heap->kernels_ioctl : heap->kernels;

    if (result != FAILED || !kernels || options.strict)
        return result;
    snprintf(seen, sizeof(seen), "%s", why);
    snprintf(why, WHY_SIZE, "kernel's own: %.480s", seen);
    return LEFT_OUT;
}

void runner_run(const struct check *table, struct heap *heap)
{
    for (; table->name; table++)
        if (runner_wanted(table->name))
            runner_tell(heap->name, table->name,
                        excuse(table, heap, run_whole(table, heap)));
}

void runner_begin(const struct heap *heap)
{
    live_before = heap_live(heap);
}

void runner_end(const struct heap *heap)
{
    static const struct check buffers_left = {.name = "buffers-left"};
    enum result result = LEFT_OUT;

    if (runner_wanted(buffers_left.name)) {
        if (live_before < 0)
            snprintf(why, WHY_SIZE, "nobody tells how many buffers are alive");
        else
            result = leaves_no_buffers(heap, live_before);
        runner_tell(heap->name, buffers_left.name, excuse(&buffers_left, heap, result));
    }
    left_out_tell(heap->name);
}

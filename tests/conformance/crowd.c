/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * crowd - many at once, and some that are killed in the middle of it.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define THREADS 100
#define STACK_BYTES KIB(64)
#define KILLS 20
/* So often a kill must come before the buffer is there: once may be luck. */
#define CAUGHT 3

/* What a thread says of its failure; its own, for `why` is one for all. */
struct worker {
    const struct heap *heap;
    pthread_t thread;
    unsigned number;
    const char *failure;
    int error;
};

static const char *one_round(struct worker *worker, unsigned round)
{
    size_t page = page_size();
    int fd = heap_alloc(worker->heap, page);
    uint8_t *memory;

    if (fd < 0) {
        worker->error = -fd;
        return "allocation";
    }
    memory = mmap(NULL, page, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    if (memory == MAP_FAILED) {
        worker->error = errno;
        return "mmap";
    }
    if (find_other(memory, page, 0) < page)
        return "a buffer that is not zeroed";
    fill_pattern(memory, page, worker->number);
    /* Some hold theirs for a while, so that others come between. */
    if (round % 16 == worker->number % 16)
        sched_yield();
    if (find_unlike_pattern(memory, page, worker->number) < page)
        return "a buffer that lost what was written";
    buffer_put(fd, memory, page);
    return NULL;
}

static void *work(void *arg)
{
    struct worker *worker = arg;

    for (unsigned i = 0; i < options.rounds && !worker->failure; i++)
        worker->failure = one_round(worker, i);
    return NULL;
}

static enum result threads(struct heap *heap)
{
    static struct worker workers[THREADS];
    pthread_attr_t attributes;
    unsigned n = 0;

    pthread_attr_init(&attributes);
    pthread_attr_setstacksize(&attributes, STACK_BYTES);
    for (; n < THREADS; n++) {
        workers[n] = (struct worker){.heap = heap, .number = n + 1};
        if (pthread_create(&workers[n].thread, &attributes, work, &workers[n]))
            break;
    }
    for (unsigned i = 0; i < n; i++)
        pthread_join(workers[i].thread, NULL);
    pthread_attr_destroy(&attributes);
    if (n < THREADS)
        FAIL("only %u threads can be started", n);
    for (unsigned i = 0; i < n; i++)
        if (workers[i].failure)
            FAIL("thread %u: %s%s%s", i, workers[i].failure, workers[i].error ? ": " : "",
                 workers[i].error ? strerror(workers[i].error) : "");
    return PASSED;
}

/* Allocates, maps and frees for ever, some buffers at a time. Writes to @begun when it
 * has the first. */
static void never_end(const struct heap *heap, int begun)
{
    int fd[8] = {-1, -1, -1, -1, -1, -1, -1, -1};
    uint8_t *memory[8] = {0};

    for (unsigned i = 0;; i = (i + 1) % 8) {
        if (fd[i] >= 0)
            buffer_put(fd[i], memory[i], KIB(64));
        if (buffer_get_mapped(heap, KIB(64), &fd[i], &memory[i]) != PASSED)
            _exit(FAILED);
        if (begun >= 0 && write(begun, "", 1) == 1)
            begun = -1;
        memset(memory[i], DIRT, KIB(64));
    }
}

/* One process that is killed in the middle of it. */
static enum result kill_one(struct heap *heap, unsigned after_ms)
{
    int begun[2], code;
    pid_t child;
    char byte;

    if (pipe(begun))
        FAIL("pipe: %s", strerror(errno));
    child = fork_child();
    if (child < 0)
        FAIL("fork: %s", strerror(errno));
    if (child == 0)
        never_end(heap, begun[1]);
    close(begun[1]);
    /* Also returns when it has ended. */
    if (read(begun[0], &byte, 1) == 1)
        sleep_ms(after_ms);
    close(begun[0]);
    kill(child, SIGKILL);
    code = wait_child(child);
    if (code == FAILED)
        return FAILED;
    if (code != 128 + SIGKILL)
        FAIL("the child ended with %d", code);
    return PASSED;
}

static enum result killed(struct heap *heap)
{
    uint64_t state = options.seed;
    long before = heap_live(heap);

    for (int i = 0; i < KILLS; i++)
        TRY(kill_one(heap, next_random(&state) % 20));
    for (int waited = 0; heap_live(heap) != before; waited += 10) {
        if (waited > 3000)
            FAIL("%ld buffers alive before, %ld after %d processes were killed", before,
                 heap_live(heap), KILLS);
        sleep_ms(10);
    }
    return PASSED;
}

static bool has_ended(pid_t child)
{
    siginfo_t end = {0};

    return waitid(P_PID, child, &end, WEXITED | WNOHANG | WNOWAIT) || end.si_pid;
}

/* Kills a process that waits for a large buffer, once it is counted and before it is there. */
static enum result kill_waiting(struct heap *heap, uint64_t bytes)
{
    long before = heap_live(heap);
    pid_t child = fork_child();
    int code;

    if (child < 0)
        FAIL("fork: %s", strerror(errno));
    if (child == 0) {
        if (heap_alloc(heap, bytes) >= 0)
            pause();
        _exit(FAILED);
    }
    do
        sleep_ms(1);
    while (heap_live(heap) == before && !has_ended(child));
    kill(child, SIGKILL);
    code = wait_child(child);
    if (code != 128 + SIGKILL)
        FAIL("%" PRIu64 " MiB are refused", bytes >> 20);
    return PASSED;
}

/* What nobody waits for any more is not looked for to the end. */
static enum result killed_waiting(struct heap *heap)
{
    uint64_t bytes = heap_largest(heap), available, before, after;
    int caught = 0;

    if (read_number("/proc/meminfo", "MemAvailable", &available))
        FAIL("no MemAvailable");
    if (bytes > KIB(available) / 4)
        bytes = KIB(available) / 4;
    for (int i = 0; i < KILLS; i++) {
        write_text("/proc/sys/vm/drop_caches", "2");
        if (heap_statistic(heap, "failures", &before))
            FAIL("no failures");
        TRY(kill_waiting(heap, bytes));
        if (heap_statistic(heap, "failures", &after))
            FAIL("no failures");
        caught += after == before + 1;
        if (caught == CAUGHT)
            return PASSED;
    }
    FAIL("of %d processes that were killed while they waited for %" PRIu64
         " MiB all but %d got all of it first",
         KILLS, bytes >> 20, caught);
}

const struct check crowd_checks[] = {
    {"threads", threads, 0, 300},
    {"killed", killed, 0, 0},
    {"killed-waiting", killed_waiting, NEEDS_ROOT | NEEDS_OURS, 0},
    {0},
};

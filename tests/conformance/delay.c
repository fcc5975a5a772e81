/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * delay - how long others wait while a heap looks for memory. A thread of real-time
 * priority wants the processor each millisecond: while the kernel holds a lock, or has
 * interrupts off, it does not get it.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <inttypes.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define PERIOD_NS 1000000
#define QUIET_MS 300
#define BUFFERS 16
#define MOST MIB(256)
/* The search may move all that lies in the way, but not in one go. */
#define DELAY_MS 250

static atomic_bool ends;
static _Atomic int64_t longest_ns;

static void *wake_each_period(void *unused)
{
    int64_t next = now_ns();

    while (!ends) {
        struct timespec until;
        int64_t late;

        next += PERIOD_NS;
        until.tv_sec = next / 1000000000;
        until.tv_nsec = next % 1000000000;
        clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
        late = now_ns() - next;
        if (late > longest_ns)
            longest_ns = late;
        if (late > PERIOD_NS)
            next += late;
    }
    return unused;
}

static enum result start_thread(pthread_t *thread)
{
    const struct sched_param high = {.sched_priority = 50};
    pthread_attr_t attributes;
    cpu_set_t first;
    int error;

    /* Both share one processor. */
    CPU_ZERO(&first);
    CPU_SET(0, &first);
    sched_setaffinity(0, sizeof(first), &first);
    pthread_attr_init(&attributes);
    pthread_attr_setinheritsched(&attributes, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attributes, SCHED_FIFO);
    pthread_attr_setschedparam(&attributes, &high);
    error = pthread_create(thread, &attributes, wake_each_period, NULL);
    if (error)
        SKIP("no thread of real-time priority: %s", strerror(error));
    return PASSED;
}

/*
 * Takes a third of the memory in pages that can be moved, and have to be: to be looked at
 * one by one, and to be in the way.
 */
static enum result fill_memory(void)
{
    uint64_t available;
    uint8_t *memory;
    size_t bytes;

    if (read_number("/proc/meminfo", "MemAvailable", &available))
        FAIL("no MemAvailable");
    bytes = KIB(available) / 3 / page_size() * page_size();
    memory =
        mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED)
        FAIL("cannot map %zu bytes: %s", bytes, strerror(errno));
    madvise(memory, bytes, MADV_NOHUGEPAGE);
    for (size_t i = 0; i < bytes; i += page_size())
        memory[i] = 1;
    return PASSED;
}

/* Until the heap has no more: the last search is the longest, as it is in vain. */
static size_t allocate_all(const struct heap *heap, uint64_t bytes)
{
    int fds[BUFFERS];
    size_t n = 0, got;

    for (; n < BUFFERS; n++) {
        fds[n] = heap_alloc(heap, bytes);
        if (fds[n] < 0)
            break;
    }
    for (got = n; n; n--)
        close(fds[n - 1]);
    return got;
}

static enum result delay(struct heap *heap)
{
    uint64_t largest = heap_largest(heap), bytes = largest < MOST ? largest : MOST;
    int64_t quiet_ns, began, took;
    pthread_t thread;
    size_t n;

    TRY(fill_memory());
    TRY(start_thread(&thread));
    sleep_ms(QUIET_MS);
    quiet_ns = atomic_exchange(&longest_ns, 0);
    began = now_ns();
    n = allocate_all(heap, bytes);
    took = now_ns() - began;
    ends = true;
    pthread_join(thread, NULL);
    printf("# %s: %zu buffers of %" PRIu64 " MiB in %" PRId64
           " ms kept others waiting for %" PRId64 " us at most (%" PRId64 " us before)\n",
           heap->name, n, bytes >> 20, took / 1000000, longest_ns / 1000,
           quiet_ns / 1000);
    fflush(stdout);
    if (longest_ns / 1000000 > DELAY_MS * options.slow)
        FAIL("it kept others waiting for %" PRId64 " ms", longest_ns / 1000000);
    return PASSED;
}

const struct check delay_checks[] = {
    {"delay", delay, NEEDS_ROOT | NEEDS_OURS, 0},
    {0},
};

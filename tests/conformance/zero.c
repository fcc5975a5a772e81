/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * zero - a new buffer shows nothing of what others left in its memory.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#define MANY 16

static enum result dirty_again(struct heap *heap, uint64_t bytes, unsigned rounds,
                               unsigned pause_ms)
{
    char when[64];

    for (unsigned i = 0; i < rounds; i++) {
        uint8_t *memory;
        int fd;

        snprintf(when, sizeof(when), "in round %u, %u ms after it was freed", i,
                 pause_ms);
        TRY(buffer_get_mapped(heap, bytes, &fd, &memory));
        TRY(is_zeroed(memory, bytes, when));
        memset(memory, DIRT, bytes);
        buffer_put(fd, memory, bytes);
        sleep_ms(pause_ms);
    }
    return PASSED;
}

/* At once, and when whoever zeroes freed memory has had the time to begin, or to end. */
static enum result size(struct heap *heap, uint64_t bytes, unsigned rounds)
{
    TRY(dirty_again(heap, bytes, rounds, 0));
    TRY(dirty_again(heap, bytes, rounds / 4 + 1, 1));
    return dirty_again(heap, bytes, 3, 100);
}

static enum result page(struct heap *heap)
{
    return size(heap, page_size(), 200);
}

static enum result mib_1(struct heap *heap)
{
    return size(heap, MIB(1), 40);
}

static enum result mib_8(struct heap *heap)
{
    return size(heap, MIB(8), 16);
}

static enum result mib_32(struct heap *heap)
{
    return size(heap, MIB(32), 6);
}

/* Memory freed in one size comes back in another. */
static enum result mixed(struct heap *heap)
{
    uint64_t state = options.seed, bytes[MANY];
    uint8_t *memory[MANY];
    uint64_t most = heap_largest(heap) < MIB(4) ? heap_largest(heap) : MIB(4);
    int fd[MANY];

    for (int round = 0; round < 10; round++) {
        for (int i = 0; i < MANY; i++) {
            bytes[i] =
                (1 + next_random(&state) % (most >> (i % 8)) / page_size()) * page_size();
            if (bytes[i] > most)
                bytes[i] = most;
            TRY(buffer_get_mapped(heap, bytes[i], &fd[i], &memory[i]));
            TRY(is_zeroed(memory[i], bytes[i], "among buffers of all sizes"));
            memset(memory[i], DIRT, bytes[i]);
        }
        for (int i = 0; i < MANY; i++)
            buffer_put(fd[i], memory[i], bytes[i]);
    }
    return PASSED;
}

/* A child dirties and ends, by itself or killed, with its buffers open. */
static enum result other_process(struct heap *heap)
{
    for (int round = 0; round < 20; round++) {
        uint64_t bytes = round % 2 ? MIB(1) : KIB(64);
        pid_t child = fork_child();
        uint8_t *memory;
        int fd, code;

        if (child < 0)
            FAIL("fork: %s", strerror(errno));
        if (child == 0) {
            for (int i = 0; i < 4; i++) {
                enum result result = buffer_get_mapped(heap, bytes, &fd, &memory);

                if (result != PASSED)
                    _exit(result);
                memset(memory, DIRT, bytes);
            }
            if (round % 3 == 0)
                kill(getpid(), SIGKILL);
            _exit(PASSED);
        }
        code = wait_child(child);
        if (code > SKIPPED && code != 128 + SIGKILL)
            FAIL("the child ended with %d", code);
        TRY(code > SKIPPED ? PASSED : code);
        for (int i = 0; i < 4; i++) {
            TRY(buffer_get_mapped(heap, bytes, &fd, &memory));
            TRY(is_zeroed(memory, bytes, "after another process had it"));
            buffer_put(fd, memory, bytes);
        }
    }
    return PASSED;
}

const struct check zero_checks[] = {
    {"zeroed-page", page, 0, 0},
    {"zeroed-1M", mib_1, 0, 0},
    {"zeroed-8M", mib_8, 0, 0},
    {"zeroed-32M", mib_32, 0, 0},
    {"zeroed-mixed", mixed, 0, 0},
    {"zeroed-other-process", other_process, 0, 0},
    {0},
};

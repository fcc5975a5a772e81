/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * cgroup - with memcg=1, or where the kernel's own heaps do so, a buffer is charged to the
 * memory cgroup of its allocator: the limit is answered by ENOMEM, and what is freed is
 * given back, pool or not.
 */
#include "buffer.h"
#include "system.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define OWN MODULE_PARAMETERS "/memcg"
/* The kernel's, which the module of the tests lets us change. */
#define KERNELS "/sys/module/zc_importer/parameters/mem_accounting"
#define LIMIT MIB(64)
#define STEP MIB(1)
#define STEPS (2 * LIMIT / STEP)
/* The kernel charges ahead, for each processor; and the process has pages of its own. */
#define SLACK MIB(4)

/* Where the cgroup of this check is: in the mounted hierarchy of version 2. */
static enum result find_group(char *path, size_t size)
{
    FILE *mounts = fopen("/proc/self/mounts", "re");
    char line[512], place[256] = "", type[64], control[300];

    while (mounts && fgets(line, sizeof(line), mounts))
        if (sscanf(line, "%*s %255s %63s", place, type) == 2 && !strcmp(type, "cgroup2"))
            break;
        else
            place[0] = '\0';
    if (mounts)
        fclose(mounts);
    if (!place[0])
        SKIP("no cgroup2 is mounted");
    snprintf(control, sizeof(control), "%s/cgroup.subtree_control", place);
    if (write_text(control, "+memory"))
        SKIP("the memory controller cannot be had in %s", place);
    snprintf(path, size, "%s/zc-conformance", place);
    return PASSED;
}

static enum result group_number(const char *group, const char *file, const char *key,
                                uint64_t *value)
{
    char path[400];
    int error;

    snprintf(path, sizeof(path), "%s/%s", group, file);
    error = read_number(path, key, value);
    if (error)
        FAIL("%s: %s", path, strerror(-error));
    return PASSED;
}

static int group_set(const char *group, const char *file, const char *text)
{
    char path[400];

    snprintf(path, sizeof(path), "%s/%s", group, file);
    return write_text(path, text);
}

/* In the group: allocates until it is refused, and frees all. */
static enum result allocate_inside(const struct heap *heap, const char *group)
{
    int fd[STEPS], n = 0;
    uint64_t current;

    if (group_set(group, "cgroup.procs", "0"))
        FAIL("cannot enter %s", group);
    while (n < (int)STEPS && (fd[n] = heap_alloc(heap, STEP)) >= 0)
        n++;
    if (n == (int)STEPS)
        FAIL("%d MiB were given in a cgroup of %llu", n,
             (unsigned long long)(LIMIT >> 20));
    TRY(is_error(fd[n], ENOMEM, "an allocation above the cgroup's limit"));
    TRY(group_number(group, "memory.current", NULL, &current));
    if (n * STEP + SLACK < LIMIT || current + SLACK < LIMIT)
        FAIL("refused after %d MiB, with %llu bytes charged", n,
             (unsigned long long)current);
    while (n > 0)
        close(fd[--n]);
    return PASSED;
}

static enum result one_round(const struct heap *heap, const char *group)
{
    uint64_t kills, left = UINT64_MAX;
    pid_t child = fork_child();
    int code;

    if (child < 0)
        FAIL("fork: %s", strerror(errno));
    if (child == 0)
        _exit(allocate_inside(heap, group));
    code = wait_child(child);
    TRY(group_number(group, "memory.events", "oom_kill", &kills));
    if (kills || code == 128 + SIGKILL)
        FAIL("the limit brought the OOM killer");
    TRY(code);
    for (int waited = 0; left > SLACK; waited += 50) {
        if (waited > 3000)
            FAIL("%llu bytes stay charged after all were freed",
                 (unsigned long long)left);
        sleep_ms(50);
        TRY(group_number(group, "memory.current", NULL, &left));
    }
    return PASSED;
}

static enum result in_group(const struct heap *heap, const char *group)
{
    char limit[32];

    if (mkdir(group, 0700) && errno != EEXIST)
        FAIL("%s: %s", group, strerror(errno));
    snprintf(limit, sizeof(limit), "%llu", (unsigned long long)LIMIT);
    if (group_set(group, "memory.max", limit))
        FAIL("no memory.max in %s", group);
    group_set(group, "memory.swap.max", "0");
    /* The second time, a pool has what the first has freed. */
    TRY(one_round(heap, group));
    return one_round(heap, group);
}

/* With a switch on: that of the module, or the kernel's. */
static enum result charged_by(struct heap *heap, const char *parameter)
{
    char group[300], before[16] = "";
    enum result result;

    if (strncmp(heap->name, "system", strlen("system")))
        LEAVE_OUT("nobody is charged for a reserved area, which then gives nothing");
    if (heap_largest(heap) < STEP)
        LEAVE_OUT("the heap gives no buffers of 1 MiB");
    TRY(find_group(group, sizeof(group)));
    if (read_text(parameter, before, sizeof(before)))
        FAIL("no %s", parameter);
    if (write_text(parameter, "1"))
        FAIL("%s cannot be set", parameter);
    result = in_group(heap, group);
    write_text(parameter, before);
    for (int waited = 0; rmdir(group) && errno == EBUSY && waited < 2000; waited += 10)
        sleep_ms(10);
    return result;
}

static enum result limited(struct heap *heap)
{
    return charged_by(heap, OWN);
}

static enum result as_kernels(struct heap *heap)
{
    if (!exists("/sys/module/dma_heap/parameters/mem_accounting"))
        LEAVE_OUT("the kernel's own heaps are charged to nobody");
    if (!exists("/sys/module/zc_importer"))
        SKIP("there is no module zc_importer");
    return charged_by(heap, KERNELS);
}

const struct check cgroup_checks[] = {
    {"cgroup-limit", limited, NEEDS_ROOT | NEEDS_OURS, 0},
    {"cgroup-as-kernels", as_kernels, NEEDS_ROOT | NEEDS_OURS, 0},
    {0},
};

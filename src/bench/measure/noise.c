/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* noise - the kernel's own counts, before and after. Source: proc_stat(5). */
#include "bench/measure/noise.h"

#include <glob.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define STEAL_PERCENT 1
#define OTHERS_PERCENT 25

/* Values lie around two values when the medians of two groups have this ratio, and few
 * lie between them. */
#define FAR_APART 1.5
#define LEAST_SHARE 8   /* the smaller group holds at least one value in so many */
#define MIDDLE_SHARE 20 /* and the middle third between them at most one in so many */

static void read_stat(struct noise *noise)
{
    FILE *file = fopen("/proc/stat", "re");
    int64_t user, nice, system, idle, wait, irq, soft, steal;
    int n = 0;

    noise->steal = noise->total = noise->idle = -1;
    if (!file)
        return;
    n = fscanf(file,
               "cpu %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64 " %" SCNd64
               " %" SCNd64 " %" SCNd64,
               &user, &nice, &system, &idle, &wait, &irq, &soft, &steal);
    fclose(file);
    if (n != 8)
        return;
    noise->steal = steal;
    noise->idle = idle + wait;
    noise->total = user + nice + system + idle + wait + irq + soft + steal;
}

static int64_t read_throttled(void)
{
    int64_t sum = -1;
    glob_t found;

    if (glob("/sys/devices/system/cpu/cpu*/thermal_throttle/core_throttle_count", 0, NULL,
             &found))
        return sum;
    sum = 0;
    for (size_t i = 0; i < found.gl_pathc; i++) {
        FILE *file = fopen(found.gl_pathv[i], "re");
        int64_t count;

        if (file && fscanf(file, "%" SCNd64, &count) == 1)
            sum += count;
        if (file)
            fclose(file);
    }
    globfree(&found);
    return sum;
}

static int64_t used_ns(int who)
{
    struct rusage usage;

    getrusage(who, &usage);
    return (usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * INT64_C(1000000000) +
           (usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * INT64_C(1000);
}

/* An observed program is no noise either. It has ended by then, and counts as a child. */
static int64_t own_ns(void)
{
    return used_ns(RUSAGE_SELF) + used_ns(RUSAGE_CHILDREN);
}

void noise_begin(struct noise *noise)
{
    read_stat(noise);
    noise->own_ns = own_ns();
    noise->throttled = read_throttled();
}

static void warn_of_processors(const struct noise *begin, const struct noise *end,
                               struct document *document)
{
    int64_t total = end->total - begin->total, steal = end->steal - begin->steal;
    int64_t tick_ns = INT64_C(1000000000) / sysconf(_SC_CLK_TCK);
    int64_t busy = total - (end->idle - begin->idle) - steal;
    int64_t others = busy - (end->own_ns - begin->own_ns) / tick_ns;

    if (begin->total < 0 || end->total < 0 || total <= 0)
        return;
    others = others < 0 ? 0 : others;
    document_set_int(document, "noise.steal_permille", steal * 1000 / total);
    document_set_int(document, "noise.others_permille", others * 1000 / total);
    if (steal * 100 > total * STEAL_PERCENT)
        document_warn(document,
                      "the hypervisor took %" PRId64 " %% of the processors' time: leave "
                      "the host quiet, or give the machine processors of its own",
                      steal * 100 / total);
    if (others * 100 > total * OTHERS_PERCENT)
        document_warn(document,
                      "other processes and the kernel's own threads used %" PRId64
                      " %% of the processors: end what need not run, and measure again",
                      others * 100 / total);
}

void noise_end(const struct noise *begin, struct document *document)
{
    struct noise end;

    noise_begin(&end);
    warn_of_processors(begin, &end, document);
    if (begin->throttled >= 0 && end.throttled > begin->throttled)
        document_warn(document,
                      "processors were slowed down for heat %" PRId64
                      " times: cool the machine, or fix a lower frequency",
                      end.throttled - begin->throttled);
}

static int by_value(const void *a, const void *b)
{
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

    return (x > y) - (x < y);
}

/* The widest step between neighbours in a sorted row, by ratio, with enough on each side. */
static size_t widest_gap(const int64_t *sorted, size_t n)
{
    size_t at = 0;
    double widest = 0;

    for (size_t i = n / LEAST_SHARE; i < n - n / LEAST_SHARE; i++) {
        double ratio = sorted[i] > 0 ? (double)sorted[i + 1] / sorted[i] : 0;

        if (ratio > widest) {
            widest = ratio;
            at = i + 1;
        }
    }
    return at;
}

bool noise_two_modes(const struct samples *samples, int64_t *low, int64_t *high)
{
    size_t n = samples->n, split, within = 0;
    int64_t *sorted, third;
    bool two;

    if (n < 5 * LEAST_SHARE)
        return false;
    sorted = malloc(n * sizeof(*sorted));
    if (!sorted)
        return false;
    memcpy(sorted, samples->value, n * sizeof(*sorted));
    qsort(sorted, n, sizeof(*sorted), by_value);
    split = widest_gap(sorted, n);
    *low = sorted[split / 2];
    *high = sorted[split + (n - split) / 2];
    third = (*high - *low) / 3;
    for (size_t i = 0; i < n; i++)
        within += sorted[i] > *low + third && sorted[i] < *high - third;
    two = split && *low > 0 && *high > *low * FAR_APART && within * MIDDLE_SHARE < n;
    free(sorted);
    return two;
}

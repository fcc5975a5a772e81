/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* holders - by the fdinfo of all programs, and the kernel's list of dma-bufs. */
#include "memory/holders.h"
#include "base/process.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMED 3      /* as many programs have a place in a message */
#define BUFFERS 4096 /* as many are told apart; more are not counted */

const char *zc_proc_folder = ZC_PROC;
const char *zc_bufinfo_file = "/sys/kernel/debug/dma_buf/bufinfo";

struct sum {
    uint64_t bytes;
    unsigned buffers;
};

struct holder {
    struct sum sum;
    char pid[ZC_PID_SIZE], name[32];
};

/* Buffers that were met, by inode. */
struct met {
    uint64_t *inode;
    unsigned n;
};

struct holders {
    const char *exporter;
    struct holder most[NAMED]; /* the most bytes first */
    unsigned others;
    struct met open; /* by any program */
};

/* Whether it is the first time. */
static bool meet(struct met *met, uint64_t inode)
{
    for (unsigned i = 0; i < met->n; i++)
        if (met->inode[i] == inode)
            return false;
    if (met->n == BUFFERS)
        return false;
    met->inode[met->n++] = inode;
    return true;
}

static void add(struct sum *sum, uint64_t bytes)
{
    sum->bytes += bytes;
    sum->buffers++;
}

/* Whether what @path tells of is a dma-buf of @exporter. */
static bool read_fdinfo(const char *path, const char *exporter, uint64_t *inode,
                        uint64_t *bytes)
{
    FILE *file = fopen(path, "re");
    char line[256];
    bool ours = false;

    *inode = *bytes = 0;
    if (!file)
        return false;
    while (fgets(line, sizeof(line), file)) {
        sscanf(line, "ino: %" SCNu64, inode);
        sscanf(line, "size: %" SCNu64, bytes);
        if (!strncmp(line, "exp_name:", 9)) {
            const char *name = line + 9 + strspn(line + 9, " \t");

            line[strcspn(line, "\n")] = '\0';
            ours = !strcmp(name, exporter);
        }
    }
    fclose(file);
    return ours;
}

static void rank(struct holders *holders, struct holder *holder)
{
    int i = NAMED;

    if (!holder->sum.buffers)
        return;
    zc_process_name(zc_proc_folder, holder->pid, holder->name, sizeof(holder->name));
    holders->others += holders->most[NAMED - 1].sum.buffers != 0;
    while (i > 0 && holders->most[i - 1].sum.bytes < holder->sum.bytes) {
        if (i < NAMED)
            holders->most[i] = holders->most[i - 1];
        i--;
    }
    if (i < NAMED)
        holders->most[i] = *holder;
}

/* Whom we look at now. */
struct look {
    struct holders *holders;
    struct holder holder;
    struct met met;
};

static bool look_at_file(const char *path, void *user)
{
    struct look *look = user;
    uint64_t inode, bytes;

    if (read_fdinfo(path, look->holders->exporter, &inode, &bytes) &&
        meet(&look->met, inode)) {
        add(&look->holder.sum, bytes);
        meet(&look->holders->open, inode);
    }
    return false;
}

/* A buffer that programs share is counted for each of them. */
static void look_at(const char *pid, void *user)
{
    struct look *look = user;

    look->holder = (struct holder){0};
    look->met.n = 0;
    snprintf(look->holder.pid, sizeof(look->holder.pid), "%s", pid);
    zc_process_find(zc_proc_folder, pid, "fdinfo", look_at_file, look);
    rank(look->holders, &look->holder);
}

/* What the kernel has of @exporter and no program has open. */
static struct sum closed_ones(struct holders *holders)
{
    FILE *file = fopen(zc_bufinfo_file, "re");
    struct sum sum = {0};
    char line[512], name[128];

    while (file && fgets(line, sizeof(line), file)) {
        uint64_t bytes, inode;

        if (sscanf(line, "%" SCNu64 " %*x %*x %*d %127s %" SCNu64, &bytes, name,
                   &inode) == 3 &&
            !strcmp(name, holders->exporter) && meet(&holders->open, inode))
            add(&sum, bytes);
    }
    if (file)
        fclose(file);
    return sum;
}

__attribute__((format(printf, 3, 4))) static void append(char *text, size_t size,
                                                         const char *format, ...)
{
    size_t length = strlen(text);
    va_list values;

    va_start(values, format);
    vsnprintf(text + length, size - length, format, values);
    va_end(values);
}

static double mib(uint64_t bytes)
{
    return bytes / 1048576.0;
}

static void tell(struct holders *holders, char *text, size_t size)
{
    struct sum closed = closed_ones(holders);

    for (int i = 0; i < NAMED && holders->most[i].sum.buffers; i++)
        append(text, size, "; %s (pid %s) holds %u of its buffers, %.1f MiB",
               holders->most[i].name, holders->most[i].pid, holders->most[i].sum.buffers,
               mib(holders->most[i].sum.bytes));
    if (holders->others)
        append(text, size, "; %u more programs hold fewer", holders->others);
    if (closed.buffers)
        append(text, size,
               "; devices or mappings keep %u that no program has open, %.1f MiB",
               closed.buffers, mib(closed.bytes));
}

void zc_holders_text(const char *exporter, char *text, size_t size)
{
    struct holders holders = {.exporter = exporter};
    struct look look = {.holders = &holders};

    text[0] = '\0';
    look.met.inode = calloc(BUFFERS, sizeof(uint64_t));
    holders.open.inode = calloc(BUFFERS, sizeof(uint64_t));
    if (look.met.inode && holders.open.inode) {
        zc_process_each(zc_proc_folder, look_at, &look);
        tell(&holders, text, size);
    }
    free(holders.open.inode);
    free(look.met.inode);
}

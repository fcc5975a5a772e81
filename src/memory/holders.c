/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* holders - by the fdinfo of all programs, and the kernel's list of dma-bufs. */
#include "memory/holders.h"

#include <ctype.h>
#include <dirent.h>
#include <inttypes.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NAMED 3      /* as many programs have a place in a message */
#define BUFFERS 4096 /* as many are told apart; more are not counted */
#define PATH_SIZE (PATH_MAX + 2 * NAME_MAX)

const char *zc_proc_folder = "/proc";
const char *zc_bufinfo_file = "/sys/kernel/debug/dma_buf/bufinfo";

struct sum {
    uint64_t bytes;
    unsigned buffers;
};

struct holder {
    struct sum sum;
    char pid[12], name[32];
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

static void read_name(struct holder *holder)
{
    char path[PATH_SIZE];
    FILE *file;

    snprintf(path, sizeof(path), "%s/%s/comm", zc_proc_folder, holder->pid);
    file = fopen(path, "re");
    if (!file || !fgets(holder->name, sizeof(holder->name), file))
        snprintf(holder->name, sizeof(holder->name), "a program");
    holder->name[strcspn(holder->name, "\n")] = '\0';
    for (char *c = holder->name; *c; c++)
        if (!isprint((unsigned char)*c))
            *c = '?';
    if (file)
        fclose(file);
}

static void rank(struct holders *holders, struct holder *holder)
{
    int i = NAMED;

    if (!holder->sum.buffers)
        return;
    read_name(holder);
    holders->others += holders->most[NAMED - 1].sum.buffers != 0;
    while (i > 0 && holders->most[i - 1].sum.bytes < holder->sum.bytes) {
        if (i < NAMED)
            holders->most[i] = holders->most[i - 1];
        i--;
    }
    if (i < NAMED)
        holders->most[i] = *holder;
}

/* A buffer that programs share is counted for each of them. */
static void look_at(struct holders *holders, const char *pid, struct met *met)
{
    struct holder holder = {0};
    char folder[PATH_SIZE];
    struct dirent *entry;
    DIR *fds;

    snprintf(holder.pid, sizeof(holder.pid), "%s", pid);
    snprintf(folder, sizeof(folder), "%s/%s/fdinfo", zc_proc_folder, pid);
    fds = opendir(folder);
    met->n = 0;
    while (fds && (entry = readdir(fds))) {
        char path[PATH_SIZE + NAME_MAX + 1];
        uint64_t inode, bytes;

        snprintf(path, sizeof(path), "%s/%s", folder, entry->d_name);
        if (read_fdinfo(path, holders->exporter, &inode, &bytes) && meet(met, inode)) {
            add(&holder.sum, bytes);
            meet(&holders->open, inode);
        }
    }
    if (fds)
        closedir(fds);
    rank(holders, &holder);
}

static void look_at_all(struct holders *holders, struct met *met)
{
    DIR *folder = opendir(zc_proc_folder);
    struct dirent *entry;

    while (folder && (entry = readdir(folder)))
        if (isdigit((unsigned char)entry->d_name[0]) && strlen(entry->d_name) < 12)
            look_at(holders, entry->d_name, met);
    if (folder)
        closedir(folder);
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
    struct met met = {calloc(BUFFERS, sizeof(uint64_t)), 0};

    text[0] = '\0';
    holders.open.inode = calloc(BUFFERS, sizeof(uint64_t));
    if (met.inode && holders.open.inode) {
        look_at_all(&holders, &met);
        tell(&holders, text, size);
    }
    free(holders.open.inode);
    free(met.inode);
}

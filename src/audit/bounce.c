/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* bounce - an instance of tracefs with one event in it, and its lines. */
#include "audit/bounce.h"

#include "base/fd.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define EVENT "events/swiotlb/swiotlb_bounced"

static int write_one(const char *instance)
{
    char path[256];
    int fd, error = 0;

    snprintf(path, sizeof(path), "%s/" EVENT "/enable", instance);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT ? -ENODEV : -errno;
    if (write(fd, "1", 1) != 1)
        error = -errno;
    close(fd);
    return error;
}

static int open_pipe(const char *instance)
{
    char path[256];
    int fd;

    snprintf(path, sizeof(path), "%s/trace_pipe", instance);
    fd = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

/* Returns what is read from, or a negative errno value. */
static int begin_below(struct bounce *bounce, const char *root)
{
    int result;

    snprintf(bounce->instance, sizeof(bounce->instance), "%s/instances/zc-audit-%d", root,
             (int)getpid());
    if (mkdir(bounce->instance, 0700)) {
        result = -errno;
        bounce->instance[0] = '\0';
        return result;
    }
    result = write_one(bounce->instance);
    if (!result)
        result = open_pipe(bounce->instance);
    if (result < 0) {
        rmdir(bounce->instance);
        bounce->instance[0] = '\0';
    }
    return result;
}

void bounce_begin(struct bounce *bounce)
{
    static const char *const roots[] = {"/sys/kernel/tracing",
                                        "/sys/kernel/debug/tracing"};

    memset(bounce, 0, sizeof(*bounce));
    bounce->pipe = -1;
    bounce->error = -ENOENT;
    for (size_t i = 0; i < sizeof(roots) / sizeof(*roots) && bounce->error == -ENOENT;
         i++) {
        int result = begin_below(bounce, roots[i]);

        bounce->error = result < 0 ? result : 0;
        bounce->pipe = result < 0 ? -1 : result;
    }
}

static void count(struct bounce *bounce, const char *name, size_t length, uint64_t bytes)
{
    int i = 0;

    while (i < bounce->n_devices && (strncmp(bounce->device[i].name, name, length) ||
                                     bounce->device[i].name[length]))
        i++;
    if (i == BOUNCE_DEVICES || length >= sizeof(bounce->device[i].name)) {
        bounce->lost++;
        return;
    }
    if (i == bounce->n_devices) {
        memcpy(bounce->device[i].name, name, length);
        bounce->n_devices++;
    }
    bounce->device[i].times++;
    bounce->device[i].bytes += bytes;
}

/* "… swiotlb_bounced: dev_name: NAME dma_mask=… dev_addr=… size=N FORCE" */
static void take_line(struct bounce *bounce, const char *line)
{
    const char *name = strstr(line, "dev_name: "), *size = strstr(line, " size=");
    const char *lost = strstr(line, "[LOST ");
    uint64_t n;

    if (lost && sscanf(lost, "[LOST %" SCNu64, &n) == 1)
        bounce->lost += n;
    if (!name || !size || sscanf(size, " size=%" SCNu64, &n) != 1)
        return;
    name += strlen("dev_name: ");
    count(bounce, name, strcspn(name, " "), n);
}

void bounce_read(struct bounce *bounce, const char *text, size_t size)
{
    for (size_t i = 0; i < size; i++) {
        if (text[i] != '\n') {
            /* A longer one is none of ours. */
            if (bounce->used < sizeof(bounce->line) - 1)
                bounce->line[bounce->used++] = text[i];
            continue;
        }
        bounce->line[bounce->used] = '\0';
        bounce->used = 0;
        take_line(bounce, bounce->line);
    }
}

void bounce_take(struct bounce *bounce)
{
    char text[4096];
    ssize_t n;

    while (bounce->pipe >= 0 && ((n = read(bounce->pipe, text, sizeof(text))) > 0 ||
                                 (n < 0 && errno == EINTR)))
        if (n > 0)
            bounce_read(bounce, text, n);
}

void bounce_finish(struct bounce *bounce)
{
    bounce_take(bounce);
    zc_close(&bounce->pipe);
    if (*bounce->instance && rmdir(bounce->instance))
        fprintf(stderr, "zc-audit: cannot remove %s: %s\n", bounce->instance,
                strerror(errno));
    bounce->instance[0] = '\0';
}

const char *bounce_unseen(const struct bounce *bounce)
{
    switch (bounce->error) {
    case 0:
        return NULL;
    case -EACCES:
    case -EPERM:
        return "that needs root";
    case -ENOENT:
        return "that needs root, and tracefs (mount -t tracefs tracefs "
               "/sys/kernel/tracing)";
    case -ENODEV:
        return "this kernel has no trace event swiotlb:swiotlb_bounced";
    default:
        return strerror(-bounce->error);
    }
}

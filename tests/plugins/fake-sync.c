/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake-sync - accesses to dma-bufs that are counted, and devices that take their time. */
#include "fake-sync.h"
#include "memory/gstdmaheapsync.h"
#include "zerocopy.h"

#include <errno.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

struct fake_sync fake_sync = {.busy_fd = -1};

static GMutex lock;

void fake_sync_reset(void)
{
    if (fake_sync.busy_fd >= 0)
        close(fake_sync.busy_fd);
    fake_sync = (struct fake_sync){.busy_fd = -1};
}

void fake_sync_block(void)
{
    fake_sync.busy_fd = eventfd(0, EFD_CLOEXEC);
}

void fake_sync_finish(void)
{
    const guint64 one = 1;

    if (write(fake_sync.busy_fd, &one, sizeof(one)) != sizeof(one))
        g_error("cannot write to an eventfd");
}

int fake_sync_open(void)
{
    return fake_sync.start_reads + fake_sync.start_writes - fake_sync.end_reads -
           fake_sync.end_writes;
}

static int count(int fd, int access, int *reads, int *writes, int error)
{
    g_assert_cmpint(fd, >=, 0);
    g_assert_cmpint(access & (ZC_CPU_READ | ZC_CPU_WRITE), !=, 0);
    if (error)
        return error;
    g_mutex_lock(&lock);
    *reads += (access & ZC_CPU_READ) != 0;
    *writes += (access & ZC_CPU_WRITE) != 0;
    g_mutex_unlock(&lock);
    return 0;
}

int zc_dmabuf_begin_cpu(int fd, int access)
{
    return count(fd, access, &fake_sync.start_reads, &fake_sync.start_writes,
                 fake_sync.start_error);
}

int zc_dmabuf_end_cpu(int fd, int access)
{
    return count(fd, access, &fake_sync.end_reads, &fake_sync.end_writes,
                 fake_sync.end_error);
}

/* As kernels before 6.0: who has a fence waits for it. */
int zc_dmabuf_get_fence(int fd, bool writes, int *fence)
{
    (void)fd, (void)writes, (void)fence;
    return -ENOTTY;
}

int zc_dmabuf_add_fence(int fd, bool writes, int fence)
{
    (void)fd, (void)writes, (void)fence;
    return -ENOTTY;
}

gint gst_dma_heap_sync_wait(gint fd, gint wake_fd, gint timeout_ms)
{
    struct pollfd fds[] = {{fake_sync.busy_fd, POLLIN, 0}, {wake_fd, POLLIN, 0}};

    g_assert_cmpint(fd, >=, 0);
    g_atomic_int_inc(&fake_sync.waits);
    if (fake_sync.wait_error)
        return fake_sync.wait_error;
    if (fake_sync.busy_fd < 0)
        return 0;
    if (poll(fds, 2, timeout_ms) == 0)
        return -ETIME;
    return fds[1].revents ? -ECANCELED : 0;
}

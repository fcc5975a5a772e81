/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* fake-syncobj - a page of memory for each. */
#include "fake-syncobj.h"
#include "test.h"

#include <drm.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MOST 64
#define BYTES 4096

struct fake_syncobjs fake_syncobjs;

static struct syncobj {
    int fd;
    volatile uint64_t *reached; /* NULL: there is none */
    int fence;                  /* that is to signal; -1: none is */
    uint64_t fence_point;
} all[MOST];

static struct wait {
    uint32_t handle;
    uint64_t point;
    int fd; /* -1: it is over */
} waits[4 * MOST];
static int n_waits;

void fake_syncobjs_reset(void)
{
    fake_syncobjs = (struct fake_syncobjs){0};
    memset(all, 0, sizeof(all));
    n_waits = 0;
}

static struct syncobj *of(uint32_t handle)
{
    assert_true(handle > 0 && handle < MOST && all[handle].reached);
    return &all[handle];
}

static int add(int fd, uint32_t *handle)
{
    for (*handle = 1; *handle < MOST && all[*handle].reached;)
        ++*handle;
    assert_true(*handle < MOST && fd >= 0);
    all[*handle] = (struct syncobj){
        .fd = fd,
        .reached = mmap(NULL, BYTES, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0),
        .fence = -1,
    };
    assert_true(all[*handle].reached != MAP_FAILED);
    fake_syncobjs.alive++;
    return 0;
}

static int create(struct drm_syncobj_create *create)
{
    int fd = memfd_create("syncobj", MFD_CLOEXEC);

    assert_int_equal(ftruncate(fd, BYTES), 0);
    return add(fd, &create->handle);
}

static void drop_fence(struct syncobj *syncobj)
{
    if (syncobj->fence >= 0)
        close(syncobj->fence);
    syncobj->fence = -1;
}

static int destroy(uint32_t handle)
{
    struct syncobj *syncobj = of(handle);

    drop_fence(syncobj);
    close(syncobj->fd);
    munmap((void *)syncobj->reached, BYTES);
    syncobj->reached = NULL;
    for (int i = 0; i < n_waits; i++)
        if (waits[i].handle == handle)
            waits[i].fd = -1;
    fake_syncobjs.alive--;
    return 0;
}

static int import(struct drm_syncobj_handle *from)
{
    struct syncobj *syncobj;

    if (!from->flags)
        return add(fcntl(from->fd, F_DUPFD_CLOEXEC, 0), &from->handle);
    assert_int_equal(from->flags, DRM_SYNCOBJ_FD_TO_HANDLE_FLAGS_IMPORT_SYNC_FILE);
    syncobj = of(from->handle);
    drop_fence(syncobj);
    syncobj->fence = fcntl(from->fd, F_DUPFD_CLOEXEC, 0);
    return syncobj->fence < 0 ? -EINVAL : 0;
}

/* No test has more than one fence on its way. */
static int transfer(const struct drm_syncobj_transfer *transfer)
{
    struct syncobj *from = of(transfer->src_handle), *to = of(transfer->dst_handle);

    assert_true(from->fence >= 0 && to->fence < 0);
    assert_true(transfer->dst_point > *to->reached);
    to->fence = fcntl(from->fence, F_DUPFD_CLOEXEC, 0);
    to->fence_point = transfer->dst_point;
    return 0;
}

static int reach(const struct drm_syncobj_timeline_array *signal)
{
    struct syncobj *syncobj = of(*(uint32_t *)(uintptr_t)signal->handles);
    uint64_t point = *(uint64_t *)(uintptr_t)signal->points;

    assert_int_equal(signal->count_handles, 1);
    assert_true(point > *syncobj->reached);
    *syncobj->reached = point;
    return 0;
}

static int query(const struct drm_syncobj_timeline_array *query)
{
    *(uint64_t *)(uintptr_t)query->points =
        *of(*(uint32_t *)(uintptr_t)query->handles)->reached;
    return 0;
}

static int wake(const struct drm_syncobj_eventfd *wake)
{
    int i = 0;

    of(wake->handle);
    while (i < n_waits && waits[i].fd >= 0)
        i++;
    assert_true(i < 4 * MOST);
    n_waits += i == n_waits;
    waits[i] = (struct wait){wake->handle, wake->point, wake->fd};
    fake_syncobjs_turn();
    return 0;
}

void fake_syncobjs_turn(void)
{
    const uint64_t one = 1;

    for (int i = 0; i < MOST; i++) {
        struct pollfd fence = {all[i].fence, POLLIN, 0};

        if (!all[i].reached || fence.fd < 0 || !all[i].fence_point ||
            poll(&fence, 1, 0) != 1)
            continue;
        *all[i].reached = all[i].fence_point;
        drop_fence(&all[i]);
    }
    for (int i = 0; i < n_waits; i++) {
        if (waits[i].fd < 0 || *of(waits[i].handle)->reached < waits[i].point)
            continue;
        assert_int_equal(write(waits[i].fd, &one, sizeof(one)), sizeof(one));
        waits[i].fd = -1;
    }
}

int fake_syncobj_ioctl(int fd, unsigned long request, void *arg)
{
    (void)fd;
    if (request == fake_syncobjs.fails)
        return fake_syncobjs.error;
    switch (request) {
    case DRM_IOCTL_SYNCOBJ_CREATE:
        return create(arg);
    case DRM_IOCTL_SYNCOBJ_DESTROY:
        return destroy(((struct drm_syncobj_destroy *)arg)->handle);
    case DRM_IOCTL_SYNCOBJ_HANDLE_TO_FD: {
        struct drm_syncobj_handle *handle = arg;

        handle->fd = fcntl(of(handle->handle)->fd, F_DUPFD_CLOEXEC, 0);
        return handle->fd < 0 ? -EMFILE : 0;
    }
    case DRM_IOCTL_SYNCOBJ_FD_TO_HANDLE:
        return import(arg);
    case DRM_IOCTL_SYNCOBJ_TRANSFER:
        return transfer(arg);
    case DRM_IOCTL_SYNCOBJ_TIMELINE_SIGNAL:
        return reach(arg);
    case DRM_IOCTL_SYNCOBJ_QUERY:
        return query(arg);
    case DRM_IOCTL_SYNCOBJ_EVENTFD:
        return wake(arg);
    default:
        return -ENOTTY;
    }
}
